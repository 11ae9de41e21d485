package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token that stays. */
final class TokenFileTest {

    private static final String MADE = "made-for-this-test-0123456789";

    @TempDir
    Path temp;

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(temp.resolve("token"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void one_that_is_not_there_is_made_for_its_owner_alone_and_stays() throws IOException {
        Path file = temp.resolve("token");

        assertThat(TokenFile.read(file, () -> MADE)).isEqualTo(MADE);

        assertThat(file).hasContent(MADE + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(TokenFile.read(file, () -> "another-one-0123456789")).isEqualTo(MADE);
        assertThat(temp).isDirectoryContaining("glob:**/token").isDirectoryNotContaining("glob:**/.token*");
    }

    @Test
    void a_group_may_read_it() throws IOException {
        assertThat(TokenFile.read(file(MADE, "rw-r-----"), () -> "")).isEqualTo(MADE);
    }

    @Test
    void a_link_to_it_is_followed() throws IOException {
        Path link = Files.createSymbolicLink(temp.resolve("link"), file(MADE + "\n", "r--------"));

        assertThat(TokenFile.read(link, () -> "")).isEqualTo(MADE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw-----w-", "rw------x"})
    void one_that_is_for_too_many_is_refused(String mode) throws IOException {
        Path file = file(MADE, mode);

        assertThatThrownBy(() -> TokenFile.read(file, () -> ""))
                .isInstanceOf(IOException.class)
                .hasMessage("the token-file of the page, " + file
                        + ", may be used by everybody, or written by its group; chmod 600 it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "two words of some length",
                "two-lines-of-some-length\nand-another",
                "0123456789abcdeü"
            })
    void what_is_no_token_is_refused(String content) throws IOException {
        Path file = file(content, "rw-------");

        assertThatThrownBy(() -> TokenFile.read(file, () -> ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("must hold 16 to 1000 letters, digits and");
    }

    @Test
    void where_no_file_can_be_that_is_told() throws IOException {
        assertThatThrownBy(() -> TokenFile.read(temp.resolve("gone/token"), () -> MADE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the token-file of the page cannot be read: ")
                .hasMessageContaining("gone");
        assertThatThrownBy(() -> TokenFile.read(temp, () -> MADE)).hasMessageContaining("cannot be read: ");
        assertThatThrownBy(() -> TokenFile.read(Path.of("/"), () -> MADE)).hasMessageContaining("is a directory");
    }
}
