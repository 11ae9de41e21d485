package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.CgroupRule.Decision;
import io.github.pekkosupervisor.posix.CgroupRule.Sight;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done for a control group, and what is refused, by what is seen of the one around it. */
final class CgroupRuleTest {

    private static final CgroupLimits MEMORY = CgroupLimits.none().withMemoryMax(64 << 20);
    private static final CgroupLimits ALL = MEMORY.withCpuMax(150).withPidsMax(100);

    private static Set<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    private static List<GroupMember> strangers(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> new GroupMember(50 + i, "bash"))
                .toList();
    }

    private static CgroupLimits limits(String wanted) {
        return switch (wanted) {
            case "none" -> CgroupLimits.none();
            case "memory" -> MEMORY;
            default -> ALL;
        };
    }

    private static String text(Decision decision) {
        if (decision instanceof CgroupRule.Enable enable) {
            return String.join(" ", enable.controllers()) + (enable.movesFirst() ? ", moves" : "");
        }
        return decision instanceof CgroupRule.Refuse ? "refused" : "ready";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // type        | available       | enabled    | inhabited | strangers | wanted | decision
                "''            | ''              | ''         | true      | 3         | none   | ready",
                "domain        | ''              | ''         | true      | 3         | none   | ready",
                "domain        | memory cpu pids | memory     | true      | 3         | memory | ready",
                "domain        | memory cpu pids | ''         | false     | 0         | memory | memory",
                "domain        | memory cpu pids | ''         | true      | 0         | memory | memory, moves",
                "domain        | memory cpu pids | ''         | true      | 1         | memory | refused",
                "domain        | memory cpu pids | ''         | false     | 1         | memory | refused",
                "domain        | memory cpu pids | memory cpu | true      | 0         | all    | pids, moves",
                "domain        | memory cpu pids | ''         | false     | 0         | all    | memory cpu pids",
                "domain        | cpu pids        | ''         | false     | 0         | all    | refused",
                "domain        | ''              | ''         | false     | 0         | memory | refused",
                "''            | memory cpu pids | ''         | true      | 3         | all    | memory cpu pids",
                "''            | hugetlb         | ''         | true      | 0         | memory | refused",
                "threaded      | memory cpu pids | ''         | true      | 0         | none   | refused",
                "domain invalid | memory         | memory     | false     | 0         | memory | refused",
            })
    void it_follows_from_what_is_seen(
            String type,
            String available,
            String enabled,
            boolean isInhabited,
            int strangers,
            String wanted,
            String decision) {
        Sight home = new Sight("/a", type, words(available), words(enabled), isInhabited, strangers(strangers));

        assertThat(text(CgroupRule.decide(home, limits(wanted)))).isEqualTo(decision);
    }

    @Test
    void a_refusal_says_what_to_do() {
        assertThat(CgroupRule.decide(new Sight("/a", "domain", Set.of("pids"), Set.of(), true, List.of()), ALL))
                .isEqualTo(
                        new CgroupRule.Refuse(
                                "group /a has no controller memory, cpu (it has pids); have it delegated to the JVM (Delegate=yes of"
                                        + " a systemd unit, or a container with cgroup v2 of its own), or leave out what needs it"));
        assertThat(CgroupRule.decide(new Sight("/a", "domain", Set.of("memory"), Set.of(), true, strangers(5)), MEMORY))
                .isEqualTo(new CgroupRule.Refuse(
                        "group /a holds processes that are not the JVM's: 50 bash, 51 bash, 52 bash and 2 more; so the kernel"
                                + " has no limits below it: start the JVM in a group of its own, as a systemd unit with"
                                + " Delegate=yes is"));
        assertThat(CgroupRule.decide(
                        new Sight("/a", "threaded", Set.of(), Set.of(), true, List.of()), CgroupLimits.none()))
                .isEqualTo(new CgroupRule.Refuse(
                        "group /a, in which the JVM is, is of the kind \"threaded\", which has no groups of processes below"
                                + " it; start the JVM in another one"));
    }

    @Test
    void what_the_kernel_refuses_is_told_with_what_to_do() {
        CgroupPlace home = new CgroupPlace("/a", "/sys/fs/cgroup/a");

        assertThat(CgroupRefusal.of("sv-x", home, PosixException.of("mkdirat", "sv-x", Errno.EACCES)))
                .hasMessage("cgroup sv-x: group /a is not the JVM's to divide; have it delegated to its user, as"
                        + " Delegate=yes in a systemd unit does, or start the JVM in one that is (EACCES)");
        assertThat(CgroupRefusal.of("sv-x", home, new PosixException("mkdirat", "sv-x", "EROFS", "read-only")))
                .hasMessage("cgroup sv-x: cgroup v2 is mounted read-only at /sys/fs/cgroup/a; a container needs it"
                        + " writable, with cgroups of its own (EROFS)");
        assertThat(CgroupRefusal.of("sv-x", home, new PosixException("mkdirat", "sv-x", "ENOSPC", "no space")))
                .hasMessage("cgroup sv-x: group /a cannot have it: mkdirat sv-x: no space (ENOSPC) (ENOSPC)");
        PosixException already = CgroupRefusal.of("sv-x", "ENOENT", "words");
        assertThat(CgroupRefusal.of("sv-y", home, already)).isSameAs(already);
        assertThat(Conditions.areRefused(already)).isTrue();
    }

    @Test
    void limits_are_written_in_the_kernels_units() {
        assertThat(ALL.settings())
                .containsExactly(
                        new CgroupLimits.Setting("memory", "memory.max", Optional.of("67108864")),
                        new CgroupLimits.Setting("cpu", "cpu.max", Optional.of("150000 100000")),
                        new CgroupLimits.Setting("pids", "pids.max", Optional.of("100")));
        assertThat(MEMORY.controllers()).containsExactly("memory");
        assertThat(CgroupLimits.none().controllers()).isEmpty();
        assertThat(MEMORY.with(CgroupLimits.none().withPidsMax(3))).isEqualTo(MEMORY.withPidsMax(3));
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1MiB", "536870912, 512MiB", "1073741824, 1GiB", "1048577, 1048577", "3145728, 3MiB"})
    void memory_is_told_as_it_is_written(long bytes, String text) {
        assertThat(CgroupLimits.none().withMemoryMax(bytes).memoryText()).contains(text);
    }
}
