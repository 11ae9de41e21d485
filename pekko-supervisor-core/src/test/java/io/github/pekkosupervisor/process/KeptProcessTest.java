package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.KeptProcess.Signs;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeptProcessTest {

    private static final ProcessIdentity WHO = new ProcessIdentity(4711, 123456789, "0f0f-boot");

    private static KeptProcess kept(String path, ProcessGroup group, Optional<Duration> within) {
        return new KeptProcess(
                path,
                WHO,
                987654321L,
                group,
                StopSequence.of(Signal.INT)
                        .then(Duration.ofMillis(1500), Signal.RTMIN_PLUS_3)
                        .then(Duration.ofSeconds(2), Signal.KILL),
                within,
                "00ff",
                "MARK=kept.1");
    }

    @ParameterizedTest
    @EnumSource
    void is_read_as_it_was_written(ProcessGroup group) {
        KeptProcess all = kept("/a/db", group, Optional.of(Duration.ofSeconds(5)));
        KeptProcess unlimited = kept("/a/db", group, Optional.empty());

        assertThat(KeptProcess.parse(all.toBytes())).hasValue(all);
        assertThat(KeptProcess.parse(unlimited.toBytes())).hasValue(unlimited);
    }

    @ParameterizedTest
    @EnumSource
    void what_it_has_said_is_read_as_it_was_written(ProcessNotice.Phase phase) {
        ProcessSaid said = new ProcessSaid(
                Optional.of(phase),
                Optional.of(new ProcessIdentity(12, 3456, "0f0f-boot")),
                Optional.of(Duration.ofSeconds(90)));
        KeptProcess all = kept("/a/db", ProcessGroup.WHOLE, Optional.empty())
                .withSign(new KeptProcess.Sign(true, Optional.of("x/1"), said))
                .paused(true);
        KeptProcess none = all.paused(false).withSign(new KeptProcess.Sign(false, Optional.empty()));

        assertThat(KeptProcess.parse(all.toBytes())).hasValue(all);
        assertThat(KeptProcess.parse(none.toBytes())).hasValue(none);
        assertThat(new String(none.toBytes(), UTF_8)).contains("\nsign awaited -\nsum ");
    }

    private static KeptProcess intended(Optional<FileStatus.Id> directory, List<FileStatus.Id> outputs) {
        return new KeptProcess(
                "/a/db",
                new ProcessIdentity(0, 123456789, "0f0f-boot"),
                0,
                ProcessGroup.WHOLE,
                StopSequence.standard(),
                Optional.empty(),
                "00ff",
                "MARK=kept.1",
                Optional.of(new Signs(17, 18, directory, outputs)));
    }

    @Test
    void what_it_is_known_by_while_its_start_is_under_way_is_read_as_it_was_written() {
        FileStatus.Id one = new FileStatus.Id(-3, 40);
        FileStatus.Id other = new FileStatus.Id(5L << 32, Long.MAX_VALUE);
        KeptProcess all = intended(Optional.of(one), List.of(other, one));
        KeptProcess nothing = intended(Optional.empty(), List.of());

        assertThat(KeptProcess.parse(all.toBytes())).hasValue(all);
        assertThat(KeptProcess.parse(nothing.toBytes())).hasValue(nothing);
        assertThat(all.startedAs(WHO, 0, ProcessGroup.WHOLE).signs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/line\nbreak", "/back\\slash\\n", "/ünïcödé", "/a b", "/\nsum 0"})
    void any_path_will_do(String path) {
        KeptProcess kept = kept(path, ProcessGroup.WHOLE, Optional.empty());

        assertThat(KeptProcess.parse(kept.toBytes())).hasValue(kept);
    }

    @Test
    void a_part_of_it_is_nothing() {
        byte[] bytes = kept("/a/db", ProcessGroup.WHOLE, Optional.empty()).toBytes();

        for (int length = 0; length < bytes.length; length++) {
            assertThat(KeptProcess.parse(Arrays.copyOf(bytes, length))).isEmpty();
        }
    }

    @Test
    void with_a_bit_flipped_it_is_nothing() {
        byte[] bytes = kept("/a/db", ProcessGroup.WHOLE, Optional.empty()).toBytes();

        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(KeptProcess.parse(flipped)).isEmpty();
        }
    }

    @Test
    void a_later_version_is_known_as_that() {
        byte[] bytes = kept("/a/db", ProcessGroup.WHOLE, Optional.empty()).toBytes();
        byte[] later = new String(bytes, UTF_8)
                .replace("pekko-supervisor-process 1", "pekko-supervisor-process 2")
                .getBytes(UTF_8);

        assertThat(KeptProcess.isNewer(bytes)).isFalse();
        assertThat(KeptProcess.isNewer(later)).isTrue();
        assertThat(KeptProcess.parse(later)).isEmpty();
        assertThat(KeptProcess.isNewer("pekko-supervisor-process x\n".getBytes(UTF_8)))
                .isFalse();
        assertThat(KeptProcess.isNewer(new byte[0])).isFalse();
    }
}
