package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkosupervisor.PartitionSupervisor;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.TaskSupervisor;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.MessageRefused;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.function.Function2;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A message of a type that a child does not take harms no child of any kind. */
final class WrongMessageTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final String SLEEP = "1000000";

    /** What was taken by the actors. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static TestProbe<DeadLetter> deadLetters() {
        TestProbe<DeadLetter> probe = KIT.createTestProbe(DeadLetter.class);
        // at once; by a message to the event stream it would be some time later
        Adapter.toClassic(KIT.system()).eventStream().subscribe(Adapter.toClassic(probe.getRef()), DeadLetter.class);
        return probe;
    }

    private static boolean has(TestProbe<DeadLetter> letters, Object message) {
        return letters.fishForMessage(
                                Bed.LONG,
                                letter -> letter.message().equals(message)
                                        ? FishingOutcomes.complete()
                                        : org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes
                                                .continueAndIgnore())
                        .size()
                == 1;
    }

    private static List<String> refusals(List<SupervisorEvent> events) {
        return events.stream()
                .filter(MessageRefused.class::isInstance)
                .map(MessageRefused.class::cast)
                .map(event -> event.supervisor() + " " + event.child() + " "
                        + event.type().getSimpleName())
                .toList();
    }

    // ---- kinds that take nothing of the application

    static Stream<ChildSpec> kinds() {
        return Stream.of(
                ChildSpec.process("a", "sleep", SLEEP),
                ChildSpec.service("a", () -> "x", x -> {}),
                ChildSpec.closeable("a", () -> () -> {}),
                ChildSpec.runnable("a", child -> Bed.pass(java.time.Duration.ofHours(1))),
                ChildSpec.completion("a", CompletableFuture::new),
                ChildSpec.supervisor("a", SupervisorSpec.oneForOne()),
                ChildSpec.supervisor("a", SupervisorSpec.dynamic()),
                ChildSpec.supervisor("a", TaskSupervisor.spec()),
                ChildSpec.supervisor(
                        "a", PartitionSupervisor.spec(1, i -> ChildSpec.service("p", () -> "x", x -> {}))));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_child_that_takes_none_refuses_it_with_one_warning(ChildSpec child) {
        TestProbe<DeadLetter> letters = deadLetters();
        List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
        try (SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.oneForOne()
                        .withIntensity(0, SupervisorSpec.DEFAULT_PERIOD)
                        .withChild(child),
                SupervisionTree.Options.defaults()
                        .withSystem(KIT.system())
                        .withLogging(false)
                        .withListener(TreeEvent.only(SupervisorEvent.class, events::add)))) {
            ChildHandle before = handle(tree.root());
            String message = "hello " + child.kindName();

            tree.ref(String.class, "a").tell(message);
            assertThat(has(letters, message)).isTrue();
            before.<Object>ref().tell(message);
            before.<Object>ref().tell(message);

            await().untilAsserted(() -> assertThat(refusals(events)).containsExactly("/ a#1 String"));
            assertThat(has(letters, message)).isTrue();
            assertThat(has(letters, message)).isTrue();
            assertThat(handle(tree.root())).isSameAs(before);
            assertThat(before.hasEnded()).isFalse();
            assertThat(refusals(events)).hasSize(1);
        }
        assertThat(events)
                .noneMatch(event -> event instanceof SupervisorEvent.ChildTerminated
                        || event instanceof SupervisorEvent.ShutdownError);
    }

    private static ChildHandle handle(SupervisorRef supervisor) {
        return ((SupervisorResult.ChildInfo) Bed.answer(supervisor.child("a")))
                .handle()
                .orElseThrow();
    }

    @Test
    void a_task_refuses_it_too() {
        try (Bed bed = new Bed(KIT).start(TaskSupervisor.spec())) {
            CompletableFuture<String> goOn = new CompletableFuture<>();
            CompletableFuture<String> result = new CompletableFuture<>();
            Object started = Bed.answer(TaskSupervisor.of(bed.sup()).start("a", child -> result.complete(goOn.get())));
            ChildHandle task = ((SupervisorResult.Started) started).child();

            task.<Object>ref().tell(42);
            await().untilAsserted(() -> assertThat(refusals(bed.events)).containsExactly("/ a#1 Integer"));
            goOn.complete("done");

            assertThat(result).succeedsWithin(Bed.LONG).isEqualTo("done");
        }
    }

    // ---- actors

    /** By an anonymous class: the compiler makes a bridge method that casts. */
    private Behavior<String> byClass() {
        return Behaviors.receive(new Function2<ActorContext<String>, String, Behavior<String>>() {
            @Override
            public Behavior<String> apply(ActorContext<String> context, String message) {
                return saw(message);
            }
        });
    }

    private Behavior<String> byExtension() {
        return new ExtensibleBehavior<>() {
            @Override
            public Behavior<String> receive(TypedActorContext<String> context, String message) {
                saw(message);
                return Behaviors.same();
            }

            @Override
            public Behavior<String> receiveSignal(TypedActorContext<String> context, Signal signal) {
                return Behaviors.same();
            }
        };
    }

    private Behavior<String> intercepted() {
        return Behaviors.intercept(
                        () -> new BehaviorInterceptor<Object, Object>(Object.class) {
                            @Override
                            public Behavior<Object> aroundReceive(
                                    TypedActorContext<Object> context, Object message, ReceiveTarget<Object> target) {
                                return target.apply(context, message);
                            }
                        },
                        byClass().<Object>unsafeCast())
                .unsafeCast();
    }

    private Behavior<String> saw(String message) {
        seen.add(message);
        return Behaviors.same();
    }

    static Stream<Arguments> behaviors() {
        WrongMessageTest test = new WrongMessageTest();
        return Stream.of(
                Arguments.of("a lambda", Behaviors.<String>receiveMessage(test::saw), test),
                Arguments.of("a lambda with context", Behaviors.<String>receive((c, m) -> test.saw(m)), test),
                Arguments.of("a class", test.byClass(), test),
                Arguments.of("an extension", test.byExtension(), test),
                Arguments.of("set up", Behaviors.<String>setup(c -> Behaviors.receiveMessage(test::saw)), test),
                Arguments.of(
                        "with timers", Behaviors.<String>withTimers(t -> Behaviors.receiveMessage(test::saw)), test),
                Arguments.of("intercepted", test.intercepted(), test),
                Arguments.of(
                        "a builder",
                        Behaviors.receive(String.class)
                                .onMessage(String.class, test::saw)
                                .build(),
                        test));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("behaviors")
    void an_actor_refuses_it_and_goes_on(String name, Behavior<String> behavior, WrongMessageTest test) {
        test.seen.clear();
        try (Bed bed = new Bed(KIT).start(spec(ChildSpec.actor("a", behavior)))) {
            ActorRef<Object> a = bed.handle("a").ref();

            for (int i = 0; i < 50; i++) {
                a.tell(i);
            }
            a.tell(List.of());
            a.tell("right");

            await().until(() -> test.seen.equals(List.of("right")));
            await().untilAsserted(
                            () -> assertThat(refusals(bed.events)).hasSize(2).contains("/ a#1 Integer"));
            assertThat(bed.handle("a").incarnation()).isEqualTo(1);
            assertThat(bed.reports()).isEmpty();
        }
    }

    /** The JVM throws one without a word when it has thrown very many at the same place. */
    @Test
    void a_flood_of_them_is_endured() {
        Behavior<String> counting = Behaviors.receiveMessage(this::saw);
        try (Bed bed = new Bed(KIT).start(spec(ChildSpec.actor("a", counting)))) {
            ActorRef<Object> a = bed.handle("a").ref();

            for (int i = 0; i < 200_000; i++) {
                a.tell(i);
            }
            a.tell("right");

            await().atMost(Bed.LONG).until(() -> seen.equals(List.of("right")));
            assertThat(bed.handle("a").incarnation()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(refusals(bed.events)).containsExactly("/ a#1 Integer"));
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("in a lambda", Behaviors.receiveMessage(WrongMessageTest::castsWrongly)),
                Arguments.of(
                        "in a class",
                        Behaviors.receive(new Function2<ActorContext<Object>, Object, Behavior<Object>>() {
                            @Override
                            public Behavior<Object> apply(ActorContext<Object> context, Object message) {
                                return castsWrongly(message);
                            }
                        })),
                Arguments.of(
                        "in a class with a bridge",
                        Behaviors.receive(new Function2<ActorContext<Integer>, Integer, Behavior<Integer>>() {
                            @Override
                            public Behavior<Integer> apply(ActorContext<Integer> context, Integer message) {
                                Object any = message;
                                return ((String) any).isEmpty() ? Behaviors.same() : Behaviors.stopped();
                            }
                        })),
                Arguments.of("in a comparison", Behaviors.receiveMessage(message -> {
                    boolean isMore = new TreeSet<>(List.<Object>of("x", message)).size() > 1;
                    return isMore ? Behaviors.same() : Behaviors.stopped();
                })));
    }

    private static Behavior<Object> castsWrongly(Object message) {
        return ((String) message).isEmpty() ? Behaviors.same() : Behaviors.stopped();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void what_the_code_of_an_actor_casts_wrongly_is_a_crash(String name, Behavior<?> behavior) {
        try (Bed bed = new Bed(KIT).start(spec(ChildSpec.actor("a", behavior)))) {
            ChildHandle before = bed.handle("a");

            before.<Object>ref().tell(42);

            await().untilAsserted(
                            () -> assertThat(bed.handle("a").incarnation()).isEqualTo(2));
            assertThat(refusals(bed.events)).isEmpty();
            assertThat(bed.reports())
                    .singleElement()
                    .asString()
                    .startsWith("child_terminated a crash(java.lang.ClassCastException: ");
        }
    }

    @Test
    void a_stop_message_of_a_wrong_type_is_reported_at_once_as_it_was() {
        ChildSpec wrong = ChildSpec.actor("a", Behaviors.<String>receiveMessage(this::saw))
                .withStopMessage(42);
        try (Bed bed = new Bed(KIT).start(spec(wrong))) {
            assertThat(Bed.answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(bed.reports())
                    .singleElement()
                    .asString()
                    .startsWith("shutdown_error a crash(java.lang.ClassCastException: ");
        }
    }

    // ---- addresses

    @SuppressWarnings("unchecked")
    private static void tellAnyhow(ActorRef<?> ref, Object message) {
        ((ActorRef<Object>) ref).tell(message);
    }

    private Behavior<Object> sees() {
        return Behaviors.receiveMessage(message -> {
            seen.add(message.toString());
            return Behaviors.same();
        });
    }

    @Test
    void an_address_hands_on_what_is_of_its_class_only() {
        try (Bed bed = new Bed(KIT).start(spec(ChildSpec.actor("a", sees())))) {
            TestProbe<DeadLetter> letters = deadLetters();
            ActorRef<String> strings = bed.sup().ref(String.class, "a");
            ActorRef<Number> numbers = bed.sup().ref(Number.class, "a");
            ActorRef<Integer> ints = bed.sup().ref(int.class, "a");
            ActorRef<Object> any = bed.sup().ref(Object.class, "a");

            tellAnyhow(strings, 1);
            strings.tell("text");
            await().until(() -> seen.contains("text"));
            tellAnyhow(numbers, "no number");
            numbers.tell(2.5);
            await().until(() -> seen.contains("2.5"));
            tellAnyhow(ints, 3L);
            ints.tell(3);
            await().until(() -> seen.contains("3"));
            any.tell('c');

            await().until(() -> seen.equals(List.of("text", "2.5", "3", "c")));
            assertThat(has(letters, 1) && has(letters, "no number") && has(letters, 3L))
                    .isTrue();
            await().untilAsserted(() ->
                    assertThat(refusals(bed.events)).containsExactly("/ a#1 Integer", "/ a#1 String", "/ a#1 Long"));
            assertThat(bed.sup().ref(String.class, "a")).isEqualTo(strings);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void an_address_needs_a_class() {
        try (Bed bed = new Bed(KIT).start(spec())) {
            assertThatThrownBy(() -> bed.sup().ref(null, "a"))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("use Object.class");
        }
    }

    @Test
    void so_does_the_address_of_a_partition() {
        try (Bed bed = new Bed(KIT).start(PartitionSupervisor.spec(1, i -> ChildSpec.actor("p", sees())))) {
            ActorRef<String> strings = PartitionSupervisor.of(bed.sup(), 1).ref(String.class, "key");

            tellAnyhow(strings, 1);
            strings.tell("text");

            await().until(() -> seen.equals(List.of("text")));
            await().untilAsserted(() -> assertThat(refusals(bed.events)).containsExactly("/ 0#1 Integer"));
        }
    }

    @Test
    void the_log_has_one_warning_with_type_and_child() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        try (SupervisionTree tree = SupervisionTree.start(spec(ChildSpec.process("p", "sleep", SLEEP)))) {
            tree.ref(String.class, "p").tell("hello");

            await().until(() -> !lines.list.isEmpty());
            assertThat(List.copyOf(lines.list)).singleElement().satisfies(line -> {
                assertThat(line.getLevel()).isEqualTo(Level.WARN);
                assertThat(line.getFormattedMessage())
                        .isEqualTo("supervisor [/]: [p#1] was sent a [java.lang.String], which it does not take");
            });
            assertThat(Bed.answer(tree.root().child("p")))
                    .isInstanceOfSatisfying(
                            SupervisorResult.ChildInfo.class,
                            info -> assertThat(info.handle().map(ChildHandle::incarnation))
                                    .isEqualTo(Optional.of(1L)));
        } finally {
            logger.detachAppender(lines);
        }
    }
}
