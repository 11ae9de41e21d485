package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessSpec.IdentityFile;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("NullAway") // what is given as null, as somebody without it may, is told
final class ProcessSpecTest {

    private static final ProcessSpec SPEC = ProcessSpec.of("program", "argument");

    @Test
    void what_is_not_said_is_as_the_jvm_has_it() {
        assertThat(SPEC.command()).containsExactly(OsString.of("program"), OsString.of("argument"));
        assertThat(SPEC.directory()).isEqualTo(new WorkingDirectory.Inherited());
        assertThat(SPEC.environment()).isEmpty();
        assertThat(SPEC.stdin()).isEqualTo(Stdio.discard());
        assertThat(List.of(SPEC.stdout(), SPEC.stderr())).containsOnly(Stdio.inherited());
        assertThat(SPEC.identityFile()).isEmpty();
    }

    @Test
    void what_an_application_starts_ends_with_it() {
        assertThat(SPEC.grouping()).isEqualTo(Grouping.OWN_SESSION);
        assertThat(SPEC.wholeGroup()).isTrue();
        assertThat(SPEC.ownerLost()).isEqualTo(OwnerLost.KILL);
        assertThat(SPEC.whenSupervisorDies()).isEqualTo(WhenSupervisorDies.KILL);
    }

    @Test
    void a_bare_process_is_alone_and_goes_on() {
        ProcessSpec bare = ProcessSpec.bare(SPEC.command());

        assertThat(bare.grouping()).isEqualTo(Grouping.INHERIT);
        assertThat(bare.withGrouping(Grouping.OWN_SESSION).wholeGroup()).isFalse();
        assertThat(bare.whenSupervisorDies()).isEqualTo(WhenSupervisorDies.KEEP);
    }

    @Test
    void without_a_group_of_its_own_it_is_not_one_with_it() {
        assertThat(SPEC.withGrouping(Grouping.INHERIT).wholeGroup()).isFalse();
    }

    @Test
    void its_name_is_that_of_the_program_unless_it_is_given_one() {
        assertThat(ProcessSpec.of("/usr/bin/redis-server", "x").name()).isEqualTo("redis-server");
        assertThat(SPEC.withName("cache").name()).isEqualTo("cache");
    }

    @ParameterizedTest
    @MethodSource("streamsThatCannotBe")
    void streams_that_cannot_be_are_refused(Function<ProcessSpec, ProcessSpec> change, String message) {
        assertThat(change.apply(SPEC).problems()).singleElement().asString().contains(message);
    }

    static Stream<Arguments> streamsThatCannotBe() {
        Stdio connected = new Stdio.Connected(ProcessConnection.create());
        return Stream.of(
                refused(spec -> spec.withStdin(Stdio.logged()), "standard input cannot be"),
                refused(spec -> spec.withStdin(Stdio.prefixed()), "standard input cannot be"),
                refused(spec -> spec.withStderr(connected), "standard error cannot be connected"),
                refused(spec -> spec.withStdin(connected), "both or not at all"),
                refused(
                        spec -> spec.withStartTimeout(Duration.ZERO),
                        "withStartTimeout: must be more than zero and at most 36525 days, was 0 s"),
                refused(spec -> spec.withStartTimeout(Duration.ofSeconds(Long.MAX_VALUE)), "withStartTimeout: must be"),
                refused(spec -> spec.withProcessGroup(null), "withProcessGroup: must not be null"),
                refused(
                        spec -> spec.withNormalExitCodes(3, 256),
                        "withNormalExitCodes: an exit code is 0 to 255, was 256"),
                refused(
                        spec -> spec.withNormalExitSignals(Signal.KILL),
                        "withNormalExitSignals: KILL never counts as a normal end; leave it out"));
    }

    private static Arguments refused(Function<ProcessSpec, ProcessSpec> change, String message) {
        return Arguments.of(change, message);
    }

    @Test
    void each_change_changes_one_thing(@TempDir Path place) throws PosixException {
        try (Directory open = Directory.open(OsString.of(place.toString()))) {
            OsString name = OsString.of("name");

            ProcessSpec changed = SPEC.withStdin(Stdio.discard())
                    .withStdout(Stdio.pipe())
                    .withStderr(Stdio.file(place))
                    .withGrouping(Grouping.OWN_GROUP)
                    .withOwnerLost(OwnerLost.KEEP)
                    .withEnvironment("SET", "value")
                    .withoutEnvironment("UNSET")
                    .withIdentityFile(open, name);

            assertThat(changed.command()).isEqualTo(SPEC.command());
            assertThat(changed.environment()).isEqualTo(Map.of("SET", Optional.of("value"), "UNSET", Optional.empty()));
            assertThat(changed.stdin()).isEqualTo(Stdio.discard());
            assertThat(changed.stdout()).isEqualTo(Stdio.pipe());
            assertThat(changed.stderr()).isEqualTo(Stdio.file(place));
            assertThat(changed.grouping()).isEqualTo(Grouping.OWN_GROUP);
            assertThat(changed.ownerLost()).isEqualTo(OwnerLost.KEEP);
            assertThat(changed.whenSupervisorDies()).isEqualTo(SPEC.whenSupervisorDies());
            assertThat(changed.identityFile()).hasValue(new IdentityFile(open, name));
            assertThat(changed.withDirectory(place).directory()).isEqualTo(new WorkingDirectory.At(place));
            assertThat(changed.withDirectory(open).directory())
                    .isEqualTo(new WorkingDirectory.Open(open, Optional.empty()));
            assertThat(changed.withDirectory(open, name).directory())
                    .isEqualTo(new WorkingDirectory.Open(open, Optional.of(name)));
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
        ProcessSpec spec = ProcessSpec.of(command).withEnvironment(environment);

        command.clear();
        environment.put("LATE", Optional.of("value"));

        assertThat(spec.command()).isEqualTo(SPEC.command());
        assertThat(spec.environment()).isEmpty();
    }

    @Test
    void all_mistakes_are_listed_at_once() {
        Map<String, Optional<String>> environment =
                Map.of("", Optional.of("x"), "A=B", Optional.empty(), "C\0", Optional.empty(), "D", Optional.of("\0"));

        assertThat(SPEC.withStop(null).withEnvironment(environment).problems())
                .satisfiesExactly(
                        stop -> assertThat(stop).isEqualTo("withStop: must not be null; leave it out for the default"),
                        all -> assertThat(all)
                                .startsWith("withEnvironment: ")
                                .contains("environment name \"\"")
                                .contains("environment name \"A=B\"")
                                .contains("environment name \"C\0\"")
                                .contains("the value of environment variable \"D\" contains NUL"));
    }

    @Test
    void what_was_wrong_is_put_right_by_the_same_method() {
        ProcessSpec wrong = SPEC.withStartTimeout(Duration.ZERO).withName(null);

        assertThat(wrong.withStartTimeout(Duration.ofSeconds(1)).problems())
                .containsExactly("withName: must not be null; leave it out for the default");
        assertThat(wrong.withStartTimeout(Duration.ofSeconds(1))
                        .withName("right")
                        .problems())
                .isEmpty();
        assertThat(wrong.startTimeout()).isEqualTo(ProcessSpec.DEFAULT_START_TIMEOUT);
    }

    @Test
    void a_variable_that_cannot_be_set_is_not_forgotten_when_others_are() {
        ProcessSpec spec =
                SPEC.withEnvironment("A=B", "x").withEnvironment("C", null).withEnvironment("D", "right");

        assertThat(spec.problems())
                .singleElement()
                .asString()
                .startsWith("withEnvironment: environment name \"A=B\" is empty or contains")
                .endsWith("; must not be null; leave it out for the default");
        assertThat(spec.environment()).containsOnlyKeys("D");
    }

    @Test
    void connected_to_the_application_one_after_the_other_is_no_mistake() {
        Stdio connected = new Stdio.Connected(ProcessConnection.create());

        assertThat(SPEC.withStdin(connected).withStdout(connected).problems()).isEmpty();
    }

    @Test
    void an_empty_command_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessSpec.of(List.of()))
                .withMessageContaining("the command is empty");
    }

    @Test
    void a_program_without_a_name_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProcessSpec.of(""))
                .withMessageContaining("the program's name is empty");
    }

    @Test
    void a_mistake_in_a_value_does_not_show_the_value() {
        assertThat(SPEC.withEnvironment("PASSWORD", "hunter2\0").problems())
                .singleElement()
                .asString()
                .contains("PASSWORD")
                .doesNotContain("hunter2");
    }

    @Test
    void the_environment_is_never_shown() {
        assertThat(SPEC.withEnvironment("PASSWORD", "hunter2")).hasToString("ProcessSpec[program, argument]");
    }
}
