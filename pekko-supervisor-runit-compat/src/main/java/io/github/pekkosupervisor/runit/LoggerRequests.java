package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Processes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.jspecify.annotations.Nullable;

/**
 * How logger processes that were started here have their logs written by this JVM: two pipes, which the script
 * {@code svlogd} opens by {@code /proc}, as only a process with our rights can. Into one it says what it wants; from
 * the other it reads, nothing ever comes, and its end is the end of this JVM.
 *
 * <p>An extension: one for each actor system. It may be used from any thread.
 */
final class LoggerRequests implements Extension {

    /** What a logger finds in its environment: our number, and those of the two pipes with their inodes. */
    static final String VARIABLE = "PEKKO_SUPERVISOR_LOGGER";

    private static final Id ID = new Id();

    /** Which is read at once. */
    private static final int CHUNK = 4096;

    /** Nobody who is to be heard has so many words. */
    private static final int LONGEST = 64 * 1024;

    private static final int MANY = 10_000;

    private final Posix posix;
    /** Guarded by {@link #early}. */
    private final Map<Integer, Consumer<? super Said>> listeners = new HashMap<>();

    /** What has been said by processes whose start we have not been told yet; guarded by itself. */
    private final Map<Integer, List<Said>> early = new HashMap<>();

    /** What was asked for and has not been answered, for who comes after one who has failed; guarded the same way. */
    private final Map<Integer, Asks> unanswered = new HashMap<>();

    private final Words words = new Words();
    private @Nullable String address;
    private @Nullable Pipe requests;
    private @Nullable Descriptor life;
    private EventLoop.@Nullable Watch watch;

    /** What a logger process says. */
    sealed interface Said {
        /** Which it is. */
        int pid();
    }

    /**
     * Write the log for me.
     *
     * @param words what it was started with
     */
    record Asks(int pid, List<OsString> words) implements Said {
        /** Copies. */
        Asks {
            words = List.copyOf(words);
        }
    }

    /** I have got this signal. */
    record Got(int pid, Signal signal) implements Said {}

    private LoggerRequests(Posix posix) {
        this.posix = posix;
    }

    static LoggerRequests get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** The value of {@link #VARIABLE}; empty where there are no descriptors for that now. */
    synchronized Optional<String> address() {
        if (address == null) {
            try {
                open();
            } catch (PosixException e) {
                // then a logger is as it would be without us
                close();
            }
        }
        return Optional.ofNullable(address);
    }

    private void open() throws PosixException {
        Pipe asked = posix.pipe();
        requests = asked;
        asked.readEnd().makeNonBlocking();
        Pipe lasting = posix.pipe();
        life = lasting.writeEnd();
        lasting.readEnd().close();
        watch = posix.loop().read(asked.readEnd(), CHUNK, (bytes, source) -> {
            words.read(bytes).forEach(this::said);
            source.resume();
        });
        address = OwnProcess.pid() + " " + named(asked.writeEnd()) + " " + named(life);
    }

    /** The number may be another file's by the time that somebody opens it; the inode is this one's alone. */
    private static String named(Descriptor pipe) throws PosixException {
        return pipe.number() + " " + pipe.status().id().inode();
    }

    private synchronized void close() {
        address = null;
        try {
            if (watch != null) {
                watch.close();
            }
        } finally {
            watch = null;
            if (requests != null) {
                requests.close();
                requests = null;
            }
            if (life != null) {
                life.close();
                life = null;
            }
        }
    }

    private void said(Said what) {
        synchronized (early) {
            Consumer<? super Said> listener = listeners.get(what.pid());
            if (listener != null) {
                tell(listener, what);
            } else if (early.size() < MANY) {
                early.computeIfAbsent(what.pid(), first -> new ArrayList<>()).add(what);
            }
        }
    }

    private void tell(Consumer<? super Said> listener, Said what) {
        if (what instanceof Asks asks) {
            unanswered.put(asks.pid(), asks);
        }
        listener.accept(what);
    }

    /** What it has asked for has been dealt with. */
    void answered(int pid) {
        synchronized (early) {
            unanswered.remove(pid);
        }
    }

    /**
     * A logger runs.
     *
     * @param listener told what it says, and has said and nobody has dealt with, on any thread; it must neither wait
     *     nor throw
     */
    void expect(int pid, Consumer<? super Said> listener) {
        synchronized (early) {
            listeners.put(pid, listener);
            Asks asked = unanswered.get(pid);
            if (asked != null) {
                listener.accept(asked);
            }
            List<Said> before = early.remove(pid);
            if (before != null) {
                before.forEach(what -> tell(listener, what));
            }
        }
    }

    /** It has ended. */
    void forget(int pid) {
        synchronized (early) {
            listeners.remove(pid);
            early.remove(pid);
            unanswered.remove(pid);
        }
    }

    /** What is said, with a NUL after each word: a number of a process; and how many words follow, or a signal. */
    static final class Words {
        private byte[] rest = {};

        /** What is complete with these bytes. */
        List<Said> read(byte[] next) {
            byte[] all = Arrays.copyOf(rest, rest.length + next.length);
            System.arraycopy(next, 0, all, rest.length, next.length);
            List<OsString> words = new ArrayList<>();
            List<Integer> ends = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < all.length; i++) {
                if (all[i] == 0) {
                    words.add(OsString.of(Arrays.copyOfRange(all, from, i)));
                    from = i + 1;
                    ends.add(from);
                }
            }
            List<Said> said = new ArrayList<>();
            int used = 0;
            while (used + 1 < words.size()) {
                Optional<Integer> count = number(words.get(used + 1));
                int end = used + 2 + count.orElse(0);
                if (end > words.size()) {
                    break;
                }
                said(words.get(used), words.get(used + 1), words.subList(used + 2, end))
                        .ifPresent(said::add);
                used = end;
            }
            int kept = used == 0 ? 0 : ends.get(used - 1);
            // whoever says so much is no logger of ours
            rest = all.length - kept > LONGEST ? new byte[0] : Arrays.copyOfRange(all, kept, all.length);
            return said;
        }

        private static Optional<Said> said(OsString who, OsString what, List<OsString> words) {
            return number(who)
                    .flatMap(pid -> number(what).isPresent()
                            ? Optional.of(new Asks(pid, words))
                            : signal(what).map(signal -> new Got(pid, signal)));
        }

        private static Optional<Signal> signal(OsString name) {
            return switch (name.toString()) {
                case "TERM" -> Optional.of(Signal.TERM);
                case "HUP" -> Optional.of(Signal.HUP);
                case "ALRM" -> Optional.of(Signal.ALRM);
                default -> Optional.empty();
            };
        }

        private static Optional<Integer> number(OsString word) {
            try {
                return Optional.of(Integer.parseUnsignedInt(word.toString())).filter(number -> number >= 0);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }

    private static final class Id extends ExtensionId<LoggerRequests> {
        @Override
        public LoggerRequests createExtension(ActorSystem<?> system) {
            LoggerRequests made = new LoggerRequests(Processes.get(system).posix());
            system.getWhenTerminated().thenRun(made::close);
            return made;
        }
    }
}
