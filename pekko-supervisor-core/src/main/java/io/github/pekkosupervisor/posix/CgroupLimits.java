package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What all processes of a control group may use together, as cgroup v2 has it; what is empty is not limited.
 *
 * @param memoryMax bytes of memory, at least {@link #LEAST_MEMORY}; who needs more is killed ({@code memory.max})
 * @param cpuMax percent of one processor, at least 1; 150 is one and a half ({@code cpu.max})
 * @param pidsMax how many processes and threads there may be, 1 to {@link #MOST_PIDS} ({@code pids.max})
 */
public record CgroupLimits(OptionalLong memoryMax, OptionalInt cpuMax, OptionalInt pidsMax) {

    /** No program begins in less. */
    public static final long LEAST_MEMORY = 1 << 20;

    /** The kernel knows no more of them, and takes no higher limit. */
    public static final int MOST_PIDS = 1 << 22;

    /** Microseconds in which a quota is counted; the kernel's own, and the quota is not less than 1,000. */
    private static final int PERIOD = 100_000;

    private static final int PERCENT = PERIOD / 100;
    private static final int UNIT = 1024;
    private static final String[] UNITS = {"", "KiB", "MiB", "GiB", "TiB"};

    private static final CgroupLimits NONE =
            new CgroupLimits(OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty());

    /** A file of a group, by the controller that it needs; without a value it is reset. */
    record Setting(String controller, String file, Optional<String> value) {}

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if one is too small or too large
     */
    public CgroupLimits {
        if (memoryMax.isPresent() && memoryMax.getAsLong() < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "memory-max must be at least 1MiB, was " + memoryMax.getAsLong() + " bytes");
        }
        if (cpuMax.isPresent() && cpuMax.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "cpu-max must be at least 1% of a processor, was " + cpuMax.getAsInt() + "%");
        }
        if (pidsMax.isPresent() && (pidsMax.getAsInt() < 1 || pidsMax.getAsInt() > MOST_PIDS)) {
            throw new IllegalArgumentException(
                    "pids-max must be from 1 to " + MOST_PIDS + ", was " + pidsMax.getAsInt());
        }
    }

    /** A group of its own, and no limits. */
    public static CgroupLimits none() {
        return NONE;
    }

    /**
     * The same with a limit of memory.
     *
     * @param bytes at least {@link #LEAST_MEMORY}
     */
    public CgroupLimits withMemoryMax(long bytes) {
        return new CgroupLimits(OptionalLong.of(bytes), cpuMax, pidsMax);
    }

    /**
     * The same with a limit of time of the processor.
     *
     * @param percent of one processor, at least 1
     */
    public CgroupLimits withCpuMax(int percent) {
        return new CgroupLimits(memoryMax, OptionalInt.of(percent), pidsMax);
    }

    /**
     * The same with a limit of processes and threads.
     *
     * @param number 1 to {@link #MOST_PIDS}
     */
    public CgroupLimits withPidsMax(int number) {
        return new CgroupLimits(memoryMax, cpuMax, OptionalInt.of(number));
    }

    /** The same with those of another that are set there. */
    public CgroupLimits with(CgroupLimits other) {
        return new CgroupLimits(
                other.memoryMax.isPresent() ? other.memoryMax : memoryMax,
                other.cpuMax.isPresent() ? other.cpuMax : cpuMax,
                other.pidsMax.isPresent() ? other.pidsMax : pidsMax);
    }

    /** All settings there are, in the kernel's own units. */
    List<Setting> settings() {
        return List.of(
                new Setting(
                        "memory",
                        "memory.max",
                        memoryMax.isPresent() ? Optional.of(Long.toString(memoryMax.getAsLong())) : Optional.empty()),
                new Setting(
                        "cpu",
                        "cpu.max",
                        cpuMax.isPresent()
                                ? Optional.of((long) cpuMax.getAsInt() * PERCENT + " " + PERIOD)
                                : Optional.empty()),
                new Setting(
                        "pids",
                        "pids.max",
                        pidsMax.isPresent() ? Optional.of(Integer.toString(pidsMax.getAsInt())) : Optional.empty()));
    }

    /** The controllers that they need. */
    List<String> controllers() {
        return settings().stream()
                .filter(setting -> setting.value().isPresent())
                .map(Setting::controller)
                .toList();
    }

    /** The limit of memory as it is written in a configuration; empty if there is none. */
    Optional<String> memoryText() {
        if (memoryMax.isEmpty()) {
            return Optional.empty();
        }
        long number = memoryMax.getAsLong();
        int unit = 0;
        while (number != 0 && number % UNIT == 0 && unit < UNITS.length - 1) {
            number /= UNIT;
            unit++;
        }
        return Optional.of(number + UNITS[unit]);
    }
}
