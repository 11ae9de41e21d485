package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What a runsv does and shows, as short lines that a table can hold; times are milliseconds since {@link #START}. */
final class InWords {

    /** When the clocks of these tests begin. */
    static final Instant START = Instant.parse("2031-05-17T06:00:00Z");

    private InWords() {}

    static String of(RunsvAction action) {
        Words words = new Words();
        action.accept(words);
        return words.said;
    }

    private static final class Words implements RunsvAction.Visitor {
        private String said = "";

        @Override
        public void runScript(RunsvAction.RunScript action) {
            said = "script " + action.letter();
        }

        @Override
        public void startRun(RunsvAction.StartRun action) {
            said = "run " + of(action.role());
        }

        @Override
        public void startFinish(RunsvAction.StartFinish action) {
            said = "finish " + action.code() + " " + action.status();
        }

        @Override
        public void sendSignal(RunsvAction.SendSignal action) {
            said = "signal " + of(action.role()) + " " + action.signal();
        }

        @Override
        public void publish(RunsvAction.Publish action) {
            said = "publish " + of(action.role()) + " " + of(action.status());
        }

        @Override
        public void throttle(RunsvAction.Throttle action) {
            said = "pause " + of(action.role()) + " " + lower(action.why()).replace('_', ' ')
                    + (action.length().equals(action.why().duration())
                            ? ""
                            : " " + action.length().toMillis());
        }

        @Override
        public void readCommand(RunsvAction.ReadCommand action) {
            said = "read " + of(action.role());
        }

        @Override
        public void closePipe() {
            said = "close pipe";
        }

        @Override
        public void openPipe() {
            said = "open pipe";
        }

        @Override
        public void exit() {
            said = "exit";
        }

        @Override
        public void ask(RunsvAction.Ask action) {
            said = "ask " + action.letter();
        }

        @Override
        public void up() {
            said = "up";
        }

        @Override
        public void over() {
            said = "over";
        }

        @Override
        public void awaitHung() {
            said = "await hung";
        }

        @Override
        public void killScript() {
            said = "kill script";
        }
    }

    /** State, pid, what is wanted, time stamp, flags: {@code run 7 up @0 paused term}. */
    static String of(ServiceStatus status) {
        return lower(status.state()) + " " + status.pid() + " " + lower(status.want()) + " @"
                + Duration.between(START, status.stamp()).toMillis()
                + (status.paused() ? " paused" : "")
                + (status.gotTerm() ? " term" : "");
    }

    static String of(Role role) {
        return lower(role);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
