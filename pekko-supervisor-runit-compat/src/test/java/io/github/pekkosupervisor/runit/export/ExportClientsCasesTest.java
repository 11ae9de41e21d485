package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.JVM;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.realinput.Requirement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What programs make of a tree that know runit and nothing of us: case 45 of the specification of exports. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportClientsCasesTest {

    private static final String COLLECTIONS = "ansible/usr/lib/python3/dist-packages";
    private static final String MODULE = "ansible_collections/community/general/plugins/modules/runit.py";

    @TempDir
    Path temp;

    private ShownTree shown;

    @BeforeEach
    void start() {
        shown = ShownTree.start(temp.resolve("service"), ShownTree.quickTree());
    }

    @AfterEach
    void close() {
        shown.close();
    }

    private long sleeperPid() {
        return ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid();
    }

    @Test
    void case_45_monit_starts_again_what_was_stopped() throws Exception {
        Path sv = Requirement.program("sv");
        long before = incarnation(shown.root(), "cache");
        Process monit = monit(Requirement.program("monit"), sv);
        try {
            awaitSaid("'cache' program started");
            awaitSaid("'sleeper' process is running with pid " + sleeperPid());

            assertThat(shown.sv("down", "cache").exit()).isZero();
            patiently().until(() -> incarnation(shown.root(), "cache") > before);
            assertThat(shown.sv("down", "sleeper").exit()).isZero();
            patiently().until(() -> said().contains("'sleeper' process is not running"));
            patiently().until(() -> ShownTree.info(shown.root(), "sleeper").state() == ChildState.RUNNING);

            assertThat(said()).contains("'cache' status failed", "'sleeper' process is not running");
            // who asks for the process of an actor is given none, and surely not the JVM's
            assertThat(Files.readString(shown.supervise("cache").resolve("pid")))
                    .isEmpty();
        } finally {
            monit.destroy();
            if (!monit.waitFor(ShownTree.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                monit.destroyForcibly();
            }
        }
    }

    private Process monit(Path program, Path sv) throws IOException {
        Path here = Files.createDirectory(temp.resolve("monit"));
        Path settings = Files.writeString(here.resolve("monitrc"), """
                set daemon 1
                set logfile %1$s/log
                set pidfile %1$s/pid
                set statefile %1$s/state
                set idfile %1$s/id
                check program cache with path "%2$s/cache/check"
                    start program = "%3$s start %2$s/cache"
                    stop program = "%3$s stop %2$s/cache"
                    if status != 0 then restart
                check process sleeper with pidfile %2$s/sleeper/supervise/pid
                    start program = "%3$s start %2$s/sleeper"
                    stop program = "%3$s stop %2$s/sleeper"
                """.formatted(here, shown.directory(), sv));
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rwx------"));
        return new ProcessBuilder(program.toString(), "-v", "-c", settings.toString(), "-I")
                .redirectErrorStream(true)
                .redirectOutput(here.resolve("output").toFile())
                .start();
    }

    private String said() {
        try {
            Path log = temp.resolve("monit/log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitSaid(String what) {
        patiently().untilAsserted(() -> assertThat(said()).contains(what));
    }

    @Test
    void case_45_ansible_stops_starts_and_restarts() {
        Path program = Requirement.program("ansible");
        assertThat(Requirement.program("sv")).isExecutable();
        Path collections = Requirement.debianTrees().resolve(COLLECTIONS);
        Needs.that(Files.exists(collections.resolve(MODULE)), "there is no " + MODULE + "; .ci/run unpacks it");

        assertThat(ansible(program, collections, "stopped")).contains("\"changed\": true", "\"state\": \"stopped\"");
        assertThat(ShownTree.info(shown.root(), "cache").state()).isEqualTo(ChildState.STOPPED);
        assertThat(ansible(program, collections, "stopped")).contains("\"changed\": false");
        assertThat(ansible(program, collections, "started"))
                .contains("\"changed\": true", "\"state\": \"started\"", "\"pid\": \"" + JVM + "\"");
        long before = incarnation(shown.root(), "cache");
        assertThat(ansible(program, collections, "restarted")).contains("\"changed\": true", "\"state\": \"started\"");
        // its sv may have taken the start of this second for the one that it waited for
        patiently().until(() -> incarnation(shown.root(), "cache") == before + 1);
    }

    private String ansible(Path program, Path collections, String state) {
        return ShownTree.run(
                        "env",
                        "ANSIBLE_COLLECTIONS_PATH=" + collections,
                        "ANSIBLE_LOCAL_TEMP=" + temp.resolve("ansible"),
                        "ANSIBLE_REMOTE_TEMP=" + temp.resolve("ansible"),
                        "ANSIBLE_LOCALHOST_WARNING=False",
                        program.toString(),
                        "localhost",
                        "-c",
                        "local",
                        "-m",
                        "community.general.runit",
                        "-a",
                        "name=cache state=" + state + " service_dir=" + shown.directory())
                .said();
    }

    /** Debian does not have it. It reads files: the state in one word, and when they were written. */
    @Test
    void case_45_what_vsv_reads_is_the_state_and_when_that_was_written() throws IOException {
        assertShown("cache", "run\n");
        assertShown("sleeper", "run\n");
        assertShown("workers.w1", "run\n");

        assertThat(shown.sv("stop", "cache").line()).startsWith("ok: down: cache:");

        assertShown("cache", "down\n");
    }

    private void assertShown(String name, String state) throws IOException {
        assertThat(shown.stat(name)).isEqualTo(state);
        for (String file : List.of("stat", "pid")) {
            // the clock of files may be some milliseconds late
            assertThat(Files.getLastModifiedTime(shown.supervise(name).resolve(file))
                            .toInstant())
                    .as(name + " " + file)
                    .isAfter(shown.status(name).stamp().minusMillis(50));
        }
    }
}
