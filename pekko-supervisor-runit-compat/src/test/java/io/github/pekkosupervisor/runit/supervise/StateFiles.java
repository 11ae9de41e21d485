package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Files {@code .state} as a test makes and reads them. */
public final class StateFiles {

    /** Where the number of the process stands, see the table in docs/design.md. */
    private static final int PROCESS = 134;

    private static final int PIDFD = 182;
    private static final int STATUS_PID = 96;

    private StateFiles() {}

    /** A file that holds one record. */
    public static byte[] of(UnitRecord record, long sequence) {
        byte[] file = new byte[StateFile.LENGTH];
        System.arraycopy(StateFile.slot(record, sequence), 0, file, (int) StateFile.offset(sequence), StateFile.SLOT);
        return file;
    }

    /** Makes the record with this number one of another version, with its checksum. */
    public static void setVersion(byte[] file, long sequence, int version) {
        int at = (int) StateFile.offset(sequence);
        ByteBuffer.wrap(file).putShort(at + 8, (short) version);
        CRC32C sum = new CRC32C();
        sum.update(file, at, StateFile.SLOT - 4);
        ByteBuffer.wrap(file).putInt(at + StateFile.SLOT - 4, (int) sum.getValue());
    }

    /** What the last record says; empty if there is none. */
    public static Optional<UnitRecord> read(Path file) throws IOException {
        try {
            return Files.isRegularFile(file)
                            && StateFile.parse(Files.readAllBytes(file)) instanceof StateFile.Valid valid
                    ? Optional.of(valid.state())
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Has all records of a file name another process, with right checksums: what a forger does. */
    public static byte[] naming(byte[] file, ProcessIdentity instead) {
        byte[] forged = file.clone();
        ByteBuffer bytes = ByteBuffer.wrap(forged);
        for (int at = 0; at + StateFile.SLOT <= forged.length; at += StateFile.SLOT) {
            bytes.putInt(at + PROCESS, instead.pid()).putLong(at + PROCESS + Integer.BYTES, instead.startTicks());
            bytes.putInt(at + STATUS_PID, instead.pid());
            // the inode of its pidfd is not known
            bytes.putLong(at + PIDFD, 0);
            CRC32C sum = new CRC32C();
            sum.update(forged, at, StateFile.SLOT - Integer.BYTES);
            bytes.putInt(at + StateFile.SLOT - Integer.BYTES, (int) sum.getValue());
        }
        return forged;
    }
}
