package io.github.pekkosupervisor.examples.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pekkosupervisor.examples.WrittenLines;
import io.github.pekkosupervisor.examples.WrittenLines.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The log of one service, read as it grows. A writer notes in a file of its own, {@code written/WRITER}, how many lines
 * it has handed over, after each; so it is known of one that was killed too.
 */
final class ServiceLog {

    private static final Pattern LINE = Pattern.compile("[1-9][0-9]{0,17} [1-9][0-9]{0,17}");
    private static final int CHUNK = 65_536;

    private final String name;
    private final Path lines;
    private final Path written;
    private final WrittenLines judged = new WrittenLines();
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private final List<String> torn = new ArrayList<>();
    private long read;
    private Verdict told = new WrittenLines().verdict(Map.of());

    ServiceLog(String name, Path lines, Path written) {
        this.name = name;
        this.lines = lines;
        this.written = written;
    }

    /**
     * Takes what has come.
     *
     * @return what is wrong with it for ever: lines that are lost, double or out of order
     */
    List<String> grown() throws IOException {
        readOn();
        Verdict verdict = judged.verdict(Map.of());
        List<String> wrongs = new ArrayList<>();
        if (verdict.lost() > told.lost()) {
            wrongs.add("of the lines of " + name + " " + verdict.lost() + " are missing before later ones");
        }
        if (verdict.doubled() > told.doubled()) {
            wrongs.add("of the lines of " + name + " " + verdict.doubled() + " have come twice");
        }
        if (verdict.disordered() > told.disordered()) {
            wrongs.add("of the lines of " + name + " " + verdict.disordered() + " have come after later ones");
        }
        told = verdict;
        torn.forEach(line -> wrongs.add("the log of " + name + " has a line that nobody wrote: " + line));
        torn.clear();
        return wrongs;
    }

    /** What was handed over and has not come yet: the next line of each writer of which one is missing. */
    List<String> missing() throws IOException {
        Map<Long, Long> counts = counts();
        readOn();
        return counts.entrySet().stream()
                .filter(writer -> judged.whole(writer.getKey()) < writer.getValue())
                .map(writer -> "line %d of writer %d of %s has not come"
                        .formatted(judged.whole(writer.getKey()) + 1, writer.getKey(), name))
                .toList();
    }

    /** What has not come of all that have written need not come. */
    void forgive() throws IOException {
        for (long id : counts().keySet()) {
            Files.deleteIfExists(written.resolve(Long.toString(id)));
        }
    }

    /** Those that have written, by what they have noted. */
    Set<Long> writers() throws IOException {
        return counts().keySet();
    }

    /** Forgets writers that have ended, if all lines are there. */
    void forget(Collection<Long> ended) throws IOException {
        if (!missing().isEmpty()) {
            return;
        }
        for (long id : ended) {
            Files.deleteIfExists(written.resolve(Long.toString(id)));
        }
        // one that has lost lines keeps its verdict
        if (told.lost() + told.doubled() + told.disordered() == 0) {
            judged.forget(ended);
        }
    }

    long read() {
        return read;
    }

    private Map<Long, Long> counts() throws IOException {
        Map<Long, Long> counts = new HashMap<>();
        if (!Files.isDirectory(written)) {
            return counts;
        }
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(written)) {
            for (Path note : notes) {
                String text = Files.readString(note, US_ASCII).strip();
                counts.put(Long.valueOf(String.valueOf(note.getFileName())), text.isEmpty() ? 0 : Long.parseLong(text));
            }
        }
        return counts;
    }

    private void readOn() throws IOException {
        try (FileChannel channel = FileChannel.open(lines, StandardOpenOption.READ)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (int got = channel.read(chunk, read); got > 0; got = channel.read(chunk, read)) {
                read += got;
                for (int i = 0; i < got; i++) {
                    take(chunk.get(i));
                }
                chunk.clear();
            }
        } catch (NoSuchFileException notYet) {
            // nothing was written
        }
    }

    private void take(byte letter) {
        if (letter == '\n') {
            String line = begun.toString(US_ASCII);
            begun.reset();
            if (LINE.matcher(line).matches()) {
                judged.add(line);
            } else {
                torn.add(line);
            }
        } else {
            begun.write(letter);
        }
    }
}
