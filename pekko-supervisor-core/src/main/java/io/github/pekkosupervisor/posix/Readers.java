package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The processes that read from a FIFO as their standard input, as one look at {@code /proc} has shown. */
public final class Readers {

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;

    private Readers() {}

    /**
     * Those of one FIFO; not who writes to it too, nor who has got it from a parent that reads from it. One into which
     * we may not look is not among them.
     *
     * @throws PosixException if they cannot be seen now, so that it cannot be said that there is none
     */
    public static List<Candidate> of(FileStatus.Id fifo) throws PosixException {
        Map<Integer, ProcStat> readers = new LinkedHashMap<>();
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            for (OsString name : processes.list()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9' && mayRead(processes, name, fifo)) {
                    ProcStat.ifShown(Integer.parseInt(name.toString()))
                            .filter(ProcStat::isRunning)
                            .ifPresent(stat -> readers.put(stat.pid(), stat));
                }
            }
        }
        readers.values().removeIf(stat -> isAt(stat, OUTPUT, fifo) || !isAt(stat, INPUT, fifo));
        return readers.values().stream()
                .filter(stat -> !readers.containsKey(stat.parent()))
                .map(stat -> new Candidate(ProcessIdentity.of(stat), stat.group() == stat.pid(), Sign.INPUT))
                .toList();
    }

    /** Whether whoever has this number does; most do not, so it is asked as cheaply as can be. */
    private static boolean mayRead(Directory processes, OsString pid, FileStatus.Id fifo) throws PosixException {
        try {
            return processes
                    .statusIfPresent(pid.plus("/fd/" + INPUT))
                    .filter(status -> status.id().equals(fifo))
                    .isPresent();
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it has ended, or we may not look
            return false;
        }
    }

    private static boolean isAt(ProcStat stat, int number, FileStatus.Id fifo) {
        try {
            return new OtherProcess(ProcessIdentity.of(stat))
                    .descriptor(number)
                    .id()
                    .equals(fifo);
        } catch (PosixException e) {
            // it has closed that, or has ended meanwhile
            return false;
        }
    }
}
