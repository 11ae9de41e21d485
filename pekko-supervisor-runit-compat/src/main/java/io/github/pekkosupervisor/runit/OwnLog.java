package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.svlogd.LogOptions;
import io.github.pekkosupervisor.runit.svlogd.LogPlace;
import io.github.pekkosupervisor.runit.svlogd.LogReports;
import io.github.pekkosupervisor.runit.svlogd.LogSpool;
import io.github.pekkosupervisor.runit.svlogd.LogWriter;
import io.github.pekkosupervisor.runit.svlogd.Processors;
import io.github.pekkosupervisor.runit.svlogd.SvlogdCommandLine;
import io.github.pekkosupervisor.runit.svlogd.SvlogdReports;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The log of one service that we write ourselves, with what was read from the service and is not on the disk yet. It
 * outlives the actor that works on it, so that a successor loses nothing.
 */
final class OwnLog {

    private static final OsString LOG = OsString.of("log");
    private static final int DIRECTORY_MODE = 0755;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** It may have a large file to compress. */
    private static final Duration PATIENCE_WITH_PROCESSOR = Duration.ofMinutes(5);

    private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);

    /** What is to be done where somebody else could change what we write or read. */
    static final String MEND =
            "only root and the launcher's own user may be able to change it, the directories above it and"
                    + " the log's files: chown and chmod go-w";

    private static final OsString INTAKE = OsString.of("log/supervise/.intake");

    /** The same of a logger process that has us write its log; it reads that itself where it goes on without us. */
    private static final OsString INTAKE_OF_LOGGER = OsString.of("log/supervise/.logger");

    private final LogPlace place;
    private final LogOptions options;
    private final Directory home;
    private final OsString intake;
    private final Optional<SmallLogger> logger;
    private @Nullable LogWriter writer;
    private volatile @Nullable LogSpool spool;
    private boolean unguarded;
    private boolean open;
    private final AtomicLong progress = new AtomicLong();
    private volatile boolean processing;

    /** Processors, some of which may have ended. */
    private final Queue<Processors.Run> started = new ConcurrentLinkedQueue<>();

    private volatile boolean givenUp;
    private volatile Runnable processorOver = () -> {};

    /** @param logger whose log it is; empty if there is no such process */
    private OwnLog(OsString directory, LogOptions options, Directory home, Optional<SmallLogger> logger)
            throws PosixException {
        this.options = options;
        this.home = home;
        this.logger = logger;
        OsString path =
                directory.startsWith("/") ? directory : here(home).plus("/log/").plus(directory);
        this.place = new LogPlace(directory, path, logger.isEmpty());
        this.intake = logger.isEmpty() ? INTAKE : INTAKE_OF_LOGGER;
    }

    /** In a tree of another user links to what this JVM has open are not followed, so it must not be moved there. */
    private static OsString here(Directory home) throws PosixException {
        return UserRights.areBorrowed() ? home.realPath() : home.lastingPath();
    }

    /**
     * What a logger process asks for, which is in {@code log}.
     *
     * @param line its own words, with one directory
     */
    static OwnLog ofLogger(SvlogdCommandLine line, Directory home, OtherProcess process) throws PosixException {
        SmallLogger logger = new SmallLogger(process, line.verbose());
        return new OwnLog(line.directories().get(0), line.options(), home, Optional.of(logger));
    }

    /**
     * A logger process that waits.
     *
     * @param verbose whether everything done is told
     */
    private record SmallLogger(OtherProcess process, boolean verbose) {

        /** Its own; empty if it is not there any more. */
        Optional<List<OsString>> environment() {
            try {
                return Optional.of(process.environmentEntries());
            } catch (PosixException e) {
                return Optional.empty();
            }
        }
    }

    /** With what environment its processors are started; empty for the JVM's own. */
    Optional<List<OsString>> environment() {
        return logger.flatMap(SmallLogger::environment);
    }

    /** Whether there is a logger process whose log it is. */
    boolean isOfLogger() {
        return logger.isPresent();
    }

    /** Where it is between pipe and log, for messages. */
    OsString intake() {
        return intake;
    }

    /**
     * Makes the directories where needed.
     *
     * @throws PosixException if there is no directory {@code log} and none can be made, or not now the one in it
     */
    static OwnLog create(ServiceConf.Log conf, Directory home) throws PosixException {
        make(home, LOG);
        try {
            OsString name = conf.directory();
            make(home, name.startsWith("/") ? name : OsString.of("log/").plus(name));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it shows again, in svlogd's words, when the log is opened
        }
        return new OwnLog(conf.directory(), conf.options(), home, Optional.empty());
    }

    /**
     * Of a service that has a log of this kind no more: lines of it may have been on their way when a launcher died.
     */
    static void nameUnused(Directory home, Reporter reporter) {
        try {
            long bytes = LogSpool.unwritten(home, INTAKE);
            if (bytes > 0) {
                reporter.warnOfOurs(bytes + " bytes that run has written are in " + INTAKE
                        + " and in no log, since its launcher died on the way and log in " + ServiceConf.FILE
                        + " is not used any more; they stay there until it is, or until you remove the file");
            }
        } catch (PosixException e) {
            // it is asked again by the next launcher
        }
    }

    private static void make(Directory home, OsString name) throws PosixException {
        try {
            home.makeDirectory(name, DIRECTORY_MODE);
        } catch (PosixException e) {
            if (home.statusIfPresent(name).filter(FileStatus::isDirectory).isEmpty()) {
                throw e;
            }
        }
    }

    /** What splits lines and writes them; the same one for every actor that comes. */
    LogWriter writer(Reporter reporter, Clock clock, Processors processors) {
        if (writer == null) {
            LogReports reports = logger.isPresent()
                    ? new SvlogdReports(logger.get().verbose(), ErrorText::of, reporter::sayAsIs, reporter::sayAsIs)
                    : new Reports(reporter, clock);
            writer = new LogWriter(List.of(place), options, reports, clock, processors);
        }
        return writer;
    }

    /**
     * Opens what sees to it that the log is whole even if this process is killed, where that can be done.
     *
     * @throws PosixException if it cannot be told now whether it can be done
     */
    void openSpool(LogWriter forWhat, Reporter reporter) throws PosixException {
        if (spool != null || unguarded) {
            return;
        }
        try {
            LogSpool opened = logger.isPresent() ? LogSpool.openAlone(home, intake) : LogSpool.open(home, intake);
            spool = opened;
            forWhat.keepIn(opened);
            forWhat.resume(opened.mark());
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            goUnguarded("unable to open " + intake, e, reporter);
        }
    }

    /** What is between the pipe and the log; empty if it cannot be. */
    Optional<LogSpool> spool() {
        return Optional.ofNullable(spool);
    }

    /** Goes on without it. */
    void leaveSpool(PosixException why, Reporter reporter) throws PosixException {
        if (spool != null && writer != null) {
            writer.keepNothing();
            spool.forget();
            spool.close();
            spool = null;
            goUnguarded("unable to move lines to " + intake, why, reporter);
        }
    }

    private void goUnguarded(String what, PosixException why, Reporter reporter) {
        unguarded = true;
        reporter.warnOfOurs("log: " + what + ": " + ErrorText.of(why)
                + "; if this process is killed, the lines that it is writing may be written twice");
    }

    /** Lets go of what is between the pipe and the log; it is found again. */
    private void closeSpool() {
        if (spool != null) {
            spool.close();
            spool = null;
        }
    }

    /** Nobody works on it any more, unless it was given up: then {@link #abandon} is to follow. */
    void close() {
        if (!givenUp) {
            closeSpool();
        }
    }

    /** Whether the log directory has been opened and not been closed. */
    boolean isOpen() {
        return open;
    }

    void setOpen(boolean now) {
        open = now;
    }

    /** All that has been read so far is on the disk; a number that grows tells others that this goes on. */
    void progressed() {
        progress.incrementAndGet();
        processing = false;
    }

    /** It waits for a processor. */
    void waitsForProcessor() {
        processing = true;
    }

    /** What starts processors, and counts those that run. */
    Processors counting(Processors processors) {
        return (command, directory, stdin, stdout, run) -> {
            processors.start(command, directory, stdin, stdout, run);
            started.removeIf(Processors.Run::isOver);
            started.add(run);
        };
    }

    /** Whether a processor is at work. */
    boolean isProcessing() {
        started.removeIf(Processors.Run::isOver);
        return !started.isEmpty();
    }

    /** Its end is awaited from now on. */
    Drain drain() {
        return new Drain(this, progress.get(), Duration.ZERO);
    }

    /**
     * How the end of a log comes on, looked at each second.
     *
     * @param progress how far it was when it last got on
     * @param silence since then
     */
    record Drain(OwnLog log, long progress, Duration silence) {

        static final Duration LOOK = Duration.ofSeconds(1);

        /** A look later. */
        Drain next() {
            long now = log.progress.get();
            boolean gotOn = now != progress;
            return new Drain(log, now, gotOn ? Duration.ZERO : silence.plus(LOOK));
        }

        /** Whether it is not worth any more waiting. */
        boolean isHopeless() {
            return silence.compareTo(log.patience()) >= 0;
        }

        String inWords() {
            return "log: nothing could be written to " + log.name() + " for " + silence.toSeconds()
                    + " seconds: it is not awaited any longer; what it has not written stays in the pipe and is lost with"
                    + " the last process that has that open";
        }
    }

    /** How long nothing may be written before an end that waits for this log waits no longer. */
    Duration patience() {
        return processing ? PATIENCE_WITH_PROCESSOR : PATIENCE;
    }

    /** Nobody waits for it any longer. */
    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    /** Lets go of the directory as it is, so that another may have it. */
    void abandon() {
        if (writer != null) {
            writer.abandon();
        }
        closeSpool();
        open = false;
    }

    /** The log directory's name. */
    OsString name() {
        return place.name();
    }

    /** Whom to tell that a processor has ended: the actor that works on this now. */
    void onProcessorOver(Runnable listener) {
        processorOver = listener;
    }

    void processorOver() {
        processorOver.run();
    }

    /** Says what svlogd would say, as from runsv. */
    private static final class Reports implements LogReports {
        private final Reporter reporter;
        private final Clock clock;
        private String refusal = "";
        private Instant refused = Instant.MIN;

        Reports(Reporter reporter, Clock clock) {
            this.reporter = reporter;
            this.clock = clock;
        }

        /** Asked each second, told once a minute. */
        @Override
        public void refused(OsString directory, String why) {
            Instant now = clock.instant();
            if (!why.equals(refusal) || now.isAfter(refused.plus(REFUSED_AGAIN))) {
                refusal = why;
                refused = now;
                reporter.warnOfOurs("log: refused: " + directory + ": " + why + "; " + MEND
                        + "; until then lines wait in the pipe");
            }
        }

        @Override
        public void info(OsString what) {
            // as svlogd without -v
        }

        @Override
        public void warning(OsString what) {
            reporter.warnOfOurs("log: " + what);
        }

        @Override
        public void warning(OsString what, PosixException cause) {
            reporter.warnOfOurs("log: " + what, cause);
        }

        @Override
        public void pausing(OsString what, PosixException cause) {
            reporter.warnOfOurs("log: pausing: " + what, cause);
        }

        @Override
        public void copies(byte[] lines, int length) {
            reporter.sayAsIs(lines, length);
        }
    }

    @Override
    public String toString() {
        return "log " + new String(place.path().bytes(), StandardCharsets.UTF_8);
    }
}
