package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What the owner of a {@link ProcessActor} is told. */
public sealed interface ProcessEvent {

    /**
     * The program has been loaded and runs.
     *
     * @param identity which process it is
     * @param identityProblem why its identity could not be written, if it could not
     * @param stdin the end of a {@link Stdio#pipe()} to write to; the receiver closes it
     * @param stdout the end of a {@link Stdio#pipe()} to read from; the receiver closes it
     * @param stderr the end of a {@link Stdio#pipe()} to read from; the receiver closes it
     * @param lastLines of its output, as far as that passes through this JVM, at any time: at most 20, the oldest
     *     first; may be asked from any thread, also when it has ended
     */
    record Started(
            ProcessIdentity identity,
            Optional<PosixException> identityProblem,
            Optional<Descriptor> stdin,
            Optional<Descriptor> stdout,
            Optional<Descriptor> stderr,
            Supplier<List<String>> lastLines)
            implements ProcessEvent {
        /** Whose output passes elsewhere. */
        public Started(
                ProcessIdentity identity,
                Optional<PosixException> identityProblem,
                Optional<Descriptor> stdin,
                Optional<Descriptor> stdout,
                Optional<Descriptor> stderr) {
            this(identity, identityProblem, stdin, stdout, stderr, List::of);
        }
    }

    /**
     * There is no process.
     *
     * @param cause {@code EAGAIN}, {@code ENOMEM}, {@code EMFILE} or {@code ENFILE} if the system refused to make one,
     *     else why the program could not be run
     */
    record StartFailed(PosixException cause) implements ProcessEvent {
        /** Whether a process was refused, so that a later attempt may do; else the program itself is at fault. */
        public boolean isRefusal() {
            return switch (cause.errno()) {
                case "EAGAIN", "ENOMEM", "EMFILE", "ENFILE" -> true;
                default -> false;
            };
        }
    }

    /** It is ready by the sign that was asked for; told only where one was, and not after {@link NotReady}. */
    enum Ready implements ProcessEvent {
        /** The only one. */
        INSTANCE
    }

    /**
     * It has said how it is, by {@code sd_notify(3)}; told when that has changed, at any time until {@link Exited}, and
     * several messages may be told at once. A {@link Ready} that it leads to follows.
     *
     * @param notice all that it has said so far
     * @param said what of it is to be known to who takes the process up after this actor
     */
    record Notified(ProcessNotice notice, ProcessSaid said) implements ProcessEvent {}

    /**
     * It has said something that changes nothing of {@link Notified}, but is to be known to who takes the process up
     * after this actor.
     *
     * @param said all of that
     */
    record Said(ProcessSaid said) implements ProcessEvent {}

    /**
     * Something about it is not as it is to be, which is no fault of the process, and nothing follows from it; to be
     * told to who runs this.
     *
     * @param what to be read behind the name of the process: <em>could not be looked at, since ...</em>
     */
    record Warned(String what) implements ProcessEvent {}

    /**
     * It has been stopped on purpose, or goes on, so that nobody looks whether it works, and its time to get ready does
     * not pass; told only of one that is looked at or is to be ready by a sign, and when that has changed.
     *
     * @param isPaused whether it was stopped
     */
    record Paused(boolean isPaused) implements ProcessEvent {}

    /**
     * It was not ready in time, or will never be, and is being stopped; {@link Exited} follows.
     *
     * @param awaited the sign
     * @param limit how long it had
     * @param trouble what was seen in its place, or why it could not be looked for, in words; empty if there is nothing
     *     to be said
     * @param failure why it will never be ready; empty if it had no more time
     * @param lastLines of its output, as far as that passes through this JVM; at most 20
     */
    record NotReady(
            Readiness awaited, Duration limit, String trouble, Optional<Throwable> failure, List<String> lastLines)
            implements ProcessEvent {
        /** Copies. */
        public NotReady {
            lastLines = List.copyOf(lastLines);
        }

        /** One sentence, and the last lines. */
        public String description() {
            String why = failure.isPresent()
                    ? "not ready, since " + awaited + " has failed: " + failure.get()
                    : "not ready within " + DurationText.of(limit) + ", which would have been " + awaited
                            + (trouble.isEmpty() ? "" : ", but " + trouble);
            return why + quoted(lastLines);
        }
    }

    /**
     * It runs, and does not work any more, by its {@link ProcessSpec#live()}. Nothing is done about it here: what is to
     * follow is up to the owner. Told once until {@link Recovered}.
     *
     * @param why in words
     * @param then what is to follow; after {@link Liveness.Then#RESTART} nobody looks any more
     */
    record Hung(String why, Liveness.Then then) implements ProcessEvent {}

    /** It works again. */
    enum Recovered implements ProcessEvent {
        /** The only one. */
        INSTANCE
    }

    /**
     * The process has ended, and its group where it is one with that.
     *
     * @param status how
     * @param outcome how that is to be seen
     * @param lastLines of its output, as far as that passes through this JVM; at most 20
     * @param overrun who of its group did not end when it had, and was killed when the time for that was over
     * @param outOfMemory that it was killed since memory was short in its control group, in words; empty if it was not,
     *     or that is not known
     */
    record Exited(
            ExitStatus status,
            Outcome outcome,
            List<String> lastLines,
            List<GroupMember> overrun,
            Optional<String> outOfMemory)
            implements ProcessEvent {
        /** Copies. */
        public Exited {
            lastLines = List.copyOf(lastLines);
            overrun = List.copyOf(overrun);
        }

        /** Not for want of memory. */
        public Exited(ExitStatus status, Outcome outcome, List<String> lastLines, List<GroupMember> overrun) {
            this(status, outcome, lastLines, overrun, Optional.empty());
        }

        /** Without anybody left of its group. */
        public Exited(ExitStatus status, Outcome outcome, List<String> lastLines) {
            this(status, outcome, lastLines, List.of());
        }

        /** By itself, where only 0 is normal, without output. */
        public Exited(ExitStatus status) {
            this(status, NormalExits.zero().outcome(status, Set.of()), List.of());
        }

        /** One sentence, and the last lines. */
        public String description() {
            return status + outOfMemory.map(why -> ", " + why).orElse("") + quoted(lastLines);
        }
    }

    private static String quoted(List<String> lines) {
        return lines.isEmpty() ? "" : "; its last words:\n  " + String.join("\n  ", lines);
    }
}
