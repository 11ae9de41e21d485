package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one runsv tells what happens: first, in its own actor and in this order, to those who keep what is known, what
 * {@code status} is to say, and messages; then to whoever else listens.
 */
final class ServiceStream {

    private final Handover handover;
    private final RunsvMessages messages;
    private final Consumer<? super ServiceEvent> listener;
    private final Reporter reporter;
    private @Nullable Consumer<ServiceEvent> files;

    ServiceStream(Handover handover, RunsvSettings settings) {
        OsString name = handover.directory().name();
        this.handover = handover;
        this.messages = new RunsvMessages(name, settings.messages());
        this.listener = settings.listener();
        this.reporter = new Reporter("runsv", name, new Telling(settings.messages()));
    }

    /** Each message becomes an event, and so goes to standard error; from any thread, since logs have their own. */
    private final class Telling implements Reporter.Sink {
        private final Consumer<OsString> output;

        Telling(Consumer<OsString> output) {
            this.output = output;
        }

        @Override
        public void say(boolean fatal, String text, OsString line) {
            ServiceEvent.Severity severity = fatal ? ServiceEvent.Severity.FATAL : ServiceEvent.Severity.WARNING;
            handover.tell(new ServiceEvent.Warned(path(), severity, text, line), ServiceStream.this::tellOthers);
        }

        @Override
        public void copy(OsString lines) {
            output.accept(lines);
        }
    }

    /** For messages that no event of its own stands for. */
    Reporter reporter() {
        return reporter;
    }

    String path() {
        return handover.known().path();
    }

    /** Who writes the files of the supervise directories. */
    <W extends Consumer<ServiceEvent>> W writtenBy(W writer) {
        files = writer;
        return writer;
    }

    /**
     * Supervision begins, or goes on after a failure: then what the failed runsv had not come to tell is told first.
     */
    void begin(RunsvState state) {
        if (handover.begins()) {
            tell(new ServiceEvent.SupervisionBegan(
                    path(),
                    state.service().status(),
                    state.log().map(RunsvState.Unit::status),
                    handover.directory().normallyDown()));
        } else {
            tell(new ServiceEvent.SupervisionResumed(path()));
            tellKept();
        }
    }

    /** Keeps what has been decided and what there is to tell of it; before anything that follows from it is done. */
    void keep(RunsvState before, RunsvEvent event, RunsvRule.Decision decision, Instant now) {
        Optional<ExitStatus> script = event instanceof RunsvEvent.ScriptEnded
                ? handover.script().flatMap(Handover.Script::end)
                : Optional.empty();
        Optional<String> sign = handover.directory().readiness().map(ServiceReadiness::sign);
        List<ServiceEvent> events = ServiceEvents.of(handover.known(), before, event, decision, now, script, sign);
        handover.keep(event, decision, events);
    }

    /** Tells what was kept. */
    void tellKept() {
        for (Optional<ServiceEvent> next = handover.nextUntold(); next.isPresent(); next = handover.nextUntold()) {
            tell(next.get());
        }
    }

    /** Tells what has happened just now; to be called in the actor. */
    void tell(ServiceEvent event) {
        handover.tell(event, told -> {
            if (files != null) {
                files.accept(told);
            }
            tellOthers(told);
        });
    }

    private void tellOthers(ServiceEvent event) {
        messages.accept(event);
        listener.accept(event);
    }
}
