package io.github.pekkosupervisor.runit.supervise;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of {@code supervise/.state}: two slots of constant length, each a {@link UnitRecord} with a sequence number
 * and a checksum. A record goes into the slot that its sequence number says, so that the one before it stays: whatever
 * becomes of a write, one of them is whole.
 *
 * <p>Of every version a slot begins with the same 24 bytes (magic, version, what must be understood, length of a slot,
 * sequence number) and ends with the CRC-32C of all before it; so a later version is known as one. What follows the
 * fields that are listed in {@link UnitBytes} is zero, and is not looked at.
 */
public final class StateFile {

    /** The length of a slot. */
    public static final int SLOT = 512;

    /** The length of the file. */
    public static final int LENGTH = 2 * SLOT;

    /** The longest file that is read: one of a later version may be longer than ours. */
    public static final int LONGEST = 64 * 1024;

    public static final int VERSION = 1;

    /** Of something else in its place, which is replaced, or complained of when it cannot be. */
    public static final String NOT_REGULAR = "it is not a regular file";

    private static final byte[] MAGIC = "pekkosup".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_AT = 8;
    private static final int DEMANDS_AT = 10;
    private static final int SLOT_LENGTH_AT = 12;
    private static final int SEQUENCE_AT = 16;
    private static final int HEADER = 24;
    private static final int CHECKSUM = 4;

    private StateFile() {}

    /** What was found in the place of a record. */
    public sealed interface Read {}

    /** Nothing: no supervisor of this kind has been here. */
    public record Absent() implements Read {}

    /**
     * A record.
     *
     * @param sequence its number; the next one has the next
     */
    public record Valid(UnitRecord state, long sequence) implements Read {}

    /**
     * A record of another service directory, of which this one is a copy, or has got a copy of its {@code supervise}.
     *
     * @param sequence its number; the next one has the next
     */
    public record Elsewhere(long sequence) implements Read {}

    /**
     * One that a later version has written: it says more than can be understood here.
     *
     * @param version which
     */
    public record Newer(int version) implements Read {}

    /**
     * Neither slot holds a record.
     *
     * @param why in words that follow the name of the file
     */
    public record Garbage(String why) implements Read {}

    /** Where in the file the record with this number goes. */
    static long offset(long sequence) {
        return (sequence & 1) * SLOT;
    }

    /** The slot that holds a record. */
    static byte[] slot(UnitRecord state, long sequence) {
        ByteBuffer bytes = ByteBuffer.allocate(SLOT);
        bytes.put(MAGIC);
        bytes.putShort((short) VERSION);
        bytes.putShort((short) 0);
        bytes.putInt(SLOT);
        bytes.putLong(sequence);
        UnitBytes.put(bytes, state);
        bytes.putInt(SLOT - CHECKSUM, checksum(bytes.array(), 0, SLOT - CHECKSUM));
        return bytes.array();
    }

    /** Two slots that say the same have the same digest, whatever their numbers; any two others, as good as never. */
    static long digest(byte[] slot) {
        int hash = 1;
        for (int i = HEADER; i < SLOT - CHECKSUM; i++) {
            hash = 31 * hash + slot[i];
        }
        return (long) checksum(slot, HEADER, SLOT - CHECKSUM - HEADER) << Integer.SIZE | Integer.toUnsignedLong(hash);
    }

    private static int checksum(byte[] bytes, int from, int count) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, count);
        return (int) sum.getValue();
    }

    // ---- reading

    /** What a file says: the record with the highest number that is whole. */
    public static Read parse(byte[] file) {
        if (file.length == 0) {
            return new Absent();
        }
        Read best = null;
        long highest = Long.MIN_VALUE;
        // in the middle is the second slot of any version
        int[] places = {0, SLOT, file.length / 2};
        for (int at : places) {
            Read found = slotAt(file, at);
            if (found != null && sequenceAt(file, at) > highest) {
                best = found;
                highest = sequenceAt(file, at);
            }
        }
        return best == null ? new Garbage(whyGarbage(file)) : best;
    }

    private static String whyGarbage(byte[] file) {
        return file.length == LENGTH
                ? "neither of its two records is whole"
                : "it has " + file.length + " bytes, where " + LENGTH + " were due, and no record in them is whole";
    }

    private static long sequenceAt(byte[] file, int at) {
        return ByteBuffer.wrap(file).getLong(at + SEQUENCE_AT);
    }

    /** Null if there is none that could be believed. */
    private static @Nullable Read slotAt(byte[] file, int at) {
        if (file.length - at < HEADER + CHECKSUM
                || !Arrays.equals(file, at, at + MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int length = bytes.getInt(at + SLOT_LENGTH_AT);
        if (length < HEADER + CHECKSUM
                || length > file.length - at
                || bytes.getInt(at + length - CHECKSUM) != checksum(file, at, length - CHECKSUM)) {
            return null;
        }
        int version = Short.toUnsignedInt(bytes.getShort(at + VERSION_AT));
        if (version > VERSION || (version == VERSION && bytes.getShort(at + DEMANDS_AT) != 0)) {
            return new Newer(version);
        }
        long sequence = bytes.getLong(at + SEQUENCE_AT);
        if (version != VERSION || length != SLOT || offset(sequence) != at) {
            return null;
        }
        try {
            return new Valid(UnitBytes.get(bytes.position(at + HEADER)), sequence);
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            // whole, and yet nothing that is ever written
            return null;
        }
    }
}
