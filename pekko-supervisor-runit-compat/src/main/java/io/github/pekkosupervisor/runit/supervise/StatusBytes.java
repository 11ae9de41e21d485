package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The twenty bytes of {@code supervise/status}: TAI64N label, pid (lowest byte first), paused, u or d, TERM, state.
 * Nobody else knows where what stands.
 *
 * <p>{@code sv} looks at them as they are: whatever they are, they mean something. {@link #parse} takes only what
 * {@link #of} could have written.
 */
public final class StatusBytes {

    /** How many there are. */
    public static final int LENGTH = 20;

    private static final int NANOS_AT = 8;
    private static final int PID_AT = 12;
    private static final int PAUSED_AT = 16;
    private static final int WANT_AT = 17;
    private static final int TERM_AT = 18;
    private static final int STATE_AT = 19;
    private static final int MAX_NANOS = 999_999_999;
    private static final int MILLIS_PER_SECOND = 1000;

    private final byte[] bytes = new byte[LENGTH];

    /** All zero. */
    public StatusBytes() {}

    /** What is written for a status. */
    public static byte[] of(ServiceStatus status) {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        Tai64n.put(bytes, status.stamp());
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(status.pid());
        bytes.put((byte) (status.paused() ? 1 : 0));
        bytes.put((byte) (status.want() == Want.UP ? 'u' : 'd'));
        bytes.put((byte) (status.gotTerm() ? 1 : 0));
        bytes.put(codeOf(status.state()));
        return bytes.array();
    }

    /** The line that is written to {@code stat}. */
    public static byte[] statOf(ServiceStatus status) {
        return status.toStat();
    }

    /** What is written to {@code pid}: a line, or nothing for no process. */
    public static byte[] pidOf(int pid) {
        return ServiceStatus.pidText(pid);
    }

    private static byte codeOf(State state) {
        return switch (state) {
            case DOWN -> 0;
            case RUN -> 1;
            case FINISH -> 2;
        };
    }

    /** Reads what {@link #of} wrote; "exit" comes back as "down". Empty if it is anything else. */
    public static Optional<ServiceStatus> parse(byte[] read) {
        if (read.length != LENGTH) {
            return Optional.empty();
        }
        StatusBytes status = new StatusBytes();
        status.read(read);
        return status.parsed();
    }

    private Optional<ServiceStatus> parsed() {
        long seconds = Tai64n.epochSecond(label());
        int nanos = ByteBuffer.wrap(bytes).getInt(NANOS_AT);
        if (seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()
                || nanos < 0
                || nanos > MAX_NANOS
                || !(isDown() || isRunning() || isFinishing())) {
            return Optional.empty();
        }
        return Optional.of(new ServiceStatus(
                Instant.ofEpochSecond(seconds, nanos),
                pid(),
                isPaused(),
                gotTerm(),
                want() == 'u' ? Want.UP : Want.DOWN,
                isDown() ? State.DOWN : isRunning() ? State.RUN : State.FINISH));
    }

    /** Takes what was read from a file. If that is less than all, what was there before stays in the rest. */
    public void read(byte[] read) {
        System.arraycopy(read, 0, bytes, 0, Math.min(read.length, LENGTH));
    }

    /** The label of this moment, in whole seconds. */
    public static long label(Clock clock) {
        return Tai64n.label(clock.millis() / MILLIS_PER_SECOND);
    }

    /** The label of the moment when it was started, or went down. */
    public long label() {
        return ByteBuffer.wrap(bytes).getLong();
    }

    /** Whole seconds up to a label of now; none if the clock has gone back. */
    public long ageAt(long nowLabel) {
        return Long.compareUnsigned(nowLabel, label()) < 0 ? 0 : nowLabel - label();
    }

    /** Of run or finish; 0 if there is none. */
    public int pid() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(PID_AT);
    }

    /** Whether a pause was asked for. */
    public boolean isPaused() {
        return bytes[PAUSED_AT] != 0;
    }

    /** The letter of what is wanted, u or d. */
    public char want() {
        return (char) bytes[WANT_AT];
    }

    /** Whether TERM was sent to the process. */
    public boolean gotTerm() {
        return bytes[TERM_AT] != 0;
    }

    /** Whether the byte is 1, which sv asks in one place where elsewhere it asks for anything but 0. */
    public boolean gotOneTerm() {
        return bytes[TERM_AT] == 1;
    }

    /** Whether nothing runs. */
    public boolean isDown() {
        return bytes[STATE_AT] == 0;
    }

    /** Whether run runs. */
    public boolean isRunning() {
        return bytes[STATE_AT] == 1;
    }

    /** Whether finish runs or is due. */
    public boolean isFinishing() {
        return bytes[STATE_AT] == 2;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
