package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.TreeExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Shows a tree as runit's service directories: each child, of whatever kind, is a directory with a {@code supervise} in
 * it, and {@code sv restart cache} renews an actor as it restarts a process. Give it to a tree by
 * {@link SupervisionTree.Options#withExport}:
 *
 * <pre>{@code
 * SupervisionTree.start(spec, Options.defaults().withExport(ServiceExport.to(Path.of("/run/app/service"))));
 * }</pre>
 *
 * <p>All lie in one directory, so {@code sv status /run/app/service/*} is the whole tree: a child of a supervisor
 * {@code workers} is {@code workers.w1}, the top is {@code @tree}. What is shown and what each letter means is in
 * {@code docs/export.md}. Who may use it says {@link Access}; by default nobody but the user of the JVM and root.
 *
 * <p>The tree does not depend on it: where the directory cannot be used now, or is full, that is logged once, the tree
 * goes on, and it is tried again every five seconds; {@link #withRequired} has the start fail instead. When the tree
 * has ended, or the JVM was killed, {@code sv} says of each child that nobody runs it; the next tree takes the
 * directories over. Values; the methods return copies.
 */
public final class ServiceExport implements TreeExport {

    private static final int MOST_DYNAMIC = 1_000_000;

    private final ExportSettings settings;
    private final List<ExportedTree> shown = new CopyOnWriteArrayList<>();

    /** By whom the files of a child may be used; control includes status. */
    public enum Access {
        /** The user of the JVM, and root. */
        OWNER(0700, 0600, 0600),
        /** These, and the group may look: {@code sv status}. */
        STATUS_FOR_GROUP(0750, 0620, 0600),
        /** These, and the group may look and command: {@code sv restart}. */
        CONTROL_FOR_GROUP(0750, 0620, 0620),
        /** Everybody may look. */
        STATUS_FOR_ALL(0755, 0622, 0600),
        /** Everybody may look, and the group may command. */
        STATUS_FOR_ALL_CONTROL_FOR_GROUP(0755, 0622, 0620);

        private final int supervise;
        private final int ok;
        private final int control;

        Access(int supervise, int ok, int control) {
            this.supervise = supervise;
            this.ok = ok;
            this.control = control;
        }

        Modes modes() {
            return new Modes(supervise, ok, control);
        }
    }

    /** What a file {@code down} in a child's directory means. */
    public enum DownFiles {
        /** As to runsv: the child is not started by itself. */
        OBEY,
        /** Nothing. */
        IGNORE
    }

    private ServiceExport(ExportSettings settings) {
        this.settings = settings;
    }

    /**
     * In this directory, which is made if only it is missing. It must belong to the user of the JVM or to root, and
     * nobody else may be able to write to it; one in {@code /run} is best, since nothing in it is to outlive the
     * machine.
     */
    public static ServiceExport to(Path directory) {
        return new ServiceExport(new ExportSettings(
                Objects.requireNonNull(directory, "there is no directory"),
                Optional.empty(),
                Optional.empty(),
                Modes.OF_OWNER,
                List.of(),
                0,
                true,
                false,
                false));
    }

    /**
     * With a name for the tree, so that several can be shown in one directory: its top is {@code orders}, and its
     * children are {@code orders.cache}. All but one need a name.
     */
    public ServiceExport withName(String tree) {
        if (tree.isEmpty()) {
            throw new IllegalArgumentException("a tree's name must not be empty; leave it out for none");
        }
        return with(
                Optional.of(tree),
                settings.group(),
                settings.modes(),
                settings.rules(),
                settings.dynamicChildren(),
                settings.obeysDownFiles());
    }

    /**
     * With a group that may look and command; {@link #withAccess} says otherwise. The user of the JVM must be in it, or
     * root.
     *
     * @param group its name, or its number
     */
    public ServiceExport withGroup(String group) {
        Modes modes = settings.modes().equals(Modes.OF_OWNER) ? Access.CONTROL_FOR_GROUP.modes() : settings.modes();
        return with(
                settings.name(),
                Optional.of(group),
                modes,
                settings.rules(),
                settings.dynamicChildren(),
                settings.obeysDownFiles());
    }

    /** With another answer to the question who may use the files. */
    public ServiceExport withAccess(Access access) {
        return with(
                settings.name(),
                settings.group(),
                access.modes(),
                settings.rules(),
                settings.dynamicChildren(),
                settings.obeysDownFiles());
    }

    /**
     * With another answer for some children; of several the first that names a child counts.
     *
     * @param names a pattern with {@code *} and {@code ?} for their names as they are shown: {@code workers.*}
     */
    public ServiceExport withAccess(String names, Access access) {
        List<ExportSettings.Rule> rules = new ArrayList<>(settings.rules());
        rules.add(new ExportSettings.Rule(names, access.modes()));
        return with(
                settings.name(),
                settings.group(),
                settings.modes(),
                rules,
                settings.dynamicChildren(),
                settings.obeysDownFiles());
    }

    /**
     * With children of dynamic supervisors, which are not shown by default: {@code job@7}, where 7 is the number of the
     * child's first incarnation. What is below such a child is not shown.
     *
     * @param most how many of each supervisor: the first that there are
     */
    public ServiceExport withDynamicChildren(int most) {
        if (most < 0 || most > MOST_DYNAMIC) {
            throw new IllegalArgumentException(
                    "the most dynamic children that are shown must be 0 to " + MOST_DYNAMIC + ", was " + most);
        }
        return with(
                settings.name(), settings.group(), settings.modes(), settings.rules(), most, settings.obeysDownFiles());
    }

    /** With or without a meaning for files {@code down}; they mean what they mean to runsv by default. */
    public ServiceExport withDownFiles(DownFiles meaning) {
        return with(
                settings.name(),
                settings.group(),
                settings.modes(),
                settings.rules(),
                settings.dynamicChildren(),
                meaning == DownFiles.OBEY);
    }

    /** Where the tree cannot be shown it is not started either. */
    public ServiceExport withRequired() {
        return new ServiceExport(new ExportSettings(
                settings.directory(),
                settings.name(),
                settings.group(),
                settings.modes(),
                settings.rules(),
                settings.dynamicChildren(),
                settings.obeysDownFiles(),
                true,
                settings.stopsByCommand()));
    }

    /** {@code sv down @tree} and {@code sv exit @tree} stop the tree in order; by default they are ignored. */
    public ServiceExport withStopByCommand() {
        return new ServiceExport(new ExportSettings(
                settings.directory(),
                settings.name(),
                settings.group(),
                settings.modes(),
                settings.rules(),
                settings.dynamicChildren(),
                settings.obeysDownFiles(),
                settings.isRequired(),
                true));
    }

    private ServiceExport with(
            Optional<String> name,
            Optional<String> group,
            Modes modes,
            List<ExportSettings.Rule> rules,
            int dynamicChildren,
            boolean obeysDownFiles) {
        return new ServiceExport(new ExportSettings(
                settings.directory(),
                name,
                group,
                modes,
                rules,
                dynamicChildren,
                obeysDownFiles,
                settings.isRequired(),
                settings.stopsByCommand()));
    }

    /**
     * Completes when all that has happened until now, in trees that were started with this very object, can be seen in
     * the directory. As long as that cannot be written it waits.
     */
    public CompletionStage<Void> written() {
        return CompletableFuture.allOf(
                        shown.stream().map(ExportedTree::whenWritten).toArray(CompletableFuture[]::new))
                .minimalCompletionStage();
    }

    /**
     * Called by a tree that is started with this.
     *
     * @throws IOException it is required, and the directory cannot be used
     */
    @Override
    public Exporting begin(Exported tree) throws IOException {
        ExportedTree exported = ExportedTree.begin(settings, tree, shown::remove);
        shown.add(exported);
        return exported;
    }
}
