package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How one service directory stands: what its events add up to. Who has heard all of them has the same by
 * {@link #after}; of {@link Unit#normallyUp()} that of the beginning, since nothing is told when the file comes or
 * goes.
 *
 * @param path see {@link ServiceEvent#path()}
 * @param supervision whether it is supervised
 * @param supervisedAgain when supervision will be tried again or taken up again; empty if it need not be
 * @param service its {@code run} and {@code finish}; empty before supervision has begun for the first time
 * @param log its logger; empty if it has none
 * @param trouble what was wrong last, in words: a warning, a start that was refused, a program that cannot be run;
 *     empty when {@code run} or the logger has been started since, or supervision has begun
 */
public record ServiceSnapshot(
        String path,
        Supervision supervision,
        Optional<Instant> supervisedAgain,
        Optional<Unit> service,
        Optional<Unit> log,
        Optional<String> trouble) {

    /** Whether a service directory is supervised. */
    public enum Supervision {
        /** Not yet: it is being opened. */
        BEGINNING,
        /** It is. */
        ACTIVE,
        /** It has failed through a defect of ours; its processes go on. */
        FAILED,
        /** It has ended, or could not begin. */
        ENDED
    }

    /**
     * One of the two that a service directory may have.
     *
     * @param status as {@code supervise/status} has it: what it is doing and since when, pid, what is wanted
     * @param ready whether {@code run} runs and is ready, see {@link ServiceEvent.Ready}, and works; never for a logger
     * @param started when what runs now was started; empty if nothing runs
     * @param restarts how many times it was started again since supervision began, that of former supervisors whose
     *     service was adopted included; a refused start is none, and {@code finish} does not count
     * @param lastEnd how it ended last; empty if it has not ended yet
     * @param throttledUntil when the pause after the last end is over, or was
     * @param normallyUp whether there is no file {@code down}
     * @param sent the last signal that what runs now was sent by us, and that may end it; empty if none was
     * @param hung why what runs now counts as hung; empty if it does not
     * @param awaits the sign that it is to give before it is ready, in words; empty if nothing is waited for
     * @param notice what it has said of itself by {@code sd_notify(3)}; empty if nothing
     */
    public record Unit(
            ServiceStatus status,
            boolean ready,
            Optional<Instant> started,
            int restarts,
            Optional<End> lastEnd,
            Optional<Instant> throttledUntil,
            boolean normallyUp,
            Optional<Signal> sent,
            Optional<String> hung,
            Optional<String> awaits,
            Optional<ProcessNotice> notice) {

        /** One that is not hung, of which no sign is waited for, and that has said nothing. */
        public Unit(
                ServiceStatus status,
                boolean ready,
                Optional<Instant> started,
                int restarts,
                Optional<End> lastEnd,
                Optional<Instant> throttledUntil,
                boolean normallyUp,
                Optional<Signal> sent) {
            this(
                    status,
                    ready,
                    started,
                    restarts,
                    lastEnd,
                    throttledUntil,
                    normallyUp,
                    sent,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** When supervision begins: nothing has been started yet. */
        static Unit beginning(ServiceStatus status, boolean normallyUp) {
            return new Unit(
                    status,
                    false,
                    Optional.empty(),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    normallyUp,
                    Optional.empty());
        }

        /** When it will be started next, if it is wanted up and waits for that. */
        public Optional<Instant> nextStart() {
            return status.state() == State.DOWN && status.want() == Want.UP ? throttledUntil : Optional.empty();
        }

        Unit withNormallyUp(boolean now) {
            return new Unit(status, ready, started, restarts, lastEnd, throttledUntil, now, sent, hung, awaits, notice);
        }

        private Unit withStatus(ServiceStatus next) {
            return new Unit(
                    next, ready, started, restarts, lastEnd, throttledUntil, normallyUp, sent, hung, awaits, notice);
        }

        private Unit asReady() {
            return new Unit(
                    status,
                    true,
                    started,
                    restarts,
                    lastEnd,
                    throttledUntil,
                    normallyUp,
                    sent,
                    hung,
                    Optional.empty(),
                    notice);
        }

        private Unit awaiting(String sign) {
            return new Unit(
                    status,
                    false,
                    started,
                    restarts,
                    lastEnd,
                    throttledUntil,
                    normallyUp,
                    sent,
                    hung,
                    Optional.of(sign),
                    notice);
        }

        private Unit saying(ProcessNotice all) {
            return new Unit(
                    status,
                    ready,
                    started,
                    restarts,
                    lastEnd,
                    throttledUntil,
                    normallyUp,
                    sent,
                    hung,
                    awaits,
                    Optional.of(all));
        }

        private Unit isHung(Optional<String> why) {
            return new Unit(
                    status,
                    why.isEmpty() && awaits.isEmpty(),
                    started,
                    restarts,
                    lastEnd,
                    throttledUntil,
                    normallyUp,
                    sent,
                    why,
                    awaits,
                    notice);
        }

        /** Who looks whether it works knows nothing yet. */
        private Unit looksAnew() {
            return hung.isPresent() ? isHung(Optional.empty()) : this;
        }

        private Unit throttled(Optional<Instant> until) {
            return new Unit(status, ready, started, restarts, lastEnd, until, normallyUp, sent, hung, awaits, notice);
        }

        private Unit signalled(Signal signal) {
            boolean mayEnd = signal != Signal.CONT && signal != Signal.STOP;
            return !mayEnd
                    ? this
                    : new Unit(
                            status,
                            ready,
                            started,
                            restarts,
                            lastEnd,
                            throttledUntil,
                            normallyUp,
                            Optional.of(signal),
                            hung,
                            awaits,
                            notice);
        }

        private Unit started(Program program, Instant at) {
            int counted = program == Program.FINISH ? restarts : oneMore();
            return new Unit(
                    status, false, Optional.of(at), counted, lastEnd, Optional.empty(), normallyUp, Optional.empty());
        }

        /** Each start but the first follows an end. */
        private int oneMore() {
            return lastEnd.isPresent() ? restarts + 1 : restarts;
        }

        private Unit adopted(ServiceEvent.Adopted left) {
            return new Unit(
                    status,
                    false,
                    left.started(),
                    left.restarts(),
                    left.lastEnd(),
                    left.throttledUntil(),
                    normallyUp,
                    left.sent());
        }

        private Unit ended(ServiceEvent.Ended ended) {
            if (ended.program() == Program.FINISH) {
                return new Unit(
                        status,
                        false,
                        Optional.empty(),
                        restarts,
                        lastEnd,
                        throttledUntil,
                        normallyUp,
                        Optional.empty());
            }
            // what could not be run was started and has ended at once
            int counted = started.isPresent() ? restarts : oneMore();
            End end = new End(ended.status(), ended.ran(), ended.at(), ended.hung(), ended.outOfMemory());
            return new Unit(
                    status,
                    false,
                    Optional.empty(),
                    counted,
                    Optional.of(end),
                    throttledUntil,
                    normallyUp,
                    Optional.empty());
        }
    }

    /**
     * How {@code run} or the logger ended.
     *
     * @param status exit code 111 if it could not be run
     * @param ran how long it had run
     * @param at when
     * @param hung why it was stopped, if it was hung
     * @param outOfMemory that it was killed for want of memory, in words, if it was
     */
    public record End(
            ExitStatus status, Duration ran, Instant at, Optional<String> hung, Optional<String> outOfMemory) {
        /** Not for want of memory. */
        public End(ExitStatus status, Duration ran, Instant at, Optional<String> hung) {
            this(status, ran, at, hung, Optional.empty());
        }

        /** One that was not hung. */
        public End(ExitStatus status, Duration ran, Instant at) {
            this(status, ran, at, Optional.empty());
        }

        /** In words: that it was hung, else its status, with the want of memory. */
        String reason() {
            return hung.map(why -> "hung: " + why)
                    .orElseGet(() -> status + outOfMemory.map(why -> ", " + why).orElse(""));
        }
    }

    /** Before anything has been told. */
    static ServiceSnapshot beginning(String path) {
        return new ServiceSnapshot(
                path, Supervision.BEGINNING, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * How it stands after one more event; most change nothing.
     *
     * @param event the next one of this service directory
     */
    public ServiceSnapshot after(ServiceEvent event) {
        ServiceSnapshot next =
                event instanceof ServiceEvent.OfProgram ofProgram ? afterProgram(ofProgram) : afterOther(event);
        Optional<String> wrong = Trouble.after(trouble, event);
        return wrong.equals(next.trouble)
                ? next
                : new ServiceSnapshot(path, next.supervision, next.supervisedAgain, next.service, next.log, wrong);
    }

    private ServiceSnapshot afterProgram(ServiceEvent.OfProgram event) {
        ServiceEvent.Unit which = event.program().unit();
        if (event instanceof ServiceEvent.Started started) {
            return with(which, unit -> unit.started(started.program(), started.at()));
        } else if (event instanceof ServiceEvent.Ended ended) {
            return with(which, unit -> unit.ended(ended));
        } else if (event instanceof ServiceEvent.Adopted adopted) {
            return with(which, unit -> unit.adopted(adopted));
        }
        // StartRefused and NotRun: what follows from them has an event of its own
        return this;
    }

    private ServiceSnapshot afterOther(ServiceEvent event) {
        if (event instanceof ServiceEvent.StateChanged changed) {
            return with(changed.unit(), unit -> unit.withStatus(changed.status()));
        } else if (event instanceof ServiceEvent.Ready) {
            return with(ServiceEvent.Unit.SERVICE, Unit::asReady);
        } else if (event instanceof ServiceEvent.Hung hung) {
            return with(ServiceEvent.Unit.SERVICE, unit -> unit.isHung(Optional.of(hung.why())));
        } else if (event instanceof ServiceEvent.Recovered) {
            return with(ServiceEvent.Unit.SERVICE, unit -> unit.isHung(Optional.empty()));
        } else if (event instanceof ServiceEvent.AwaitsReady awaits) {
            return with(ServiceEvent.Unit.SERVICE, unit -> unit.awaiting(awaits.sign()));
        } else if (event instanceof ServiceEvent.Notified notified) {
            return with(ServiceEvent.Unit.SERVICE, unit -> unit.saying(notified.notice()));
        } else if (event instanceof ServiceEvent.SignalSent signal) {
            return with(signal.unit(), unit -> unit.signalled(signal.signal()));
        } else if (event instanceof ServiceEvent.Throttled throttled) {
            return with(throttled.unit(), unit -> unit.throttled(Optional.of(throttled.until())));
        } else if (event instanceof ServiceEvent.SupervisionBegan began) {
            return new ServiceSnapshot(
                    path,
                    Supervision.ACTIVE,
                    Optional.empty(),
                    Optional.of(Unit.beginning(
                            began.service(), !began.normallyDown().contains(ServiceEvent.Unit.SERVICE))),
                    began.log()
                            .map(status ->
                                    Unit.beginning(status, !began.normallyDown().contains(ServiceEvent.Unit.LOG))),
                    trouble);
        } else if (event instanceof ServiceEvent.SupervisionEnded) {
            return with(Supervision.ENDED, Optional.empty());
        } else if (event instanceof ServiceEvent.SupervisionFailed) {
            return with(Supervision.FAILED, Optional.empty());
        } else if (event instanceof ServiceEvent.SupervisionDelayed delayed) {
            return with(supervision, Optional.of(delayed.until()));
        } else if (event instanceof ServiceEvent.SupervisionResumed) {
            return with(Supervision.ACTIVE, Optional.empty())
                    .with(
                            ServiceEvent.Unit.SERVICE,
                            unit -> unit.throttled(Optional.empty()).looksAnew())
                    .with(ServiceEvent.Unit.LOG, unit -> unit.throttled(Optional.empty()));
        }
        return this;
    }

    private ServiceSnapshot with(Supervision next, Optional<Instant> again) {
        return new ServiceSnapshot(path, next, again, service, log, trouble);
    }

    private ServiceSnapshot with(ServiceEvent.Unit which, UnaryOperator<Unit> change) {
        return switch (which) {
            case SERVICE -> new ServiceSnapshot(path, supervision, supervisedAgain, service.map(change), log, trouble);
            case LOG -> new ServiceSnapshot(path, supervision, supervisedAgain, service, log.map(change), trouble);
        };
    }

    /** One of the two; empty if it is not there. */
    Optional<Unit> unit(ServiceEvent.Unit which) {
        return which == ServiceEvent.Unit.SERVICE ? service : log;
    }

    /** The same with what the files {@code down} say now. */
    ServiceSnapshot withNormallyUp(boolean serviceNow, boolean logNow) {
        return with(ServiceEvent.Unit.SERVICE, unit -> unit.withNormallyUp(serviceNow))
                .with(ServiceEvent.Unit.LOG, unit -> unit.withNormallyUp(logNow));
    }
}
