package io.github.pekkosupervisor.process;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes lines, without their line feeds, of chunks of bytes. */
final class LineSplitter {

    private final int longest;
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream(0);

    /** Lines of more than {@code longest} bytes come in pieces. */
    LineSplitter(int longest) {
        this.longest = longest;
    }

    /** The lines that end in this chunk. */
    List<byte[]> split(byte[] chunk) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < chunk.length; i++) {
            if (chunk[i] == '\n') {
                lines.add(joined(chunk, from, i));
                from = i + 1;
            } else if (unfinished.size() + i - from >= longest) {
                lines.add(joined(chunk, from, i));
                from = i;
            }
        }
        unfinished.write(chunk, from, chunk.length - from);
        return lines;
    }

    private byte[] joined(byte[] chunk, int from, int to) {
        if (unfinished.size() == 0) {
            return Arrays.copyOfRange(chunk, from, to);
        }
        unfinished.write(chunk, from, to - from);
        byte[] line = unfinished.toByteArray();
        unfinished.reset();
        return line;
    }

    /** What has come after the last line feed; none if nothing has. */
    List<byte[]> rest() {
        return unfinished.size() == 0 ? List.of() : List.of(joined(new byte[0], 0, 0));
    }
}
