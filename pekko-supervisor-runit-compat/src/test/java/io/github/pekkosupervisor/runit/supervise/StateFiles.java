package io.github.pekkosupervisor.runit.supervise;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Files {@code .state} as a test makes and reads them. */
public final class StateFiles {

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
}
