package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CGROUP;
import static io.github.pekkosupervisor.config.Place.LIMITS;
import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICE_CGROUP;
import static io.github.pekkosupervisor.config.Place.SERVICE_LIMITS;

import java.util.List;

/** Who a process is, and how it is held, from its first instruction on. */
final class ConditionKeys {

    private static final String ROOT_ONLY = " Less than that is for root.";
    private static final String BYTES = "a size in bytes, as 512MiB, or infinite";
    private static final String NUMBER = "a number, or infinite";

    static final List<Key> ALL = List.of(
            held(
                            "environment-files",
                            "Files with variables, read at each start, later ones with precedence over earlier ones, and"
                                    + " environment over all. A file has lines NAME=value; empty lines and those that begin with #"
                                    + " or ; are left out, and so are export in front and one pair of quotes around a value. A"
                                    + " directory has a file for each variable, as envdir has it. A file that is not there, or"
                                    + " wrong, refuses the start.")
                    .values("a list of paths, from where the process begins")
                    .example("[\"app.env\"]")
                    .like("EnvironmentFile, env_file, envdir, chpst -e"),
            held(
                            "clear-environment",
                            "Whether it begins without the JVM's variables, and has those alone that are set for it.")
                    .values("true or false")
                    .like("env -i")
                    .in(PROCESS, "false")
                    .in(SERVICE, "false"),
            held(
                            "user",
                            "As whom it runs, in chpst's form: a user, with the user's own group and no further ones; a user"
                                    + " with groups; or all by number. Names are looked up at each start. For who runs as root.")
                    .values("\"USER\", \"USER:GROUP:GROUP\", \":UID:GID:GID\"")
                    .example("\"app:ops:adm\"")
                    .like("User, Group, SupplementaryGroups, chpst -u"),
            held("umask", "The rights that new files do not get.")
                    .values("octal digits, up to 777")
                    .example("\"027\"")
                    .like("UMask"),
            held("nice", "How it gives way to others; the lower, the less." + ROOT_ONLY)
                    .values("a number from -20 to 19")
                    .example("5")
                    .like("Nice"),
            held("oom-score-adj", "How willingly it is killed when memory is short; the lower, the less." + ROOT_ONLY)
                    .values("a number from -1000 to 1000; -1000 is never")
                    .example("500")
                    .like("OOMScoreAdjust, oom_score_adj"),
            held(
                            "limits",
                            "Soft limits of what it may use. A hard limit stays as it is; more than that refuses the start,"
                                    + " unless the JVM may raise it, as root.")
                    .values("a block")
                    .example("{ open-files = 1024, core-size = 0 }")
                    .like("Limit*, ulimits, softlimit"),
            limit("open-files", "Descriptors, less one.", NUMBER, "1024", "LimitNOFILE, nofile, chpst -o"),
            limit(
                    "processes",
                    "Processes and threads of its user, all together; root is not held by it.",
                    NUMBER,
                    "200",
                    "LimitNPROC, nproc, chpst -p"),
            limit("file-size", "A file that it writes.", BYTES, "1GiB", "LimitFSIZE, fsize, chpst -f"),
            limit("core-size", "A core file.", BYTES, "0", "LimitCORE, core, chpst -c"),
            limit("data", "Data and heap.", BYTES, "512MiB", "LimitDATA, chpst -d"),
            limit("stack", "The stack.", BYTES, "8MiB", "LimitSTACK, stack"),
            limit(
                    "address-space",
                    "All of its memory, used or not. JVMs and others reserve far more than they use.",
                    BYTES,
                    "2GiB",
                    "LimitAS"),
            limit("locked-memory", "Memory that it locks.", BYTES, "64KiB", "LimitMEMLOCK, memlock"),
            limit(
                    "cpu-time",
                    "Time of the processor; then it gets XCPU.",
                    "a time with its unit, in whole seconds, or infinite",
                    "1h",
                    "LimitCPU, chpst -t"),
            held(
                            "cgroup",
                            "A control group of its own, of cgroup v2, with limits for it and all that come from it together. A"
                                    + " limit takes a controller that is delegated to the JVM; where it is not the start is"
                                    + " refused. A KILL for want of memory is told as that.")
                    .values("a block, empty for a group without limits")
                    .example("{ memory-max = 512MiB, cpu-max = 150%, pids-max = 100 }")
                    .like("MemoryMax, CPUQuota, TasksMax"),
            ofCgroup(
                    "memory-max",
                    "Memory; who needs more is killed by the kernel.",
                    "a size in bytes, as 512MiB, at least 1MiB",
                    "512MiB",
                    "MemoryMax, mem_limit"),
            ofCgroup(
                    "cpu-max",
                    "Time of the processor, in percent of one; it waits when it has used that up.",
                    "a number with %, at least 1%",
                    "150%",
                    "CPUQuota, cpus"),
            ofCgroup(
                    "pids-max", "Processes and threads.", "a number from 1 to 4194304", "100", "TasksMax, pids_limit"));

    private ConditionKeys() {}

    private static Key held(String name, String meaning) {
        return Key.of(name, meaning).orElse(PROCESS, "as the JVM has it").orElse(SERVICE, "as the launcher has it");
    }

    private static Key ofCgroup(String name, String meaning, String values, String example, String elsewhere) {
        return Key.of(name, meaning)
                .values(values)
                .example(example)
                .like(elsewhere)
                .orElse(CGROUP, "no limit of its own")
                .orElse(SERVICE_CGROUP, "no limit of its own");
    }

    private static Key limit(String name, String meaning, String values, String example, String elsewhere) {
        return Key.of(name, meaning)
                .values(values)
                .example(example)
                .like(elsewhere)
                .orElse(LIMITS, "as the JVM has it")
                .orElse(SERVICE_LIMITS, "as the launcher has it");
    }
}
