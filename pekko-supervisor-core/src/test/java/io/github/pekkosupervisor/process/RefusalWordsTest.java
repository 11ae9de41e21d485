package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.LimitSight;
import io.github.pekkosupervisor.posix.ProgramSight;
import io.github.pekkosupervisor.posix.ProgramSight.Found;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** In which words a process is refused, and what is to be done. */
final class RefusalWordsTest {

    private static final List<String> PATH = List.of("/usr/local/bin", "/usr/bin");

    static Stream<Arguments> programs() {
        String path = "/srv/app";
        return Stream.of(
                Arguments.of(
                        new ProgramSight.Missing(path),
                        "the program /srv/app is not there; install it or correct its path"),
                Arguments.of(
                        new ProgramSight.LinkToNothing(path, "../opt/app"),
                        "the program /srv/app is a link to ../opt/app, which is not there; install that or correct the"
                                + " link"),
                Arguments.of(
                        new ProgramSight.NotBelow(path, "/srv"),
                        "the program /srv/app cannot be there, since /srv is not a directory; correct the path"),
                Arguments.of(
                        new ProgramSight.Barred(path, "/srv", 1000),
                        "the program /srv/app cannot be reached: user 1000, as whom the JVM runs, may not search the"
                                + " directory /srv; give the right to (chmod +x), or put the program elsewhere"),
                Arguments.of(
                        new ProgramSight.IsDirectory(path),
                        "the program /srv/app is a directory; give the path of a file"),
                Arguments.of(
                        new ProgramSight.Special(path),
                        "the program /srv/app is a FIFO, a socket or a device; give the path of a file"),
                Arguments.of(
                        new ProgramSight.MountedNoexec(path, "/srv"),
                        "the program /srv/app lies in /srv, which is mounted noexec, so that nothing in it is executed;"
                                + " put it elsewhere, or mount that without noexec"),
                Arguments.of(
                        new ProgramSight.NoRight(path, 0644, 0, 1000),
                        "the program /srv/app is not executable, for nobody: its mode is rw-r--r--, its owner user 0;"
                                + " use chmod +x"),
                Arguments.of(
                        new ProgramSight.NoRight(path, 0750, 33, 1000),
                        "the program /srv/app is not executable for user 1000, as whom the JVM runs: its mode is"
                                + " rwxr-x---, its owner user 33; give the right to by chmod or chown, or run the JVM as"
                                + " another user"),
                Arguments.of(
                        new ProgramSight.BadInterpreter(path, new ProgramSight.Missing("/usr/bin/pythn")),
                        "the program /srv/app is a script, and the interpreter that its first line names,"
                                + " /usr/bin/pythn, is not there; install it or correct that line"),
                Arguments.of(
                        new ProgramSight.BadInterpreter(path, new ProgramSight.IsDirectory("/usr/bin")),
                        "the program /srv/app is a script, and the interpreter that its first line names, /usr/bin, is a"
                                + " directory; give the path of a file"),
                Arguments.of(
                        new ProgramSight.BadInterpreter(path, new ProgramSight.NoRight("/opt/lua", 0600, 0, 0)),
                        "the program /srv/app is a script, and the interpreter that its first line names, /opt/lua, is"
                                + " not executable, for nobody: its mode is rw-------, its owner user 0; use chmod +x"),
                Arguments.of(
                        new ProgramSight.BadInterpreter(path, new ProgramSight.Missing("/bin/sh\r")),
                        "the program /srv/app is a script, and its first line ends as lines of DOS do, so that the"
                                + " interpreter's name would end with a carriage return; write it with plain newlines"),
                Arguments.of(
                        new ProgramSight.NoLoader(path, "/lib/ld-musl-x86_64.so.1"),
                        "the program /srv/app needs the loader /lib/ld-musl-x86_64.so.1, which is not there; install the"
                                + " C library that it was built for, or a build for this system"),
                Arguments.of(
                        new ProgramSight.OtherProcessor(path),
                        "the program /srv/app was built for another processor; install a build for this one"),
                Arguments.of(
                        new ProgramSight.Empty(path),
                        "the program /srv/app is empty; write what it is to do, or correct the path"),
                Arguments.of(
                        new ProgramSight.NoFormat(path),
                        "the program /srv/app is neither a program for this system nor a script that names its"
                                + " interpreter; begin it with #! and the path of one, as in #!/bin/sh"),
                Arguments.of(new ProgramSight.Fine(path), ""));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void of_a_program_by_its_path(ProgramSight sight, String words) {
        assertThat(RefusalWords.of("/srv/app", new Found(List.of(), Optional.empty(), sight))
                        .orElse(""))
                .isEqualTo(words);
    }

    static Stream<Arguments> lookups() {
        String nowhere = "the program app is in no directory of the JVM's PATH, /usr/local/bin:/usr/bin";
        return Stream.of(
                Arguments.of(Optional.empty(), nowhere + "; install it or give its path"),
                Arguments.of(
                        Optional.of(""),
                        nowhere + "; the PATH that is set for the process is not searched for it, and it is not there"
                                + " either; install it or give its path"),
                Arguments.of(
                        Optional.of("/opt/app"),
                        nowhere
                                + "; the PATH that is set for the process is not searched for it, though it is there: give"
                                + " the path /opt/app"));
    }

    @ParameterizedTest
    @MethodSource("lookups")
    void of_a_program_by_its_name(Optional<String> inItsOwn, String words) {
        assertThat(RefusalWords.of("app", new Found(PATH, inItsOwn, new ProgramSight.Missing("app"))))
                .contains(words);
    }

    @Test
    void of_a_program_that_was_found_by_its_name() {
        assertThat(RefusalWords.of(
                        "app", new Found(PATH, Optional.empty(), new ProgramSight.IsDirectory("/usr/bin/app"))))
                .contains("the program /usr/bin/app is a directory; give the path of a file (found by the JVM's PATH)");
    }

    @Test
    void a_path_that_does_something_to_a_terminal_is_escaped_and_a_long_one_cut() {
        String words = RefusalWords.of(
                        "x",
                        new Found(
                                List.of("/\033[2J", "y".repeat(9000)), Optional.empty(), new ProgramSight.Missing("x")))
                .orElse("");

        assertThat(words).contains("/\\x1b[2J:yyy", "yyy...; install").hasSizeLessThan(600);
    }

    @ParameterizedTest
    @CsvSource({"0, ---------", "0755, rwxr-xr-x", "04711, rwx--x--x", "0642, rw-r---w-"})
    void modes_are_written_as_by_ls(String octal, String mode) {
        assertThat(RefusalWords.mode(Integer.parseInt(octal, 8))).isEqualTo(mode);
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(
                        new LimitSight.OpenFiles(1024, 4096),
                        "this JVM has as many open files as it may, 1024, which may be raised to 4096; raise that (ulimit"
                                + " -n, LimitNOFILE=), or open less"),
                Arguments.of(
                        new LimitSight.OpenFiles(4096, 4096),
                        "this JVM has as many open files as it may, 4096; raise that (ulimit -n, LimitNOFILE=), or open"
                                + " less"),
                Arguments.of(
                        new LimitSight.OpenFiles(1024, -1),
                        "this JVM has as many open files as it may, 1024, which may be raised to any number; raise that"
                                + " (ulimit -n, LimitNOFILE=), or open less"),
                Arguments.of(
                        new LimitSight.OpenFilesOfAll(99),
                        "all programs of this machine together have as many open files as they may, 99; raise the kernel's"
                                + " fs.file-max, or open less"),
                Arguments.of(
                        new LimitSight.OpenFilesOfAll(-1),
                        "all programs of this machine together have as many open files as they may; raise the kernel's"
                                + " fs.file-max, or open less"),
                Arguments.of(
                        new LimitSight.InGroup("/app", 100),
                        "the control group /app has as many processes and threads as it may, 100; raise its pids.max"
                                + " (TasksMax=, --pids-limit of a container), or run less in it"),
                Arguments.of(
                        new LimitSight.OfAll("kernel.pid_max", 32768),
                        "this machine has as many processes and threads as it may, 32768; raise the kernel's"
                                + " kernel.pid_max, or run less"),
                Arguments.of(
                        new LimitSight.OfUser(1000, 4711),
                        "user 1000 has as many processes and threads as it may, 4711, as no other limit is over; raise"
                                + " that (ulimit -u, LimitNPROC=), or run less"),
                Arguments.of(
                        new LimitSight.Unseen(),
                        "the kernel makes no more processes or threads now, and of the limits that can be seen none is"
                                + " over; try again later, and look at pids.max of the control groups around this one"),
                Arguments.of(
                        new LimitSight.Memory(true),
                        "there is not enough memory for another process, of which the kernel lends no more than there is"
                                + " (vm.overcommit_memory = 2); allow it more, or free some"),
                Arguments.of(
                        new LimitSight.Memory(false),
                        "there is not enough memory for another process; free some, or raise the memory limit of the"
                                + " container or unit (MemoryMax=)"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void of_a_limit(LimitSight limit, String words) {
        assertThat(RefusalWords.of(limit)).isEqualTo(words);
    }
}
