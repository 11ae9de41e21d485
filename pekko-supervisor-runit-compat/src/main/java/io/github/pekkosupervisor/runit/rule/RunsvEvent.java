package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import java.util.Optional;

/** What can happen to a runsv. */
public sealed interface RunsvEvent {

    /** One method for each event, so that nobody who handles them forgets one. */
    interface Visitor {
        void begin();

        void commandRead(CommandRead event);

        void terminateRequested();

        void processStarted(ProcessStarted event);

        void startRefused(StartRefused event);

        void processEnded(ProcessEnded event);

        void throttleElapsed(ThrottleElapsed event);

        void scriptEnded(ScriptEnded event);

        void startOrdered(StartOrdered event);

        void stopOrdered(StopOrdered event);

        void leftDown();

        void hung(Hung event);

        void recovered();

        void hangOverdue();

        void signGiven();

        void held(Held event);
    }

    /** Calls the method for this one. */
    void accept(Visitor visitor);

    /** Supervision begins. */
    enum Begin implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.begin();
        }
    }

    /**
     * A byte was read from a control FIFO; the next one is read after {@link RunsvAction.ReadCommand}.
     *
     * @param role whose FIFO
     * @param letter the byte
     */
    record CommandRead(Role role, char letter) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.commandRead(this);
        }
    }

    /** TERM was sent to runsv, or its link was removed. */
    enum TerminateRequested implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.terminateRequested();
        }
    }

    /**
     * The process that was to be started runs.
     *
     * @param role whose
     * @param pid its process id
     */
    record ProcessStarted(Role role, int pid) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.processStarted(this);
        }
    }

    /**
     * The system refused to make a process.
     *
     * @param role whose
     */
    record StartRefused(Role role) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.startRefused(this);
        }
    }

    /**
     * A process has ended; or its program could not be run, which counts as an exit with 111.
     *
     * @param role whose
     * @param status how
     * @param finishPresent whether {@code finish} can be read
     * @param outOfMemory that it was killed for want of memory, in words, for who is told of it; nothing follows from
     *     it
     */
    record ProcessEnded(Role role, ExitStatus status, boolean finishPresent, Optional<String> outOfMemory)
            implements RunsvEvent {
        /** Not for want of memory. */
        public ProcessEnded(Role role, ExitStatus status, boolean finishPresent) {
            this(role, status, finishPresent, Optional.empty());
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.processEnded(this);
        }
    }

    /**
     * The pause before the next start is over.
     *
     * @param role whose
     */
    record ThrottleElapsed(Role role) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.throttleElapsed(this);
        }
    }

    /**
     * The control script has ended, or there is none.
     *
     * @param letter which
     * @param vetoed whether it did what the signal was for
     */
    record ScriptEnded(char letter, boolean vetoed) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.scriptEnded(this);
        }
    }

    /**
     * Who orders starts wants {@code run} started; told {@link RunsvAction.Up} when it runs, which it may do already,
     * and {@link RunsvAction.Over} when nothing of it is left.
     *
     * @param once whether another start will not follow by itself, as {@code status} is to say
     */
    record StartOrdered(boolean once) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.startOrdered(this);
        }
    }

    /**
     * The same wants it stopped.
     *
     * @param again whether another start follows, as {@code status} is to say
     * @param scriptHasRun whether {@code control/t} has been run for it, and has not vetoed
     */
    record StopOrdered(boolean again, boolean scriptHasRun) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.stopOrdered(this);
        }
    }

    /** The same will not order another start by itself. */
    enum LeftDown implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.leftDown();
        }
    }

    /**
     * {@code run} runs and does not work any more, by what {@code service.conf} says of that.
     *
     * @param why in words
     * @param isToBeStopped whether it is stopped for that, and started again as after any end
     */
    record Hung(String why, boolean isToBeStopped) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.hung(this);
        }
    }

    /** It works again. */
    enum Recovered implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.recovered();
        }
    }

    /**
     * It is to wait for others before it is started by itself, or no more.
     *
     * @param isHeld whether it is
     * @param isToBeStopped whether what runs, and is wanted up, is to be stopped, and then started again when it may
     */
    record Held(boolean isHeld, boolean isToBeStopped) implements RunsvEvent {
        @Override
        public void accept(Visitor visitor) {
            visitor.held(this);
        }
    }

    /** {@code run} has given the sign by which it is ready. */
    enum SignGiven implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.signGiven();
        }
    }

    /** One that was stopped since it was hung has had its time, see {@link RunsvAction.AwaitHung}. */
    enum HangOverdue implements RunsvEvent {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.hangOverdue();
        }
    }
}
