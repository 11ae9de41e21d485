package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Which process {@code run} of a service directory or of its logger is, as a line of a file that is not in it: who it
 * is can still be read when the directory has been removed. The line is of constant length, so that the next run takes
 * the place of the one before.
 *
 * @param id of the directory in which {@code run} is
 * @param birth of that directory, see {@link FileStatus#birth}; 0 if it is not known
 * @param run which process
 */
public record ListedRun(FileStatus.Id id, long birth, Known run) {

    /** The length of a line, with its newline. */
    public static final int LENGTH = 160;

    private static final int FIELDS = 9;

    /** Before it was written down when a directory was made. */
    private static final int FIELDS_BEFORE = 8;

    private static final int HEXADECIMAL = 16;
    private static final String NO_BOOT = "-";

    /** Whether a directory with this number is another one than that of this, which is gone then. */
    public boolean isOfAnother(FileStatus directory) {
        return birth != 0 && directory.birth() != 0 && birth != directory.birth();
    }

    /** Whether a directory with this number is surely that of this. */
    public boolean isSurelyOf(FileStatus directory) {
        return birth != 0 && birth == directory.birth();
    }

    /** The line, with its newline. */
    public byte[] toLine() {
        String boot = run.identity().bootId();
        String text = Long.toUnsignedString(id.device()) + " " + Long.toUnsignedString(id.inode()) + " "
                + run.identity().pid() + " " + run.identity().startTicks() + " "
                + Long.toUnsignedString(run.pidfdInode()) + " " + (run.leadsGroup() ? 1 : 0) + " "
                + (boot.isEmpty() ? NO_BOOT : boot) + " " + Long.toHexString(birth);
        return line(text + " " + sum(text));
    }

    /** The line of none. */
    public static byte[] none() {
        return line("");
    }

    private static byte[] line(String text) {
        return (text + " ".repeat(Math.max(0, LENGTH - 1 - text.length())) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String sum(String text) {
        CRC32C sum = new CRC32C();
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        sum.update(bytes, 0, bytes.length);
        return Long.toHexString(sum.getValue());
    }

    /**
     * What a file says.
     *
     * @param runs in its order
     * @param unread how many lines there are of which nothing can be said: somebody else's, or of a later version
     */
    public record Lines(List<ListedRun> runs, int unread) {}

    /** Those of a file, in its order; what is no such line is left out. */
    public static List<ListedRun> parse(byte[] file) {
        return read(file).runs();
    }

    /** All that a file says. */
    public static Lines read(byte[] file) {
        List<ListedRun> all = new ArrayList<>();
        int unread = 0;
        for (int at = 0; at < file.length; at += LENGTH) {
            String line = new String(file, at, Math.min(LENGTH, file.length - at), StandardCharsets.ISO_8859_1);
            Optional<ListedRun> run = line.length() == LENGTH ? parse(line) : Optional.empty();
            run.ifPresent(all::add);
            unread += run.isPresent() || line.trim().isEmpty() ? 0 : 1;
        }
        return new Lines(List.copyOf(all), unread);
    }

    private static Optional<ListedRun> parse(String line) {
        String text = line.stripTrailing();
        String[] fields = text.split(" ", -1);
        int end = text.lastIndexOf(' ');
        if ((fields.length != FIELDS && fields.length != FIELDS_BEFORE)
                || !text.substring(end + 1).equals(sum(text.substring(0, end)))) {
            return Optional.empty();
        }
        try {
            String boot = fields[6].equals(NO_BOOT) ? "" : fields[6];
            return Optional.of(new ListedRun(
                    new FileStatus.Id(Long.parseUnsignedLong(fields[0]), Long.parseUnsignedLong(fields[1])),
                    fields.length == FIELDS ? Long.parseUnsignedLong(fields[7], HEXADECIMAL) : 0,
                    new Known(
                            new ProcessIdentity(Integer.parseInt(fields[2]), Long.parseLong(fields[3]), boot),
                            Long.parseUnsignedLong(fields[4]),
                            fields[5].equals("1"))));
        } catch (NumberFormatException e) {
            // the sum is right, but somebody else has made it
            return Optional.empty();
        }
    }
}
