package io.github.pekkosupervisor.runit;

import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.Readiness;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code service.conf} says of a tree in the place of {@code run}: a services directory that this launcher
 * supervises with the rights of a user, as {@code exec chpst -u app runsvdir /home/app/service} in {@code run} has
 * another one do.
 *
 * @param directory the services directory, absolute
 * @param user as whom, in chpst's form; empty for the launcher's own user
 * @param openFiles how many of the launcher's descriptors it may have open; empty for an eighth. For one with a user
 */
record TreeConf(OsString directory, Optional<String> user, OptionalInt openFiles) {

    private static final String TREE = "tree";

    /** So many it takes to supervise anything. */
    private static final int LEAST_OPEN_FILES = 32;

    /** What there is no process for, or is said in the tree itself. */
    private static final List<String> OF_A_PROCESS = List.of(
            "ready",
            "live",
            "start-timeout",
            "oneshot",
            "oneshot-again",
            "stop",
            "process-group",
            "when-supervisor-dies",
            "environment",
            "environment-files",
            "clear-environment",
            "user",
            "umask",
            "nice",
            "oom-score-adj",
            "limits",
            "cgroup",
            "sockets");

    /**
     * What in a tree of somebody else would have root do for him what he may not, or ask of him what only one does who
     * is asked by the tree's own user.
     */
    private static final List<String> OF_ROOT =
            List.of(TREE, "user", "nice", "oom-score-adj", "limits", "cgroup", "sockets", "when-supervisor-dies");

    private static final String GROUP = "process-group";
    private static final String FOR_ROOT =
            "is not to be had in a tree of another user than the launcher's, which would do it with root's rights; have run"
                    + " do it, as with chpst, or leave it out";

    static Optional<TreeConf> read(ConfigSection top) {
        Optional<TreeConf> tree = top.section(TREE, Place.USER_TREE).flatMap(TreeConf::readBlock);
        if (top.has(TREE)) {
            OF_A_PROCESS.stream()
                    .filter(top::has)
                    .forEach(key -> top.problem(
                            key,
                            "\"" + key + "\" is for a process, and \"tree\" has none; say it in the service directories"
                                    + " of the tree, or leave it out"));
        }
        return tree;
    }

    private static Optional<TreeConf> readBlock(ConfigSection block) {
        if (block.lacks("directory")) {
            block.problem("\"tree\" needs \"directory\", as in tree { directory = /home/app/service, user = app }");
        }
        Optional<OsString> directory = block.get("directory", TreeConf::directory);
        Optional<String> user = block.get("user", TreeConf::user);
        Optional<Integer> openFiles = block.get("open-files", TreeConf::openFiles);
        if (openFiles.isPresent() && user.isEmpty()) {
            block.problem(
                    "open-files",
                    "\"tree.open-files\" is for a tree with \"user\"; one without has the launcher's own limit; leave it out");
        }
        block.end();
        return directory.map(
                path -> new TreeConf(path, user, openFiles.map(OptionalInt::of).orElseGet(OptionalInt::empty)));
    }

    private static OsString directory(ConfigValue value) {
        String path = ConfigValues.string(value);
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "must be the absolute path of a services directory, was " + ConfigValues.text(value));
        }
        return OsString.of(path);
    }

    private static int openFiles(ConfigValue value) {
        int number = ConfigValues.integer(value);
        if (number < LEAST_OPEN_FILES) {
            throw new IllegalArgumentException("must be at least " + LEAST_OPEN_FILES + ", was " + number);
        }
        return number;
    }

    private static String user(ConfigValue value) {
        String text = ConfigValues.string(value);
        Account.mistake(text).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        return text;
    }

    /** Notes what is said in a service directory of somebody else's tree and may not be. */
    static void refuseWhatIsForRoot(
            ConfigSection top, EndPolicy end, Optional<Readiness> ready, Optional<Liveness> live) {
        OF_ROOT.stream().filter(top::has).forEach(key -> top.problem(key, "\"" + key + "\" " + FOR_ROOT));
        if (end.group().filter(ProcessGroup.CGROUP::equals).isPresent()) {
            top.problem(GROUP, "\"" + GROUP + " = cgroup\" " + FOR_ROOT);
        }
        ready.ifPresent(sign -> refuseWhatRootWouldAsk(top, "ready", sign));
        live.flatMap(Liveness::sign).ifPresent(sign -> refuseWhatRootWouldAsk(top, "live", sign));
    }

    /** Who is asked sees root, and so does a filter of packets. */
    private static void refuseWhatRootWouldAsk(ConfigSection top, String key, Readiness sign) {
        if (sign instanceof Readiness.Tcp || sign instanceof Readiness.Http || sign instanceof Readiness.UnixSocket) {
            top.problem(
                    key,
                    "\"" + key
                            + "\" can look at no port and no socket in a tree of another user than the launcher's, since it"
                            + " would be root who asks; have a command look, as in " + key
                            + " { command = [curl, -fs, \"http://127.0.0.1:8080/\"] }");
        }
    }
}
