package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** What an actor does with its messages, by their class. */
class CasesTest {

    private interface Message {}

    private record Add(String text) implements Message {}

    private record Unknown() implements Message {}

    private enum Tick implements Message {
        ONE,
        TWO
    }

    private final List<String> seen = new ArrayList<>();

    private Behavior<Message> note(String what) {
        seen.add(what);
        return Behaviors.same();
    }

    private static Cases.Builder<CasesTest, Message> cases() {
        return Cases.<CasesTest, Message>begin()
                .on(Add.class, (test, add) -> test.note(add.text()))
                .onEquals(Tick.ONE, test -> test.note("one"))
                .onPostStop(test -> test.note("stopped"));
    }

    private BehaviorTestKit<Message> run(Cases.Builder<CasesTest, Message> cases) {
        return BehaviorTestKit.create(cases.build().of(this));
    }

    @Test
    void each_message_goes_to_the_case_of_its_class_or_to_its_own() {
        BehaviorTestKit<Message> actor = run(cases().on(Tick.class, (test, tick) -> test.note("some " + tick)));

        List.of(new Add("a"), Tick.ONE, Tick.TWO, new Add("b")).forEach(actor::run);

        assertThat(seen).containsExactly("a", "one", "some TWO", "b");
    }

    @Test
    void others_are_unhandled_unless_there_is_a_case_for_them() {
        BehaviorTestKit<Message> actor = run(cases());
        actor.run(new Unknown());
        actor.run(Tick.TWO);
        boolean unhandled = Behavior.isUnhandled(actor.returnedBehavior());

        BehaviorTestKit<Message> another = run(cases().onAny((test, other) -> test.note("other")));
        another.run(new Unknown());
        another.run(Tick.TWO);

        assertThat(unhandled).isTrue();
        assertThat(seen).containsExactly("other", "other");
    }

    @Test
    void the_end_of_the_actor_is_told() {
        BehaviorTestKit<Message> actor = run(cases());

        actor.signal(PreRestart.instance());
        actor.signal(PostStop.instance());

        assertThat(seen).containsExactly("stopped");
    }

    @Test
    void two_actors_have_nothing_in_common() {
        Cases<CasesTest, Message> shared = cases().build();
        CasesTest other = new CasesTest();

        BehaviorTestKit.create(shared.of(this)).run(new Add("mine"));
        BehaviorTestKit.create(shared.of(other)).run(new Add("its"));

        assertThat(seen).containsExactly("mine");
        assertThat(other.seen).containsExactly("its");
    }

    @Test
    void who_cannot_be_looked_up_or_is_named_twice_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cases().on(Message.class, (test, any) -> Behaviors.same()))
                .withMessage("interface " + Message.class.getName() + " is not final");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cases().on(Add.class, (test, any) -> Behaviors.same()))
                .withMessage("class " + Add.class.getName() + " is named twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cases().onEquals(Tick.ONE, test -> Behaviors.same()))
                .withMessage("ONE is named twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cases().onEquals(new Add("x"), test -> Behaviors.same()))
                .withMessage("Add[text=x] is no constant of an enum");
    }
}
