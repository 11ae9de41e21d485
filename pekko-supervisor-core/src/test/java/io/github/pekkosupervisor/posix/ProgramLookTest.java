package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is seen where a program was looked for; more of it in StartRefusalTest, where the kernel has refused it. */
final class ProgramLookTest {

    @TempDir
    Path scratch;

    @BeforeEach
    void have_a_program_and_what_is_none() throws Exception {
        for (String directory : List.of("a", "b")) {
            Files.createDirectory(scratch.resolve(directory));
        }
        write("a/tool", "rw-r--r--");
        write("b/tool", "rwxr-xr-x");
        write("b/only", "rwxr-xr-x");
    }

    private Path write(String name, String mode) throws Exception {
        Path file = Files.writeString(scratch.resolve(name), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private ProgramSight.Found look(String program, String path, Optional<String> itsOwn) {
        return ProgramLook.of(
                OsString.of(program),
                null,
                path.replace("@", scratch.toString()),
                itsOwn.map(own -> own.replace("@", scratch.toString())));
    }

    private String in(String name) {
        return scratch.resolve(name).toString();
    }

    @Test
    void the_first_that_is_there_is_what_was_met() {
        ProgramSight.Found found = look("tool", "/no/such:@/a", Optional.empty());

        assertThat(found.searched()).containsExactly("/no/such", in("a"));
        assertThat(found.sight())
                .isEqualTo(new ProgramSight.NoRight(in("a/tool"), 0644, OwnProcess.user(), OwnProcess.user()));
    }

    @Test
    void what_is_nowhere_is_missing() {
        assertThat(look("none", "@/a:@/a/tool:@/b", Optional.empty()).sight())
                .isEqualTo(new ProgramSight.Missing("none"));
    }

    @ParameterizedTest
    @CsvSource({"@/a, ''", "@/b, @/b/only", "/no/such:@/b, @/b/only"})
    void the_path_of_the_process_itself_is_looked_at_too(String own, String place) {
        assertThat(look("only", "@/a", Optional.of(own)).inItsOwn())
                .isEqualTo(own.equals("@/a") ? Optional.empty() : Optional.of(place.replace("@", scratch.toString())));
    }

    @Test
    void a_path_with_a_slash_is_not_looked_up() throws Exception {
        try (Directory begin = Directory.open(OsString.of(scratch.toString()))) {
            ProgramSight.Found found = ProgramLook.of(OsString.of("b/only"), begin, "/bin", Optional.of("/no/such"));

            assertThat(found)
                    .isEqualTo(new ProgramSight.Found(List.of(), Optional.empty(), new ProgramSight.Fine("b/only")));
        }
    }

    /** As for somebody who is not root, which the tests may be. */
    @Test
    void who_may_not_execute_it_is_named() throws Exception {
        int user = OwnProcess.user();
        ProgramSight seen;
        try (var refused = RefusedCalls.all("faccessat", "EACCES")) {
            seen = look(in("b/tool"), "", Optional.empty()).sight();
            assertThat(refused.left()).isPositive();
        }

        assertThat(seen).isEqualTo(new ProgramSight.NoRight(in("b/tool"), 0755, user, user));
    }

    @ParameterizedTest
    @CsvSource({"statx, EIO", "faccessat, EIO", "openat, EMFILE"})
    void what_cannot_be_looked_at_is_taken_for_right(String function, String errno) {
        try (var refused = RefusedCalls.all(function, errno)) {
            assertThat(look(in("b/tool"), "", Optional.empty()).sight()).isEqualTo(new ProgramSight.Fine(in("b/tool")));
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'pos:\t0\nmnt_id:\t29\n' | /mnt",
                "'mnt_id:\t2\n' | ''",
                "'mnt_id:\t9\n' | ''",
                "'mnt_id:\t30\n' | ''",
                "'pos:\t0\n' | ''"
            })
    void a_mount_from_which_nothing_is_executed_is_named(String fdinfo, String place) {
        String mounts = """
                27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
                29 27 0:26 / /mnt rw,noexec,relatime shared:1 - tmpfs none rw
                30 27 0:27 / /mnt/noexec rw,relatime - tmpfs none rw,noexec
                """;

        assertThat(ProgramLook.mountedNoexec(fdinfo, mounts))
                .isEqualTo(Optional.of(place).filter(at -> !at.isEmpty()));
    }
}
