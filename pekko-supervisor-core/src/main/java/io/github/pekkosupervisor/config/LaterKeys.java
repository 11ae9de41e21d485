package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;

import java.util.List;

/** Keys whose names are taken and whose building comes later: refused, and never silently ignored. */
final class LaterKeys {

    private static final String RUN = " in run";
    private static final String COMMAND = " in command";
    private static final String NOT_SO = "not so";

    static final List<Key> ALL = List.of(
            set("environment-files", "Files with a variable each, by its name.", "chpst -e DIR")
                    .values("a list of paths")
                    .example("[\"./env\"]")
                    .like("EnvironmentFile, envdir"),
            set("clear-environment", "Begins with no variable at all.", "env -i")
                    .values("true or false")
                    .example("true"),
            set("user", "User, group, further groups, in chpst's form.", "chpst -u USER")
                    .values("\"USER:GROUP:GROUP\"")
                    .example("\"app:ops:adm\"")
                    .like("User, Group, chpst -u"),
            set("umask", "The rights that new files do not get.", "umask and exec in a shell")
                    .values("octal digits")
                    .example("\"027\"")
                    .like("UMask"),
            set("nice", "How it gives way to others.", "chpst -n N")
                    .values("a number from -20 to 19")
                    .example("5")
                    .like("Nice, chpst -n"),
            set("oom-score-adj", "How willingly it is killed when memory is short.", "choom -n N --")
                    .values("a number from -1000 to 1000")
                    .example("500")
                    .like("OOMScoreAdjust"),
            set(
                            "limits",
                            "Limits of resources, set before exec: open-files, processes, file-size, core-size, data, stack,"
                                    + " address-space, locked-memory, cpu-time.",
                            "chpst -o N and the like")
                    .values("a block")
                    .example("{ open-files = 1024 }")
                    .like("Limit*, softlimit, chpst"),
            set(
                            "cgroup",
                            "Limits of a control group, where cgroup v2 is delegated: memory-max, cpu-max, pids-max.",
                            "limits of the container or of the unit that the JVM runs in")
                    .values("a block")
                    .example("{ memory-max = 512MiB }")
                    .like("MemoryMax, CPUQuota, TasksMax"),
            process(
                            "sockets",
                            "Sockets that are opened by us, kept over restarts, and passed as LISTEN_FDS, LISTEN_FDNAMES.",
                            "the program can open its own")
                    .values("a list of blocks")
                    .example("[ { listen = \"tcp:0.0.0.0:80\", name = http, as-stdin = false } ]")
                    .like(".socket units"),
            child(
                            "needs",
                            "What must be ready before it is started, and is stopped after it.",
                            "children start in order, each when the one before it is ready",
                            "sv start OTHER || exit 1 in run")
                    .values("a list of names")
                    .example("[db]")
                    .like("Requires, depends_on"),
            child(
                            "after",
                            "What it is started after, if that is started at all.",
                            "children start in order, each when the one before it is ready",
                            "sv check OTHER in run")
                    .values("a list of names")
                    .example("[db]")
                    .like("After"),
            Key.of("when-need-dies", "What becomes of it when one that it needs dies.")
                    .notYet(CHILD, "ignore", "strategy = rest-for-one restarts those after it")
                    .notYet(SERVICE, "ignore", "")
                    .values("ignore, restart, wait")
                    .example("restart")
                    .like("BindsTo, PartOf"),
            child("placement", "On which members of a cluster it runs.", "", "")
                    .values("a block")
                    .example("{ once = true }")
                    .like("replicas"),
            Key.of(
                            "give-up",
                            "When it is enough of restarts: after, within, then. In a tree its supervisor's intensity and"
                                    + " period say that.")
                    .values("a block; infinite")
                    .example("{ after = 5, within = 1m, then = down }")
                    .like("StartLimit*, startretries")
                    .instead("intensity and period of a supervisor")
                    .notYet(SERVICE, "never, as runit", "sv down in finish"));

    private LaterKeys() {}

    /** What is set before exec, in both files. */
    private static Key set(String name, String meaning, String meanwhile) {
        return process(name, meaning, meanwhile, "as the JVM has it", "as the launcher has it");
    }

    /** What else can be said of a process in both files. */
    private static Key process(String name, String meaning, String meanwhile) {
        return process(name, meaning, meanwhile, NOT_SO, NOT_SO);
    }

    private static Key process(String name, String meaning, String meanwhile, String inTree, String inService) {
        boolean isCommand =
                meanwhile.startsWith("chpst -") || meanwhile.startsWith("env ") || meanwhile.startsWith("choom");
        return Key.of(name, meaning)
                .notYet(PROCESS, inTree, isCommand ? meanwhile + COMMAND : meanwhile)
                .notYet(SERVICE, inService, isCommand ? meanwhile + RUN : meanwhile);
    }

    /** What can be said of a child and of a service directory. */
    private static Key child(String name, String meaning, String inTree, String inService) {
        return Key.of(name, meaning).notYet(CHILD, NOT_SO, inTree).notYet(SERVICE, NOT_SO, inService);
    }
}
