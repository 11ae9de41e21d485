package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;

/** What a runsv is to do; performed in the order given, but for {@link Publish}, which is done once and last. */
public sealed interface RunsvAction {

    /** One method for each action, so that nobody who performs them forgets one. */
    interface Visitor {
        void runScript(RunScript action);

        void startRun(StartRun action);

        void startFinish(StartFinish action);

        void sendSignal(SendSignal action);

        void publish(Publish action);

        void throttle(Throttle action);

        void readCommand(ReadCommand action);

        void closePipe();

        void openPipe();

        void exit();

        void ask(Ask action);

        void up();

        void over();

        void awaitHung();

        void killScript();
    }

    /** Calls the method for this one. */
    void accept(Visitor visitor);

    /**
     * Run {@code control/LETTER} if there is one; answer with {@link RunsvEvent.ScriptEnded}.
     *
     * @param letter which
     */
    record RunScript(char letter) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.runScript(this);
        }
    }

    /**
     * Start {@code run}; answer with {@link RunsvEvent.ProcessStarted}, {@link RunsvEvent.StartRefused} or
     * {@link RunsvEvent.ProcessEnded}.
     *
     * @param role whose
     */
    record StartRun(Role role) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.startRun(this);
        }
    }

    /**
     * Start {@code finish}, answered as a run.
     *
     * @param code its first argument: the exit code of run, -1 after a signal
     * @param status its second argument: the low byte of the wait status
     */
    record StartFinish(int code, int status) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.startFinish(this);
        }
    }

    /**
     * Send a signal to the process.
     *
     * @param role whose
     * @param signal which
     */
    record SendSignal(Role role, Signal signal) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.sendSignal(this);
        }
    }

    /**
     * Rewrite the files of the supervise directory.
     *
     * @param role whose
     * @param status what they are to say
     */
    record Publish(Role role, ServiceStatus status) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.publish(this);
        }
    }

    /**
     * Answer with {@link RunsvEvent.ThrottleElapsed} after a while.
     *
     * @param role whose
     * @param why what says so
     * @param length how long
     */
    record Throttle(Role role, Pause why, Duration length) implements RunsvAction {

        /** As long as runit has it. */
        public Throttle(Role role, Pause why) {
            this(role, why, why.duration());
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.throttle(this);
        }
    }

    /** Why a start has to wait. */
    enum Pause {
        /** The process ended within a second of its start: a second. */
        SHORT_RUN(Duration.ofSeconds(1)),
        /** The system refused to make a process: five seconds. */
        REFUSED(Duration.ofSeconds(5)),
        /** {@code restart-delay} of {@code service.conf} says how long. */
        DELAY(Duration.ZERO),
        /** It has failed too often, and {@code give-up} of {@code service.conf} says how long it cools down. */
        COOL_DOWN(Duration.ZERO);

        private final Duration duration;

        Pause(Duration duration) {
            this.duration = duration;
        }

        /** How long it is at least; all of it where runit has it. */
        public Duration duration() {
            return duration;
        }
    }

    /**
     * Read the next byte of the control FIFO.
     *
     * @param role whose
     */
    record ReadCommand(Role role) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.readCommand(this);
        }
    }

    /** Close both ends of the pipe to the logger, which then sees the end of its input. */
    enum ClosePipe implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.closePipe();
        }
    }

    /** Make a new pipe for the logger. */
    enum OpenPipe implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.openPipe();
        }
    }

    /** Supervision is over. */
    enum Exit implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.exit();
        }
    }

    /**
     * Ask who orders starts what follows from a command; for {@code t}, after its script.
     *
     * @param letter one of {@code u d o x t}
     */
    record Ask(char letter) implements RunsvAction {
        @Override
        public void accept(Visitor visitor) {
            visitor.ask(this);
        }
    }

    /** Tell who has ordered a start that {@code run} runs. */
    enum Up implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.up();
        }
    }

    /** Tell who has ordered a start that nothing of it is left, and none will come of it. */
    enum Over implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.over();
        }
    }

    /** Kill the control script that runs, which answers with {@link RunsvEvent.ScriptEnded}. */
    enum KillScript implements RunsvAction {
        INSTANCE;

        @Override
        public void accept(Visitor visitor) {
            visitor.killScript();
        }
    }

    /**
     * Answer with {@link RunsvEvent.HangOverdue} after a while, in place of an answer that is still to come: what is
     * stopped since it is hung may not even take TERM, and a control script that is asked before may wait for its end.
     */
    enum AwaitHung implements RunsvAction {
        INSTANCE;

        /** As long as {@code sv force-restart} waits. */
        public static final Duration LENGTH = Duration.ofSeconds(7);

        @Override
        public void accept(Visitor visitor) {
            visitor.awaitHung();
        }
    }
}
