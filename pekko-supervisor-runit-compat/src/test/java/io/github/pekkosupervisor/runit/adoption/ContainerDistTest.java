package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The acceptance cases of adoption, by their numbers: what an operator gets, in a container where nothing can be
 * written.
 */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ContainerDistTest extends InContainer {

    private static final Path ROOT_MAKER =
            Path.of("../examples/container/root.sh").toAbsolutePath().normalize();

    /** In a root file system that has nothing but the JDK, the distribution, a shell and what the services are. */
    private void startIn(String userspec, String before) throws Exception {
        List<String> words = new ArrayList<>(namespaces("--mount"));
        words.addAll(List.of("/bin/sh", "-c", """
                root=$1/root
                "$2" "$root" "$3" "$4" /bin/sleep >&2 || exit
                %s
                exec env PATH=/nonexistent JAVA_HOME="$JAVA_HOME" "$5" %s "$root" \
                    /opt/pekko-supervisor/bin/runsvdir --supervise-in /run/service /etc/service
                """.formatted(before, userspec), "sh"));
        words.addAll(List.of(
                estate.root().toString(),
                ROOT_MAKER.toString(),
                BuiltDist.bin().resolve("..").normalize().toString(),
                estate.root().resolve("sv").toString(),
                Files.isExecutable(Path.of("/usr/sbin/chroot")) ? "/usr/sbin/chroot" : "/usr/bin/chroot"));
        estate.startedBy("env", "JAVA_HOME=" + System.getProperty("java.home"));
        estate.start(words);
    }

    /** One of the tools, in the container. */
    private String inside(String... words) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target", String.valueOf(first())));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        command.addAll(List.of("--mount", "--pid", "--root", "--wd", "/opt/pekko-supervisor/bin/" + words[0]));
        command.addAll(List.of(words).subList(1, words.length));
        return Estate.run(command.toArray(String[]::new));
    }

    private void services() throws Exception {
        Path web = estate.make("web", "echo a line\nexec /bin/sleep 100000");
        script(web.resolve("log/run"), "while read -r line; do echo \"web said: $line\"; done");
        Path db = estate.make("db", "exec /bin/sleep 100000");
        Files.writeString(db.resolve("service.conf"), "when-supervisor-dies = kill\nstop = [\"TERM 5s\", KILL]\n");
    }

    private void worksAsAnywhere() throws Exception {
        patiently()
                .untilAsserted(() -> assertThat(inside("sv", "status", "/etc/service/web", "/etc/service/db"))
                        .containsPattern("run: /etc/service/web: .*; run: log: .*\nrun: /etc/service/db: .*\n"));
        patiently()
                .untilAsserted(
                        () -> assertThat(lines(estate.root().resolve("stdout"))).contains("web said: a line"));
        // another second, for sv
        patiently()
                .untilAsserted(() -> assertThat(inside("sv", "restart", "/etc/service/db"))
                        .startsWith("ok: run: /etc/service/db: "));
        kill("TERM", first());

        assertThat(exitCode()).isZero();
        patiently().untilAsserted(() -> assertThat(estate.marked()).isEmpty());
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_33_moved_distribution_on_a_read_only_root_as_a_user_without_a_name() throws Exception {
        needsRoot();
        services();
        startIn("--userspec=12345:12345", "");
        patiently().until(() -> estate.marked().size() > 3);
        patiently()
                .untilAsserted(() -> assertThat(lines(Path.of("/proc/" + first() + "/status")))
                        .anyMatch(line -> line.matches("Uid:\\s+12345\\s+12345\\s+12345\\s+12345")));

        worksAsAnywhere();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // nothing in it can be executed
                "",
                // nothing can be written there
                "umount \"$root/tmp\"",
                // it is not there
                "umount \"$root/tmp\"; mount -o remount,bind,rw \"$root\"; rmdir \"$root/tmp\";"
                        + " mount -o remount,bind,ro \"$root\""
            })
    void case_33_without_a_place_for_temporary_files(String before) throws Exception {
        services();
        startIn("", before);

        worksAsAnywhere();
    }
}
