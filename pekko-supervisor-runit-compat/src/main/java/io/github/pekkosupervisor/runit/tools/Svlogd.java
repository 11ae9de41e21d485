package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Intake;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SignalPipe;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.svlogd.LogPlace;
import io.github.pekkosupervisor.runit.svlogd.LogSpool;
import io.github.pekkosupervisor.runit.svlogd.LogWriter;
import io.github.pekkosupervisor.runit.svlogd.Progress;
import io.github.pekkosupervisor.runit.svlogd.SvlogdCommandLine;
import io.github.pekkosupervisor.runit.svlogd.SvlogdReports;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines from standard input and writes them to log directories, as {@code svlogd(8)}: one thread, which waits for
 * input, signals, processors and the age of files in one place.
 *
 * <p>Differs: after TERM the last line that was read is written; svlogd throws it away.
 */
public final class Svlogd implements Tool {

    /** Set by the script where there is such a file. */
    private static final String SPOOL = "pekko-supervisor.svlogd.spool";

    private static final int FATAL = 111;

    /**
     * Much at once is what makes us quick; the original reads as much as its option -b says. It may be much, for what
     * is not written yet stays in the pipe.
     */
    private static final int READ_SIZE = 64 * 1024;

    /** Small enough that the next logger repeats a few lines only, and large enough to be several times as fast. */
    private static final int PIECE = 4096;

    private static final int PAUSE_MILLIS = 3000;
    private static final String USAGE = " [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...\n\n";

    @Override
    public int run(OsString name, List<OsString> words) {
        try {
            SvlogdCommandLine line = SvlogdCommandLine.parse(name, words);
            return new Run(line).loop();
        } catch (SvlogdCommandLine.UsageException e) {
            Out.complain(e.complaint().plus("usage: ").plus(name).plus(USAGE));
        } catch (SvlogdCommandLine.OutOfMemoryException | OutOfMemoryError e) {
            Out.complain(OsString.of("svlogd: fatal: out of memory.\n"));
        } catch (PosixException e) {
            Out.complain(OsString.of("svlogd: fatal: unable to " + e.call() + ": " + ErrorText.of(e) + "\n"));
        }
        return FATAL;
    }

    /** The program at work. */
    private static final class Run {
        private final SvlogdCommandLine line;
        private final Descriptor input = Descriptor.standard(0);
        private final SignalPipe wake;
        private final Queue<Signal> signals = new ArrayDeque<>();
        private final Intake intake;
        private final byte[] chunk;
        private final SvlogdReports messages;
        private final Clock clock = Clock.systemUTC();
        private final LogWriter logs;
        private @Nullable LogSpool spool;
        private boolean exiting;
        private boolean reopening;
        private boolean rotating;
        /** Whether the last byte read ended a line. */
        private boolean lineComplete = true;

        Run(SvlogdCommandLine line) throws PosixException {
            this.line = line;
            this.wake = SignalPipe.open();
            this.intake = new Intake(input, line.readSize());
            this.chunk = new byte[Math.max(READ_SIZE, Math.min(line.readSize(), 1 << 20))];
            this.messages = new SvlogdReports(line.verbose(), ErrorText::of, Out::complain, Out::complain);
            this.logs = new LogWriter(
                    line.directories().stream().map(LogPlace::at).toList(),
                    line.options(),
                    messages,
                    clock,
                    new SpawnedProcessors(wake::wake));
        }

        int loop() throws PosixException {
            try {
                input.makeNonBlocking();
            } catch (PosixException e) {
                // closed: reading it will tell
            }
            // as the original, deaf neither under nohup nor after a shell's trap
            wake.hear(Signal.TERM);
            wake.hear(Signal.HUP);
            wake.hear(Signal.ALRM);
            openSpool();
            if (!open()) {
                return FATAL;
            }
            Step step = Step.GO_ON;
            while (step == Step.GO_ON) {
                step = turn();
            }
            if (step == Step.END) {
                // the beginning of a line stays in the spool, for the next one
                if (spool == null || !exiting) {
                    logs.endOfStream();
                }
                settle();
                logs.close();
                settle();
            }
            return step == Step.END ? 0 : FATAL;
        }

        private enum Step {
            GO_ON,
            END,
            FAIL
        }

        /**
         * A launcher has written our log until now: what it has read and not written comes first. It is found where we
         * are, and used as the launcher did, so that the next one finds it as well.
         */
        private void openSpool() throws PosixException {
            String name = System.getProperty(SPOOL, "");
            if (name.isEmpty() || line.directories().size() != 1) {
                return;
            }
            try (Directory here = Directory.open(OsString.of("."))) {
                if (!input.status().isFifo()) {
                    return;
                }
                LogSpool opened = openAlone(here, OsString.of(name));
                logs.keepIn(opened);
                logs.resume(opened.mark());
                spool = opened;
            } catch (PosixException e) {
                messages.warning(OsString.of("unable to open " + name), e);
            }
        }

        /** A child that the launcher was making when it died has it for a moment. */
        private static LogSpool openAlone(Directory here, OsString name) throws PosixException {
            final int attempts = 100;
            final int pause = 20;
            for (int i = 1; i < attempts; i++) {
                try {
                    return LogSpool.openAlone(here, name);
                } catch (PosixException e) {
                    if (!e.is("EAGAIN")) {
                        throw e;
                    }
                }
                await(pause);
            }
            return LogSpool.openAlone(here, name);
        }

        /** How far the log has got; tried again for ever, as all that is refused. */
        private void keep() throws PosixException {
            if (spool == null) {
                return;
            }
            boolean kept = false;
            while (!kept) {
                try {
                    logs.keep();
                    kept = true;
                } catch (PosixException e) {
                    messages.pausing(OsString.of("unable to keep how far the log has got"), e);
                    await(PAUSE_MILLIS);
                }
            }
        }

        private boolean open() throws PosixException {
            boolean any = logs.open();
            advance();
            if (any) {
                keep();
            } else {
                Out.complain(OsString.of("svlogd: fatal: no functional log directories.\n"));
            }
            return any;
        }

        /** Whatever signals have asked for, then one wait, then one read. */
        private Step turn() throws PosixException {
            settle();
            if (rotating) {
                rotating = false;
                logs.rotate();
                settle();
            }
            if (exiting && (lineComplete || spool != null)) {
                return Step.END;
            }
            if (reopening) {
                reopening = false;
                logs.closeForReopening();
                settle();
                if (!open()) {
                    return Step.FAIL;
                }
            }
            logs.rotateAged();
            settle();
            boolean finishingLine = exiting;
            boolean waits = signals.isEmpty() && (spool == null || !spool.hasMore());
            await(waits ? untilDeadline() : 0, input, wake.readEnd());
            hear();
            if (spool != null) {
                return read(spool);
            }
            return read(finishingLine ? 1 : exiting ? line.readSize() : chunk.length);
        }

        private int untilDeadline() {
            Instant deadline = logs.deadline();
            if (deadline.equals(Instant.MAX)) {
                return -1;
            }
            long millis = Duration.between(clock.instant(), deadline).toMillis() + 1;
            return (int) Math.max(0, Math.min(millis, Integer.MAX_VALUE));
        }

        private static void await(int millis, Descriptor... descriptors) throws PosixException {
            Descriptor.awaitReadable(millis, descriptors);
        }

        private void hear() throws PosixException {
            drain();
            Signal signal = signals.poll();
            while (signal != null) {
                switch (signal) {
                    case TERM -> {
                        messages.info(OsString.of("sigterm received."));
                        exiting = true;
                    }
                    case ALRM -> {
                        messages.info(OsString.of("sigalarm received."));
                        rotating = true;
                    }
                    default -> {
                        messages.info(OsString.of("sighangup received."));
                        reopening = true;
                    }
                }
                signal = signals.poll();
            }
        }

        private Step read(LogSpool from) throws PosixException {
            int count;
            try {
                count = from.next(input, chunk);
            } catch (PosixException e) {
                if (e.is("ENOSPC") && logs.makeRoom()) {
                    return Step.GO_ON;
                }
                if (!e.mayPass()) {
                    leave(from, e);
                    return Step.GO_ON;
                }
                messages.pausing(OsString.of("unable to read standard input"), e);
                await(PAUSE_MILLIS);
                return Step.GO_ON;
            }
            if (count == 0) {
                return Step.END;
            }
            if (count != Intake.NOTHING) {
                from.took(logs.take(chunk, count));
                settle();
            }
            return Step.GO_ON;
        }

        /** Goes on as one that has never had it. */
        private void leave(LogSpool left, PosixException why) throws PosixException {
            messages.warning(OsString.of("unable to move lines to a file"), why);
            logs.keepNothing();
            left.forget();
            left.close();
            spool = null;
        }

        /** What has been read leaves the pipe when it has been written. */
        private Step read(int limit) throws PosixException {
            int count;
            try {
                count = intake.next(chunk, limit);
            } catch (PosixException e) {
                messages.warning(OsString.of("unable to read standard input"), e);
                return Step.END;
            }
            if (count == 0) {
                return Step.END;
            }
            if (count != Intake.NOTHING) {
                lineComplete = chunk[count - 1] == '\n';
                write(count);
            }
            return Step.GO_ON;
        }

        /** A svlogd that is killed has, at the worst, written one piece and not yet taken it from the pipe. */
        private void write(int count) throws PosixException {
            int at = 0;
            while (at < count) {
                int end = Math.min(count, at + PIECE);
                logs.take(chunk, at, end);
                settle();
                intake.done(count - end + logs.unfinished());
                at = end;
            }
        }

        /** Until nothing is left to be done: what is refused is tried again for ever, and signals wait. */
        private void settle() throws PosixException {
            advance();
            keep();
        }

        private void advance() throws PosixException {
            Progress progress = logs.advance();
            while (progress != Progress.DONE) {
                if (progress == Progress.PAUSE) {
                    await(PAUSE_MILLIS);
                } else {
                    await(PAUSE_MILLIS, wake.readEnd());
                    drain();
                }
                progress = logs.advance();
            }
        }

        /** Takes what woke us; signals are kept for their turn. */
        private void drain() throws PosixException {
            final int many = 512;
            try {
                signals.addAll(SignalPipe.signals(wake.readEnd().read(many)));
            } catch (PosixException e) {
                if (!e.is("EAGAIN")) {
                    throw e;
                }
            }
        }
    }
}
