package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessSpec.DirectoryAt;
import io.github.pekkosupervisor.process.ProcessSpec.IdentityFile;
import io.github.pekkosupervisor.process.ProcessSpec.InheritedDirectory;
import io.github.pekkosupervisor.process.ProcessSpec.OpenDirectory;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessSpecTest {

    private static final ProcessSpec SPEC = ProcessSpec.of("program", "argument");

    @Test
    void what_is_not_said_is_as_the_jvm_has_it() {
        assertThat(SPEC.command()).containsExactly(OsString.of("program"), OsString.of("argument"));
        assertThat(SPEC.directory()).isEqualTo(new InheritedDirectory());
        assertThat(SPEC.environment()).isEmpty();
        assertThat(List.of(SPEC.stdin(), SPEC.stdout(), SPEC.stderr())).containsOnly(Stdio.inherited());
        assertThat(SPEC.grouping()).isEqualTo(Grouping.INHERIT);
        assertThat(SPEC.ownerLost()).isEqualTo(OwnerLost.KILL);
        assertThat(SPEC.identityFile()).isEmpty();
    }

    @Test
    void each_change_changes_one_thing(@TempDir Path place) throws PosixException {
        try (Directory open = Directory.open(OsString.of(place.toString()))) {
            OsString name = OsString.of("name");

            ProcessSpec changed = SPEC.withStdin(Stdio.discard())
                    .withStdout(Stdio.pipe())
                    .withStderr(Stdio.file(place))
                    .withGrouping(Grouping.OWN_SESSION)
                    .withOwnerLost(OwnerLost.KEEP)
                    .withEnvironment("SET", "value")
                    .withoutEnvironment("UNSET")
                    .withIdentityFile(open, name);

            assertThat(changed)
                    .isEqualTo(new ProcessSpec(
                            SPEC.command(),
                            new InheritedDirectory(),
                            Map.of("SET", Optional.of("value"), "UNSET", Optional.empty()),
                            Stdio.discard(),
                            Stdio.pipe(),
                            Stdio.file(place),
                            Grouping.OWN_SESSION,
                            OwnerLost.KEEP,
                            Optional.of(new IdentityFile(open, name))));
            assertThat(changed.withDirectory(place).directory()).isEqualTo(new DirectoryAt(place));
            assertThat(changed.withDirectory(open).directory()).isEqualTo(new OpenDirectory(open, Optional.empty()));
            assertThat(changed.withDirectory(open, name).directory())
                    .isEqualTo(new OpenDirectory(open, Optional.of(name)));
        }
    }

    @Test
    void the_last_word_on_a_variable_counts() {
        ProcessSpec changed =
                SPEC.withEnvironment("A", "1").withoutEnvironment("A").withEnvironment("A", "2");

        assertThat(changed.environment()).containsExactly(Map.entry("A", Optional.of("2")));
    }

    @Test
    void a_spec_does_not_change_with_what_it_was_made_of() {
        List<OsString> command = new ArrayList<>(SPEC.command());
        Map<String, Optional<String>> environment = new HashMap<>();
        ProcessSpec spec = spec(command, environment);

        command.clear();
        environment.put("LATE", Optional.of("value"));

        assertThat(spec).isEqualTo(SPEC);
    }

    @Test
    void all_mistakes_are_listed_at_once() {
        Map<String, Optional<String>> environment =
                Map.of("", Optional.of("x"), "A=B", Optional.empty(), "C\0", Optional.empty(), "D", Optional.of("\0"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(List.of(), environment))
                .withMessageStartingWith("process spec: ")
                .withMessageContaining("the command is empty")
                .withMessageContaining("environment name \"\"")
                .withMessageContaining("environment name \"A=B\"")
                .withMessageContaining("environment name \"C\0\"")
                .withMessageContaining("the value of environment variable \"D\" contains NUL");
    }

    @Test
    void a_program_without_a_name_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessSpec.of(""))
                .withMessageContaining("the program's name is empty");
    }

    @Test
    void a_mistake_in_a_value_does_not_show_the_value() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SPEC.withEnvironment("PASSWORD", "hunter2\0"))
                .matches(mistake -> !String.valueOf(mistake.getMessage()).contains("hunter2"));
    }

    @Test
    void the_environment_is_never_shown() {
        assertThat(SPEC.withEnvironment("PASSWORD", "hunter2")).hasToString("ProcessSpec[program, argument]");
    }

    private static ProcessSpec spec(List<OsString> command, Map<String, Optional<String>> environment) {
        return new ProcessSpec(
                command,
                SPEC.directory(),
                environment,
                SPEC.stdin(),
                SPEC.stdout(),
                SPEC.stderr(),
                SPEC.grouping(),
                SPEC.ownerLost(),
                SPEC.identityFile());
    }
}
