package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static io.github.pekkosupervisor.runit.badinput.Yard.script;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a real launcher says that was started with {@code --verbose}. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class VerboseLauncherTest extends InYard {

    private static final String CRASHES = "sleep 0.05; exit 3";

    /** One that ends on TERM as a JVM does. */
    private static final String JVM = "trap 'exit 143' TERM; : >up; while :; do sleep 0.1; done";

    private static String numbersLeftOut(String lines) {
        return lines.replaceAll("pid \\d+", "pid N").replaceAll("ran [0-9.]+ m?s", "ran T");
    }

    @Test
    void runsvdir_tells_of_starts_ends_and_pauses_and_of_no_ordered_stop_as_a_warning() throws IOException {
        Path jvm = yard.service("jvm");
        script(jvm.resolve("run"), JVM);
        yard.start(
                Yard.dist().resolve("runsvdir").toString(),
                "--verbose",
                yard.services().toString());
        yard.awaitRun(jvm);
        patiently().until(() -> Files.exists(jvm.resolve("up")));
        script(yard.service(".loop").resolve("run"), CRASHES);
        yard.appears("loop");
        String start = "runsvdir " + yard.services() + ": ";
        yard.awaitComplaint(start + "warn: service directory [/loop] next start of run in 1 s");

        Yard.control(jvm, "d".getBytes(StandardCharsets.US_ASCII));
        yard.awaitComplaint("[/jvm] run ended");

        assertThat(numbersLeftOut(yard.complaints()).lines())
                .allSatisfy(line -> assertThat(line).startsWith(start))
                .contains(
                        start + "info: service directory [/jvm] is supervised from now on",
                        start + "info: service directory [/jvm] started run, pid N",
                        start + "info: service directory [/jvm] run ended with exit code 143, pid N, ran T",
                        start + "info: service directory [/loop] started run, pid N",
                        start + "warn: service directory [/loop] run ended with exit code 3, pid N, ran T",
                        start + "warn: service directory [/loop] next start of run in 1 s, since it ended"
                                + " within a second");
    }

    @Test
    void runsv_tells_the_same_under_the_name_of_its_directory() throws IOException {
        Path loop = yard.service("loop");
        script(loop.resolve("run"), CRASHES);
        yard.start(Yard.dist().resolve("runsv").toString(), "--verbose", loop.toString());

        yard.awaitComplaint("[/loop] next start of run in 1 s");
        Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
        assertThat(yard.exitCode()).isZero();

        String start = "runsv " + loop + ": ";
        assertThat(numbersLeftOut(yard.complaints()).lines())
                .allSatisfy(line -> assertThat(line).startsWith(start))
                .contains(
                        start + "info: service directory [/loop] started run, pid N",
                        start + "warn: service directory [/loop] run ended with exit code 3, pid N, ran T")
                .endsWith(start + "info: service directory [/loop] is supervised no more");
    }

    @Test
    void runsv_takes_the_word_alone_for_a_directory_as_ever() throws IOException {
        yard.start(Yard.dist().resolve("runsv").toString(), "--verbose");

        assertThat(yard.exitCode()).isEqualTo(111);
        assertThat(yard.complaints()).startsWith("runsv --verbose: fatal: unable to change to directory");
    }
}
