package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotThereTest {

    @TempDir
    private Path temp;

    @Test
    void what_cannot_be_looked_at_is_told_apart_from_what_is_not_there() throws Exception {
        Files.createSymbolicLink(temp.resolve("circle"), Path.of("circle"));
        Path file = Files.writeString(temp.resolve("shop.conf"), """
                tree.children = [
                  { id = gone, service-directory = "%1$s/gone" }
                  { id = circle, service-directory = "%1$s/circle" }
                ]
                """.formatted(temp));

        assertThat(NotThere.of(TreeFile.read(file).spec(), path -> true))
                .satisfiesExactly(
                        gone -> assertThat(gone).contains("/gone is not there; make it, or correct its path"),
                        circle -> assertThat(circle).contains("/circle cannot be looked at: ", "ELOOP"));
    }
}
