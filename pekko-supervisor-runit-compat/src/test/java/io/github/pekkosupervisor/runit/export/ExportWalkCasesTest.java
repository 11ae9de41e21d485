package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands and calls at random: case 41 of the specification of exports. */
final class ExportWalkCasesTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.export"));
    private static final int COMMANDS = LONG ? 1_000 : 250;
    private static final String LETTERS = "uuuddottkxcph1z";
    private static final RestartDelay DELAY = RestartDelay.fixed(Duration.ofMillis(2));

    @TempDir
    Path temp;

    private static ChildSpec patientActor(String id) {
        return actor(id).withRestartDelay(DELAY);
    }

    private static ChildSpec group(String id, SupervisorSpec spec) {
        List<ChildSpec> children = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            children.add(patientActor(id + i));
        }
        return ChildSpec.supervisor(id, spec.withUnlimitedRestarts().withChildren(children))
                .withRestartDelay(DELAY);
    }

    private static SupervisorSpec twelveChildren() {
        return SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChildren(List.of(
                        patientActor("a"),
                        patientActor("t").withRestart(RestartType.TRANSIENT),
                        ShownTree.sleeper().withRestartDelay(DELAY),
                        group("one", SupervisorSpec.oneForOne()),
                        group("all", SupervisorSpec.oneForAll()),
                        group("rest", SupervisorSpec.restForOne())));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void case_41_at_rest_the_files_say_what_the_supervisors_say(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (ShownTree shown = ShownTree.start(temp.resolve("service"), twelveChildren())) {
            Map<String, SupervisorRef> supervisors = new TreeMap<>();
            for (String id : List.of("a", "t", "sleeper")) {
                supervisors.put(id, shown.root());
            }
            for (String group : List.of("one", "all", "rest")) {
                for (int i = 1; i <= 3; i++) {
                    supervisors.put(group + "." + group + i, shown.supervisor(group));
                }
            }
            List<String> names = List.copyOf(supervisors.keySet());

            for (int i = 0; i < COMMANDS; i++) {
                String name = names.get(random.nextInt(names.size()));
                if (random.nextInt(4) == 0) {
                    assertThat(call(random, shown, Objects.requireNonNull(supervisors.get(name)), name))
                            .isNotNull();
                } else {
                    shown.write(name, String.valueOf(LETTERS.charAt(random.nextInt(LETTERS.length()))));
                }
                if (random.nextInt(10) == 0) {
                    shown.awaitWritten();
                }
            }

            patiently().during(Duration.ofSeconds(1)).untilAsserted(() -> {
                shown.awaitWritten();
                supervisors.forEach((name, supervisor) ->
                        assertThat(shownAs(shown.status(name))).as(name).isEqualTo(known(supervisor, name)));
            });
        }
    }

    private static CompletionStage<?> call(
            SplittableRandom random, ShownTree shown, SupervisorRef supervisor, String name) {
        String id = id(name);
        return switch (random.nextInt(5)) {
            case 0 -> supervisor.terminateChild(id);
            case 1 -> supervisor.restartChild(id);
            case 2 -> supervisor.renewChild(id);
            case 3 -> supervisor.killChild(id);
            default -> {
                shown.tell(random.nextBoolean() ? "crash" : "end", name.split("\\.", -1));
                yield supervisor.count();
            }
        };
    }

    private static String id(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String shownAs(ServiceStatus status) {
        return status.state() == ServiceStatus.State.RUN ? "runs" : "down, want " + status.want();
    }

    private static String known(SupervisorRef supervisor, String name) {
        ChildInfo info = ShownTree.info(supervisor, id(name));
        return switch (info.state()) {
            case RUNNING -> "runs";
            case STOPPED -> "down, want DOWN";
            case RESTARTING -> "down, want UP";
        };
    }
}
