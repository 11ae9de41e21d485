package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Services that have just crashed, within the second in which they are not started again, are told to go down and up:
 * whatever comes first, they are up in the end. 10,000 times with {@code -Dpekko-supervisor.test.adoption=long}.
 */
@Execution(ExecutionMode.CONCURRENT)
class CommandsAfterCrashesTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.adoption"));
    private static final int SERVICES = LONG ? 100 : 60;
    private static final int ROUNDS = LONG ? 100 : 5;

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    private Path temp;

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private static void crash(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static boolean runsAnew(Tree.Service service, int before) {
        ServiceStatus status = service.status();
        return status.state() == ServiceStatus.State.RUN
                && status.want() == ServiceStatus.Want.UP
                && status.pid() != before
                && ProcessHandle.of(status.pid()).isPresent();
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void case_37_down_and_up_within_the_second_after_a_crash_is_up() throws IOException {
        Random random = new Random(37);
        try (Tree tree = new Tree(temp, KIT)) {
            List<Tree.Service> services = new ArrayList<>();
            for (int i = 0; i < SERVICES; i++) {
                services.add(tree.service("s" + i).script("run", "exec sleep 1000"));
            }
            tree.start();

            for (int round = 0; round < ROUNDS; round++) {
                List<Integer> before = new ArrayList<>();
                for (Tree.Service service : services) {
                    before.add(service.awaitRun());
                }
                for (int i = 0; i < SERVICES; i++) {
                    tell(services.get(i), before.get(i), random.nextInt(4));
                }
                // what of these is told after those of others, while the pause goes on
                for (Tree.Service service : services) {
                    service.control(random.nextBoolean() ? "u" : "du");
                }

                for (int i = 0; i < SERVICES; i++) {
                    Tree.Service service = services.get(i);
                    int last = before.get(i);
                    patiently().until(() -> runsAnew(service, last));
                }
            }
            // a script is known as one of ours a moment after its start
            patiently()
                    .untilAsserted(() -> assertThat(tree.pids())
                            .as("and there is one of each")
                            .hasSize(SERVICES));
        }
    }

    /** In whatever order; an up follows for all. */
    private static void tell(Tree.Service service, int pid, int how) throws IOException {
        switch (how) {
            case 0 -> {
                crash(pid);
                service.control("d");
            }
            case 1 -> {
                service.control("d");
                crash(pid);
            }
            case 2 -> {
                crash(pid);
                service.control("dud");
            }
            default -> {
                crash(pid);
                service.control("d");
                service.control("u");
                service.control("d");
            }
        }
    }
}
