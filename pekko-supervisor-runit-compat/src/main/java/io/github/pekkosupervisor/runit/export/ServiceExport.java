package io.github.pekkosupervisor.runit.export;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
 * directories over. Values; the methods return copies. They throw nothing: what is wrong is told when a tree is to be
 * started with it, with all that is wrong with that.
 */
public final class ServiceExport implements TreeExport {

    private final ExportSettings settings;
    private final Mistakes mistakes;
    private final List<ExportedTree> shown = new CopyOnWriteArrayList<>();

    /** By whom the files of a child may be used; control includes status. */
    public enum Access {
        /** The user of the JVM, and root. */
        OWNER,
        /** These, and the group may look: {@code sv status}. */
        STATUS_FOR_GROUP,
        /** These, and the group may look and command: {@code sv restart}. */
        CONTROL_FOR_GROUP,
        /** Everybody may look. */
        STATUS_FOR_ALL,
        /** Everybody may look, and the group may command. */
        STATUS_FOR_ALL_CONTROL_FOR_GROUP;

        Modes modes() {
            return switch (this) {
                case OWNER -> Modes.OF_OWNER;
                case STATUS_FOR_GROUP -> Modes.STATUS_FOR_GROUP;
                case CONTROL_FOR_GROUP -> Modes.CONTROL_FOR_GROUP;
                case STATUS_FOR_ALL -> Modes.STATUS_FOR_ALL;
                case STATUS_FOR_ALL_CONTROL_FOR_GROUP -> Modes.STATUS_FOR_ALL_CONTROL_FOR_GROUP;
            };
        }
    }

    /** What a file {@code down} in a child's directory means. */
    public enum DownFiles {
        /** As to runsv: the child is not started by itself. */
        OBEY,
        /** Nothing. */
        IGNORE
    }

    ServiceExport(ExportSettings settings) {
        this(settings, Mistakes.NONE);
    }

    private ServiceExport(ExportSettings settings, Mistakes mistakes) {
        this.settings = settings;
        this.mistakes = mistakes;
    }

    /** The same if that can be, else without the change and with the mistake of this method. */
    private ServiceExport with(String method, @Nullable String mistake, UnaryOperator<ExportSettings> change) {
        return new ServiceExport(mistake == null ? change.apply(settings) : settings, mistakes.after(method, mistake));
    }

    /**
     * In this directory, which is made if only it is missing. It must belong to the user of the JVM or to root, and
     * nobody else may be able to write to it; one in {@code /run} is best, since nothing in it is to outlive the
     * machine.
     */
    public static ServiceExport to(Path directory) {
        return new ServiceExport(
                ExportSettings.of(ExportPlace.of(Objects.requireNonNull(directory, "there is no directory"))));
    }

    /**
     * In the usual directory of an application: {@code BASE/NAME/service}, where BASE is {@code /run} for root, and
     * {@code $XDG_RUNTIME_DIR} for others. Where there is no BASE the tree is not shown, and one line says so.
     *
     * @param application its name: {@code app}
     */
    public static ServiceExport named(String application) {
        try {
            return new ServiceExport(ExportSettings.of(ExportPlace.ofApplication(application)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("an application's name " + e.getMessage(), e);
        }
    }

    /**
     * As a configuration says, in the keys that {@code reference.conf} explains under
     * {@code pekko-supervisor.export-reference}.
     *
     * @param config the object with {@code directory}, {@code name} and so on, not one that holds it:
     *     {@code ConfigFactory.load().getConfig("pekko-supervisor.export")}
     * @throws InvalidSpecException listing all that is wrong, unknown keys too, with file and line
     */
    public static ServiceExport read(Config config) {
        return new ServiceExport(ConfiguredExport.read(config));
    }

    /** Where it is shown. */
    public Path directory() {
        return settings.directory();
    }

    /**
     * With a name for the tree, so that several can be shown in one directory: its top is {@code orders}, and its
     * children are {@code orders.cache}. All but one need a name.
     */
    public ServiceExport withName(String tree) {
        String mistake =
                tree != null && tree.isEmpty() ? "must not be empty; leave it out for none" : Mistakes.ofNull(tree);
        return with("withName", mistake, all -> all.withName(Optional.of(tree)));
    }

    /**
     * With a group that may look and command; {@link #withAccess} says otherwise. The user of the JVM must be in it, or
     * root.
     *
     * @param group its name, or its number
     */
    public ServiceExport withGroup(String group) {
        return with("withGroup", Mistakes.ofNull(group), all -> all.withGroup(Optional.of(group)));
    }

    /**
     * With another answer to the question who may use the files. A group that is let in is named by {@link #withGroup}.
     */
    public ServiceExport withAccess(Access access) {
        return with("withAccess", Mistakes.ofNull(access), all -> all.withModes(access.modes()));
    }

    /**
     * With another answer for some children; of several the first that names a child counts.
     *
     * @param names a pattern with {@code *} and {@code ?} for their names as they are shown: {@code workers.*}
     */
    public ServiceExport withAccess(String names, Access access) {
        String mistake = Mistakes.ofNull(Arrays.asList(names, access));
        return new ServiceExport(
                mistake == null ? settings.withRule(new ExportSettings.Rule(names, access.modes())) : settings,
                mistakes.plus("withAccess", mistake));
    }

    /**
     * With children of dynamic supervisors, which are not shown by default: {@code job@7}, where 7 is the number of the
     * child's first incarnation. After a restart of the supervisor numbers go on where they were. What is below such a
     * child is not shown.
     *
     * @param most how many of each supervisor: the first that there are
     */
    public ServiceExport withDynamicChildren(int most) {
        boolean isRight = most >= 0 && most <= ExportSettings.MOST_DYNAMIC;
        return with(
                "withDynamicChildren",
                isRight ? null : "must be 0 to " + ExportSettings.MOST_DYNAMIC + ", was " + most,
                all -> all.withDynamicChildren(most));
    }

    /** With or without a meaning for files {@code down}; they mean what they mean to runsv by default. */
    public ServiceExport withDownFiles(DownFiles meaning) {
        return with(
                "withDownFiles", Mistakes.ofNull(meaning), all -> all.withObeysDownFiles(meaning == DownFiles.OBEY));
    }

    /** Where the tree cannot be shown it is not started either. */
    public ServiceExport withRequired() {
        return new ServiceExport(settings.withRequired(true), mistakes);
    }

    /**
     * {@code sv shutdown @tree} stops the tree in order, and waits for its end; {@code down} and {@code exit} do not
     * wait. By default they are ignored. {@code sv stop @tree} stops it too and then mostly says {@code fail}, since it
     * looks again when nobody is to be seen behind it any more.
     */
    public ServiceExport withStopByCommand() {
        return new ServiceExport(settings.withStopsByCommand(true), mistakes);
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

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(mistakes.sentences());
        if (settings.lacksGroup()) {
            problems.add("the group may look or command, and there is no group; name it with withGroup(\"ops\")");
        }
        return problems;
    }

    @Override
    public String toString() {
        return "export to " + settings.place();
    }

    /**
     * Called by a tree that is started with this.
     *
     * @throws IOException it is required, and the directory cannot be used, or does not answer within ten seconds
     */
    @Override
    public Exporting begin(Exported tree) throws IOException {
        if (settings.place().isNowhere()) {
            IOException refusal = new IOException(settings.place().whyNowhere().orElseThrow());
            if (settings.isRequired()) {
                throw refusal;
            }
            new ExportComplaints().tell("the tree is not shown", refusal);
            return NotShown.INSTANCE;
        }
        ExportedTree exported = ExportedTree.begin(settings, tree, shown::remove);
        shown.add(exported);
        return exported;
    }

    /** A tree for which there is no place. */
    private enum NotShown implements Exporting {
        INSTANCE;

        @Override
        public void event(TreeEvent event) {
            // there is nobody to see it
        }

        @Override
        public CompletionStage<Void> ended(TreeEnd end) {
            return CompletableFuture.completedFuture(null);
        }
    }
}
