package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;

/**
 * The twenty bytes of {@code supervise/status} as clients look at them: whatever they are, they mean something.
 * {@link io.github.pekkosupervisor.runit} writes them.
 */
final class SuperviseStatus {

    static final int LENGTH = 20;

    /** Seconds of Unix time 0 on the scale of the label. */
    private static final long LABEL_OF_1970 = 0x4000000000000000L + 10;

    private static final int PID_OFFSET = 12;
    private static final int MILLIS_PER_SECOND = 1000;

    private final byte[] bytes = new byte[LENGTH];

    /** What was there stays where nothing new has been read. */
    void read(byte[] read) {
        System.arraycopy(read, 0, bytes, 0, Math.min(read.length, LENGTH));
    }

    /** The label of a moment, in whole seconds. */
    static long label(Clock clock) {
        return LABEL_OF_1970 + clock.millis() / MILLIS_PER_SECOND;
    }

    /** When it was started, or went down. */
    long label() {
        return ByteBuffer.wrap(bytes).getLong();
    }

    int pid() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(PID_OFFSET);
    }

    boolean isPaused() {
        return bytes[16] != 0;
    }

    /** The letter of what is wanted, u or d. */
    char want() {
        return (char) bytes[17];
    }

    boolean gotTerm() {
        return bytes[18] != 0;
    }

    /** Whether the byte is 1, which the original asks in one place where elsewhere it asks for anything but 0. */
    boolean gotOneTerm() {
        return bytes[18] == 1;
    }

    boolean isDown() {
        return bytes[19] == 0;
    }

    boolean isRunning() {
        return bytes[19] == 1;
    }

    /** Whole seconds up to a label of now; none if the clock has gone back. */
    long ageAt(long nowLabel) {
        return Long.compareUnsigned(nowLabel, label()) < 0 ? 0 : nowLabel - label();
    }

    /**
     * The line, as {@code sv status} shows it, without its end.
     *
     * @param name what the service is called in it
     * @param hasDownFile whether there is a file {@code down}
     */
    OsString line(OsString name, boolean hasDownFile, long nowLabel) {
        boolean hasProcess = pid() != 0;
        String process = isDown() ? "" : "(pid " + Long.toUnsignedString(pid()) + ") ";
        String flags = (hasProcess && hasDownFile ? ", normally down" : "")
                + (!hasProcess && !hasDownFile ? ", normally up" : "")
                + (hasProcess && isPaused() ? ", paused" : "")
                + (!hasProcess && want() == 'u' ? ", want up" : "")
                + (hasProcess && want() == 'd' ? ", want down" : "")
                + (hasProcess && gotTerm() ? ", got TERM" : "");
        return OsString.of(stateWord())
                .plus(name)
                .plus(": " + process + Long.toUnsignedString(ageAt(nowLabel)) + "s" + flags);
    }

    private String stateWord() {
        return switch (bytes[19]) {
            case 0 -> "down: ";
            case 1 -> "run: ";
            case 2 -> "finish: ";
            default -> "";
        };
    }
}
