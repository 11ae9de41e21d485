package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** A rule with a test in the place of its actor: what it wants done is written down, a line for each. */
final class RuleBed {

    static final ExitReason BROKEN = ExitReason.failed("broken");

    final List<String> lines = new ArrayList<>();
    final List<SupervisorEvent> events = new ArrayList<>();
    final Map<String, Incarnation> incarnations = new HashMap<>();
    final Deque<RuleEvent> later = new ArrayDeque<>();
    final SupervisorRule rule;
    long now;

    /** Whether children start and stop by themselves as soon as they are asked to. */
    boolean obedient;

    List<Problem> problems = List.of();

    /** Number of the last question to the start gates. */
    long question;

    @Nullable
    Object answer;

    @Nullable
    TreeEnd end;

    /** What listeners have been told of the end. */
    @Nullable
    TreeEnd toldEnd;

    /** Whether whoever is sent a signal listens to it. */
    boolean listens = true;

    /** Who says at once whether a start gate is open; if nobody does the test says it. */
    @Nullable
    Predicate<StartGate.Start> gate;

    RuleBed(SupervisorSpec spec) {
        this(spec, FakeHandle::new);
    }

    RuleBed(SupervisorSpec spec, SupervisorRule.Handles handles) {
        this(spec, handles, SupervisorRule.Extras.NONE);
    }

    RuleBed(SupervisorSpec spec, SupervisorRule.Extras extras) {
        this(spec, FakeHandle::new, extras);
    }

    private RuleBed(SupervisorSpec spec, SupervisorRule.Handles handles, SupervisorRule.Extras extras) {
        rule = new SupervisorRule("/", spec, () -> 0.5, handles, extras);
    }

    static ChildSpec child(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    static SupervisorSpec spec(SupervisorSpec flags, ChildSpec... children) {
        return flags.withIntensity(3, Duration.ofSeconds(10)).withChildren(List.of(children));
    }

    /** All children run; what it took to get there is forgotten, and they go on as the test says. */
    static RuleBed up(SupervisorSpec spec) {
        return up(new RuleBed(spec));
    }

    static RuleBed up(RuleBed bed) {
        bed.obedient = true;
        bed.begin();
        bed.obedient = false;
        bed.lines.clear();
        return bed;
    }

    RuleBed begin() {
        return begin(AtRest.PastRestarts.NONE);
    }

    RuleBed begin(AtRest.PastRestarts before) {
        perform(rule.begin(now, before));
        return this;
    }

    RuleBed obedient() {
        obedient = true;
        return this;
    }

    RuleBed tell(RuleEvent event) {
        perform(rule.handle(event, now));
        return this;
    }

    RuleBed at(Duration time) {
        now = time.toNanos();
        return this;
    }

    /** Its alarm goes off. */
    RuleBed wakeAt(Duration time) {
        at(time);
        return tell(RuleEvent.Wake.INSTANCE);
    }

    Incarnation of(String id) {
        return Objects.requireNonNull(incarnations.get(id), id);
    }

    RuleBed starts(String id) {
        return tell(new RuleEvent.Acknowledged(of(id), null));
    }

    RuleBed ends(String id, ExitReason reason) {
        return tell(new RuleEvent.Terminated(of(id), Incarnation.End.of(reason)));
    }

    RuleBed ends(String id) {
        return tell(new RuleEvent.Terminated(of(id), Incarnation.End.SILENT));
    }

    /** It does not work, and is to be stopped for that. */
    RuleBed hangs(String id) {
        return tell(new RuleEvent.Hung(of(id), "silent", true));
    }

    RuleBed ignores(String id) {
        return tell(new RuleEvent.Terminated(of(id), new Incarnation.End(null, true, Optional.empty(), List.of())));
    }

    RuleBed call(Request<?> request) {
        return call(request, null, false);
    }

    RuleBed call(Request<?> request, @Nullable Incarnation about, boolean hasEnded) {
        return tell(new RuleEvent.Call(request, about, hasEnded, any -> {}, () -> lines.add("gone")));
    }

    /** One that names an incarnation. */
    Object callAbout(String id, Function<FakeHandle, Request<?>> request) {
        Incarnation incarnation = of(id);
        answer = null;
        call(request.apply((FakeHandle) incarnation.handle()), incarnation, false);
        return Objects.requireNonNull(answer);
    }

    Object answerTo(Request<?> request) {
        answer = null;
        call(request);
        return Objects.requireNonNull(answer);
    }

    /** What was asked for to come later: retries, and the ends of waits. */
    RuleBed due() {
        return tell(later.remove());
    }

    /** What has been wanted since the last look. */
    List<String> took() {
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    void tookNothing() {
        assertThat(took()).isEmpty();
    }

    void took(String... expected) {
        assertThat(took()).containsExactly(expected);
    }

    private void perform(List<SupervisorAction> actions) {
        Deque<RuleEvent> answers = new ArrayDeque<>();
        for (SupervisorAction action : actions) {
            String line = line(action);
            if (!line.isEmpty()) {
                lines.add(line);
            }
            react(action, answers);
        }
        while (!answers.isEmpty()) {
            perform(rule.handle(answers.remove(), now));
        }
    }

    private void react(SupervisorAction action, Deque<RuleEvent> answers) {
        if (action instanceof SupervisorAction.Start start) {
            incarnations.put(start.spec().id(), start.incarnation());
            if (obedient) {
                answers.add(new RuleEvent.Acknowledged(start.incarnation(), null));
            }
        } else if (action instanceof SupervisorAction.AskToStop ask && obedient) {
            answers.add(new RuleEvent.Terminated(ask.incarnation(), Incarnation.End.SILENT));
        } else if (action instanceof SupervisorAction.Kill kill && obedient) {
            answers.add(new RuleEvent.Terminated(kill.incarnation(), Incarnation.End.SILENT));
        } else if (action instanceof SupervisorAction.TryAgain again) {
            later.add(again.retry());
        } else if (action instanceof SupervisorAction.WaitBefore wait) {
            later.add(wait.notice());
        } else if (action instanceof SupervisorAction.SendSignal send) {
            answers.add(new RuleEvent.SignalSent(send.incarnation(), send.signal(), listens, send.reply()));
        } else if (action instanceof SupervisorAction.AskGates ask) {
            question = ask.question();
            if (gate != null) {
                answers.add(new RuleEvent.GateAnswered(question, gate.test(ask.start())));
            }
        } else if (action instanceof SupervisorAction.CheckChild) {
            answers.add(new RuleEvent.Checked(problems));
        } else if (action instanceof SupervisorAction.CallInit init) {
            answers.add(init(init));
        } else if (action instanceof SupervisorAction.Reply reply) {
            answer = reply.answer();
        } else if (action instanceof SupervisorAction.End last) {
            end = last.end();
        } else if (action instanceof SupervisorAction.Tell tell) {
            events.add(tell.event());
            if (tell.event() instanceof SupervisorEvent.SupervisorStopped stopped) {
                toldEnd = stopped.end();
            }
        }
    }

    private RuleEvent init(SupervisorAction.CallInit init) {
        try {
            return new RuleEvent.InitReturned(init.init().call(), problems);
        } catch (Exception e) {
            return new RuleEvent.InitFailed(ExitReason.crash(e));
        }
    }

    private static String line(SupervisorAction action) {
        if (action instanceof SupervisorAction.Start start) {
            return "start " + start.incarnation() + (start.arguments().isEmpty() ? "" : " " + start.arguments());
        } else if (action instanceof SupervisorAction.AskToStop ask) {
            boolean endless = ask.within().toNanos() == Time.NEVER;
            return "stop " + ask.incarnation() + " " + (endless ? "for ever" : ask.within());
        } else if (action instanceof SupervisorAction.Hurry hurry) {
            return "hurry " + hurry.incarnation();
        } else if (action instanceof SupervisorAction.Kill kill) {
            return "kill " + kill.incarnation();
        } else if (action instanceof SupervisorAction.SendSignal send) {
            return "signal " + send.incarnation() + " " + send.signal();
        } else if (action instanceof SupervisorAction.AskGates ask) {
            return "may " + ask.start().path() + " start, " + ask.start().cause();
        } else if (action instanceof SupervisorAction.Abandon abandon) {
            return "abandon " + abandon.incarnation() + (abandon.stack() == null ? "" : " at " + abandon.stack());
        } else if (action instanceof SupervisorAction.WakeAt wake) {
            return "wake at " + Duration.ofNanos(wake.time());
        } else if (action instanceof SupervisorAction.TryAgain again) {
            return "try again " + again.retry().child().id();
        } else if (action instanceof SupervisorAction.WaitBefore wait) {
            return "wait for " + wait.notice().child().id() + " " + wait.delay();
        } else if (action instanceof SupervisorAction.StopWaiting stop) {
            return "wait no longer for " + stop.child().id();
        } else if (action instanceof SupervisorAction.StaysDown down) {
            return "in vain " + down.id() + ": " + down.why();
        } else if (action instanceof SupervisorAction.Reply reply) {
            return "answer " + text(reply.answer());
        } else if (action instanceof SupervisorAction.Tell tell) {
            return text(tell.event());
        } else if (action == SupervisorAction.Up.INSTANCE) {
            return "up";
        } else if (action instanceof SupervisorAction.End last) {
            return "end " + last.end();
        }
        return "";
    }

    private static String text(Object answer) {
        if (answer instanceof SupervisorResult.Started started) {
            return "started " + started.child();
        } else if (answer instanceof SupervisorResult.StartFailed failed) {
            return "start failed " + failed.reason();
        } else if (answer instanceof SupervisorResult.AlreadyStarted already) {
            return "already started " + already.child();
        }
        return answer.toString();
    }

    private static String text(SupervisorEvent event) {
        if (event instanceof SupervisorEvent.ChildStopping stopping) {
            return "ChildStopping " + stopping.child() + " "
                    + stopping.within().map(Duration::toString).orElse("for ever") + " "
                    + stopping.cause().getClass().getSimpleName();
        } else if (event instanceof SupervisorEvent.ChildHung hung) {
            return "ChildHung " + hung.child() + " " + hung.why() + (hung.isStopped() ? ", stopped" : "");
        } else if (event instanceof SupervisorEvent.ChildRecovered recovered) {
            return "ChildRecovered " + recovered.child() + " after " + recovered.hung();
        } else if (event instanceof SupervisorEvent.SignalIgnored ignored) {
            return "SignalIgnored " + ignored.child() + " " + ignored.signal();
        }
        if (event instanceof SupervisorEvent.ChildStarted started) {
            return "ChildStarted " + started.child() + " " + started.cause();
        } else if (event instanceof SupervisorEvent.ChildTerminated ended) {
            return "ChildTerminated " + ended.child() + " " + ended.reason();
        } else if (event instanceof SupervisorEvent.ChildFinished ended) {
            return "ChildFinished " + ended.child() + " " + ended.reason();
        } else if (event instanceof SupervisorEvent.ChildStopped ended) {
            return "ChildStopped " + ended.child() + " " + ended.reason();
        } else if (event instanceof SupervisorEvent.ShutdownError ended) {
            return "ShutdownError " + ended.child() + " " + ended.reason();
        } else if (event instanceof SupervisorEvent.StartError error) {
            return "StartError " + error.child() + (error.child().restarting() ? " again " : " ") + error.reason();
        } else if (event instanceof SupervisorEvent.GaveUp gaveUp) {
            return "GaveUp " + gaveUp.child() + (gaveUp.child().restarting() ? " again " : " ") + gaveUp.reason();
        } else if (event instanceof SupervisorEvent.RestartScheduled restart) {
            return "Restart " + restart.child() + " after " + restart.delay() + ", " + restart.recent() + " of "
                    + (restart.limit().isPresent() ? restart.limit().getAsInt() : "any");
        } else if (event instanceof SupervisorEvent.MessageRefused refused) {
            return "Refused " + refused.child() + " " + refused.type().getSimpleName();
        } else if (event instanceof SupervisorEvent.Overrun overrun) {
            return "Overrun " + overrun.child() + " " + overrun.left().size();
        } else if (event instanceof SupervisorEvent.OfChild about) {
            return event.getClass().getSimpleName() + " " + about.child();
        } else if (event instanceof SupervisorEvent.SupervisorStopped) {
            return "";
        }
        return event.getClass().getSimpleName();
    }
}
