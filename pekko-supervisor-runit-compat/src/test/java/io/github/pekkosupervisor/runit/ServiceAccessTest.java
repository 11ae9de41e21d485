package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may look at real service directories and command them, as {@code access} says it; one launcher under a strict
 * umask for all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
final class ServiceAccessTest {

    /** Of nobody; it need not have a name. */
    private static final String OPS = "54321";

    private static final Map<String, String> ACCESS = Map.of(
            "plain", "",
            "owner", "access {}",
            "look", "access { group = " + OPS + ", status = group }",
            "command", "access { group = " + OPS + " }",
            "all", "access { status = all }",
            "both", "access { group = " + OPS + ", status = all, control = group }",
            // as both; it is restarted while others are looked at
            "again", "access { group = " + OPS + ", status = all, control = group }",
            "nogroup", "access { group = no-such-group, status = all, control = group }",
            "open", "access { status = all }");

    private final MarkedProcesses processes = new MarkedProcesses();
    private @Nullable Process launcher;

    @TempDir
    static Path temp;

    @BeforeAll
    void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Needs.that(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        Needs.that(Files.isExecutable(Path.of("/usr/bin/sv")), "the program sv is not installed; apt install runit");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Map.Entry<String, String> service : ACCESS.entrySet()) {
            service(service.getKey(), service.getValue());
        }
        // others may write it
        Files.setPosixFilePermissions(
                services().resolve("open/service.conf"), PosixFilePermissions.fromString("rw-rw-rw-"));
        // as Void Linux has it
        Files.createDirectory(temp.resolve("elsewhere"));
        Files.createSymbolicLink(services().resolve("command/supervise"), temp.resolve("elsewhere"));
        // what was there before
        Files.createDirectory(services().resolve("owner/supervise"));
        Files.setPosixFilePermissions(
                services().resolve("owner/supervise"), PosixFilePermissions.fromString("rwxrwxr-x"));
        launcher = launch(services(), temp.resolve("said"));
        ACCESS.keySet().forEach(name -> awaitUp(services(), name));
    }

    private Path services() {
        return temp.resolve("services");
    }

    private void service(String name, String conf) throws IOException {
        service(services(), name, conf);
    }

    private static void service(Path services, String name, String conf) throws IOException {
        // complete for a runsvdir that looks
        Path hidden = services.resolve("." + name);
        for (String program : List.of("run", "log/run")) {
            Path script = hidden.resolve(program);
            Files.createDirectories(script.getParent());
            Scripts.write(script, "#!/bin/sh\nexec sleep 1000\n");
        }
        if (!conf.isEmpty()) {
            Files.writeString(hidden.resolve("service.conf"), conf + "\n");
        }
        Files.move(hidden, services.resolve(name));
    }

    private Process launch(Path services, Path said) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                "-c",
                "umask 077; exec \"$@\"",
                "sh",
                BuiltDist.javaHome() + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pekkosupervisor.runit.launcher.Main",
                "runsvdir",
                services.toString());
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        return builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    }

    private static void awaitUp(Path services, String name) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> run("env", "SVDIR=" + services, "/usr/bin/sv", "status", name)
                        .startsWith("run: "));
    }

    @AfterAll
    void end() {
        if (launcher != null) {
            launcher.destroyForcibly();
        }
        processes.kill();
    }

    private static String run(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    }

    /** What {@code sv} says to a user in these groups. */
    private String as(String groups, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                groups.isEmpty() ? "--clear-groups" : "--groups=" + groups,
                "--",
                "env",
                "SVDIR=" + services(),
                "/usr/bin/sv"));
        command.addAll(List.of(words));
        String line = run(command.toArray(String[]::new));
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
        // service, member looks, commands, stranger looks, commands
        "plain,   denied, denied, denied, denied",
        "owner,   denied, denied, denied, denied",
        "look,    yes,    looks,  denied, denied",
        "command, yes,    yes,    denied, denied",
        "all,     yes,    looks,  yes,    looks",
        "both,    yes,    yes,    yes,    looks",
        "nogroup, yes,    looks,  yes,    looks",
        "open,    denied, denied, denied, denied",
    })
    void members_and_strangers_may_do_what_the_table_says(
            String service, String memberLooks, String memberCommands, String strangerLooks, String strangerCommands)
            throws IOException {
        assertThat(as(OPS, "status", service)).isEqualTo(memberLooks);
        assertThat(as(OPS, "-v", "cont", service)).isEqualTo(memberCommands);
        assertThat(as("", "status", service)).isEqualTo(strangerLooks);
        assertThat(as("", "-v", "cont", service)).isEqualTo(strangerCommands);
    }

    @ParameterizedTest
    @CsvSource({
        "plain,   rwx------, rw-------, rw-------, rw-------",
        "owner,   rwx------, rw-------, rw-------, rw-r--r--",
        "look,    rwxr-x---, rw--w----, rw-------, rw-r--r--",
        "command, rwxr-x---, rw--w----, rw--w----, rw-r--r--",
        "all,     rwxr-xr-x, rw--w--w-, rw-------, rw-r--r--",
        "both,    rwxr-xr-x, rw--w--w-, rw--w----, rw-r--r--",
        "nogroup, rwxr-xr-x, rw--w--w-, rw-------, rw-r--r--",
    })
    void modes_are_exact_whatever_the_umask(String service, String supervise, String ok, String control, String status)
            throws IOException {
        for (String of : List.of("", "log/")) {
            Path files = services().resolve(service).resolve(of + "supervise");
            assertThat(mode(files)).isEqualTo(supervise);
            assertThat(mode(files.resolve("ok"))).isEqualTo(ok);
            assertThat(mode(files.resolve("control"))).isEqualTo(control);
            for (String file : List.of("status", "stat", "pid")) {
                assertThat(mode(files.resolve(file))).as(of + file).isEqualTo(status);
            }
            assertThat(mode(files.resolve("lock"))).isEqualTo("rw-------");
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void a_restart_leaves_them_so() throws IOException {
        Path status = services().resolve("again/supervise/status");
        String before = run("cat", services().resolve("again/supervise/pid").toString());

        await().atMost(Duration.ofSeconds(60))
                .until(() -> run("env", "SVDIR=" + services(), "/usr/bin/sv", "-w", "30", "restart", "again")
                                .startsWith("ok: ")
                        && !run("cat", services().resolve("again/supervise/pid").toString())
                                .equals(before));

        assertThat(mode(status)).isEqualTo("rw-r--r--");
        assertThat(mode(status.resolveSibling("pid"))).isEqualTo("rw-r--r--");
    }

    /** But for what a logger may say that the tests bring along. */
    private static List<String> messages(Path said) throws IOException {
        return Files.readString(said)
                .lines()
                .filter(line -> line.startsWith("runsv"))
                .toList();
    }

    @Test
    void what_cannot_be_granted_is_said_once() throws IOException {
        assertThat(messages(temp.resolve("said")))
                .containsExactlyInAnyOrder(
                        "runsv nogroup: warning: access: nothing in supervise/ is for group no-such-group: there is no such"
                                + " group on this system",
                        "runsv nogroup: warning: access: nothing in log/supervise/ is for group no-such-group: there is no"
                                + " such group on this system",
                        "runsv open: warning: service.conf: access is not used: service.conf can be written to by others"
                                + " than its owner (mode 666); only root and the launcher's own user may be able to"
                                + " change it and the directories above it: chown and chmod go-w");
    }

    @Test
    void a_services_directory_says_it_for_those_that_do_not() throws IOException {
        Path services = temp.resolve("others");
        Path said = temp.resolve("said-of-others");
        service(services, "own", "access { group = " + OPS + " }");
        service(services, "usual", "");
        Files.writeString(services.resolve(".service.conf"), "access { status = all }\n");
        Process other = launch(services, said);
        try {
            awaitUp(services, "own");
            awaitUp(services, "usual");

            assertThat(mode(services.resolve("own/supervise"))).isEqualTo("rwxr-x---");
            assertThat(mode(services.resolve("usual/supervise"))).isEqualTo("rwxr-xr-x");
            assertThat(mode(services.resolve("usual/log/supervise/ok"))).isEqualTo("rw--w--w-");

            Files.writeString(services.resolve(".service.conf"), "acces { status = all }\nlog { directory = main }\n");
            service(services, "late", "");
            service(services, "later", "");
            awaitUp(services, "late");
            awaitUp(services, "later");

            assertThat(mode(services.resolve("late/supervise"))).isEqualTo("rwx------");
            assertThat(messages(said))
                    .hasSize(2)
                    .anyMatch(line -> line.endsWith(
                            "warning: .service.conf: 1: key \"acces\" is not known here; did you mean \"access\"?"))
                    .anyMatch(line -> line.contains("warning: .service.conf: 2: key \"log\" is not known here; it"
                            + " belongs in service.conf"));
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void what_was_refused_is_used_when_the_directory_above_has_been_mended() throws IOException, PosixException {
        Path above = Files.createDirectory(temp.resolve("above"));
        Path services = Files.createDirectory(above.resolve("services"));
        Files.setPosixFilePermissions(services, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(services.resolve(".service.conf"), "access { status = all }\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> said = new ArrayList<>();
        ServicesConf conf =
                new ServicesConf(new Reporter("runsvdir", OsString.of("services"), line -> said.add(line.toString())));
        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            assertThat(conf.access(directory)).isEmpty();
            assertThat(conf.access(directory)).isEmpty();
            assertThat(said).hasSize(1).first().asString().contains("above can be written to by others");

            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));

            assertThat(conf.access(directory)).isPresent();
            assertThat(said).hasSize(1);
        }
    }

    @Test
    void what_cannot_be_read_is_told_once_and_again_when_it_is_something_else() throws IOException, PosixException {
        Path services = Files.createDirectory(temp.resolve("unreadable"));
        Path file = Files.createSymbolicLink(services.resolve(".service.conf"), temp.resolve("said"));
        List<String> said = new ArrayList<>();
        ServicesConf conf =
                new ServicesConf(new Reporter("runsvdir", OsString.of("services"), line -> said.add(line.toString())));
        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            // each service directory asks
            assertThat(conf.access(directory)).isEmpty();
            assertThat(conf.access(directory)).isEmpty();
            assertThat(said).hasSize(1).first().asString().contains("unable to read .service.conf: it is a link");

            Files.delete(file);
            Files.createDirectory(file);
            assertThat(conf.access(directory)).isEmpty();
            assertThat(conf.access(directory)).isEmpty();
            assertThat(said).hasSize(2).last().asString().contains("it is not a regular file");

            Files.delete(file);
            Files.writeString(file, "access { status = owner }\n");
            assertThat(conf.access(directory)).isPresent();
            Files.delete(file);
            Files.createDirectory(file);
            assertThat(conf.access(directory)).isEmpty();
            assertThat(said).hasSize(3);
        }
    }
}
