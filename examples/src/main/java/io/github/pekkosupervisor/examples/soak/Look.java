package io.github.pekkosupervisor.examples.soak;

import java.util.List;

/**
 * What was seen at one time.
 *
 * @param launcher the pid of the launcher
 * @param services each service
 * @param all all processes of the machine
 */
record Look(long launcher, List<Standing> services, List<Seen> all) {
    Look {
        services = List.copyOf(services);
        all = List.copyOf(all);
    }
}
