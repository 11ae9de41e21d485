package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The services of a directory for who looks several times a second. What has not changed since is not read again, and
 * is the same object: a service is read if a directory or a file of its that its supervisor writes to has another time,
 * or is another one.
 *
 * <p>Times of files are coarse, and that a supervisor has died changes none. So what was read because of a change is
 * read once more the next time, and besides {@value #ANYHOW} services are read anyhow each time, in turn: of that many
 * nothing is ever missed, and of more it takes as many times longer.
 *
 * <p>It holds nothing open. For one thread.
 */
public final class Lookout {

    /** How many are read at each look though nothing seems to have changed. */
    static final int ANYHOW = 50;

    /** Of one processor looks cost at most one part in so many. */
    private static final int PARTS = 25;

    private static final long LONGEST_REST_MILLIS = 10_000;

    private static final OsString RUN = OsString.of("run");
    private static final OsString HERE = OsString.of(".");

    private final OsString path;
    private final Map<OsString, Seen> seen = new HashMap<>();
    private final Settling directory = new Settling();
    private List<OsString> names = List.of();
    private int next;
    private int read;
    private boolean hasChanged;
    private @Nullable ScanReport last;

    /** @param path of a services directory, or of a service directory */
    public Lookout(OsString path) {
        this.path = path;
    }

    /** Something that is looked at, and when it was changed; null if it is not there, or cannot be seen. */
    private record Mark(FileStatus.Id id, Instant modified) {
        static @Nullable Mark of(Directory above, OsString name) {
            try {
                return above.statusIfPresent(name).map(Mark::of).orElse(null);
            } catch (PosixException e) {
                return null;
            }
        }

        static Mark of(FileStatus status) {
            return new Mark(status.id(), status.modified());
        }
    }

    /** Whether something has to be read: after a change, and once more, since another may have had the same time. */
    private static final class Settling {
        private List<@Nullable Mark> marks = List.of();
        private boolean isSettled;

        boolean isToBeRead(List<@Nullable Mark> now) {
            boolean isSame = now.equals(marks);
            boolean isToBeRead = !isSame || !isSettled;
            isSettled = isSame;
            marks = now;
            return isToBeRead;
        }
    }

    /** One service. */
    private static final class Seen {
        private final OsString supervise;
        private final OsString state;
        private final OsString log;
        private final OsString logSupervise;
        private final OsString logState;
        private final Settling settling = new Settling();
        private @Nullable ServiceReport report;

        Seen(OsString name) {
            this.supervise = name.plus("/supervise");
            this.state = name.plus("/supervise/.state");
            this.log = name.plus("/log");
            this.logSupervise = name.plus("/log/supervise");
            this.logState = name.plus("/log/supervise/.state");
        }

        boolean isToBeRead(Directory above, FileStatus itself) {
            List<@Nullable Mark> marks = new ArrayList<>();
            marks.add(Mark.of(itself));
            marks.add(Mark.of(above, supervise));
            marks.add(Mark.of(above, state));
            @Nullable Mark ofLog = Mark.of(above, log);
            marks.add(ofLog);
            if (ofLog != null) {
                marks.add(Mark.of(above, logSupervise));
                marks.add(Mark.of(above, logState));
            }
            return settling.isToBeRead(marks);
        }
    }

    /**
     * How all are now, in the order of their names. The same object as before if nothing has changed.
     *
     * @throws FatalException the directory cannot be read; it may be again the next time
     */
    public ScanReport look() throws FatalException {
        read = 0;
        hasChanged = false;
        try (Directory above = Directory.open(path)) {
            if (above.statusIfPresent(RUN).filter(run -> !run.isDirectory()).isPresent()) {
                return unlessSame(List.of(looked(above, HERE, above.status(), true)));
            }
            list(above);
            return unlessSame(all(above));
        } catch (PosixException e) {
            throw new FatalException(
                    OsString.of("unable to read services directory ").plus(path), e);
        }
    }

    /**
     * How long to rest after a look, so that looking at very many services costs a twenty-fifth of a processor and not
     * more: what is usual, or longer if the look has taken long, up to ten seconds.
     *
     * @param took how long that was, in milliseconds; by a clock that was set it may be anything
     * @param usual in milliseconds
     */
    public static long restMillis(long took, long usual) {
        long rest = Math.min(took, LONGEST_REST_MILLIS) * (PARTS - 1);
        return Math.max(usual, Math.min(rest, LONGEST_REST_MILLIS));
    }

    /** How many services were read the last time, and not only looked at. */
    int read() {
        return read;
    }

    private void list(Directory above) throws PosixException {
        if (!directory.isToBeRead(Collections.singletonList(Mark.of(above.status())))) {
            return;
        }
        List<OsString> listed = new ArrayList<>();
        for (OsString name : above.list()) {
            if (!name.startsWith(".")) {
                listed.add(name);
            }
        }
        Collections.sort(listed);
        names = listed;
        seen.keySet().retainAll(new HashSet<>(names));
    }

    private List<ServiceReport> all(Directory above) {
        List<ServiceReport> services = new ArrayList<>(names.size());
        int size = names.size();
        int from = size == 0 ? 0 : next % size;
        next = from + ANYHOW;
        for (int i = 0; i < size; i++) {
            OsString name = names.get(i);
            FileStatus itself = directoryAt(above, name);
            if (itself == null) {
                seen.remove(name);
            } else {
                services.add(looked(above, name, itself, (i - from + size) % size < ANYHOW));
            }
        }
        return services;
    }

    private static @Nullable FileStatus directoryAt(Directory above, OsString name) {
        try {
            return above.statusIfPresent(name).filter(FileStatus::isDirectory).orElse(null);
        } catch (PosixException e) {
            // it cannot even be looked at: nothing that could be shown
            return null;
        }
    }

    private ServiceReport looked(Directory above, OsString name, FileStatus itself, boolean anyhow) {
        Seen one = seen.computeIfAbsent(name, Seen::new);
        ServiceReport before = one.report;
        // first the marks: what changes from here on is seen the next time
        if (!one.isToBeRead(above, itself) && !anyhow && before != null) {
            return before;
        }
        read++;
        ServiceReport now = ServiceReport.of(above, name);
        if (before != null && now.equals(before)) {
            return before;
        }
        hasChanged = true;
        one.report = now;
        return now;
    }

    private ScanReport unlessSame(List<ServiceReport> services) {
        ScanReport before = last;
        if (before != null && !hasChanged && before.services().size() == services.size()) {
            return before;
        }
        ScanReport now = new ScanReport(path, services);
        last = now;
        return now;
    }
}
