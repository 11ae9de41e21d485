package io.github.pekkosupervisor.posix;

import java.util.Locale;

/** Something of which the kernel keeps a limit for each process; see {@code setrlimit(2)}. */
public enum Resource {
    /** Descriptors; a number. */
    OPEN_FILES(7, Unit.NUMBER),
    /** Processes and threads of the user, all together; a number. */
    PROCESSES(6, Unit.NUMBER),
    /** A file that is written; bytes. */
    FILE_SIZE(1, Unit.BYTES),
    /** A core file; bytes. */
    CORE_SIZE(4, Unit.BYTES),
    /** Data and heap; bytes. */
    DATA(2, Unit.BYTES),
    /** The stack; bytes. */
    STACK(3, Unit.BYTES),
    /** All of its memory, used or not; bytes. */
    ADDRESS_SPACE(9, Unit.BYTES),
    /** Memory that is locked; bytes. */
    LOCKED_MEMORY(8, Unit.BYTES),
    /** Time of the processor; seconds. */
    CPU_TIME(0, Unit.SECONDS);

    /** No limit. */
    public static final long INFINITE = -1;

    /** What a limit is counted in. */
    public enum Unit {
        /** Pieces. */
        NUMBER,
        /** Bytes. */
        BYTES,
        /** Seconds. */
        SECONDS
    }

    private final int number;
    private final Unit unit;

    Resource(int number, Unit unit) {
        this.number = number;
        this.unit = unit;
    }

    /** The number that the kernel knows it by. */
    int number() {
        return number;
    }

    /** What its limit is counted in. */
    public Unit unit() {
        return unit;
    }

    /** As it is written in a configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A limit as it is told. */
    static String text(long limit) {
        return limit == INFINITE ? "infinite" : Long.toUnsignedString(limit);
    }
}
