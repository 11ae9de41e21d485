package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildEnd;
import io.github.pekkosupervisor.protocol.SupervisorEvent.CountedRestart;
import io.github.pekkosupervisor.protocol.SupervisorEvent.GaveUp;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.Level;

/**
 * What is said of each event of a supervisor, and how much it matters.
 *
 * <p>Error: a report that OTP writes at level error, so that somebody must look. Warn: a restart is tried again, or
 * something was put right by force. Info: progress by the supervisor itself, who was stopped because of whom, and each
 * end of what was started at this level. Debug: everything else, what was asked for by calls included.
 */
final class SupervisorWords {

    private SupervisorWords() {}

    // ---- how much it matters

    static Level level(SupervisorEvent event) {
        if (isReport(event)) {
            return Level.ERROR;
        } else if (event instanceof SupervisorEvent.Overrun
                || event instanceof SupervisorEvent.MessageRefused
                || event instanceof SupervisorEvent.ChildHung) {
            return Level.WARN;
        } else if (event instanceof SupervisorEvent.ChildAbandoned abandoned) {
            return hasCalledExit(abandoned) ? Level.WARN : Level.ERROR;
        } else if (event instanceof RestartScheduled restart) {
            // all others have been told with the end, or with the start that failed
            return restart.again() && restart.delay().isZero() ? Level.WARN : Level.DEBUG;
        } else if (event instanceof SupervisorEvent.RestartCancelled cancelled) {
            return cancelled.cause() instanceof StopCause.Sibling ? Level.INFO : Level.DEBUG;
        } else if (event instanceof SupervisorEvent.ChildStarted started) {
            return isAskedFor(started.cause()) ? Level.DEBUG : Level.INFO;
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            return isAskedFor(done.cause()) ? Level.DEBUG : Level.INFO;
        } else if (event instanceof SupervisorEvent.ChildStopped stopped) {
            return stopped.cause() instanceof StopCause.Sibling ? Level.INFO : asItsStart(stopped);
        } else if (event instanceof SupervisorEvent.ChildFinished finished) {
            return asItsStart(finished);
        } else if (isMinor(event)) {
            return Level.DEBUG;
        } else if (event instanceof SupervisorEvent.SupervisorStopped stopped) {
            return isNews(stopped) ? Level.ERROR : Level.INFO;
        }
        return Level.INFO;
    }

    /** What a call has led to, or what is as it should be. */
    private static boolean isMinor(SupervisorEvent event) {
        return event instanceof SupervisorEvent.ChildIgnored
                || event instanceof SupervisorEvent.ChildNotStarted
                || event instanceof SupervisorEvent.ChildDeleted
                || event instanceof SupervisorEvent.ChildRunsOnce
                || event instanceof SupervisorEvent.Transition
                || event instanceof SupervisorEvent.RestartBegun
                || event instanceof SupervisorEvent.SupervisorChanged;
    }

    /** A renewal is told as a restart is: who has read of the stop is to read that it is up again. */
    private static boolean isAskedFor(StartCause cause) {
        return cause == StartCause.CALL || cause == StartCause.ONCE;
    }

    /** Who reads of a start reads of the end. */
    private static Level asItsStart(ChildEnd end) {
        return end.child().handle().filter(ChildHandle::isStartedByCall).isPresent() ? Level.DEBUG : Level.INFO;
    }

    private static boolean isReport(SupervisorEvent event) {
        return event instanceof SupervisorEvent.ChildTerminated
                || event instanceof SupervisorEvent.StartError
                || event instanceof SupervisorEvent.ShutdownError
                || event instanceof GaveUp
                || event instanceof SupervisorEvent.UnexpectedMessage;
    }

    /** The end of one below another is reported by that. */
    private static boolean isNews(SupervisorEvent.SupervisorStopped stopped) {
        return stopped.supervisor().equals(TreePath.TOP) && stopped.end().isFailure();
    }

    private static boolean hasCalledExit(SupervisorEvent.ChildAbandoned abandoned) {
        return abandoned.stack().contains("java.lang.Runtime.exit");
    }

    // ---- what is said

    static LogEntry of(SupervisorEvent event) {
        Sentence sentence = new Sentence(event, level(event));
        if (event instanceof ChildEnd end) {
            ended(sentence, end);
        } else if (event instanceof SupervisorEvent.OfChild ofChild) {
            ofChild(sentence, ofChild);
        } else if (event instanceof SupervisorEvent.SupervisorStarted) {
            sentence.say(" is up").sameAs("up", "");
        } else if (event instanceof SupervisorEvent.SupervisorChanged changed) {
            changed(sentence, changed);
        } else if (event instanceof SupervisorEvent.SupervisorStopped stopped) {
            sentence.say(" ends with [" + stopped.end() + "]")
                    .field("end", stopped.end().toString());
            if (isNews(stopped)) {
                sentence.cause(stopped.reason());
            } else if (!stopped.supervisor().equals(TreePath.TOP)) {
                sentence.sameAs("ends", Why.of(stopped.reason()));
            }
        } else if (event instanceof SupervisorEvent.UnexpectedMessage unexpected) {
            sentence.say(" received an unexpected message [" + unexpected.message() + "]");
        } else {
            throw nobodyKnows(event);
        }
        return sentence.entry();
    }

    private static IllegalStateException nobodyKnows(SupervisorEvent event) {
        return new IllegalStateException("nobody knows how to tell of " + event);
    }

    private static void ended(Sentence sentence, ChildEnd end) {
        ExitReason reason = end.reason();
        if (end instanceof SupervisorEvent.ChildTerminated terminated) {
            sentence.report("child_terminated", terminated.child().toString(), reason)
                    .about(terminated.child())
                    .withPid()
                    .lasted(", ran ", terminated.ran());
            terminated.restart().ifPresentOrElse(sentence::restart, () -> {
                if (terminated.child().spec().restart() == RestartType.TEMPORARY) {
                    sentence.say("; temporary, so not restarted");
                }
            });
        } else if (end instanceof SupervisorEvent.ShutdownError error) {
            sentence.report("shutdown_error", error.child().toString(), reason)
                    .about(error.child())
                    .withPid()
                    .lasted(", ran ", error.ran())
                    .say(", stopped ")
                    .because(error.cause());
        } else if (end instanceof SupervisorEvent.ChildFinished finished) {
            sentence.say(": [" + finished.child() + "] ended with [" + reason + "]")
                    .exit(reason)
                    .about(finished.child())
                    .withPid()
                    .lasted(", ran ", finished.ran())
                    .sameAs("finished", Why.of(reason));
        } else if (end instanceof SupervisorEvent.ChildStopped stopped) {
            sentence.say(" stopped [" + stopped.child() + "]: [" + reason + "]")
                    .exit(reason)
                    .about(stopped.child())
                    .withPid()
                    .lasted(", ran ", stopped.ran())
                    .say(", ")
                    .because(stopped.cause())
                    .sameAs("stopped", "");
        } else {
            throw nobodyKnows(end);
        }
    }

    private static void ofChild(Sentence sentence, SupervisorEvent.OfChild event) {
        if (event instanceof SupervisorEvent.ChildStarted started) {
            boolean adopted = started.cause() == StartCause.ADOPTED;
            sentence.say((adopted ? " adopted [" : " started [") + started.child() + "]")
                    .about(started.child())
                    .withPid()
                    .sameAs("started", "");
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            sentence.say(": [" + done.child() + "] is done: [" + done.reason() + "]")
                    .exit(done.reason())
                    .about(done.child())
                    .withPid()
                    .lasted(", ran ", done.ran())
                    .sameAs("done", "");
        } else if (event instanceof SupervisorEvent.StartError error) {
            sentence.report("start_error", error.attempt().toString(), error.reason())
                    .about(error.attempt())
                    .withPid()
                    .lasted(", after ", error.took());
            error.restart().ifPresent(sentence::restart);
        } else if (event instanceof RestartScheduled restart) {
            sentence.say(" restarts [" + restart.child() + "]")
                    .about(restart.child())
                    .restart(restart)
                    .sameAs("restarts", "");
        } else if (event instanceof GaveUp gaveUp) {
            gaveUp(sentence, gaveUp);
        } else if (event instanceof SupervisorEvent.Transition transition) {
            transition(sentence, transition);
        } else {
            rare(sentence, event);
        }
    }

    private static void changed(Sentence sentence, SupervisorEvent.SupervisorChanged changed) {
        TreeSnapshot.Supervision by = changed.by();
        String strategy = by.strategy().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        sentence.say(" was changed by a call: " + strategy + ", ").field("strategy", strategy);
        if (by.limit().isPresent()) {
            int limit = by.limit().getAsInt();
            sentence.say(restarts(limit)).field("restart_limit", limit);
        } else {
            sentence.say("no limit of restarts");
        }
        List<String> ids = changed.children().stream().map(ChildSpec::id).toList();
        sentence.say(" in " + DurationText.of(by.period()) + (ids.isEmpty() ? "" : "; children " + ids))
                .field("restart_period_ms", by.period().toMillis());
    }

    private static String restarts(int number) {
        return number + (number == 1 ? " restart" : " restarts");
    }

    private static void transition(Sentence sentence, SupervisorEvent.Transition event) {
        Offender child = event.child();
        if (event instanceof SupervisorEvent.ChildStarting) {
            sentence.say(" starts [" + child + "]").about(child).withPid();
        } else if (event instanceof SupervisorEvent.ChildStopping stopping) {
            String within = stopping.within()
                    .map(time -> time.isZero() ? " at once, " : " within " + DurationText.of(time) + ", ")
                    .orElse(", ");
            sentence.say(" stops [" + child + "]" + within).about(child).because(stopping.cause());
        } else if (event instanceof SupervisorEvent.ChildGone gone) {
            sentence.say(": [" + child + "] has ended with [" + gone.reason() + "]")
                    .exit(gone.reason())
                    .about(child)
                    .withPid()
                    .lasted(", ran ", gone.ran())
                    .say("; what follows waits for what is being done");
        } else if (event instanceof SupervisorEvent.ChildPaused paused) {
            sentence.say(": [" + child + "] was sent " + (paused.paused() ? "STOP" : "CONT") + ", by a call")
                    .about(child)
                    .withPid();
        } else {
            throw nobodyKnows(event);
        }
    }

    private static void rare(Sentence sentence, SupervisorEvent.OfChild event) {
        Offender child = event.child();
        if (event instanceof SupervisorEvent.ChildIgnored) {
            String who = child.handle().isPresent() ? "need not run" : "must not be started, by a start gate";
            sentence.say(": [" + child + "] " + who).about(child);
        } else if (event instanceof SupervisorEvent.ChildNotStarted failed) {
            sentence.say(" could not start [" + child + "], as a call had asked: [" + failed.reason() + "]")
                    .exit(failed.reason())
                    .about(child)
                    .sameAs("not started", Why.of(failed.reason()));
        } else if (event instanceof SupervisorEvent.ChildDeleted) {
            sentence.say(" deleted [" + child + "], by a call").about(child);
        } else if (event instanceof SupervisorEvent.RestartBegun begun) {
            sentence.say(" has waited, and restarts [" + child + "]")
                    .about(child)
                    .field("restart", begun.recent())
                    .sameAs("begun", "");
        } else if (event instanceof SupervisorEvent.RestartCancelled cancelled) {
            sentence.say(" restarts [" + child + "] no more, ")
                    .about(child)
                    .because(cancelled.cause())
                    .sameAs("cancelled", "");
        } else if (event instanceof SupervisorEvent.ChildRunsOnce) {
            sentence.say(": [" + child + "] runs once, and is not restarted when it ends")
                    .about(child);
        } else if (event instanceof SupervisorEvent.SignalIgnored ignored) {
            sentence.say(": [" + child + "] has no reaction to signal [" + ignored.signal() + "], which is ignored")
                    .about(child)
                    .field("signal", ignored.signal().toString());
        } else if (event instanceof SupervisorEvent.AutoShutdown) {
            sentence.say(" shuts down, since [" + child + "] has ended").about(child);
        } else if (event instanceof SupervisorEvent.ChildAbandoned abandoned) {
            sentence.say(
                            hasCalledExit(abandoned)
                                    ? " does not wait for [" + child + "], which has called System.exit"
                                    : " abandoned [" + child + "], which does not end; it stands at ["
                                            + abandoned.stack() + "]")
                    .about(child);
        } else if (event instanceof SupervisorEvent.AbandonedChildEnded) {
            sentence.say(": abandoned [" + child + "] has ended after all").about(child);
        } else if (event instanceof SupervisorEvent.Overrun overrun) {
            sentence.say(" killed what was left of the group of [" + child + "] when its time was over: "
                            + overrun.left())
                    .about(child)
                    .sameAs("overrun", "");
        } else if (event instanceof SupervisorEvent.ChildHung hung) {
            sentence.say(": [" + child + "] is hung: " + hung.why())
                    .about(child)
                    .withPid()
                    .say(hung.isStopped() ? "; it is stopped" : "; it is left as it is")
                    .field("hung", hung.why())
                    .sameAs("hung", Why.of(new ExitReason.Hung(hung.why())));
        } else if (event instanceof SupervisorEvent.ChildRecovered recovered) {
            sentence.say(": [" + child + "] works again")
                    .about(child)
                    .withPid()
                    .lasted(", was hung for ", recovered.hung())
                    .sameAs("recovered", "");
        } else if (event instanceof SupervisorEvent.MessageRefused refused) {
            String type = refused.type().getName();
            sentence.say(": [" + child + "] was sent a [" + type + "], which it does not take")
                    .about(child)
                    .field("type", type)
                    .sameAs("refused", type);
        } else {
            throw nobodyKnows(event);
        }
    }

    private static void gaveUp(Sentence sentence, GaveUp gaveUp) {
        sentence.say(" shutdown: [" + gaveUp.reason() + "], last straw was [" + gaveUp.child() + "]")
                .exit(gaveUp.reason())
                .about(gaveUp.child());
        if (gaveUp.reason() != ExitReason.ReachedMaxRestartIntensity.INSTANCE) {
            return;
        }
        sentence.say("; it allows " + restarts(gaveUp.limit()) + " in " + DurationText.of(gaveUp.period()))
                .field("restart_limit", gaveUp.limit())
                .field("restart_period_ms", gaveUp.period().toMillis())
                .field("restarts_earlier", gaveUp.earlier());
        if (!gaveUp.counted().isEmpty()) {
            sentence.say(", which these have used up:");
        }
        if (gaveUp.earlier() > 0) {
            sentence.item(gaveUp.earlier() + " before these");
        }
        int number = 1;
        for (CountedRestart one : gaveUp.counted()) {
            String text = "[" + one.child() + "#" + one.incarnation() + "] with [" + one.reason() + "], ran "
                    + DurationText.of(one.ran()) + ", " + DurationText.of(one.ago()) + " ago";
            sentence.item(text).field("counted_" + number++, text);
        }
    }
}
