package io.github.pekkosupervisor.runit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * What {@code supervise/status} and {@code supervise/stat} tell of a service.
 *
 * @param stamp when {@code run} was started, or the service went down, or runsv began
 * @param pid process id of {@code run} or {@code finish}; 0 if there is none
 * @param paused whether a pause was asked for
 * @param gotTerm whether TERM was sent to the process
 * @param want what was asked for last
 * @param state what it is doing
 */
record ServiceStatus(Instant stamp, int pid, boolean paused, boolean gotTerm, Want want, State state) {

    /** Length of {@code supervise/status} in bytes. */
    static final int LENGTH = 20;

    /** Unix time 0 as a TAI64 label: 2^62 and the ten leap seconds before 1972; later ones are not counted. */
    private static final long TAI_OFFSET = 0x4000000000000000L + 10;

    private static final int MAX_NANOS = 999_999_999;
    private static final int PID_OFFSET = 12;
    private static final int PAUSED_OFFSET = 16;
    private static final int WANT_OFFSET = 17;
    private static final int TERM_OFFSET = 18;
    private static final int STATE_OFFSET = 19;

    /** What a service is doing. */
    enum State {
        DOWN(0),
        RUN(1),
        FINISH(2);

        private final byte code;

        State(int code) {
            this.code = (byte) code;
        }

        private static Optional<State> of(byte code) {
            return Arrays.stream(values()).filter(state -> state.code == code).findFirst();
        }
    }

    /** What was asked of a service. */
    enum Want {
        UP,
        DOWN,
        EXIT
    }

    /** The 20 bytes of {@code status}: TAI64N label, pid (little-endian), paused, u or d, TERM, state. */
    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        putTai64n(bytes, stamp);
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(pid);
        bytes.put((byte) (paused ? 1 : 0));
        bytes.put((byte) (want == Want.UP ? 'u' : 'd'));
        bytes.put((byte) (gotTerm ? 1 : 0));
        bytes.put(state.code);
        return bytes.array();
    }

    /** The line of {@code stat}. */
    byte[] toStat() {
        StringBuilder line = new StringBuilder();
        line.append(
                switch (state) {
                    case DOWN -> "down";
                    case RUN -> "run";
                    case FINISH -> "finish";
                });
        if (paused) {
            line.append(", paused");
        }
        if (gotTerm) {
            line.append(", got TERM");
        }
        if (state != State.DOWN) {
            line.append(
                    switch (want) {
                        case UP -> "";
                        case DOWN -> ", want down";
                        case EXIT -> ", want exit";
                    });
        }
        return line.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The content of {@code pid}: a line, or nothing. */
    byte[] toPid() {
        return pid == 0 ? new byte[0] : (pid + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads what {@link #toBytes()} wrote; "exit" comes back as "down". Empty if it is anything else. */
    static Optional<ServiceStatus> parse(byte[] status) {
        if (status.length != LENGTH) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(status);
        long seconds = bytes.getLong() - TAI_OFFSET;
        int nanos = bytes.getInt();
        if (seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0
                || nanos > MAX_NANOS) {
            return Optional.empty();
        }
        Instant stamp = Instant.ofEpochSecond(seconds, nanos);
        int pid = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(PID_OFFSET);
        return State.of(status[STATE_OFFSET])
                .map(state -> new ServiceStatus(
                        stamp,
                        pid,
                        status[PAUSED_OFFSET] != 0,
                        status[TERM_OFFSET] != 0,
                        status[WANT_OFFSET] == 'u' ? Want.UP : Want.DOWN,
                        state));
    }

    /** Twelve bytes; nanoseconds are microseconds × 1000 + 500, as runit's clock gives them. */
    static void putTai64n(ByteBuffer target, Instant time) {
        final int nanosPerMicro = 1000;
        target.putLong(TAI_OFFSET + time.getEpochSecond());
        target.putInt(time.getNano() / nanosPerMicro * nanosPerMicro + nanosPerMicro / 2);
    }

    /** A time stamp as text: {@code @} and 24 hexadecimal digits. */
    static String tai64nText(Instant time) {
        final int labelBytes = 12;
        ByteBuffer label = ByteBuffer.allocate(labelBytes);
        putTai64n(label, time);
        return String.format("@%016x%08x", label.getLong(0), label.getInt(8));
    }
}
