package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is in a control group is signalled, whatever this process has open. */
final class CgroupSignalTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static Cgroup made() {
        String why = "";
        try {
            return Cgroup.prepare(Cgroup.nameOf("test", UUID.randomUUID().toString()), CgroupLimits.none());
        } catch (PosixException e) {
            why = String.valueOf(e.getMessage());
        }
        assumeTrue(why.isEmpty(), why);
        throw new IllegalStateException(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void all_are_signalled_where_all_descriptors_are_used(String name) throws Exception {
        Signal signal = Signal.parse(name);
        Cgroup group = made();
        Process member = new ProcessBuilder("sh", "-c", "echo begun; exec sleep 100000")
                .redirectInput(Redirect.from(new File("/dev/null")))
                .start();
        try (InputStream output = member.getInputStream()) {
            assertThat(output.readNBytes(6)).asString(UTF_8).isEqualTo("begun\n");
            group.add(Math.toIntExact(member.pid()));

            assertThat(RefusedCalls.doneWhereAllDescriptorsAreUsed(() -> group.signal(signal)))
                    .succeedsWithin(PATIENCE)
                    .isEqualTo(true);

            await().atMost(PATIENCE).until(() -> !member.isAlive());
        } finally {
            member.destroyForcibly();
            member.waitFor();
            await().atMost(PATIENCE).until(() -> !group.isInhabited());
            group.remove();
        }
    }
}
