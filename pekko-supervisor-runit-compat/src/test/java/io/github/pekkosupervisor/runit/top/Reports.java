package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.TreePlace;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.util.List;
import java.util.stream.Stream;

/** Services as they may be. */
final class Reports {

    static final long NOW = 0x4000000000000000L + 1_000_000_000L;
    static final OsString SERVICES = OsString.of("/s");
    static final String BY = "strategy one-for-one\nintensity 3\nperiod 5 s\n";

    private Reports() {}

    static ScanReport report(ServiceReport... services) {
        return new ScanReport(SERVICES, List.of(services));
    }

    static ScanReport running(String... names) {
        return report(
                Stream.of(names).map(name -> running(OsString.of(name), 5)).toArray(ServiceReport[]::new));
    }

    static ServiceReport running(OsString name, long seconds) {
        return service(name, seconds, 7, 'u', 1, "");
    }

    static ServiceReport down(String name) {
        return service(OsString.of(name), 100, 0, 'd', 0, "");
    }

    static ServiceReport below(String path, String supervision) {
        return service(OsString.of(path), 5, 7, 'u', 1, supervision);
    }

    static ServiceReport notSupervised(String name) {
        return new ServiceReport(OsString.of(name), null, "not supervised", true, null, null);
    }

    private static ServiceReport service(
            OsString name, long seconds, int pid, char want, int state, String supervision) {
        byte[] bytes = new byte[StatusBytes.LENGTH];
        long label = NOW - seconds;
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (label >>> (56 - Byte.SIZE * i));
        }
        bytes[12] = (byte) pid;
        bytes[17] = (byte) want;
        bytes[19] = (byte) state;
        StatusBytes status = new StatusBytes();
        status.read(bytes);
        return new ServiceReport(name, status, "", pid == 0, null, null, TreePlace.parse(name, supervision), List.of());
    }
}
