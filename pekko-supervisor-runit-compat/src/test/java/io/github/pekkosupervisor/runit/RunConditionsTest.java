package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Resource;
import io.github.pekkosupervisor.process.ListeningSocket;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As whom {@code run} runs by {@code service.conf}, with which variables, and how it is held. */
@Execution(ExecutionMode.CONCURRENT)
class RunConditionsTest extends InTree {

    private static final String SLEEP = "exec sleep 100000";
    private static final String LOOK =
            "{ id -u; umask; nice; cat /proc/self/oom_score_adj; ulimit -S -n; echo \"$A $B\"; } >seen 2>&1\n" + SLEEP;

    private static ServiceConf parsed(String text) throws ServiceConf.MistakenException {
        return ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private Service service(String run, String conf) throws IOException {
        Service web = tree.service("web").script("run", run);
        Files.writeString(web.path().resolve("service.conf"), conf + "\n");
        return web;
    }

    private static List<String> seen(Service web) {
        patiently()
                .ignoreExceptions()
                .until(() -> Files.readAllLines(web.path().resolve("seen")).size() == 6);
        return web.lines("seen");
    }

    @Test
    void all_keys_are_read() throws Exception {
        RunConditions read = parsed("""
                user = "app:ops", umask = 027, nice = -5, oom-score-adj = 10, clear-environment = true
                environment { A = 1, B = null }, environment-files = [a.env, /etc/b]
                limits { open-files = 10, core-size = infinite, data = 1MiB, cpu-time = 2m }
                """).conditions();
        ProcessSpec model = read.model();

        assertThat(read.keys())
                .containsExactly(
                        "environment",
                        "environment-files",
                        "clear-environment",
                        "user",
                        "umask",
                        "nice",
                        "oom-score-adj",
                        "limits");
        assertThat(model.user()).contains("app:ops");
        assertThat(model.environmentFiles()).containsExactly(Path.of("a.env"), Path.of("/etc/b"));
        assertThat(model.clearsEnvironment()).isTrue();
        assertThat(model.environment()).containsOnlyKeys("A", "B");
        assertThat(model.conditions().umask()).hasValue(027);
        assertThat(model.conditions().nice()).hasValue(-5);
        assertThat(model.conditions().limits())
                .isEqualTo(Map.of(
                        Resource.OPEN_FILES,
                        10L,
                        Resource.CORE_SIZE,
                        Resource.INFINITE,
                        Resource.DATA,
                        1L << 20,
                        Resource.CPU_TIME,
                        120L));
    }

    @Test
    void a_cgroup_is_read_and_one_that_it_is_to_be_stopped_with_is_one() throws Exception {
        RunConditions read = parsed("cgroup { memory-max = 512MiB, cpu-max = 150%, pids-max = 100 }")
                .conditions();

        assertThat(read.keys()).containsExactly("cgroup");
        assertThat(read.of(ProcessSpec.of("true")).cgroup())
                .contains(CgroupLimits.none()
                        .withMemoryMax(512L << 20)
                        .withCpuMax(150)
                        .withPidsMax(100));
        assertThat(parsed("cgroup {}").conditions().model().cgroup()).contains(CgroupLimits.none());
        assertThat(parsed("nice = 1").conditions().model().cgroup()).isEmpty();
        ServiceConf whole = parsed("process-group = cgroup");
        assertThat(whole.end()
                        .of(ProcessSpec.of("true"), UnitRecord.Program.RUN)
                        .cgroup())
                .contains(CgroupLimits.none());
        assertThat(whole.end().ties(UnitRecord.Program.RUN)).isEqualTo(new UnitRecord.Ties(false, true));
        assertThat(whole.end()
                        .ofAdopted(ProcessSpec.of("true"), new UnitRecord.Ties(false, true))
                        .processGroup())
                .isEqualTo(ProcessSpec.ProcessGroup.CGROUP);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user = \"app:\" | 1: \"user\" must be USER, USER:GROUP:GROUP or, by number, :UID:GID:GID, was",
                "user = \":5\"   | 1: \"user\" needs a group behind a number, as in",
                "umask = 9       | 1: \"umask\" must be octal digits, up to 777, as in \"027\", was 9",
                "umask = 1777    | 1: \"umask\" must be octal digits, up to 777, as in \"027\", was 1777",
                "nice = 20       | 1: \"nice\" must be from -20 to 19, was 20",
                "nice = low      | 1: \"nice\" must be a whole number, was \"low\"",
                "oom-score-adj = 1001 | 1: \"oom-score-adj\" must be from -1000 to 1000, was 1001",
                "limits { open-files = -1 } | 1: \"limits.open-files\" must not be below 0, was -1",
                "limits { data = much } | 1: \"limits.data\" must be a size in bytes, such as 1048576 or 512MiB, was",
                "limits { cpu-time = 60 } | 1: \"limits.cpu-time\" must be a time with its unit, such as 5s or",
                "limits { cpu-time = 100ms } | 1: \"limits.cpu-time\" must be whole seconds, was",
                "limits { nofile = 5 } | 1: key \"limits.nofile\" is not known here; here that is \"limits.open-files\"",
                "limits = 5      | 1: \"limits\" must be a block, as in limits { open-files = 1024, core-size = 0 }, was 5",
                "cgroup = 5      | 1: \"cgroup\" must be a block, as in cgroup { memory-max = 512MiB, cpu-max = 150%,",
                "cgroup { memory-max = 4KiB } | 1: \"cgroup.memory-max\" must be at least 1MiB, was 4096 bytes",
                "cgroup { memory-max = much } | 1: \"cgroup.memory-max\" must be a size in bytes, such as",
                "cgroup { cpu-max = 1.5 } | 1: \"cgroup.cpu-max\" must be percent of a processor, as in 150%, was 1.5",
                "cgroup { cpu-max = 0% } | 1: \"cgroup.cpu-max\" must be at least 1% of a processor, was 0%",
                "cgroup { pids-max = 0 } | 1: \"cgroup.pids-max\" must be from 1 to 4194304, was 0",
                "cgroup { mem-max = 5 } | 1: key \"cgroup.mem-max\" is not known here; known are [cpu-max,",
                "clear-environment = x | 1: \"clear-environment\" must be true or false, was \"x\"",
                "environment-files = a.env | 1: \"environment-files\" must be a list of paths, as in environment-files =",
                "environment = a | 1: \"environment\" must be a block, as in environment { LANG = C }, was text"
            })
    void a_mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parsed(text))
                .withMessageContaining("service.conf: " + message);
    }

    @Test
    void sockets_are_read_and_their_mistakes_told() throws Exception {
        assertThat(parsed("sockets = [ { listen = \"tcp:127.0.0.1:80\", name = http } ]")
                        .conditions()
                        .sockets())
                .containsExactly(ListeningSocket.of("tcp:127.0.0.1:80").withName("http"));
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parsed("sockets = [ { listen = \"tcp:80\" }\n { name = x } ]\nlive { tcp = 1 }"))
                .withMessageContaining("service.conf: 1: \"sockets.listen\" must have a host in numbers and a port")
                .withMessageContaining("service.conf: 2: a socket needs \"listen\"");
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parsed("sockets = [ { listen = \"tcp:127.0.0.1:80\" } ]\nready { tcp = 80 }"))
                .withMessageContaining(
                        "service.conf: 2: \"ready\": connections to tcp:127.0.0.1:80 are accepted before");
    }

    @Test
    void run_begins_under_them() throws Exception {
        Service web = service(
                LOOK,
                "umask = 027, nice = 4, oom-score-adj = 50, environment-files = [\"app.env\"], environment { B = here }\n"
                        + "limits { open-files = 99 }");
        Files.writeString(web.path().resolve("app.env"), "A=from a file\nB=there\n");
        tree.start();

        assertThat(seen(web))
                .containsExactly(Integer.toString(OwnProcess.user()), "0027", "4", "50", "99", "from a file here");
    }

    @Test
    void run_is_the_users_and_what_is_beside_it_is_not() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "needs root");
        Service web = service("id -u >seen; id -G >>seen; exec false", "user = \"nobody:daemon\"");
        web.script("finish", "id -u >finished");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(web.path().resolve("seen"), "");
        Files.setPosixFilePermissions(web.path().resolve("seen"), PosixFilePermissions.fromString("rw-rw-rw-"));
        tree.start();

        patiently().untilAsserted(() -> assertThat(web.lines("finished")).containsExactly("0"));
        patiently().untilAsserted(() -> assertThat(web.lines("seen")).containsExactly("65534", "1"));
    }

    @Test
    void what_cannot_be_had_is_said_and_tried_again() throws Exception {
        Service web = service(LOOK, "environment-files = [none.env]");
        tree.start();
        tree.awaitMessage("run is not started: environment-files none.env: is not there; make it, or take it out of");
        assertThat(tree.messages()).noneMatch(line -> line.contains("unable to start ./run"));
        patiently()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(web.path().resolve("supervise/.shortcomings"))
                        .content()
                        .contains("run is not started: environment-files none.env: is not there")
                        .doesNotContain("unable to start"));

        Files.writeString(web.path().resolve("none.env"), "A=1\n");

        assertThat(seen(web)).endsWith("1 ");
    }

    /** It is not used, and what it leads to may say so all the same. */
    @Test
    void a_link_to_one_that_names_a_user_has_run_not_started() throws Exception {
        Service web = tree.service("web").script("run", "touch began; exec sleep 1000");
        Files.writeString(web.path().resolve("common.conf"), "user = app\n");
        Files.createSymbolicLink(web.path().resolve("service.conf"), Path.of("common.conf"));
        tree.start();

        tree.awaitMessage("unable to read service.conf: it is a link, which is not followed");
        tree.awaitMessage("run is not started");
        assertThat(web.path().resolve("began")).doesNotExist();
    }

    /** Nobody knows what it says, so it may name a user as any. */
    @ParameterizedTest
    @CsvSource({
        "directory, it is not a regular file",
        "FIFO, it is not a regular file",
        "long, it is longer than 65536 bytes",
        "link to nowhere, 'it is a link, which is not followed'",
        "link to a FIFO, 'it is a link, which is not followed'"
    })
    void a_file_that_cannot_be_read_has_roots_run_not_started(String kind, String why) throws Exception {
        assumeTrue(OwnProcess.user() == 0, "another has no rights that are not its own");
        Service web = tree.service("web").script("run", "echo >>ran; " + SLEEP);
        Path conf = web.path().resolve("service.conf");
        unreadable(kind, conf);
        tree.start();

        tree.awaitMessage("unable to read service.conf: " + why);
        tree.awaitMessage(
                "run is not started, since service.conf cannot be read, and may say as which user it is to run");
        web.control("o");
        tree.awaitMessage(
                "run is not started: user service.conf: it cannot be read, and may say as which user run is to"
                        + " run; make it a regular file of at most 65536 bytes");
        assertThat(web.lines("ran")).isEmpty();

        Files.delete(conf);
        Files.writeString(conf, "umask = 077\n");
        web.control("x");

        assertThat(web.awaitLines("ran", 1)).hasSize(1);
    }

    private static void unreadable(String kind, Path conf) throws Exception {
        switch (kind) {
            case "directory" -> Files.createDirectory(conf);
            case "FIFO" -> mkfifo(conf);
            case "long" -> Files.writeString(conf, "# long\n".repeat(10_000) + "user = app\n");
            case "link to nowhere" -> Files.createSymbolicLink(conf, Path.of("nowhere"));
            default -> {
                mkfifo(conf.resolveSibling("fifo"));
                Files.createSymbolicLink(conf, Path.of("fifo"));
            }
        }
    }

    private static void mkfifo(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }

    /** Better not at all than with more rights. */
    @ParameterizedTest
    @ValueSource(strings = {"user = app\nnice = low", "usr = app", "User = app", "user = \"app"})
    void a_file_that_cannot_be_used_and_seems_to_name_a_user_has_run_not_started(String conf) throws Exception {
        Service web = service("echo >>ran; " + SLEEP, conf);
        tree.start();
        tree.awaitMessage("run is not started, since service.conf seems to say as which user it is to run");
        patiently()
                .ignoreExceptions()
                .until(() -> web.status().state() == ServiceStatus.State.DOWN
                        && web.status().want() == ServiceStatus.Want.DOWN);

        web.control("o");
        tree.awaitMessage("run is not started: user service.conf: it seems to say as which user run is to run");

        assertThat(web.lines("ran")).isEmpty();
    }

    @Test
    void a_file_that_others_may_write_has_run_not_started_as_somebody_else() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "needs root");
        Service web = service("echo >>ran; " + SLEEP, "user = nobody");
        Files.setPosixFilePermissions(web.path().resolve("service.conf"), PosixFilePermissions.fromString("rw-rw-rw-"));
        tree.start();
        tree.awaitMessage("service.conf: user is not used: ");
        tree.awaitMessage("run is not started, since service.conf seems to say as which user it is to run");

        assertThat(web.lines("ran")).isEmpty();
    }
}
