package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service that writes numbered lines and, when it is told to end, notes how many it has written; and the judge of
 * what has arrived in its log.
 */
final class WrittenLines {

    private static final Pattern LINE = Pattern.compile("line (\\d+) (\\d+) of many, and this is its end\\.");

    /**
     * A line is one write, so what is written is written whole. It sleeps without a process of its own. Its words:
     * where it notes, the seconds between two lines, how many lines at the most; the rest is of no meaning to it.
     */
    private static final String WRITER = """
            use strict;
            my ($note, $pause, $most) = @ARGV;
            my ($n, $over) = (0, 0);
            $SIG{TERM} = sub { $over = 1 };
            while (!$over) {
                if ($n < $most) {
                    my $line = "line $$ $n of many, and this is its end.\\n";
                    my $written = syswrite(STDOUT, $line);
                    $n++ if defined($written) && $written == length($line);
                }
                select(undef, undef, undef, $n < $most ? $pause : 0.1) if $pause > 0 || $n >= $most;
            }
            open(my $file, '>>', $note) or die;
            print $file "$$ $n\\n";
            """;

    private WrittenLines() {}

    static void writeProgram(Path file) throws IOException {
        Files.writeString(file, WRITER);
    }

    /** The command of {@code run}. */
    static String command(Path program, double pause, int most, Path service) {
        return "exec perl " + program + " notes " + pause + " " + most + " " + Copies.token(service);
    }

    static String line(long pid, int number) {
        return "line " + pid + " " + number + " of many, and this is its end.";
    }

    /**
     * What is wrong with a log, in words: lines missing, twice, out of order, or of nobody.
     *
     * @param notes what the writers have noted
     */
    static List<String> problems(Path log, Path notes) throws IOException {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (String note : Files.readAllLines(notes)) {
            String[] words = note.split(" ", -1);
            expected.put(words[0], Integer.valueOf(words[1]));
        }
        Map<String, Integer> next = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String line : Files.readAllLines(log, ISO_8859_1)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                problems.add("no line of a writer: " + line);
                continue;
            }
            int number = Integer.parseInt(matcher.group(2));
            int due = next.getOrDefault(matcher.group(1), 0);
            if (number != due) {
                problems.add("writer " + matcher.group(1) + ": line " + number + " where " + due + " was due");
            }
            next.put(matcher.group(1), number + 1);
        }
        expected.forEach((writer, count) -> {
            if (!next.getOrDefault(writer, 0).equals(count)) {
                problems.add("writer " + writer + ": " + next.getOrDefault(writer, 0) + " lines of " + count);
            }
        });
        next.keySet().stream()
                .filter(writer -> !expected.containsKey(writer))
                .forEach(writer -> problems.add("writer " + writer + " has not ended as it should"));
        return problems;
    }
}
