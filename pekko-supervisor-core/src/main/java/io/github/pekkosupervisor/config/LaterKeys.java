package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;

import java.util.List;

/** Keys whose names are taken and whose building comes later: refused, and never silently ignored. */
final class LaterKeys {

    private static final String NOT_SO = "not so";
    private static final String MEANWHILE = "limits of the container or of the unit that the JVM runs in";

    static final List<Key> ALL = List.of(
            Key.of("cgroup", "Limits of a control group, where cgroup v2 is delegated: memory-max, cpu-max, pids-max.")
                    .notYet(PROCESS, "as the JVM has it", MEANWHILE)
                    .notYet(SERVICE, "as the launcher has it", MEANWHILE)
                    .values("a block")
                    .example("{ memory-max = 512MiB }")
                    .like("MemoryMax, CPUQuota, TasksMax"),
            Key.of("placement", "On which members of a cluster it runs.")
                    .notYet(CHILD, NOT_SO, "")
                    .notYet(SERVICE, NOT_SO, "")
                    .values("a block")
                    .example("{ once = true }")
                    .like("replicas"));

    private LaterKeys() {}
}
