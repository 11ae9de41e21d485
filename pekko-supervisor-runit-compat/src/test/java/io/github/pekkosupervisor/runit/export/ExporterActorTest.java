package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a worker meets, another goes on, and the actor system does not notice. */
final class ExporterActorTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    /** What has been done, and by which worker. */
    private final List<String> story = new CopyOnWriteArrayList<>();

    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** What is thrown instead of doing a thing, each once. */
    private final List<Failure> failures = new ArrayList<>();

    private int made;

    private record Failure(String at, Supplier<? extends Throwable> with) {}

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<Named<Supplier<Throwable>>> failures() {
        return Stream.of(
                Named.of("IllegalStateException", () -> new IllegalStateException("as it was told")),
                Named.of("StackOverflowError", StackOverflowError::new),
                Named.of("OutOfMemoryError", () -> new OutOfMemoryError("as it was told")),
                Named.of("NoClassDefFoundError", () -> new NoClassDefFoundError("as it was told")),
                Named.of("InternalError", () -> new InternalError("as it was told")),
                Named.of("AssertionError", () -> new AssertionError("as it was told")));
    }

    private void does(String what) {
        story.add(what);
        for (Failure failure : List.copyOf(failures)) {
            if (failure.at().equals(what)) {
                failures.remove(failure);
                Throwable thrown = failure.with().get();
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }
        }
    }

    private final class Workshop implements ExporterActor.Workshop {
        @Override
        public ExporterActor.Worker make(
                ActorContext<ExporterMessage> context, TimerScheduler<ExporterMessage> timers, boolean isAnew) {
            int number = ++made;
            does("make " + number + (isAnew ? " anew" : ""));
            return new ExporterActor.Worker() {
                @Override
                public boolean take(ExporterMessage message) {
                    does(number + " takes " + message.getClass().getSimpleName());
                    return message != ExporterMessage.End.INSTANCE;
                }

                @Override
                public void leave() {
                    does(number + " leaves");
                }
            };
        }

        @Override
        public void failed(Throwable failure) {
            does("told of a failure");
        }

        @Override
        public void over() {
            story.add("over");
            over.complete(null);
        }
    }

    /** What becomes of a write and the end. */
    private List<String> lives() {
        ActorRef<ExporterMessage> actor = KIT.spawn(ExporterActor.create(new Workshop()));
        actor.tell(ExporterMessage.Write.INSTANCE);
        actor.tell(ExporterMessage.Retry.INSTANCE);
        actor.tell(ExporterMessage.End.INSTANCE);
        ShownTree.get(over.thenApply(done -> true));
        assertThat(KIT.system().whenTerminated().isCompleted()).isFalse();
        return story;
    }

    @Test
    void one_that_fails_in_nothing_works_to_its_end() {
        assertThat(lives())
                .containsExactly("make 1", "1 takes Write", "1 takes Retry", "1 takes End", "1 leaves", "over");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void after_one_that_has_failed_another_goes_on(Supplier<Throwable> with) {
        failures.add(new Failure("1 takes Write", with));

        assertThat(lives())
                .containsExactly(
                        "make 1",
                        "1 takes Write",
                        "told of a failure",
                        "1 leaves",
                        "make 2 anew",
                        "2 takes Retry",
                        "2 takes End",
                        "2 leaves",
                        "over");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void one_that_fails_at_the_end_is_the_last(Supplier<Throwable> with) {
        failures.add(new Failure("1 takes End", with));

        assertThat(lives()).endsWith("1 takes End", "told of a failure", "1 leaves", "over");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void one_that_cannot_leave_is_left(Supplier<Throwable> with) {
        failures.add(new Failure("1 takes Write", with));
        failures.add(new Failure("1 leaves", with));
        failures.add(new Failure("2 leaves", with));

        assertThat(lives()).contains("make 2 anew", "2 takes Retry").endsWith("told of a failure", "over");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void one_that_cannot_be_made_is_made_later(Supplier<Throwable> with) {
        failures.add(new Failure("make 1", with));

        assertThat(lives())
                .containsExactly("make 1", "told of a failure", "make 2 anew", "2 takes End", "2 leaves", "over");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void where_nobody_can_be_told_it_goes_on(Supplier<Throwable> with) {
        failures.add(new Failure("1 takes Write", with));
        failures.add(new Failure("told of a failure", with));

        assertThat(lives()).contains("make 2 anew", "2 takes Retry", "over");
    }
}
