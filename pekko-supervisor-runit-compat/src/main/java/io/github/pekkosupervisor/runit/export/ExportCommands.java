package io.github.pekkosupervisor.runit.export;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** What comes in by the control FIFOs of a tree: it is said, decided on, and asked for. An {@link Exporter}'s. */
final class ExportCommands {

    private static final Duration CLOSED = Duration.ofSeconds(5);

    /** How long commands are counted of which too many come to be said. */
    private static final Duration LINES_WINDOW = Duration.ofSeconds(10);

    private final ExportTable table;
    private final Callers callers;
    private final ActorRef<ExporterMessage> exporter;
    private final TimerScheduler<ExporterMessage> timers;
    private final CommandLines lines = new CommandLines();
    private int unanswered;

    ExportCommands(
            ExportTable table,
            Callers callers,
            ActorRef<ExporterMessage> exporter,
            TimerScheduler<ExporterMessage> timers) {
        this.table = table;
        this.callers = callers;
        this.exporter = exporter;
        this.timers = timers;
    }

    /** Letters have come in; what is none is nothing. */
    void came(ShownPlace place, String letters) {
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            if (ExportRule.LETTERS.indexOf(letter) >= 0) {
                say(place, log -> log.info("[{}] control FIFO: {}", place.wholeName, letter));
                decide(place, new ExportEvent.Letter(letter));
            }
        }
    }

    /** A call has been answered. */
    void answered(ShownPlace place, Call call, Callers.Answer answer) {
        unanswered--;
        // first, since a call that has not been answered is in progress
        decide(place, new ExportEvent.Answered(call, answer.done()));
        if (answer.isToBeSaid()) {
            say(
                    place,
                    log -> log.atLevel(answer.isFailure() ? Level.WARN : Level.INFO)
                            .log("[{}] control FIFO: {}", place.wholeName, answer.words()));
        }
    }

    /** Whether something is being done that was asked for here. */
    boolean areUnderWay() {
        return unanswered > 0;
    }

    /** A place has been closed for long enough. */
    void reopen(ShownPlace place) {
        decide(place, ExportEvent.Reopened.INSTANCE);
    }

    private void decide(ShownPlace place, ExportEvent event) {
        if (table.hasVanished(place)) {
            return;
        }
        boolean wasClosed = table.known(place).closed();
        ExportRule.Decision decision = table.decided(place, event);
        if (decision.ignored()) {
            say(
                    place,
                    log -> log.info("[{}] control FIFO: it is ignored: {}", place.wholeName, place.kind.whyIgnored()));
        }
        for (Call call : decision.calls()) {
            unanswered++;
            callers.call(
                    place,
                    table.handle(place),
                    call,
                    answer -> exporter.tell(new ExporterMessage.Answered(place, call, answer)));
        }
        boolean exits = event instanceof ExportEvent.Letter letter && letter.letter() == 'x';
        if (decision.child().closed() && (!wasClosed || exits)) {
            reopenLater(place);
        }
    }

    /** A place has been closed. */
    void reopenLater(ShownPlace place) {
        ExporterMessage reopen = new ExporterMessage.Reopen(place);
        timers.startSingleTimer(reopen, reopen, CLOSED);
    }

    /** Says something of a command, unless too many come. */
    private void say(ShownPlace place, Consumer<Logger> words) {
        if (!lines.isCounting(place)) {
            ExporterMessage over = new ExporterMessage.LinesOver(place);
            timers.startSingleTimer(over, over, LINES_WINDOW);
        }
        if (lines.says(place)) {
            callers.log(place, words);
        }
    }

    /** Says how much of a flood has not been said. */
    void linesOver(ShownPlace place) {
        int unsaid = lines.close(place);
        if (unsaid > 0) {
            callers.log(
                    place,
                    log -> log.info(
                            "[{}] control FIFO: [{}] more lines like these were not written in the last ten seconds",
                            place.wholeName,
                            unsaid));
        }
    }
}
