package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.util.Optional;

/**
 * What somebody wants of a service directory who commands it from Java: letters as {@code sv} would write them, and
 * when it is so.
 *
 * @param letters in their order
 */
record Wish(String letters, Goal goal) {

    static final Wish UP = new Wish("u", Goal.RUNS);
    static final Wish DOWN = new Wish("d", Goal.IS_DOWN);
    static final Wish ONCE = new Wish("o", Goal.HAS_RUN);
    static final Wish RESTART = new Wish("tcu", Goal.RUNS_ANEW);
    static final Wish EXIT = new Wish("x", Goal.IS_OVER);

    /** When it is so. */
    enum Goal {
        /** It runs. */
        RUNS("up"),
        /** It does not, and will not by itself. */
        IS_DOWN("down"),
        /** It runs, or has done so since. */
        HAS_RUN("started once"),
        /** Another process of it runs. */
        RUNS_ANEW("restarted"),
        /** Its supervision has ended. */
        IS_OVER("gone"),
        /** All has been done that the letters lead to at once. */
        IS_OBEYED("done with that");

        private final String words;

        Goal(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }

        /**
         * Whether it is so; the letters have been obeyed.
         *
         * @param before how it stood then
         */
        boolean isReached(ServiceStatus before, RunsvState state) {
            ServiceStatus now = state.service().status();
            // what has got TERM is on its way down: it is not what a command has led to
            boolean runs = now.state() == State.RUN && now.pid() != 0 && !now.gotTerm();
            boolean isIdle = state.service().busy() == Busy.NO;
            return switch (this) {
                case RUNS -> runs;
                case IS_DOWN ->
                    now.state() == State.DOWN
                            && isIdle
                            && now.want() != Want.UP
                            && !state.service().once();
                case HAS_RUN ->
                    runs || (now.state() == State.DOWN && now.stamp().isAfter(before.stamp()));
                case RUNS_ANEW -> runs && now.pid() != before.pid();
                case IS_OVER -> state.exited();
                case IS_OBEYED -> isIdle;
            };
        }
    }

    /** The one for a signal; empty if none of runit's letters is for it. */
    static Optional<Wish> of(Signal signal) {
        return letter(signal).map(letter -> new Wish(letter, Goal.IS_OBEYED));
    }

    private static Optional<String> letter(Signal signal) {
        return Optional.ofNullable(
                switch (signal) {
                    case KILL -> "k";
                    case STOP -> "p";
                    case CONT -> "c";
                    case HUP -> "h";
                    case ALRM -> "a";
                    case INT -> "i";
                    case QUIT -> "q";
                    case USR1 -> "1";
                    case USR2 -> "2";
                    default -> null;
                });
    }
}
