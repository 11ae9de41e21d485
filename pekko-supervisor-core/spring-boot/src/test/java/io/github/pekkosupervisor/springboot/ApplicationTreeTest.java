package io.github.pekkosupervisor.springboot;

import static io.github.pekkosupervisor.springboot.Places.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** Contexts with trees of real processes. */
class ApplicationTreeTest {

    /** What has happened, in order, of what tests have noted. */
    private static final List<String> NOTED = new CopyOnWriteArrayList<>();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ApplicationAvailabilityAutoConfiguration.class, SupervisorAutoConfiguration.class));

    @AfterEach
    void nothing_is_left() {
        NOTED.clear();
        Places.awaitNoChildren();
    }

    private static ChildSpec noting(String id) {
        return ChildSpec.service(
                id,
                () -> {
                    NOTED.add("open " + id);
                    return id;
                },
                opened -> NOTED.add("close " + opened));
    }

    // ---- where it comes from

    /** Of a bean that children use. */
    static final class Store implements AutoCloseable {
        @Override
        public void close() {
            NOTED.add("close store");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithBean {
        @Bean
        Store store() {
            return new Store();
        }

        @Bean
        SupervisorSpec supervision(Store store) {
            return SupervisorSpec.restForOne()
                    .withChild(ChildSpec.process("sidecar", "sleep", "1000"))
                    .withChild(noting("first"))
                    .withChild(ChildSpec.service(
                            "second", () -> store, used -> NOTED.add("close second, which uses " + (used != null))));
        }
    }

    @Test
    void a_bean_is_started_and_is_stopped_in_reverse_while_other_beans_are_there() {
        long[] pid = new long[1];

        application.withUserConfiguration(WithBean.class).run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            pid[0] = Places.pid(tree, "/sidecar");
            assertThat(Places.isAlive(pid[0])).isTrue();
            assertThat(tree.isRunning()).isTrue();
        });

        assertThat(NOTED).containsExactly("open first", "close second, which uses true", "close first", "close store");
        assertThat(Places.isAlive(pid[0])).isFalse();
    }

    @Configuration(proxyBeanMethods = false)
    static class WithChildren {
        @Bean
        ChildSpec orders() {
            return noting("of the code");
        }
    }

    @Test
    void properties_are_started_with_children_that_are_beans() {
        application
                .withUserConfiguration(WithChildren.class)
                .withPropertyValues(
                        "pekko-supervisor.tree.strategy=rest-for-one",
                        "pekko-supervisor.tree.children[0].id=cache",
                        "pekko-supervisor.tree.children[0].process.command=sleep,1000",
                        "pekko-supervisor.tree.children[1].id=orders",
                        "pekko-supervisor.tree.children[1].from-code=orders")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("\"command\" must be a list of program and arguments"));
        application
                .withUserConfiguration(WithChildren.class)
                .withPropertyValues(
                        "pekko-supervisor.tree.strategy=rest-for-one",
                        "pekko-supervisor.tree.children[0].id=cache",
                        "pekko-supervisor.tree.children[0].process.command[0]=sleep",
                        "pekko-supervisor.tree.children[0].process.command[1]=1000",
                        "pekko-supervisor.tree.children[1].id=shop",
                        "pekko-supervisor.tree.children[1].from-code=orders")
                .run(context -> {
                    ApplicationTree tree = context.getBean(ApplicationTree.class);
                    assertThat(Places.ids(tree)).containsExactly("/cache", "/shop");
                    assertThat(Places.isAlive(Places.pid(tree, "/cache"))).isTrue();
                });

        assertThat(NOTED).containsExactly("open of the code", "close of the code");
    }

    @Test
    void there_is_none_where_none_is_described_or_it_is_not_wanted() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationTree.class));
        application
                .withUserConfiguration(WithBean.class)
                .withPropertyValues("pekko-supervisor.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationTree.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class WithTwo {
        @Bean
        SupervisorSpec one() {
            return SupervisorSpec.oneForOne().withChild(noting("of one"));
        }

        @Bean
        SupervisorSpec other() {
            return SupervisorSpec.oneForOne().withChild(noting("of other"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithPrimary {
        @Bean
        SupervisorSpec part() {
            return SupervisorSpec.oneForOne().withChild(noting("part"));
        }

        @Bean
        @Primary
        SupervisorSpec whole(SupervisorSpec part) {
            return SupervisorSpec.oneForOne().withChild(ChildSpec.supervisor("part", part));
        }
    }

    @Test
    void two_are_refused_with_what_to_do() {
        application
                .withUserConfiguration(WithTwo.class)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(TreeChoiceException.class)
                        .hasMessageContaining(
                                "there are 2 beans of the type SupervisorSpec, and an application has one tree"
                                        + " (one, other); mark the one that is its top with @Primary"));
        assertThat(NOTED).isEmpty();
    }

    @Test
    void of_several_the_primary_one_is_the_tree() {
        application
                .withUserConfiguration(WithPrimary.class)
                .run(context -> assertThat(Places.ids(context.getBean(ApplicationTree.class)))
                        .containsExactly("/part"));
        assertThat(NOTED).containsExactly("open part", "close part");
    }

    @Test
    void a_bean_and_properties_are_refused() {
        application
                .withUserConfiguration(WithBean.class)
                .withPropertyValues("pekko-supervisor.tree.strategy=dynamic")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("there is a tree in the properties, pekko-supervisor.tree, and one as a"
                                + " bean (supervision)"));
    }

    @Test
    void a_key_that_is_not_known_is_refused_by_spring() {
        application
                .withUserConfiguration(WithBean.class)
                .withPropertyValues("pekko-supervisor.fase=3")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("pekko-supervisor.fase"));
    }

    // ---- start

    @Test
    void who_asks_for_it_in_a_constructor_is_told_when_it_is_there() {
        application
                .withUserConfiguration(WithBean.class)
                .withInitializer(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                    @Override
                    public Object postProcessAfterInitialization(Object bean, String name) {
                        if (bean instanceof ApplicationTree tree) {
                            assertThatThrownBy(tree::tree)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("it is started when all beans have been made, in phase"
                                            + " 2147479551 of the lifecycle");
                            NOTED.add("asked");
                        }
                        return bean;
                    }
                }))
                .run(context -> assertThat(NOTED).startsWith("asked", "open first"));
    }

    @Configuration(proxyBeanMethods = false)
    static class WithFailure {
        @Bean
        Store store() {
            return new Store();
        }

        @Bean
        SupervisorSpec supervision(Store store) {
            return SupervisorSpec.oneForOne()
                    .withChild(ChildSpec.process("sidecar", "sleep", "1000"))
                    .withChild(noting("first"))
                    .withChild(ChildSpec.process("db", "/no/such/program"));
        }
    }

    @Test
    void the_application_does_not_start_if_its_tree_does_not() {
        application.withUserConfiguration(WithFailure.class).run(context -> {
            assertThat(context)
                    .hasFailed()
                    .getFailure()
                    .hasRootCauseInstanceOf(Exception.class)
                    .cause()
                    .isInstanceOf(SupervisionTree.StartFailedException.class)
                    .hasMessageContaining("[/db]")
                    .hasMessageContaining("/no/such/program");
        });

        assertThat(NOTED).containsExactly("open first", "close first", "close store");
    }

    /** Notes when it is started and stopped. */
    record Noting(String name, int phase, AtomicBoolean running) implements SmartLifecycle {
        @Override
        public void start() {
            running.set(true);
            NOTED.add("start " + name);
        }

        @Override
        public void stop() {
            running.set(false);
            NOTED.add("stop " + name);
        }

        @Override
        public boolean isRunning() {
            return running.get();
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithPhases {
        @Bean
        SupervisorSpec supervision() {
            return SupervisorSpec.oneForOne().withChild(noting("child"));
        }

        @Bean
        Noting executor() {
            return new Noting("executor", Integer.MAX_VALUE / 2, new AtomicBoolean());
        }

        /** As Spring Boot has it: {@code WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE}. */
        @Bean
        Noting webServer() {
            return new Noting("web server", SmartLifecycle.DEFAULT_PHASE - 2048, new AtomicBoolean());
        }
    }

    @Test
    void it_is_up_after_executors_and_before_a_web_server_and_the_other_way_round_at_the_end() {
        application.withUserConfiguration(WithPhases.class).run(context -> {});

        assertThat(NOTED)
                .containsExactly(
                        "start executor",
                        "open child",
                        "start web server",
                        "stop web server",
                        "close child",
                        "stop executor");
    }

    @Test
    void the_phase_can_be_set() {
        application
                .withUserConfiguration(WithPhases.class)
                .withPropertyValues("pekko-supervisor.phase=" + Integer.MAX_VALUE)
                .run(context -> assertThat(NOTED).last().isEqualTo("open child"));
    }

    @Configuration(proxyBeanMethods = false)
    static class WithCustomizer {
        @Bean
        TreeCustomizer listener() {
            return options -> options.withListener(TreeEvent.only(
                    SupervisorEvent.ChildStarted.class,
                    started -> NOTED.add("told of " + started.child().id())));
        }
    }

    @Test
    void how_it_is_run_can_be_changed_by_beans() {
        application
                .withUserConfiguration(WithPhases.class, WithCustomizer.class)
                .run(context -> assertThat(NOTED).contains("told of child"));
    }

    // ---- stop

    @Test
    void a_context_that_is_started_again_has_another_tree() {
        application.withUserConfiguration(WithBean.class).run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            long first = Places.pid(tree, "/sidecar");

            context.getSourceApplicationContext().stop();

            assertThat(tree.isRunning()).isFalse();
            assertThat(tree.present()).isEmpty();
            assertThat(Places.isAlive(first)).isFalse();

            context.getSourceApplicationContext().start();

            assertThat(Places.pid(tree, "/sidecar")).isNotEqualTo(first);
        });
    }

    @Test
    void two_contexts_of_one_jvm_have_a_tree_each() {
        application
                .withUserConfiguration(WithBean.class)
                .run(one -> application.withUserConfiguration(WithBean.class).run(other -> {
                    ApplicationTree tree = one.getBean(ApplicationTree.class);
                    assertThat(Places.pid(tree, "/sidecar"))
                            .isNotEqualTo(Places.pid(other.getBean(ApplicationTree.class), "/sidecar"));

                    other.getSourceApplicationContext().close();

                    assertThat(tree.isRunning()).isTrue();
                    assertThat(Places.isAlive(Places.pid(tree, "/sidecar"))).isTrue();
                }));
    }

    /** One whose child does not stop before it may. */
    private static SupervisorSpec slow(CountDownLatch mayStop) {
        return SupervisorSpec.oneForOne()
                .withChild(ChildSpec.service("slow", () -> mayStop, latch -> {
                            NOTED.add("stopping");
                            latch.await();
                            NOTED.add("stopped");
                        })
                        .withShutdown(Shutdown.infinity()));
    }

    @Test
    void a_stop_does_not_wait_but_calls_back() {
        CountDownLatch mayStop = new CountDownLatch(1);
        application.withBean(SupervisorSpec.class, () -> slow(mayStop)).run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            CountDownLatch called = new CountDownLatch(1);

            tree.stop(called::countDown);
            await().atMost(PATIENCE).until(() -> NOTED.contains("stopping"));

            assertThat(called.getCount()).isEqualTo(1);
            mayStop.countDown();
            assertThat(called.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(NOTED).containsExactly("stopping", "stopped");
            assertThat(tree.isRunning()).isFalse();
        });
    }

    @Test
    void spring_waits_for_the_stop_no_longer_than_its_phase_and_the_stop_goes_on() {
        CountDownLatch mayStop = new CountDownLatch(1);
        SupervisionTree[] tree = new SupervisionTree[1];
        application
                .withBean(SupervisorSpec.class, () -> slow(mayStop))
                .withBean("lifecycleProcessor", DefaultLifecycleProcessor.class, () -> {
                    DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
                    processor.setTimeoutPerShutdownPhase(100);
                    return processor;
                })
                .run(context -> tree[0] = context.getBean(ApplicationTree.class).tree());

        assertThat(tree[0].whenEnded().toCompletableFuture()).isNotDone();
        mayStop.countDown();
        tree[0].whenEnded().toCompletableFuture().join();
        await().atMost(PATIENCE).until(() -> NOTED.contains("stopped"));
    }

    // ---- while it runs

    @Test
    void a_killed_process_is_followed_by_another() {
        application.withUserConfiguration(WithBean.class).run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            long first = Places.pid(tree, "/sidecar");

            Places.kill(first);

            assertThat(Places.isAlive(Places.awaitOther(tree, "/sidecar", first)))
                    .isTrue();
        });
    }

    /** What an application is told. */
    @Configuration(proxyBeanMethods = false)
    static class Told {
        @Bean
        ApplicationListener<TreeEndedEvent> end() {
            return event -> NOTED.add("ended: " + event.end().isFailure());
        }

        @Bean
        TreeConsequences.Exit exit() {
            return (context, code) -> NOTED.add("exit " + code);
        }
    }

    /** An application whose own listeners fail. */
    @Configuration(proxyBeanMethods = false)
    static class Failing {
        private static final AtomicBoolean ONCE = new AtomicBoolean();

        @Bean
        ApplicationListener<TreeEndedEvent> alarm() {
            return event -> {
                throw new IllegalStateException("there is no mail server");
            };
        }

        @Bean
        ApplicationListener<AvailabilityChangeEvent<LivenessState>> liveness() {
            return event -> {
                throw new IllegalStateException("there is no load balancer");
            };
        }

        @Bean
        ApplicationListener<AvailabilityChangeEvent<ReadinessState>> readiness() {
            return event -> {
                if (ONCE.compareAndSet(true, false)) {
                    throw new IllegalStateException("not this time");
                }
            };
        }
    }

    private static SupervisorSpec givesUp() {
        return SupervisorSpec.oneForOne()
                .withIntensity(0, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("sidecar", "sleep", "1000"));
    }

    @Nested
    class GivingUp {

        private final ApplicationContextRunner fragile = application
                .withUserConfiguration(Told.class)
                .withBean(SupervisorSpec.class, ApplicationTreeTest::givesUp);

        @Test
        void is_told_and_the_application_goes_on_if_nothing_is_set() {
            fragile.run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
                AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);

                Places.kill(Places.pid(tree, "/sidecar"));

                await().atMost(PATIENCE).until(() -> NOTED.contains("ended: true"));
                assertThat(availability.getLivenessState()).isEqualTo(LivenessState.BROKEN);
                assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
                assertThat(tree.isRunning()).isFalse();
                assertThat(tree.end()).isPresent();
                assertThat(context.getSourceApplicationContext().isActive()).isTrue();
            });

            assertThat(NOTED).containsExactly("ended: true");
        }

        @Test
        void ends_the_application_with_an_exit_code_where_that_is_set() {
            fragile.withPropertyValues("pekko-supervisor.at-end=exit", "pekko-supervisor.exit-code=3")
                    .run(context -> {
                        Places.kill(Places.pid(context.getBean(ApplicationTree.class), "/sidecar"));

                        await().atMost(PATIENCE).until(() -> NOTED.contains("exit 3"));
                    });

            assertThat(NOTED).containsExactly("ended: true", "exit 3");
        }

        @Test
        void ends_the_application_also_where_its_listeners_fail() {
            fragile.withUserConfiguration(Failing.class)
                    .withPropertyValues("pekko-supervisor.at-end=exit", "pekko-supervisor.exit-code=3")
                    .run(context -> {
                        Places.kill(Places.pid(context.getBean(ApplicationTree.class), "/sidecar"));

                        await().atMost(PATIENCE).until(() -> NOTED.contains("exit 3"));
                    });
        }

        @Test
        void is_not_what_a_stop_of_the_context_or_a_call_does() {
            fragile.withPropertyValues("pekko-supervisor.at-end=exit").run(context -> {});
            assertThat(NOTED).isEmpty();

            fragile.withPropertyValues("pekko-supervisor.at-end=exit").run(context -> {
                AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                context.getBean(ApplicationTree.class).tree().close();
                await().atMost(PATIENCE).until(() -> NOTED.contains("ended: false"));
                assertThat(context.getBean(ApplicationAvailability.class).getLivenessState())
                        .isEqualTo(LivenessState.CORRECT);
            });
            assertThat(NOTED).containsExactly("ended: false");
        }

        @Test
        void with_a_code_that_cannot_be_is_refused() {
            fragile.withPropertyValues("pekko-supervisor.exit-code=0")
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("pekko-supervisor.exit-code must be from 1 to 255"));
        }
    }

    @Nested
    class Readiness {

        private static final RestartDelay NEVER_BY_ITSELF = RestartDelay.fixed(Duration.ofDays(1));

        private final ApplicationContextRunner waiting = application.withBean(
                SupervisorSpec.class,
                () -> SupervisorSpec.oneForOne()
                        .withUnlimitedRestarts()
                        .withChild(ChildSpec.process("db", "sleep", "1000").withRestartDelay(NEVER_BY_ITSELF))
                        .withChild(ChildSpec.process("mailer", "sleep", "1000").withRestartDelay(NEVER_BY_ITSELF)));

        private ReadinessState state(ApplicationContext context) {
            return context.getBean(ApplicationAvailability.class).getReadinessState();
        }

        @Test
        void is_that_of_the_tree_when_the_application_has_started() {
            waiting.run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                assertThat(state(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);

                Places.kill(Places.pid(tree, "/db"));
                await().atMost(PATIENCE).until(() -> state(context) == ReadinessState.REFUSING_TRAFFIC);

                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                assertThat(state(context))
                        .as("whoever says that it accepts traffic")
                        .isEqualTo(ReadinessState.REFUSING_TRAFFIC);

                tree.tree().root().startNow("db").toCompletableFuture().join();
                await().atMost(PATIENCE).until(() -> state(context) == ReadinessState.ACCEPTING_TRAFFIC);
            });
        }

        @Test
        void is_told_on_when_a_listener_has_failed() {
            waiting.withUserConfiguration(Failing.class).run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                Failing.ONCE.set(true);

                Places.kill(Places.pid(tree, "/db"));
                await().atMost(PATIENCE).until(() -> state(context) == ReadinessState.REFUSING_TRAFFIC);
                assertThat(Failing.ONCE).isFalse();

                tree.tree().root().startNow("db").toCompletableFuture().join();
                await().atMost(PATIENCE).until(() -> state(context) == ReadinessState.ACCEPTING_TRAFFIC);
            });
        }

        @Test
        void that_somebody_else_has_taken_away_is_not_given_back() {
            waiting.run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
                List<Boolean> looks = new CopyOnWriteArrayList<>();
                new ReadinessWatch(tree.tree(), tree.essential(), looks::add).begin();

                Places.kill(Places.pid(tree, "/db"));
                await().atMost(PATIENCE).until(() -> looks.contains(false));
                tree.tree().root().startNow("db").toCompletableFuture().join();
                await().atMost(PATIENCE).until(() -> looks.get(looks.size() - 1));

                assertThat(state(context)).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            });
        }

        @Test
        void takes_what_is_essential_where_that_is_said() {
            waiting.withPropertyValues("pekko-supervisor.essential=/db").run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                List<Boolean> looks = new CopyOnWriteArrayList<>();
                new ReadinessWatch(tree.tree(), new Essential(List.of()), looks::add).begin();

                Places.kill(Places.pid(tree, "/mailer"));
                await().atMost(PATIENCE).until(() -> looks.contains(false));
                assertThat(state(context)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);

                Places.kill(Places.pid(tree, "/db"));
                await().atMost(PATIENCE).until(() -> state(context) == ReadinessState.REFUSING_TRAFFIC);
            });
        }

        @Test
        void of_a_place_that_there_is_not_is_refused() {
            waiting.withPropertyValues("pekko-supervisor.essential=/dbb")
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .cause()
                            .isInstanceOf(TreeChoiceException.class)
                            .hasMessageContaining(
                                    "pekko-supervisor.essential names [/dbb], and the tree has no such places"));
            waiting.withPropertyValues("pekko-supervisor.essential=db")
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("must have paths of the tree, such as /db, was \"db\""));
        }
    }

    @Test
    void a_specification_that_is_wrong_is_refused_with_all_that_is_wrong() {
        application
                .withBean(
                        SupervisorSpec.class,
                        () -> SupervisorSpec.oneForOne()
                                .withIntensity(-1, Duration.ofSeconds(1))
                                .withChild(ChildSpec.process("", "sleep")))
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .cause()
                        .isInstanceOfSatisfying(
                                InvalidSpecException.class,
                                wrong -> assertThat(wrong.problems()).hasSize(2)));
    }
}
