package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a launcher does to its own process, once and early. A library must not: all of it changes the whole JVM.
 *
 * <p>Linux only.
 */
public final class OwnProcess {

    /**
     * What a JVM cannot do without: ILL, TRAP, BUS, FPE and SEGV, and the two of the C library's threads; signal n in
     * bit n-1.
     */
    static final long NEEDED = 1L << 3 | 1L << 4 | 1L << 6 | 1L << 7 | 1L << 10 | 1L << 31 | 1L << 32;

    private static final CFunction GETEUID = CFunction.of("geteuid");
    private static final CFunction GETPID = CFunction.of("getpid");
    private static final CFunction GETPGRP = CFunction.of("getpgrp");
    private static final CFunction GETSID = CFunction.of("getsid");
    private static final CFunction PRCTL = CFunction.of("prctl");
    private static final CFunction SBRK = CFunction.of("sbrk");

    private OwnProcess() {}

    /** The number of the user with whose rights this process works. */
    public static int user() {
        return GETEUID.call();
    }

    /** The numbers of its supplementary groups. */
    static List<Integer> groups() {
        String groups = ProcFs.ownStatus("Groups").strip();
        return groups.isEmpty()
                ? List.of()
                : Arrays.stream(groups.split("\\s+", -1))
                        .map(Integer::parseUnsignedInt)
                        .toList();
    }

    /** The number of the group with whose rights it works. */
    static int effectiveGroup() {
        String[] groups = ProcFs.ownStatus("Gid").split("\\s+", -1);
        return groups.length > 1 ? Integer.parseUnsignedInt(groups[1]) : 0;
    }

    /** The number of this process. */
    public static int pid() {
        return GETPID.call();
    }

    /** The file of the program that this process is. */
    public static OsString program() {
        try (Directory self = Directory.open(OsString.of("/proc/self"))) {
            return self.readLink(OsString.of("exe"));
        } catch (PosixException e) {
            return OsString.of(System.getProperty("java.home") + "/bin/java");
        }
    }

    /** The process group of this process. */
    public static int group() {
        return GETPGRP.call();
    }

    /** The session of this process. */
    public static int session() {
        return GETSID.call(0);
    }

    /**
     * What descriptors 1 and 2 of this process stand for, and so those of a process that inherits them; devices and
     * what is closed left out, since they tell nothing.
     */
    public static List<FileStatus.Id> outputs() {
        List<FileStatus.Id> outputs = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            try {
                FileStatus status = FileCalls.stat(number, OsString.of(""), FileCalls.AT_EMPTY_PATH);
                if (!status.isCharacterDevice() && !outputs.contains(status.id())) {
                    outputs.add(status.id());
                }
            } catch (PosixException e) {
                // closed
            }
        }
        return List.copyOf(outputs);
    }

    /**
     * Raises the soft limit of open files as far as it goes.
     *
     * @return the limit that was in force before
     */
    public static long raiseOpenFilesLimit() throws PosixException {
        OpenFilesLimit limit = OpenFilesLimit.current();
        if (limit.soft() != limit.hard()) {
            new OpenFilesLimit(limit.hard(), limit.hard()).set();
        }
        return limit.soft();
    }

    /** The soft limit of open files of another process, as {@code /proc/PID/limits} has it; -1 if it cannot be seen. */
    public static long openFilesLimitOf(long pid) {
        try {
            return ProcFs.read("/proc/" + pid + "/limits")
                    .lines()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).trim().split(" +", 2)[0])
                    .filter(soft -> !soft.equals("unlimited"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(-1);
        } catch (PosixException e) {
            // gone, or another user's: not known
            return -1;
        }
    }

    /** From now on this process, and every child, ignores the signal with this number. */
    public static void ignore(int signalNumber) {
        SignalCalls.ignore(signalNumber);
    }

    /**
     * From now on this process, and every child, ignores what was ignored when it was started, also where the JVM has
     * put a handler of its own; but for faults and the like, which the JVM needs to hear of.
     *
     * @param others signals that stay as they are
     */
    public static void ignoreAsAtLaunch(Signal... others) {
        long ignored = Launch.everyIgnoredSignal() & ~NEEDED;
        for (Signal other : others) {
            ignored &= ~Launch.bit(other);
        }
        for (int number = 1; number <= Long.SIZE; number++) {
            if ((ignored >>> (number - 1) & 1) != 0) {
                SignalCalls.ignore(number);
            }
        }
    }

    /**
     * Stops this process and its group, as a terminal does when somebody types control-Z; returns when it goes on.
     * Where nobody could have it go on, the kernel does not stop it.
     */
    public static void suspend() throws PosixException {
        ProcessCalls.kill(0, Signal.TSTP);
    }

    /** From now on this process, and every child, has the default reaction to a signal, even if it was ignored. */
    public static void restoreDefault(Signal signal) {
        SignalCalls.restoreDefault(signal.number());
    }

    /**
     * From now on this process does not catch a signal, whatever the JVM does with it; ignored it stays so. Most end a
     * process by that, without another word of the JVM.
     */
    public static void stopCatching(Signal signal) {
        if (!SignalCalls.isIgnored(signal)) {
            SignalCalls.restoreDefault(signal.number());
        }
    }

    /**
     * This process is to be killed when the one that started it ends; to be called from a thread that stays to the end.
     */
    public static void dieWithParent() {
        final int setParentDeathSignal = 1;
        PRCTL.call(setParentDeathSignal, Signal.KILL.number(), 0, 0, 0);
    }

    /**
     * From now on orphans among the descendants of this process become its children, as they else become those of
     * process 1, and have to be waited for. A program that this process becomes goes on with that; its children do not.
     */
    public static void takeOrphans() {
        final int setChildSubreaper = 36;
        PRCTL.call(setChildSubreaper, 1, 0, 0, 0);
    }

    /** Gives the process the name that {@code ps -o comm} and {@code killall} go by; at most 15 bytes count. */
    public static void rename(String name) throws PosixException {
        try (Directory self = Directory.open(OsString.of("/proc/self"));
                Descriptor comm = self.openOverwrite(OsString.of("comm"), 0)) {
            comm.write(OsString.of(name).bytes());
        }
    }

    /** Makes a standard descriptor (0 to 2) the same as another open one. */
    public static void redirect(Descriptor from, int standard) throws PosixException {
        DescriptorCalls.duplicate(from.number(), standard);
    }

    /** Does something while whatever this process writes to standard error is lost. */
    public static void withoutStandardError(Runnable deed) throws PosixException {
        try (Descriptor original = Descriptor.copyOf(2);
                Descriptor nowhere = Descriptor.openWrite(OsString.of("/dev/null"), true)) {
            redirect(nowhere, 2);
            try {
                deed.run();
            } finally {
                redirect(original, 2);
            }
        }
    }

    /**
     * From now on reads and writes of the open file behind this descriptor fail with {@code EAGAIN} instead of waiting.
     */
    public static void makeNonBlocking(Descriptor descriptor) throws PosixException {
        DescriptorCalls.setBlocking(descriptor.number(), false);
    }

    /** The memory that holds the command line of this process, which {@code ps} shows; see {@code proc(5)}. */
    public static ArgumentMemory argumentMemory() throws PosixException {
        String stat = ProcFs.read("/proc/self/stat");
        // the split begins with field 3
        return new ArgumentMemory(
                stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1));
    }

    /** The bytes of the command line, in place. */
    public static final class ArgumentMemory {
        private static final int FIRST_FIELD = 3;
        private static final int START = 48;
        private static final int END = 49;

        /** The fields of {@code stat} in the order of {@code struct prctl_mm_map}; 0 for the end of the heap. */
        private static final int[] MAP = {26, 27, 45, 46, 47, 0, 28, START, END, 50, 51};

        private final String[] stat;
        private final long start;
        private final int length;

        private ArgumentMemory(String[] stat) {
            this.stat = stat;
            this.start = field(START);
            this.length = Math.toIntExact(field(END) - start);
        }

        private long field(int number) {
            return Long.parseUnsignedLong(stat[number - FIRST_FIELD]);
        }

        /**
         * From now on this many bytes are shown, the last of which is a NUL; if the kernel allows that, which it does
         * to anybody where it can checkpoint processes, and else to root.
         */
        public void showOnly(int bytes) {
            final int setMemory = 35;
            final int argumentEnd = 9;
            if (PRCTL.call(setMemory, argumentEnd, start + bytes, 0, 0) != 0) {
                showOnlyByMap(setMemory, bytes);
            }
        }

        private void showOnlyByMap(int setMemory, int bytes) {
            final int wholeMap = 14;
            final int vectorAndFile = 16;
            int size = MAP.length * Long.BYTES + vectorAndFile;
            Scratch scratch = Scratch.begin();
            long map = scratch.zeroed(size);
            for (int i = 0; i < MAP.length; i++) {
                long value = MAP[i] == 0 ? SBRK.word(0) : field(MAP[i]);
                scratch.putLong(map + (long) i * Long.BYTES, MAP[i] == END ? start + bytes : value);
            }
            // no file
            scratch.putInt(map + size - Integer.BYTES, -1);
            PRCTL.call(setMemory, wholeMap, map, size, 0);
        }

        /** How many bytes there are, each argument's final NUL included. */
        public int length() {
            return length;
        }

        /** Replaces a part. */
        public void put(int at, byte[] bytes) {
            if (at < 0 || at + bytes.length > length) {
                throw new IndexOutOfBoundsException("bytes " + at + " to " + (at + bytes.length) + " of " + length);
            }
            Scratch.copyTo(start + at, bytes);
        }
    }
}
