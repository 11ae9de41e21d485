package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Shortcomings;
import io.github.pekkosupervisor.runit.supervise.Shortcomings.Shortcoming;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say of a service, or of its logger.
 *
 * @param name its name
 * @param status what its runsv tells; null if it cannot be known
 * @param trouble why not; empty if it can
 * @param hasDownFile whether it is not started by itself
 * @param record what its supervisor has left beside that; null if that is not known, as under runit's own runsv
 * @param log its logger; null if it has none
 * @param place where it stands in a tree that is shown as service directories
 * @param shortcomings what its supervisor has found wrong, and does without
 */
public record ServiceReport(
        OsString name,
        @Nullable StatusBytes status,
        String trouble,
        boolean hasDownFile,
        @Nullable UnitRecord record,
        @Nullable ServiceReport log,
        TreePlace place,
        List<Shortcoming> shortcomings) {

    /** One that is in no tree, and has no shortcomings. */
    public ServiceReport(
            OsString name,
            @Nullable StatusBytes status,
            String trouble,
            boolean hasDownFile,
            @Nullable UnitRecord record,
            @Nullable ServiceReport log) {
        this(name, status, trouble, hasDownFile, record, log, TreePlace.of(name), List.of());
    }

    private static final OsString DOWN = OsString.of("down");
    private static final OsString LOG = OsString.of("log");
    private static final OsString OK = OsString.of("supervise/ok");
    private static final OsString STATUS = OsString.of("supervise/status");
    private static final OsString STATE = OsString.of("supervise/.state");

    /** Reads what the supervise directory of a service tells. */
    public static ServiceReport of(Directory parent, OsString name) {
        try (Directory directory = parent.directory(name)) {
            return of(directory, name, logOf(directory), TreePlace.of(directory, name));
        } catch (PosixException e) {
            return new ServiceReport(name, null, ErrorText.of(e), false, null, null);
        }
    }

    /** That of a service, which has none itself; null if it has none. */
    private static @Nullable ServiceReport logOf(Directory service) {
        if (!isDirectory(service, LOG)) {
            return null;
        }
        try (Directory directory = service.directory(LOG)) {
            return of(directory, LOG, null, TreePlace.of(LOG));
        } catch (PosixException e) {
            return new ServiceReport(LOG, null, ErrorText.of(e), false, null, null);
        }
    }

    private static ServiceReport of(Directory directory, OsString name, @Nullable ServiceReport log, TreePlace place)
            throws PosixException {
        boolean hasDownFile = directory.statusIfPresent(DOWN).isPresent();
        try {
            directory.openWrite(OK).close();
            StatusBytes status = new StatusBytes();
            byte[] bytes = read(directory, STATUS, StatusBytes.LENGTH);
            status.read(bytes);
            if (bytes.length < StatusBytes.LENGTH) {
                return unknown(name, "bad format of supervise/status", hasDownFile, log, place);
            }
            UnitRecord record = record(directory);
            // where another supervises, what a former one has left here says nothing
            List<Shortcoming> shortcomings = record == null ? List.of() : Shortcomings.read(directory);
            return new ServiceReport(name, status, "", hasDownFile, record, log, place, shortcomings);
        } catch (PosixException e) {
            boolean nobody = e.is("ENXIO") || e.is("ENOENT");
            return unknown(name, nobody ? "not supervised" : ErrorText.of(e), hasDownFile, log, place);
        }
    }

    private static ServiceReport unknown(
            OsString name, String trouble, boolean hasDownFile, @Nullable ServiceReport log, TreePlace place) {
        return new ServiceReport(name, null, trouble, hasDownFile, null, log, place, List.of());
    }

    private static byte[] read(Directory directory, OsString name, int limit) throws PosixException {
        try (Descriptor file = directory.openRead(name)) {
            return file.read(limit);
        }
    }

    /** Only what the present supervisor has written: a former one's file stays when runit's runsv comes after it. */
    private static @Nullable UnitRecord record(Directory directory) {
        try (Descriptor file = directory.openRead(STATE)) {
            if (StateFile.parse(file.read(StateFile.LONGEST)) instanceof StateFile.Valid valid
                    && valid.state().supervisor().identity().exists()) {
                return valid.state();
            }
        } catch (PosixException e) {
            // runit's runsv writes none
        }
        return null;
    }

    /** Whether there is a directory of this name, or a link to one. */
    static boolean isDirectory(Directory parent, OsString name) {
        try {
            var status = parent.statusIfPresent(name);
            return status.isPresent() && status.get().isDirectory();
        } catch (PosixException e) {
            // it cannot even be looked at: nothing that could be shown
            return false;
        }
    }

    /** One word for what it does; a dash if that is not known. */
    public String state() {
        if (status == null) {
            return "-";
        }
        if (status.isDown()) {
            return "down";
        }
        return status.isRunning() ? (status.isPaused() ? "paused" : "run") : "finish";
    }

    /** The number of its process; a dash if it has none. */
    public String pid() {
        return status == null || status.pid() == 0 ? "-" : Integer.toUnsignedString(status.pid());
    }

    /** One word for what its logger does; empty if it has none. */
    public String logState() {
        return log == null ? "" : log.state();
    }

    /** Whether it and its logger do what they are asked to do. */
    public boolean isAllAsWanted() {
        return isAsWanted() && (log == null || log.isAsWanted());
    }

    /** What is worth knowing besides, of its logger and of its adoption too. */
    public String allNotes(long nowLabel) {
        String ofLog = log == null || log.isAsWanted() ? "" : log.notes();
        String own = join(notes(), adoption(nowLabel));
        return ofLog.isEmpty() ? own : own + (own.isEmpty() ? "" : "; ") + "log: " + ofLog;
    }

    /** How often run was started again; a dash if that is not known. */
    public String restarts() {
        return record == null ? "-" : Integer.toString(record.past().restarts());
    }

    /**
     * How run ended last, for instance {@code exit 1} or {@code signal KILL}; a dash if it has not, or is not known.
     */
    public String lastExit() {
        return record == null
                ? "-"
                : record.past()
                        .lastEnd()
                        .map(end -> words(end.status()) + (end.hung() ? ", hung" : ""))
                        .orElse("-");
    }

    private static String words(ExitStatus end) {
        if (!end.isKnown()) {
            return end.toString();
        }
        return end.exited()
                ? "exit " + end.code()
                : "signal " + Signal.nameOf(end.signal()) + (end.coreDumped() ? ", core dumped" : "");
    }

    /** Whether it does what it is asked to do, is ready, and all that is said of it counts. */
    public boolean isAsWanted() {
        return status != null
                && (status.want() == 'u') == status.isRunning()
                && ready().orElse(true)
                && shortcomings.isEmpty();
    }

    /** What is worth knowing besides, as in the lines of sv. */
    public String notes() {
        if (status == null) {
            return trouble;
        }
        String wanted = "";
        if (status.pid() == 0 && status.want() == 'u') {
            wanted = "want up";
        } else if (status.pid() != 0 && status.want() == 'd') {
            wanted = "want down";
        }
        String normally = "";
        if (status.pid() != 0 && hasDownFile) {
            normally = "normally down";
        } else if (status.pid() == 0 && !hasDownFile) {
            normally = "normally up";
        }
        String asIs = join(join(normally, wanted), status.pid() != 0 && status.gotTerm() ? "got TERM" : "");
        String wrong = shortcomings.stream().map(Shortcoming::what).distinct().collect(Collectors.joining(", "));
        return join(join(asIs, condition()), wrong);
    }

    private String condition() {
        if (isDone()) {
            return "done";
        }
        String works = isHung() ? "hung" : ready().orElse(true) ? "" : "not ready";
        return join(
                works,
                phase().map(phase -> phase.name().toLowerCase(Locale.ROOT)).orElse(""));
    }

    /** Whether it is a oneshot that has ended well, and has not been started since. */
    public boolean isDone() {
        boolean isDone = record == null ? place.isDone() : record.past().done();
        return isDone && status != null && status.isDown();
    }

    /** Whether it runs, and counts as hung. */
    public boolean isHung() {
        return record != null && record.pending().hung() && status != null && status.isRunning();
    }

    /** What it has said of itself, beside whether it is ready. */
    public Optional<UnitRecord.Says> phase() {
        return record == null || status == null || !status.isRunning()
                ? Optional.empty()
                : record.sign()
                        .flatMap(sign -> sign.said().says())
                        .filter(says -> says == UnitRecord.Says.RELOADING || says == UnitRecord.Says.STOPPING);
    }

    /** Whether it is ready, and works; empty where that is not known, or it does not run. */
    public Optional<Boolean> ready() {
        if (status == null || !status.isRunning()) {
            return Optional.empty();
        }
        if (record == null) {
            return place.isReady();
        }
        return isHung() ? Optional.of(false) : record.sign().map(UnitRecord.Sign::isGiven);
    }

    static String join(String first, String second) {
        return first + (first.isEmpty() || second.isEmpty() ? "" : ", ") + second;
    }

    /** For what was started by a former supervisor, since when the present one is at work; else nothing. */
    public String adoption(long nowLabel) {
        return record == null || !record.isAdopted() ? "" : "adopted " + text(supervisedFor(record, nowLabel)) + " ago";
    }

    /** For how many seconds the present supervisor is at work. */
    public static long supervisedFor(UnitRecord record, long nowLabel) {
        long since = Tai64n.label(record.supervisor().since().getEpochSecond());
        return Math.max(0, nowLabel - since);
    }

    /** The age in the two largest units that count, for instance {@code 3d 4h}. */
    public String age(long nowLabel) {
        return status == null ? "-" : text(status.ageAt(nowLabel));
    }

    private static String text(long seconds) {
        final long minute = 60;
        final long hour = 60 * minute;
        final long day = 24 * hour;
        if (seconds < minute) {
            return seconds + "s";
        }
        if (seconds < hour) {
            return seconds / minute + "m " + seconds % minute + "s";
        }
        return seconds < day
                ? seconds / hour + "h " + seconds % hour / minute + "m"
                : seconds / day + "d " + seconds % day / hour + "h";
    }
}
