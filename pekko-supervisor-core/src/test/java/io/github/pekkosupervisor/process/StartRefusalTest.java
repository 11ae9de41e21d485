package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a program that the kernel refuses to run, with either backend. */
final class StartRefusalTest {

    private static final ActorTestKit BY_US = ActorTestKit.create();
    private static final ActorTestKit PORTABLY =
            ActorTestKit.create(ConfigFactory.parseString("pekko-supervisor.process.backend = portable")
                    .withFallback(ActorTestKit.applicationTestConfig()));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path scratch;

    @AfterAll
    static void shut_down() {
        BY_US.shutdownTestKit();
        PORTABLY.shutdownTestKit();
    }

    @BeforeEach
    void have_what_cannot_be_run() throws Exception {
        write("mode", "#!/bin/sh\n", "rw-r--r--");
        write("script", "#!/no/such/interpreter -x\n", "rwxr-xr-x");
        write("dos", "#!/bin/sh\r\necho\r\n", "rwxr-xr-x");
        write("of-directory", "#!/usr/bin\n", "rwxr-xr-x");
        write("of-mode", "#!" + scratch.resolve("mode") + "\n", "rwxr-xr-x");
        write("empty", "", "rwxr-xr-x");
        write("text", "hello\n", "rwxr-xr-x");
        Files.createDirectory(scratch.resolve("directory"));
        Files.createSymbolicLink(scratch.resolve("link"), Path.of("nowhere"));
        Files.createSymbolicLink(scratch.resolve("circle"), Path.of("circle"));
        byte[] program = Files.readAllBytes(Path.of("/bin/true").toRealPath());
        write("processor", withMachine(program), "rwxr-xr-x");
        write("loader", withLoader(program), "rwxr-xr-x");
    }

    private void write(String name, String content, String mode) throws Exception {
        write(name, content.getBytes(ISO_8859_1), mode);
    }

    private void write(String name, byte[] content, String mode) throws Exception {
        Path file = Files.write(scratch.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static byte[] withMachine(byte[] program) {
        byte[] changed = program.clone();
        changed[18] = (byte) 243;
        return changed;
    }

    /** The loader's path begins with a slash and {@code lib}; another of the same length is put in its place. */
    private static byte[] withLoader(byte[] program) {
        String text = new String(program, ISO_8859_1);
        int at = text.indexOf("/lib");
        byte[] changed = program.clone();
        changed[at + 1] = 'L';
        return changed;
    }

    private static String refusal(ActorTestKit kit, ProcessSpec spec) {
        TestProbe<ProcessEvent> owner = kit.createTestProbe();
        kit.spawn(
                ProcessActor.create(spec.withWhenSupervisorDies(WhenSupervisorDies.KEEP), owner.getRef()),
                Processes.dispatcher());
        return String.valueOf(
                owner.expectMessageClass(StartFailed.class, PATIENCE).cause().getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none         | is not there; install it or correct its path (ENOENT)",
                "link         | is a link to nowhere, which is not there; install that or correct the link (ENOENT)",
                "circle       | is a link that leads back to itself; correct it (ELOOP)",
                "mode/below   | cannot be there, since @/mode is not a directory; correct the path (ENOTDIR)",
                "mode         | is not executable, for nobody: its mode is rw-r--r--, its owner user",
                "directory    | is a directory; give the path of a file (EACCES)",
                "script       | names, /no/such/interpreter, is not there; install it or correct that line (ENOENT)",
                "dos          | its first line ends as lines of DOS do",
                "of-directory | the interpreter that its first line names, /usr/bin, is a directory",
                "of-mode      | the interpreter that its first line names, @/mode, is not executable, for nobody",
                "loader       | needs the loader /Lib",
            })
    void the_reason_says_what_is_wrong_and_what_to_do(String name, String words) {
        ProcessSpec spec = ProcessSpec.of(scratch.resolve(name).toString());
        String expected = words.replace("@", scratch.toString());

        assertThat(refusal(BY_US, spec)).contains(expected);
        assertThat(refusal(PORTABLY, spec)).contains(expected);
    }

    /** The JDK has the shell run them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "empty     | is empty; write what it is to do, or correct the path (ENOEXEC)",
                "text      | is neither a program for this system nor a script that names its interpreter",
                "processor | was built for another processor; install a build for this one (ENOEXEC)",
            })
    void what_is_no_program_is_named(String name, String words) {
        assertThat(refusal(BY_US, ProcessSpec.of(scratch.resolve(name).toString())))
                .contains(words);
    }

    @Test
    void a_program_without_a_slash_is_looked_up_in_the_path_of_the_jvm() {
        ProcessSpec spec = ProcessSpec.of("no-such-program-anywhere");
        String expected =
                "is in no directory of the JVM's PATH, " + System.getenv("PATH") + "; install it or give its path";

        assertThat(refusal(BY_US, spec)).contains(expected);
        assertThat(refusal(PORTABLY, spec)).contains(expected);
    }

    @Test
    void that_it_is_in_the_path_of_the_process_itself_is_said() throws Exception {
        write("tool-of-this-test", "#!/bin/sh\n", "rwxr-xr-x");
        ProcessSpec spec = ProcessSpec.of("tool-of-this-test").withEnvironment("PATH", scratch.toString());
        String expected =
                "the PATH that is set for the process is not searched for it, though it is there: give the path "
                        + scratch.resolve("tool-of-this-test");

        assertThat(refusal(BY_US, spec)).contains(expected);
        assertThat(refusal(PORTABLY, spec)).contains(expected);
    }

    @Test
    void a_program_below_the_directory_it_starts_in_is_looked_at_there() {
        ProcessSpec spec = ProcessSpec.of("./mode").withDirectory(scratch);

        assertThat(refusal(BY_US, spec)).contains("the program ./mode is not executable, for nobody");
        assertThat(refusal(PORTABLY, spec)).contains("the program ./mode is not executable, for nobody");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none | the directory to start true in is not there; create it, or name another (ENOENT)",
                "mode | the directory to start true in is not a directory; name another (ENOTDIR)"
            })
    void a_directory_to_start_in_is_named(String name, String words) {
        assertThat(refusal(BY_US, ProcessSpec.of("true").withDirectory(scratch.resolve(name))))
                .contains(words);
    }

    @Test
    void arguments_that_are_too_long_are_told() {
        char[] long_ = new char[200_000];
        Arrays.fill(long_, 'x');

        assertThat(refusal(BY_US, ProcessSpec.of("true", new String(long_))))
                .contains("its arguments and environment are longer than the kernel passes on", "(E2BIG)");
    }
}
