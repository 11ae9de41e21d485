package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeseenRefusalsTest {

    @TempDir
    Path temp;

    private static final ProcessSpec FINE = ProcessSpec.of("sleep", "1d");

    private static String only(ProcessSpec spec) {
        List<String> refusals = ForeseenRefusals.of(spec);
        assertThat(refusals).hasSize(1);
        return refusals.get(0);
    }

    @Test
    void nothing_is_wrong_with_what_is_there() throws IOException {
        Files.writeString(temp.resolve("app.env"), "A=1\n");
        Files.writeString(temp.resolve("program"), "#!/bin/sh\n").toFile().setExecutable(true);

        assertThat(ForeseenRefusals.of(FINE)).isEmpty();
        assertThat(ForeseenRefusals.of(
                        ProcessSpec.of("./program").withDirectory(temp).withEnvironmentFiles(Path.of("app.env"))))
                .isEmpty();
    }

    @Test
    void each_thing_that_is_not_there_is_told() {
        assertThat(only(FINE.withUser("no-such-user"))).startsWith("user no-such-user: there is no user of this name");
        assertThat(only(FINE.withDirectory(temp.resolve("no"))))
                .contains("the directory to start sleep in is not there");
        assertThat(only(ProcessSpec.of("/no/such/program"))).startsWith("the program /no/such/program is not there");
        assertThat(only(ProcessSpec.of("no-such-program"))).contains("is in no directory of the JVM's PATH");
        assertThat(only(FINE.withDirectory(temp).withEnvironmentFiles(Path.of("app.env"))))
                .startsWith("environment-files app.env: is not there");
    }

    @Test
    void all_of_them_are_told() throws IOException {
        Files.writeString(temp.resolve("bad.env"), "no value\n");

        assertThat(ForeseenRefusals.of(ProcessSpec.of("./program")
                        .withUser("no-such-user")
                        .withDirectory(temp)
                        .withEnvironmentFiles(Path.of("bad.env"), Path.of("none.env"))))
                .satisfiesExactly(
                        user -> assertThat(user).contains("no user"),
                        program -> assertThat(program).contains("./program is not there"),
                        bad -> assertThat(bad).contains("bad.env:1"),
                        none -> assertThat(none).contains("none.env: is not there"));
    }

    @Test
    void what_only_another_user_may_run_is_not_judged_by_this_one() throws IOException {
        Path mine = Files.writeString(temp.resolve("mine"), "#!/bin/sh\n");

        assertThat(only(ProcessSpec.of(mine.toString()))).contains("is not executable");
        assertThat(ForeseenRefusals.of(ProcessSpec.of(mine.toString()).withUser("no-such-user")))
                .singleElement()
                .asString()
                .contains("no user");
    }
}
