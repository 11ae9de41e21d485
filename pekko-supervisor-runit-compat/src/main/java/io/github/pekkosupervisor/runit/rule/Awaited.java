package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.util.Optional;

/**
 * What a runsv that was asked to end is waiting for, in words, and when that is to be said: the first time after ten
 * seconds, then each minute.
 */
public final class Awaited {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration EACH = Duration.ofSeconds(60);

    private Awaited() {}

    /**
     * A control script that is due or runs.
     *
     * @param letter which
     * @param pid its process; empty while there is none
     */
    public record Script(char letter, Optional<Integer> pid) {}

    /** How long it has waited, from the request on, when it is said next. */
    public static Duration next(Duration soFar) {
        return soFar.isZero() ? FIRST : soFar.plus(EACH);
    }

    /**
     * One line.
     *
     * @param soFar how long it has waited
     * @param script the control script that is due or runs, if there is one
     * @param ownLog whether we write the log ourselves
     */
    public static String describe(Duration soFar, RunsvState state, Optional<Script> script, boolean ownLog) {
        return notOver(soFar)
                + service(state.service(), script)
                        .or(() -> state.log().flatMap(logger -> logger(logger, ownLog)))
                        .orElse("it ends now");
    }

    /** The same, but that is the end of it. */
    public static String unknown(Duration soFar) {
        return notOver(soFar) + "it still cannot be told whether processes run here that were started before: it ends"
                + " now, and what runs goes on";
    }

    /**
     * It is asked to end before it is certain what is its own.
     *
     * @param goesOn what surely runs, in words; empty if nothing does
     */
    public static String leftAlone(Optional<String> goesOn) {
        return "it was asked to end while nothing could be taken up here, so nothing is ended: "
                + goesOn.orElse("what runs goes on and is not supervised");
    }

    private static String notOver(Duration soFar) {
        return "not over " + soFar.toSeconds() + " seconds after it was asked to end: ";
    }

    private static Optional<String> service(Unit service, Optional<Script> script) {
        if (service.busy() == Busy.SCRIPT) {
            return Optional.of(script.map(Awaited::script).orElse("a control script is due"));
        }
        boolean starts = service.busy() == Busy.STARTING;
        int pid = service.status().pid();
        return switch (service.status().state()) {
            case RUN ->
                Optional.of("./run (pid " + pid + ") goes on, "
                        + (service.status().want() == Want.UP
                                ? "for it was told to be up after that; sv exit ends it"
                                : (service.status().gotTerm() ? "though it got TERM" : "and control/t keeps TERM back")
                                        + "; sv kill ends it"));
            case FINISH ->
                Optional.of(
                        pid != 0
                                ? "./finish (pid " + pid + ") goes on"
                                : starts ? "./finish is being started" : "no process can be made for ./finish");
            case DOWN -> starts ? Optional.of("./run is being started") : Optional.empty();
        };
    }

    private static String script(Script script) {
        String name = "control/" + script.letter();
        return script.pid().map(pid -> name + " (pid " + pid + ") goes on").orElse(name + " is being started");
    }

    private static Optional<String> logger(Unit logger, boolean own) {
        if (logger.busy() == Busy.STARTING) {
            return Optional.of("log/run is being started");
        }
        if (logger.status().state() == State.DOWN) {
            return Optional.empty();
        }
        String holder = "somebody whom the service has started holds the pipe to it";
        return Optional.of(
                own
                        ? "the log has not come to its end: " + holder + ", or it cannot be written"
                        : "log/run (pid " + logger.status().pid() + ") goes on: " + holder
                                + ", or it does not end with its input");
    }
}
