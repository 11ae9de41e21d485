package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.runit.imports.ForeignFile;
import io.github.pekkosupervisor.runit.imports.ForeignFileException;
import io.github.pekkosupervisor.runit.imports.ForeignFormat;
import io.github.pekkosupervisor.runit.imports.Translation;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is imported is a tree that pekko-supervisor run takes. */
class ImportedTreesTest {

    private static final Path FILES = Path.of("src/test/resources/imports");
    private static final int CHANGED_FILES = 400;

    /** What changes a file, beside the loss and the doubling of parts. */
    private static final List<String> PIECES = List.of(
            "\n",
            " ",
            "\t",
            "#",
            ";",
            ":",
            "=",
            "\"",
            "'",
            "\\",
            "$",
            "${",
            "}",
            "%",
            "%(",
            ")s",
            "[",
            "]",
            "{",
            "<<",
            "*base",
            "&",
            "!",
            "-",
            ",",
            "null",
            "true",
            "0",
            "-1",
            "99999999999",
            "\u0007",
            "\u20ac",
            "include",
            "..");

    @TempDir
    private Path temp;

    static List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.filter(file -> !file.toString().endsWith(".expected"))
                    .sorted()
                    .toList();
        }
    }

    private static ForeignFormat format(Path file) {
        return ForeignFormat.ofFile(file).orElseThrow();
    }

    private List<String> mistakes(Translation translation) throws IOException {
        Path tree = Files.writeString(temp.resolve("shop.conf"), withPassword(translation.text()));
        try {
            TreeFile.read(tree);
            return List.of();
        } catch (InvalidSpecException e) {
            return e.problems().stream().map(Problem::message).toList();
        }
    }

    /** Which a file needs, and the environment of a test has not. */
    private static String withPassword(String text) {
        return text + "\nDB_PASSWORD = secret\n";
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void has_no_mistakes(Path file) throws Exception {
        Translation translation = format(file).translate(ForeignFile.read(file));

        assertThat(mistakes(translation)).isEmpty();
    }

    /** At supervisord each program is a group, in which alone names differ. */
    @Test
    void processes_may_be_called_the_same_in_two_programs() throws Exception {
        String program = "[program:%s]\ncommand=%<s\nnumprocs=2\nprocess_name=%%(process_num)02d\n";
        Translation translation = ForeignFormat.SUPERVISORD.translate(
                new ForeignFile("file", temp, program.formatted("a") + program.formatted("b")));
        Path tree = Files.writeString(temp.resolve("shop.conf"), translation.text());

        assertThat(TreeFile.read(tree).spec().children())
                .extracting(ChildSpec::id, ChildSpec::isSupervisor)
                .containsExactly(tuple("a", true), tuple("b", true));
    }

    /** With all that is left out, but for what nobody could know. */
    @ParameterizedTest
    @MethodSource("inputs")
    void has_none_when_what_is_left_out_is_put_in(Path file) throws Exception {
        Translation translation = format(file).translate(ForeignFile.read(file));
        String all = translation.text().replaceAll("(?m)^( +)#(?=[{}]|  )", "$1");

        assertThat(mistakes(new Translation(all, List.of())))
                .allSatisfy(mistake -> assertThat(mistake).contains("a process needs \"command\""));
    }

    /** Of each a few hundred, made by a seed: it is refused with its line, or it is HOCON. */
    @ParameterizedTest
    @MethodSource("inputs")
    void files_that_are_somehow_wrong_are_refused_or_written_as_hocon(Path file) throws Exception {
        String text = Files.readString(file);
        Random random = new Random(text.hashCode());
        for (int at = 0; at < CHANGED_FILES; at++) {
            String changed = changed(text, random);
            try {
                Translation translation = format(file).translate(new ForeignFile("file", Path.of("/srv"), changed));
                ConfigFactory.parseString(translation.text());
            } catch (ForeignFileException e) {
                assertThat(e.getMessage()).as(changed).matches("(?s)file:[1-9]\\d*: .+");
            } catch (RuntimeException e) {
                throw new AssertionError(changed, e);
            }
        }
    }

    private static String changed(String text, Random random) {
        String changed = text;
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int from = random.nextInt(changed.length());
            int to = Math.min(changed.length(), from + random.nextInt(12));
            String piece = PIECES.get(random.nextInt(PIECES.size()));
            changed = switch (random.nextInt(4)) {
                case 0 -> changed.substring(0, from) + changed.substring(to);
                case 1 -> changed.substring(0, to) + changed.substring(from);
                case 2 -> changed.substring(0, from) + piece + changed.substring(to);
                default -> changed.substring(0, from) + piece + changed.substring(from);
            };
        }
        return changed;
    }
}
