package io.github.pekkosupervisor.runit.realinput;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code supervise/status} as an outsider reads it: 20 bytes, the layout of which {@code sv} and {@code svstat} share.
 *
 * @param stamp start of the run or end of the last one
 * @param pid 0 when nothing runs
 */
record StatusFile(Instant stamp, long pid, boolean wantsUp, State state) {

    private static final int LENGTH = 20;
    private static final long TAI_OF_UNIX_EPOCH = (1L << 62) + 10;

    enum State {
        DOWN,
        RUN,
        FINISH
    }

    /** Empty while the service directory has no supervisor yet. */
    static Optional<StatusFile> read(Path serviceDirectory) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(serviceDirectory.resolve("supervise/status"));
        } catch (IOException absent) {
            return Optional.empty();
        }
        return bytes.length < LENGTH ? Optional.empty() : Optional.of(parse(ByteBuffer.wrap(bytes)));
    }

    private static StatusFile parse(ByteBuffer bytes) {
        return new StatusFile(
                Instant.ofEpochSecond(bytes.getLong(0) - TAI_OF_UNIX_EPOCH, bytes.getInt(8)),
                Integer.toUnsignedLong(bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(12)),
                bytes.get(17) == 'u',
                State.values()[bytes.get(19)]);
    }
}
