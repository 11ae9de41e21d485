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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands and calls at random: case 41 of the specification of exports. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportWalkCasesTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.export"));
    private static final int COMMANDS = LONG ? 5_000 : 1_000;
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
            Map<String, SupervisorRef> supervisors = supervisors(shown);
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
            awaitAgreement(shown, supervisors, Map.of());

            Map<String, String> wished = new TreeMap<>();
            for (String name : names) {
                boolean up = random.nextBoolean();
                shown.write(name, up ? "u" : "d");
                wished.put(name, up ? "runs" : "down, want DOWN");
            }
            awaitAgreement(shown, supervisors, wished);
        }
    }

    private static void awaitAgreement(
            ShownTree shown, Map<String, SupervisorRef> supervisors, Map<String, String> wished) {
        patiently().during(Duration.ofSeconds(1)).untilAsserted(() -> {
            shown.awaitWritten();
            assertThat(differences(shown, supervisors, wished)).isEmpty();
        });
    }

    private static Map<String, SupervisorRef> supervisors(ShownTree shown) {
        Map<String, SupervisorRef> supervisors = new TreeMap<>();
        for (String id : List.of("a", "t", "sleeper")) {
            supervisors.put(id, shown.root());
        }
        for (String group : List.of("one", "all", "rest")) {
            for (int i = 1; i <= 3; i++) {
                supervisors.put(group + "." + group + i, shown.supervisor(group));
            }
        }
        return supervisors;
    }

    /**
     * Judges a tree at rest: what a file says is what the supervisor says, and what was wished for last is so. That is
     * the whole model: whatever came before, a last d leads to a child that is held down, a last u to one that runs,
     * and no sibling's restart changes either.
     */
    private static List<String> differences(
            ShownTree shown, Map<String, SupervisorRef> supervisors, Map<String, String> wished) {
        List<String> differences = new ArrayList<>();
        supervisors.forEach((name, supervisor) -> {
            String file = shownAs(shown.status(name));
            String known = known(supervisor, name);
            if (!file.equals(known)) {
                differences.add(name + ": the file says " + file + ", the supervisor " + known);
            }
            if (!wished.getOrDefault(name, file).equals(file)) {
                differences.add(name + ": the file says " + file + ", wished for was " + wished.get(name));
            }
            boolean isReady = Files.exists(shown.supervise(name).resolve(".ready"));
            if (isReady != file.equals("runs")) {
                differences.add(name + ": the file says " + file + ", and check that it is "
                        + (isReady ? "ready" : "not ready"));
            }
        });
        return differences;
    }

    @Test
    void planted_differences_are_reported() throws IOException {
        try (ShownTree shown = ShownTree.start(temp.resolve("service"), twelveChildren())) {
            Map<String, SupervisorRef> supervisors = supervisors(shown);
            assertThat(differences(shown, supervisors, Map.of("a", "runs"))).isEmpty();
            shown.sv("stop", "a");
            Files.copy(
                    shown.supervise("a").resolve("status"),
                    shown.supervise("all.all2").resolve("status"),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.delete(shown.supervise("t").resolve(".ready"));

            assertThat(differences(shown, supervisors, Map.of("a", "runs")))
                    .containsExactlyInAnyOrder(
                            "a: the file says down, want DOWN, wished for was runs",
                            "all.all2: the file says down, want DOWN, the supervisor runs",
                            "all.all2: the file says down, want DOWN, and check that it is ready",
                            "t: the file says runs, and check that it is not ready");
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
