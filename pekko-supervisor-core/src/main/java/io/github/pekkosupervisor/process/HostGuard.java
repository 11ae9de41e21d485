package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that processes do not outlive this JVM, not even if that is killed: a small shell script in a session of
 * its own, which is told what to kill when its standard input ends. Where it can have a second pipe it finds that
 * there, and is woken only to keep the pipe from getting full: a start need not wait for a processor that it takes.
 *
 * <p>It is started when first needed, again if somebody kills it, and ends with this JVM. It may be used from any
 * thread.
 */
final class HostGuard {

    private static final Logger LOG = LoggerFactory.getLogger(HostGuard.class);
    private static final String SCRIPT = "host-guard.sh";
    private static final String NAME = "pekko-supervisor-guard";
    private static final String MARK_VARIABLE = "PEKKO_SUPERVISOR_START";

    /** In the place of a path: nothing can be there. */
    static final String NOWHERE = "/dev/null";

    /** Bytes of a path; longer ones would be too much for a pipe. */
    private static final int LONGEST_PLACE = 1000;

    /**
     * Characters; a pipe holds 64 kB or, when the system is short of memory for pipes, 4 kB. A line has at most 50, and
     * the path if there is one.
     */
    private static final int MOST_UNREAD = 4000;

    private final Posix posix;
    private final Executor executor;
    private final Map<Integer, String> guarded = new TreeMap<>();
    private final Map<Integer, String> cgroups = new TreeMap<>();
    private final Map<Long, String> beingBorn = new TreeMap<>();

    /** What tells our processes from those of others. */
    private final String mark = HexFormat.of().toHexDigits(new SecureRandom().nextLong());

    private long births;
    private @Nullable PipeWriter line;

    /** The second pipe. */
    private @Nullable PipeWriter register;

    /** What both are written to; meaningful while there is a guard. */
    private List<Descriptor> pipes = List.of();

    private int unread;
    private int unreadLines;
    private @Nullable ChildProcess guard;
    private boolean closed;
    private boolean refused;

    /** Who hears that nobody guards, or did not for a moment. */
    private volatile Consumer<? super String> listener = LOG::warn;

    HostGuard(Posix posix, Executor executor) {
        this.posix = posix;
        this.executor = executor;
    }

    /** From now on this one hears what is wrong, on any thread, and not the log. */
    void tell(Consumer<? super String> another) {
        listener = another;
    }

    /**
     * A process is about to be started that must not outlive this JVM, nor must its group if it leads one. From now on
     * the guard knows it: by the mark in its environment, until it is told the number.
     */
    Birth expect(boolean withGroup) {
        return expect(withGroup, "");
    }

    /**
     * The same of one that is to have no mark: it is known by where it begins, as long as it has not gone elsewhere
     * without leaving a trace.
     *
     * @param place the path of that directory; one that cannot be told in a line is not, and then it is not known
     */
    Birth expect(boolean withGroup, OsString place) {
        String path = place.toString();
        boolean fits = place.length() <= LONGEST_PLACE
                && path.indexOf('\n') < 0
                && OsString.of(path).equals(place);
        return expect(withGroup, " " + Orphans.currentTick() + " " + (fits ? path : NOWHERE));
    }

    private synchronized Birth expect(boolean withGroup, String where) {
        ensure();
        births++;
        Birth birth = new Birth(births, withGroup ? "g" : "p", where.isEmpty());
        String what = birth.group + where;
        beingBorn.put(birth.number, what);
        tell("? " + birth.number + " " + what + "\n");
        return birth;
    }

    /** One runs that a JVM before this one has started, and is gone. */
    synchronized void adopt(ProcessIdentity process, boolean withGroup) {
        ensure();
        String what = process.startTicks() + (withGroup ? " g" : " p");
        guarded.put(process.pid(), what);
        tell("+ " + process.pid() + " " + what + " 0\n");
    }

    /** A start, until it has succeeded or, closed before that, failed. */
    final class Birth implements AutoCloseable {
        private final long number;
        private final String group;
        private final boolean isMarked;

        private Birth(long number, String group, boolean isMarked) {
            this.number = number;
            this.group = group;
            this.isMarked = isMarked;
        }

        /** An entry that the environment of the process has to have; empty if it is known without one. */
        Optional<OsString> mark() {
            return isMarked
                    ? Optional.of(OsString.of(MARK_VARIABLE + "=" + mark + "." + number + "."))
                    : Optional.empty();
        }

        /** It runs. */
        void succeeded(ProcessIdentity process) {
            synchronized (HostGuard.this) {
                beingBorn.remove(number);
                String what = process.startTicks() + " " + group;
                guarded.put(process.pid(), what);
                tell("+ " + process.pid() + " " + what + " " + number + "\n");
            }
        }

        @Override
        public void close() {
            synchronized (HostGuard.this) {
                if (beingBorn.remove(number) != null) {
                    tell("! " + number + "\n");
                }
            }
        }
    }

    /** Whether this entry of an environment is the mark of some start, which another is not to inherit. */
    static boolean isMark(OsString entry) {
        return entry.startsWith(MARK_VARIABLE + "=");
    }

    /**
     * All who are in the control group of one that is guarded must not outlive this JVM either.
     *
     * @param directory where that is; one that cannot be told in a line is not, and that is said
     */
    synchronized void cgroup(ProcessIdentity process, OsString directory) {
        String path = directory.toString();
        boolean fits = directory.length() <= LONGEST_PLACE
                && path.chars().noneMatch(Character::isWhitespace)
                && OsString.of(path).equals(directory);
        if (!fits) {
            listener.accept(
                    "who is in the cgroup of process " + process.pid() + " and not in its process group would outlive"
                            + " a kill -9 of this JVM: its path is too long, or has a blank: " + path);
        } else if (guarded.containsKey(process.pid())) {
            cgroups.put(process.pid(), path);
            tell("@ " + process.pid() + " " + path + "\n");
        }
    }

    /** The leader has ended, but its group has members; whoever gets its number later has another start time. */
    synchronized void leaderEnded(ProcessIdentity process) {
        ensure();
        String what = process.startTicks() + " g";
        guarded.put(process.pid(), what);
        tell("+ " + process.pid() + " " + what + "\n");
    }

    /** It has ended. */
    synchronized void remove(ProcessIdentity process) {
        cgroups.remove(process.pid());
        if (guarded.remove(process.pid()) != null) {
            tell("- " + process.pid() + "\n");
        }
    }

    private void tell(String text) {
        if (register != null) {
            write(register, text);
            unread += text.length();
            unreadLines++;
            if (unread > MOST_UNREAD) {
                write(line, "r " + unreadLines + "\n");
                unread = 0;
                unreadLines = 0;
            }
        } else {
            write(line, text);
        }
    }

    private static void write(@Nullable PipeWriter pipe, String text) {
        if (pipe != null) {
            var told = pipe.write(OsString.of(text).bytes());
            // who cannot be told has ended, which is noticed elsewhere
            told.exceptionally(failure -> null);
        }
    }

    private void ensure() {
        if (line == null && !closed) {
            start();
        }
    }

    private void start() {
        try {
            Pipe orders = posix.pipe();
            try {
                startWith(orders);
            } catch (PosixException e) {
                orders.close();
                throw e;
            }
        } catch (PosixException e) {
            if (!refused) {
                refused = true;
                listener.accept(
                        "processes would outlive a kill -9 of this JVM, their guard cannot be started; that is tried"
                                + " again at the next start of one: "
                                + e.getMessage());
            }
        }
    }

    private void startWith(Pipe orders) throws PosixException {
        orders.writeEnd().makeNonBlocking();
        Pipe lines = posix.pipe();
        try {
            lines.writeEnd().makeNonBlocking();
            begin(spawn(orders, lines.readEnd()), orders, lines);
        } catch (PosixException e) {
            lines.close();
            throw e;
        }
    }

    private ChildProcess spawn(Pipe orders, Descriptor stdout) throws PosixException {
        try (Descriptor nowhere = nowhere();
                Directory root = Directory.open(OsString.of("/"))) {
            return posix.spawn(new SpawnRequest(
                    Stream.of("/bin/sh", "-c", "eval \"$SCRIPT\"", NAME, mark)
                            .map(OsString::of)
                            .toList(),
                    Optional.of(List.of(OsString.of("SCRIPT=" + script()))),
                    Optional.of(root),
                    Optional.of(orders.readEnd()),
                    Optional.of(stdout),
                    Optional.of(nowhere),
                    Grouping.OWN_SESSION));
        }
    }

    private static Descriptor nowhere() throws PosixException {
        return Descriptor.openWrite(OsString.of("/dev/null"), true);
    }

    private void begin(ChildProcess started, Pipe orders, Pipe lines) {
        PipeWriter writer = writer(orders);
        line = writer;
        pipes = List.of(orders.writeEnd(), lines.writeEnd());
        register = writer(lines);
        unread = 0;
        unreadLines = 0;
        guard = started;
        refused = false;
        guarded.forEach((pid, what) -> tell("+ " + pid + " " + what + "\n"));
        cgroups.forEach((pid, path) -> tell("@ " + pid + " " + path + "\n"));
        beingBorn.forEach((number, group) -> tell("? " + number + " " + group + "\n"));
        started.exit().thenAccept(status -> executor.execute(() -> ended(writer)));
    }

    private PipeWriter writer(Pipe pipe) {
        pipe.readEnd().close();
        return new PipeWriter(pipe.writeEnd(), posix.loop(), Runnable::run);
    }

    static String script() {
        try (InputStream in = HostGuard.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException("the jar is incomplete: " + SCRIPT + " is missing");
            }
            return new String(in.readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void ended(PipeWriter writer) {
        writer.close();
        if (line == writer) {
            closeRegister();
            line = null;
            guard = null;
        }
        if (!closed && line == null && !isIdle()) {
            listener.accept("the guard of the processes was killed; it is started again");
            start();
        }
    }

    /**
     * The actor system has ended. What is still guarded stays so for as long as this JVM lives.
     *
     * @return completes when no guard is left that should have ended
     */
    synchronized CompletionStage<?> close() {
        closed = true;
        if (line == null || guard == null || !isIdle()) {
            return CompletableFuture.completedFuture(null);
        }
        closeRegister();
        line.close();
        return guard.exit();
    }

    /** The guard that is there, and what it would take the end of for that of this JVM; empty if none is. */
    synchronized Optional<Standing> standing() {
        return line == null || guard == null ? Optional.empty() : Optional.of(new Standing(guard.identity(), pipes));
    }

    /** A guard, and the pipes to it. */
    record Standing(ProcessIdentity identity, List<Descriptor> pipes) {}

    private boolean isIdle() {
        return guarded.isEmpty() && beingBorn.isEmpty();
    }

    private void closeRegister() {
        if (register != null) {
            register.close();
            register = null;
        }
    }
}
