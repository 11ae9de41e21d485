package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An application of one line, in a JVM of its own with default settings, that is told to end while services run. */
class EmbeddedJvmTest extends InGrove {

    private static final Path SV = Path.of("/usr/bin/sv");

    /** The application: it has a hook of its own, as any may have. */
    public static final class Application {
        private Application() {}

        public static void main(String[] arguments) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook")));
            try (SupervisionTree services = ServiceDirectories.start(Path.of(arguments[0]))) {
                say("up");
                if (arguments.length == 1) {
                    services.whenEnded().toCompletableFuture().join();
                }
            }
            say("closed");
        }

        private static void say(String word) {
            System.out.println(word);
            System.out.flush();
        }

        /** Started by a program that is given the command. */
        static Process jvm(List<String> starter, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(starter);
            command.addAll(List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Application.class.getName()));
            command.addAll(List.of(arguments));
            Process jvm = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var bound = CompletableFuture.runAsync(
                    jvm::destroyForcibly, CompletableFuture.delayedExecutor(110, TimeUnit.SECONDS));
            assertThat(bound).isNotDone();
            return jvm;
        }
    }

    private static Process application(String... arguments) throws IOException {
        return Application.jvm(List.of("env", "--default-signal=INT"), arguments);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    @ParameterizedTest
    @CsvSource({"TERM,143", "INT,130", "HUP,129"})
    void a_signal_stops_all_services_in_order_and_the_exit_code_is_that_of_any_jvm(String signal, int exitCode)
            throws Exception {
        Service web = grove.sleeper("web")
                .script("finish", "echo over $1 $2 >>ends")
                .script("log/run", "cat >/dev/null; echo read >>../ends");
        Service other = grove.sleeper("other");
        Process jvm = application(temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("up");
            web.awaitLogRun();

            run("kill", "-" + signal, String.valueOf(jvm.pid()));

            assertThat(output.lines()).contains("hook");
            assertThat(jvm.waitFor()).isEqualTo(exitCode);
        } finally {
            jvm.destroyForcibly();
        }
        assertThat(grove.pids()).isEmpty();
        assertThat(web.lines("ends")).containsExactly("over -1 15", "read");
        assertThat(web.status().state()).isEqualTo(ServiceStatus.State.DOWN);
        assertThat(web.logStatus().state()).isEqualTo(ServiceStatus.State.DOWN);
        assertThat(other.status().state()).isEqualTo(ServiceStatus.State.DOWN);
    }

    @Test
    void an_application_that_closes_the_tree_ends_by_itself() throws Exception {
        Service web = grove.sleeper("web");
        Process jvm = application(temp.toString(), "and close");
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.lines()).containsExactly("up", "closed", "hook");
            assertThat(jvm.waitFor()).isZero();
        } finally {
            jvm.destroyForcibly();
        }
        assertThat(grove.pids()).isEmpty();
        assertThat(web.status().state()).isEqualTo(ServiceStatus.State.DOWN);
    }

    @Test
    void a_signal_to_the_process_group_reaches_the_services_by_the_jvm_only() throws Exception {
        Service web = grove.sleeper("web").script("finish", "echo over $1 $2 >>ends");
        Process jvm = application(temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("up");

            String session = run("ps", "-o", "sid=", "-p", String.valueOf(web.awaitRun()))
                    .strip();

            assertThat(session).isEqualTo(String.valueOf(web.status().pid()));
            jvm.toHandle().destroy();
            jvm.waitFor();
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void the_real_sv_works_on_it() throws Exception {
        assumeTrue(Files.isExecutable(SV), "real sv is installed");
        Service web = grove.sleeper("web");
        Process jvm = application(temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("up");
            String path = web.path().toString();
            grove.awaitStarts(web, 1);

            assertThat(run(SV.toString(), "status", path)).startsWith("run: " + path + ": (pid ");
            assertThat(run(SV.toString(), "restart", path)).startsWith("ok: run: " + path);
            // a status from before the second start would be taken for one that is down already
            grove.awaitStarts(web, 2);
            assertThat(run(SV.toString(), "stop", path)).startsWith("ok: down: " + path);
            assertThat(run(SV.toString(), "start", path)).startsWith("ok: run: " + path);
            assertThat(web.awaitLines("starts", 3)).hasSize(3);
            jvm.toHandle().destroy();
            jvm.waitFor();
            assertThat(run(SV.toString(), "status", path)).contains("runsv not running");
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** What docs/operating.md says of an application beside the launcher. */
    @Test
    void a_service_gets_the_limit_of_the_jvm_no_descriptor_of_its_and_what_it_ignores() throws Exception {
        Service web = grove.service("web")
                .script(
                        "run",
                        "{ ulimit -Sn; ulimit -Hn; test -e /proc/self/fd/9 && echo open || echo closed;"
                                + " sed -n 's/^SigIgn:.//p' /proc/self/status; } >was.new; mv was.new was;"
                                + " exec sleep 1000");
        Process jvm = Application.jvm(
                List.of(
                        "env",
                        "--default-signal=INT",
                        "--ignore-signal=USR1",
                        "sh",
                        "-c",
                        "ulimit -Sn 500; exec \"$@\" 9</dev/null",
                        "sh"),
                temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("up");

            List<String> was = web.awaitLines("was", 4);

            assertThat(was.get(0)).as("soft limit").isEqualTo(was.get(1)).isNotEqualTo("500");
            assertThat(was.get(2)).isEqualTo("closed");
            long usr1 = 1L << 9;
            assertThat(Long.parseUnsignedLong(was.get(3), 16) & usr1).isEqualTo(usr1);
            jvm.toHandle().destroy();
            jvm.waitFor();
        } finally {
            jvm.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"ALRM,142", "KILL,137"})
    void a_jvm_that_is_killed_leaves_its_services_running(String signal, int exitCode) throws Exception {
        Service web = grove.sleeper("web");
        Process jvm = application(temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.readLine()).isEqualTo("up");
            long pid = grove.awaitStarts(web, 1);

            run("kill", "-" + signal, String.valueOf(jvm.pid()));

            assertThat(jvm.waitFor()).isEqualTo(exitCode);
            assertThat(grove.pids()).containsExactly(pid);
            run("kill", "-KILL", String.valueOf(pid));
            Tree.patiently().until(() -> grove.pids().isEmpty());
        } finally {
            jvm.destroyForcibly();
        }
    }
}
