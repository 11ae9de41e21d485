package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.export.ServiceExport.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may look and command: case 39 of the specification of exports, each row of its table of rights. */
final class ExportAccessCasesTest {

    /** Of nobody; it need not have a name. */
    private static final String OPS = "54321";

    private static final List<String> STRICT = List.of("sh", "-c", "umask 077; exec \"$@\"", "sh");

    @TempDir
    Path temp;

    private static void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Needs.that(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
    }

    /** What {@code sv} says to a user in these groups. */
    private static String as(String groups, Path directory, String... words) {
        return as(List.of(), groups, directory, words);
    }

    /** @param before the words of a command that starts it */
    private static String as(List<String> before, String groups, Path directory, String... words) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                groups.isEmpty() ? "--clear-groups" : "--groups=" + groups,
                "--",
                "env",
                "SVDIR=" + directory,
                "/usr/bin/sv"));
        command.addAll(List.of(words));
        return ShownTree.run(command.toArray(String[]::new)).line();
    }

    private static String kindOfAnswer(String line) {
        if (line.contains("ok: access denied")) {
            return "denied";
        }
        if (line.contains("control: access denied")) {
            return "looks";
        }
        return line.startsWith("ok: run: ") || line.startsWith("run: ") ? "yes" : line;
    }

    @ParameterizedTest
    @CsvSource({
        // access,                         member looks, commands, stranger looks, commands
        "OWNER,                            denied,       denied,   denied,         denied",
        "STATUS_FOR_GROUP,                 yes,          looks,    denied,         denied",
        "CONTROL_FOR_GROUP,                yes,          yes,      denied,         denied",
        "STATUS_FOR_ALL,                   yes,          looks,    yes,            looks",
        "STATUS_FOR_ALL_CONTROL_FOR_GROUP, yes,          yes,      yes,            looks"
    })
    void case_39_members_and_strangers_may_do_what_the_table_says(
            Access access, String memberLooks, String memberCommands, String strangerLooks, String strangerCommands)
            throws IOException {
        needsRoot();
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path directory = temp.resolve("service");
        try (ExportHost host = ExportHost.start(STRICT, directory, "group=" + OPS, "access=" + access, "cache")
                .awaitUp()) {
            ShownTree.patiently()
                    .until(() -> ShownTree.sv(directory, "status", "cache").exit() == 0);

            assertThat(kindOfAnswer(as(OPS, directory, "status", "cache"))).isEqualTo(memberLooks);
            assertThat(kindOfAnswer(as(OPS, directory, "restart", "cache"))).isEqualTo(memberCommands);
            assertThat(kindOfAnswer(as("", directory, "status", "cache"))).isEqualTo(strangerLooks);
            assertThat(kindOfAnswer(as("", directory, "restart", "cache"))).isEqualTo(strangerCommands);
            assertThat(host.log()).doesNotContain(" ERROR ");
        }
    }

    /** Of who is not root {@code hidepid} hides the JVM; whether it is there can be seen all the same. */
    @Test
    void case_39_a_member_to_whom_processes_are_hidden_waits_for_readiness_too() throws Exception {
        needsRoot();
        List<String> hidden =
                List.of("unshare", "-m", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh");
        List<String> look = new ArrayList<>(hidden);
        look.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ls", "/proc/1/stat"));
        assumeTrue(
                ShownTree.run(look.toArray(String[]::new)).line().contains("No such file"),
                "processes can be hidden here");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path directory = temp.resolve("service");
        try (ExportHost host =
                ExportHost.start(directory, "group=" + OPS, "cache", "slow").awaitUp()) {
            ShownTree.patiently()
                    .until(() ->
                            ShownTree.sv(directory, "check", "slow", "cache").exit() == 0);

            assertThat(as(hidden, OPS, directory, "check", "cache")).startsWith("ok: run: cache: ");
            awaitNextSecond(directory, "slow");
            assertThat(as(hidden, OPS, directory, "restart", "slow")).startsWith("ok: run: slow: ");
            awaitNextSecond(directory, "slow");
            Path hold = Files.createFile(temp.resolve("hold"));
            assertThat(as(hidden, OPS, directory, "-w1", "restart", "slow")).startsWith("timeout: run: slow: ");
            Files.delete(hold);
            ShownTree.patiently()
                    .until(() -> ShownTree.sv(directory, "check", "slow").exit() == 0);
            List<String> check = new ArrayList<>(hidden);
            check.addAll(List.of(
                    "setpriv", "--reuid=65534", "--regid=65534", "--groups=" + OPS, directory + "/cache/check"));
            assertThat(ShownTree.run(check.toArray(String[]::new)).exit()).isZero();
            host.kill();
            assertThat(ShownTree.run(check.toArray(String[]::new)).exit()).isEqualTo(1);
        }
    }

    /** {@code sv} compares whole seconds, so that it would take the start of before for that of now. */
    private static void awaitNextSecond(Path directory, String name) {
        ShownTree.patiently()
                .until(() -> !ShownTree.sv(directory, "status", name).line().endsWith(") 0s"));
    }

    @ParameterizedTest
    @CsvSource({
        "OWNER,                            rwx------, rw-------, rw-------",
        "STATUS_FOR_GROUP,                 rwxr-x---, rw--w----, rw-------",
        "CONTROL_FOR_GROUP,                rwxr-x---, rw--w----, rw--w----",
        "STATUS_FOR_ALL,                   rwxr-xr-x, rw--w--w-, rw-------",
        "STATUS_FOR_ALL_CONTROL_FOR_GROUP, rwxr-xr-x, rw--w--w-, rw--w----"
    })
    void case_39_modes_are_exact_whatever_the_umask(Access access, String supervise, String ok, String control)
            throws IOException {
        needsRoot();
        Path directory = temp.resolve("service");
        try (ExportHost host = ExportHost.start(STRICT, directory, "group=" + OPS, "access=" + access, "cache")
                .awaitUp()) {
            ShownTree.patiently()
                    .until(() -> ShownTree.sv(directory, "status", "cache").exit() == 0);
            Path files = directory.resolve("cache/supervise");

            assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
            assertThat(mode(files)).isEqualTo(supervise);
            assertThat(mode(files.resolve("ok"))).isEqualTo(ok);
            assertThat(mode(files.resolve("control"))).isEqualTo(control);
            assertThat(mode(files.resolve("status"))).isEqualTo("rw-r--r--");
            assertThat(mode(directory.resolve("cache/check"))).isEqualTo("rwxr-xr-x");
            assertThat(host.log()).doesNotContain(" ERROR ");
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void some_may_have_other_rights_than_the_rest() throws IOException {
        needsRoot();
        Path directory = temp.resolve("service");
        try (ShownTree shown = ShownTree.start(
                directory,
                ShownTree.quickTree(),
                export -> export.withGroup(OPS)
                        .withAccess("workers*", Access.STATUS_FOR_GROUP)
                        .withAccess("*", Access.OWNER))) {
            assertThat(mode(shown.supervise("cache"))).isEqualTo("rwx------");
            assertThat(mode(shown.supervise("workers"))).isEqualTo("rwxr-x---");
            assertThat(mode(shown.supervise("workers.w1"))).isEqualTo("rwxr-x---");
        }
    }

    @Test
    void without_its_group_only_the_owner_is_let_in() throws IOException {
        try (ShownTree shown = ShownTree.start(
                temp.resolve("service"), ShownTree.quickTree(), export -> export.withGroup("no-such-group"))) {
            assertThat(mode(shown.supervise("cache"))).isEqualTo("rwx------");
            assertThat(mode(shown.supervise("cache").resolve("control"))).isEqualTo("rw-------");
        }
    }

    /** As in a configuration: else nobody would be let in, and nobody told. */
    @Test
    void who_lets_a_group_in_must_say_which() {
        Path directory = temp.resolve("service");
        List<UnaryOperator<ServiceExport>> mistakes = List.of(
                export -> export.withAccess(Access.CONTROL_FOR_GROUP),
                export -> export.withAccess("workers.*", Access.STATUS_FOR_GROUP));

        for (UnaryOperator<ServiceExport> mistake : mistakes) {
            assertThatThrownBy(() -> ShownTree.start(directory, ShownTree.quickTree(), mistake))
                    .hasStackTraceContaining(
                            "export to " + directory + ": the group may look or command, and there is no"
                                    + " group; name it with withGroup(\"ops\")");
        }
        assertThat(directory).doesNotExist();
        ShownTree.start(
                        directory,
                        ShownTree.quickTree(),
                        export -> export.withAccess("*", Access.OWNER).withAccess(Access.STATUS_FOR_ALL))
                .close();
    }

    @Test
    void a_directory_that_others_may_write_to_is_refused() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("service"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ShownTree.start(directory, ShownTree.quickTree(), ServiceExport::withRequired))
                .isInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("can be written to by others than its owner (mode 777)");
    }
}
