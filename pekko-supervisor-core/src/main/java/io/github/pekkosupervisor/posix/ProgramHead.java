package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the first bytes of a file say of how it is run. */
sealed interface ProgramHead {

    /** As much of a file as is looked at; a program names its loader within its first pages. */
    int SIZE = 4096;

    /** As much of a script's first line as the kernel looks at. */
    int LINE = 256;

    /** A script. */
    record Script(String interpreter) implements ProgramHead {}

    /**
     * A program.
     *
     * @param machine for which processor, as ELF numbers them
     * @param loader what loads it; empty for none
     */
    record Program(int machine, String loader) implements ProgramHead {}

    /** Something without content. */
    record Empty() implements ProgramHead {}

    /** Something else. */
    record Unknown() implements ProgramHead {}

    /** Of these first bytes. */
    static ProgramHead of(byte[] bytes) {
        if (bytes.length == 0) {
            return new Empty();
        }
        if (bytes.length > 1 && bytes[0] == '#' && bytes[1] == '!') {
            return script(new String(bytes, 2, Math.min(bytes.length, LINE) - 2, UTF_8));
        }
        boolean elf = bytes.length >= 64 && bytes[0] == 0x7f && bytes[1] == 'E' && bytes[2] == 'L' && bytes[3] == 'F';
        return elf ? program(bytes) : new Unknown();
    }

    /** After {@code #!}: blanks, the path up to the next blank or the end of the line. */
    private static ProgramHead script(String line) {
        int from = 0;
        while (from < line.length() && (line.charAt(from) == ' ' || line.charAt(from) == '\t')) {
            from++;
        }
        int to = from;
        while (to < line.length() && " \t\n\0".indexOf(line.charAt(to)) < 0) {
            to++;
        }
        return from == to ? new Unknown() : new Script(line.substring(from, to));
    }

    /** Of 64 bits; of others the loader is not looked for. */
    private static ProgramHead program(byte[] bytes) {
        final int loaderSegment = 3;
        final int of64Bits = 2;
        final int bigEndian = 2;
        ByteBuffer elf =
                ByteBuffer.wrap(bytes).order(bytes[5] == bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int machine = Short.toUnsignedInt(elf.getShort(18));
        String loader = "";
        if (bytes[4] == of64Bits) {
            long headers = elf.getLong(32);
            int size = Short.toUnsignedInt(elf.getShort(54));
            int count = Short.toUnsignedInt(elf.getShort(56));
            for (int i = 0; i < count; i++) {
                long at = headers + (long) i * size;
                if (at < 0 || at + 40 > bytes.length) {
                    break;
                }
                if (elf.getInt((int) at) == loaderSegment) {
                    loader = text(bytes, elf.getLong((int) at + 8));
                }
            }
        }
        return new Program(machine, loader);
    }

    /** Up to the next NUL; empty where it is further on in the file. */
    private static String text(byte[] bytes, long from) {
        if (from < 0 || from >= bytes.length) {
            return "";
        }
        int to = (int) from;
        while (to < bytes.length && bytes[to] != 0) {
            to++;
        }
        return to == bytes.length ? "" : new String(bytes, (int) from, to - (int) from, UTF_8);
    }
}
