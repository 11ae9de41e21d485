package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What files with variables say, and what is said of them. */
final class EnvironmentFileTest {

    @TempDir
    Path scratch;

    private static String shown(Map<OsString, Optional<OsString>> variables) {
        return variables.entrySet().stream()
                .map(variable -> variable.getKey()
                        + variable.getValue().map(value -> "=[" + value + "]").orElse(" removed"))
                .collect(Collectors.joining(" "));
    }

    private static String parsed(String text) throws PosixException {
        return shown(EnvironmentFile.parse(OsString.of("app.env"), text.getBytes(ISO_8859_1)));
    }

    private String read(String name) throws PosixException {
        try (Directory home = Directory.open(OsString.of(scratch.toString()))) {
            return shown(EnvironmentFile.read(Path.of(name), Optional.of(home)));
        }
    }

    private static String lines(String text) {
        return text.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\0", "\0")
                .replace("\\t", "\t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "A=1                      | A=[1]",
                "A=1\\nB=2\\n             | A=[1] B=[2]",
                "A=1\\r\\n\\r\\nB=2\\r\\n | A=[1] B=[2]",
                "# A=1\\n;B=2\\n \\t\\nC=3 | C=[3]",
                "A=                       | A=[]",
                "A = 1                    | ",
                " A= a b = c #d           | A=[a b = c #d]",
                "A=\" 1 \"                | A=[ 1 ]",
                "A=' \"1\" '              | A=[ \"1\" ]",
                "A=it's                   | A=[it's]",
                "A=${B}\\\\n              | A=[${B}\\n]",
                "export A=1               | A=[1]",
                "a.b-c_d=1                | a.b-c_d=[1]",
                "A=1\\nA=2                | A=[2]",
            })
    void a_line_is_a_variable(String text, String expected) throws PosixException {
        if (expected == null) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> parsed(lines(text)))
                    .withMessageStartingWith("environment-files app.env:1: has no name");
            return;
        }
        assertThat(parsed(lines(text.replace("\\\\n", "\1"))).replace("\1", "\\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "A=1\\nhunter2       | app.env:2: has no =; write NAME=value, or # in front to leave the line out",
                "\\n\\n=hunter2      | app.env:3: has no name of a variable before its =",
                "my hunter2=1        | app.env:1: has no name of a variable before its =",
                "A=\"hunter2         | app.env:1: begins its value with \" and does not end it so",
                "A='                 | app.env:1: begins its value with ' and does not end it so",
                "A=hunter2\\0        | app.env:1: has a NUL character in it; remove it"
            })
    void a_bad_line_is_told_by_its_number_and_without_what_it_says(String text, String message) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> parsed(lines(text)))
                .withMessageStartingWith("environment-files " + message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void bytes_stay_as_they_are() throws PosixException {
        byte[] text = "A=\u00e9\u00ff".getBytes(ISO_8859_1);

        assertThat(EnvironmentFile.parse(OsString.of("x"), text).values())
                .containsExactly(Optional.of(OsString.of(new byte[] {(byte) 0xe9, (byte) 0xff})));
    }

    @Test
    void a_directory_has_a_file_for_each_variable() throws Exception {
        Path env = Files.createDirectory(scratch.resolve("env"));
        Files.writeString(env.resolve("A"), "one \t\nsecond line\n");
        Files.writeString(env.resolve("EMPTY"), "\n");
        Files.writeString(env.resolve("GONE"), "");
        Files.writeString(env.resolve("LINES"), "a\0b");
        Files.writeString(env.resolve(".hidden"), "x");
        Files.createDirectory(env.resolve("below"));
        Files.createSymbolicLink(env.resolve("NOWHERE"), Path.of("none"));

        assertThat(read("env").split(" (?=[A-Z])"))
                .containsExactlyInAnyOrder("A=[one]", "EMPTY=[]", "GONE removed", "LINES=[a\nb]", "NOWHERE removed");
    }

    @Test
    void a_file_is_found_from_where_the_process_begins() throws Exception {
        Files.writeString(scratch.resolve("app.env"), "A=1\n");

        assertThat(read("app.env")).isEqualTo("A=[1]");
        assertThat(read(scratch.resolve("app.env").toString())).isEqualTo("A=[1]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none   | environment-files none: is not there; make it, or take it out of environment-files (ENOENT)",
                "fifo   | environment-files fifo: cannot be read: it must be a file with lines NAME=value",
                "env    | environment-files env/A=B: has a = in its name",
                "binary | environment-files binary: is longer than 4194304 bytes"
            })
    void a_file_that_cannot_be_read_is_named(String name, String message) throws Exception {
        Files.createDirectory(scratch.resolve("env"));
        Files.writeString(scratch.resolve("env").resolve("A=B"), "");
        Files.write(scratch.resolve("binary"), new byte[(4 << 20) + 1]);
        mkfifo("fifo");

        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> read(name))
                .withMessageStartingWith(message);
    }

    private void mkfifo(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", scratch.resolve(name).toString())
                        .start()
                        .waitFor())
                .isZero();
    }
}
