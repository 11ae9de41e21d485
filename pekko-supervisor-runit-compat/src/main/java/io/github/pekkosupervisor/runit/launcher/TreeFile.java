package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.actor.KeptChildren;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.config.Problems;
import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.export.ApplicationDirectory;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.runit.page.PageSettings;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file for {@code pekko-supervisor run}, read and checked: {@code tree}, and in {@code pekko-supervisor} where that
 * is shown and what is left to the next start. Whatever else is in it is for substitutions.
 *
 * @param spec the tree
 * @param said the same as it is written, with all values in place: what is compared when the file is read again
 * @param export how it is shown; empty if it is not to be
 * @param exportSaid the same as it is written; empty if nothing is
 * @param state where what outlives this process is written down; empty if nowhere
 * @param page where it is shown in a browser; empty if nowhere
 * @param recorded whether what happens in it is in recordings of the JVM
 */
record TreeFile(
        SupervisorSpec spec,
        ConfigObject said,
        Optional<ServiceExport> export,
        Optional<ConfigValue> exportSaid,
        Optional<State> state,
        Optional<PageSettings> page,
        boolean recorded) {

    private static final String TREE = "tree";
    private static final String RUN = "pekko-supervisor";
    private static final String EXPORT = "export";
    private static final String PAGE = "page";
    private static final String NAME = "name";
    private static final String NONE = "none";
    private static final String CONF = ".conf";

    /** How the reader of HOCON says it: of a name that it has found nowhere, which here is in no directory. */
    private static final String NOT_INCLUDED = "resource not found on classpath: ";

    /**
     * Where what outlives this process is written down.
     *
     * @param path the directory itself; empty if it is the usual one
     * @param application by whose name the usual one is found
     */
    record State(Optional<Path> path, String application) {}

    /** What is beside the tree. */
    private record Around(
            Optional<ServiceExport> export,
            Optional<ConfigValue> exportSaid,
            Optional<State> state,
            Optional<PageSettings> page,
            boolean recorded) {}

    /**
     * Reads it.
     *
     * @throws InvalidSpecException listing all that is wrong
     */
    static TreeFile read(Path file) {
        Config all = parsed(file);
        List<Problem> wrong = new ArrayList<>();
        NotUtf8.in(all.root()).forEach(words -> wrong.add(problem(words)));
        slips(file, all.root(), wrong);
        Optional<SupervisorSpec> spec = tree(all.root(), wrong);
        Around around = around(file, all, wrong);
        if (around.state().isPresent()) {
            spec.ifPresent(tree -> wrong.addAll(KeptChildren.problems(tree)));
        }
        if (!wrong.isEmpty() || spec.isEmpty()) {
            throw new InvalidSpecException(wrong);
        }
        return new TreeFile(
                spec.get(),
                all.getObject(TREE),
                around.export(),
                around.exportSaid(),
                around.state(),
                around.page(),
                around.recorded());
    }

    private static Config parsed(Path file) {
        try {
            // a bare name has no directory from which includes could be found; they would be left out in silence
            return ConfigFactory.parseFile(
                            file.toAbsolutePath().toFile(),
                            ConfigParseOptions.defaults().setAllowMissing(false).setOriginDescription(file.toString()))
                    .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
        } catch (ConfigException.IO e) {
            throw new InvalidSpecException(List.of(problem(file + ": " + whyUnread(file, e))));
        } catch (ConfigException e) {
            throw new InvalidSpecException(List.of(problem(String.valueOf(e.getMessage()))));
        }
    }

    private static String whyUnread(Path file, ConfigException.IO e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        // the JDK has the path in front
        String why = String.valueOf(cause.getMessage()).replace(file.toAbsolutePath() + " ", "");
        if (why.startsWith(NOT_INCLUDED)) {
            return "what it includes by required is not there: " + why.substring(NOT_INCLUDED.length())
                    + "; make that file, or correct its name, which is from the directory of this one";
        }
        return Directory.exists(OsString.of(file.toAbsolutePath().toString()))
                ? "it cannot be read: " + why
                : "there is no such file; correct its path, or begin with what pekko-supervisor template prints";
    }

    private static Problem problem(String message) {
        return new Problem(TreePath.TOP, "invalid_config", "", message);
    }

    /** Of other keys nobody can say that they are wrong, since values may be looked up there. */
    private static void slips(Path file, ConfigObject root, List<Problem> wrong) {
        root.forEach((key, value) -> {
            if (!root.containsKey(RUN) && isSlip(key)) {
                wrong.add(problem(value.origin().description() + ": key \"" + key
                        + "\" is not known here; did you mean \"" + RUN + "\"?"));
            }
        });
        if (!root.containsKey(TREE)) {
            Optional<String> meant = root.keySet().stream()
                    .filter(key -> Slips.meant(key, List.of(TREE)).isPresent())
                    .findFirst();
            wrong.add(problem(file + ": there is no tree { }, and so nothing to run"
                    + meant.map(key -> "; did you mean \"tree\" by \"" + key + "\"?")
                            .orElseGet(() -> root.containsKey("children")
                                    ? "; put all of it in tree { }"
                                    : "; is this the right file?")));
        }
    }

    private static boolean isSlip(String key) {
        return key.startsWith("pekko") && Slips.meant(key, List.of(RUN)).isPresent();
    }

    private static Optional<SupervisorSpec> tree(ConfigObject root, List<Problem> wrong) {
        ConfigValue tree = root.get(TREE);
        if (tree == null) {
            return Optional.empty();
        }
        if (!(tree instanceof ConfigObject block)) {
            wrong.add(
                    problem(tree.origin().description() + ": \"tree\" must be a block, as in tree { children = [] }"));
            return Optional.empty();
        }
        try {
            return Optional.of(ServiceDirectories.read(block.toConfig()));
        } catch (InvalidSpecException e) {
            wrong.addAll(e.problems());
            return Optional.empty();
        }
    }

    // ---- what is beside the tree

    private static Around around(Path file, Config all, List<Problem> wrong) {
        Problems problems = new Problems();
        ConfigValue given = all.root().get(RUN);
        Config block = given instanceof ConfigObject object ? object.toConfig() : ConfigFactory.empty();
        if (given != null && !(given instanceof ConfigObject)) {
            wrong.add(problem(given.origin().description() + ": \"" + RUN + "\" must be a block"));
        }
        ConfigSection section = ConfigSection.of(block, Place.RUN, RUN, problems);
        String fromFile = nameOf(file);
        Optional<Config> export = section.get(EXPORT, TreeFile::block).orElse(Optional.of(ConfigFactory.empty()));
        boolean isPlaced =
                export.map(some -> some.root().containsKey("directory")).orElse(false);
        Optional<ServiceExport> shown = Optional.empty();
        String application = fromFile;
        if (export.isPresent()) {
            Config named = isPlaced || export.get().root().containsKey(NAME)
                    ? export.get()
                    : export.get().withValue(NAME, ConfigValueFactory.fromAnyRef(fromFile));
            try {
                shown = Optional.of(ServiceExport.read(named));
                application = isPlaced ? fromFile : named.getString(NAME);
            } catch (InvalidSpecException e) {
                wrong.addAll(e.problems());
            }
        }
        Optional<Optional<Path>> state =
                section.get("state-directory", value -> isNone(value) ? Optional.empty() : Optional.of(path(value)));
        Optional<PageSettings> page = page(section, wrong);
        boolean recorded = section.get("flight-recorder", ConfigValues::bool).orElse(false);
        section.end();
        wrong.addAll(problems.all());
        boolean isSaidNone = state.isPresent() && state.get().isEmpty();
        return new Around(
                shown,
                Optional.ofNullable(block.root().get(EXPORT)),
                isSaidNone ? Optional.empty() : Optional.of(new State(state.orElse(Optional.empty()), application)),
                page,
                recorded);
    }

    private static Optional<PageSettings> page(ConfigSection section, List<Problem> wrong) {
        Optional<Config> said = section.get(PAGE, TreeFile::block).flatMap(block -> block);
        try {
            return said.map(PageSettings::read);
        } catch (InvalidSpecException e) {
            wrong.addAll(e.problems());
            return Optional.empty();
        }
    }

    private static Path path(ConfigValue value) {
        return ConfigValues.path(value);
    }

    private static boolean isNone(ConfigValue value) {
        return NONE.equals(value.unwrapped());
    }

    /** Empty for none. */
    private static Optional<Config> block(ConfigValue value) {
        if (isNone(value)) {
            return Optional.empty();
        }
        if (value instanceof ConfigObject object) {
            return Optional.of(object.toConfig());
        }
        throw new IllegalArgumentException("must be a block, or none, was " + ConfigValues.text(value));
    }

    /** What a tree is called of which nothing else is said. */
    static String nameOf(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        String bare = name.endsWith(CONF) ? name.substring(0, name.length() - CONF.length()) : name;
        return bare.isEmpty() || bare.startsWith(".") ? "tree" : bare;
    }

    /** Whether two files say the same of what is beside the tree. */
    boolean isShownAs(TreeFile other) {
        return exportSaid.equals(other.exportSaid)
                && state.equals(other.state)
                && page.equals(other.page)
                && recorded == other.recorded;
    }

    /** The usual directory, above which all is there then; empty if there is no place for it. */
    static Optional<Path> usual(State state) throws IOException {
        return ApplicationDirectory.named(state.application(), "state");
    }

    /** Whether a process is to outlive this one. */
    static boolean keepsSome(SupervisorSpec spec) {
        return spec.children().stream().anyMatch(child -> isKept(child.kind()));
    }

    private static boolean isKept(ChildKind kind) {
        if (kind instanceof SupervisorKind below) {
            return below.known() != null && keepsSome(below.known());
        }
        return kind instanceof ProcessKind process && process.spec().whenSupervisorDies() == WhenSupervisorDies.KEEP;
    }
}
