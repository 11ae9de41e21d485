package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tree of somebody else in the place of {@code run}: {@code tree { }} in {@code service.conf}. */
class UserTreesTest extends InTree {

    private static final int USER = 64_731;

    /** Of the descriptors of this JVM. */
    private static final int SHARE = 64;

    private static final String SLEEP = "exec sleep 100000";

    @SuppressWarnings("NullAway.Init") // made with the service
    private Path home;

    @SuppressWarnings("NullAway.Init") // the same
    private Path place;

    @AfterEach
    void remove() throws IOException {
        if (home != null) {
            tree.stop();
            // what a test has given away is removed by root
            assertThat(new ProcessBuilder("rm", "-rf", home.toString(), place.toString()).start())
                    .satisfies(rm -> assertThat(rm.waitFor()).isZero());
        }
    }

    private static ServiceConf parsed(String text) throws ServiceConf.MistakenException {
        return ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A service {@code app} with a tree, whose directory is somewhere else. */
    private Service app(String user) throws IOException {
        place = Files.createTempDirectory("trees");
        home = Files.createDirectories(place.resolve("service"));
        for (Path directory : List.of(place, home, temp)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Service app = tree.service("app");
        Files.writeString(app.path().resolve("service.conf"), "tree { directory = \"" + home + "\"" + user + " }\n");
        return app;
    }

    private Service appOfUser() throws IOException {
        assumeTrue(OwnProcess.user() == 0, "only root can have a tree of another user");
        Needs.that(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
        return app(", user = \":" + USER + ":" + USER + "\"");
    }

    private Service inside(String name, String run) throws IOException {
        return tree.serviceAt(home.resolve(name)).script("run", run);
    }

    private void give() {
        RootsDeeds.give(home, USER);
    }

    private RootsDeeds deeds() throws IOException {
        return new RootsDeeds(place, home, USER);
    }

    private void awaitDown(Service service) {
        patiently().until(() -> service.status().state() == ServiceStatus.State.DOWN);
    }

    @Test
    void keys_are_read() throws Exception {
        assertThat(parsed("tree { directory = /home/app/service, user = app }").tree())
                .contains(new TreeConf(OsString.of("/home/app/service"), Optional.of("app"), OptionalInt.empty()));
        assertThat(parsed("tree { directory = /a, user = app, open-files = 32 }")
                        .tree())
                .contains(new TreeConf(OsString.of("/a"), Optional.of("app"), OptionalInt.of(32)));
        assertThat(parsed("tree { directory = /a }\nlog { directory = main }").tree())
                .contains(new TreeConf(OsString.of("/a"), Optional.empty(), OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tree { user = app } | 1: \"tree\" needs \"directory\", as in tree { directory = /home/app/service",
                "tree { directory = service } | 1: \"tree.directory\" must be the absolute path of a services directory",
                "tree { directory = /a, user = \"app:\" } | 1: \"tree.user\" must be USER, USER:GROUP:GROUP or, by number",
                "tree { directory = /a, usr = app } | 1: key \"tree.usr\" is not known here; did you mean \"tree.user\"?",
                "tree { directory = /a, user = app, open-files = 31 } | 1: \"tree.open-files\" must be at least 32, was 31",
                "tree { directory = /a, open-files = 99 } | 1: \"tree.open-files\" is for a tree with \"user\"; one without",
                "tree { directory = /a }, user = app | 1: \"user\" is for a process, and \"tree\" has none; say it in the",
                "tree { directory = /a }, ready { file = x } | 1: \"ready\" is for a process, and \"tree\" has none",
                "tree = /a | 1: \"tree\" must be a block, as in tree { directory = /home/app/service, user = app }"
            })
    void a_mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parsed(text))
                .withMessageContaining("service.conf: " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tree { directory = /a }",
                "user = root",
                "nice = -5",
                "oom-score-adj = -900",
                "limits { open-files = 9 }",
                "cgroup { memory-max = 1GiB }",
                "sockets = [ { listen = \"tcp:127.0.0.1:80\" } ]",
                "when-supervisor-dies = kill"
            })
    void what_root_would_do_for_it_is_refused_in_a_tree_of_another(String text) throws Exception {
        String key = text.split("[ =]", 2)[0];

        assertThat(parsed(text)).isNotNull();
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> ServiceConf.parse(("\n" + text).getBytes(StandardCharsets.UTF_8), true))
                .withMessageContaining("service.conf: 2: \"" + key
                        + "\" is not to be had in a tree of another user than the launcher's");
    }

    @Test
    void nor_is_a_control_group_made_that_its_processes_are_stopped_with() throws Exception {
        byte[] conf = "\n\nprocess-group = cgroup".getBytes(StandardCharsets.UTF_8);

        assertThat(ServiceConf.parse(conf)).isNotNull();
        assertThat(ServiceConf.parse("process-group = whole".getBytes(StandardCharsets.UTF_8), true))
                .isNotNull();
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> ServiceConf.parse(conf, true))
                .withMessageContaining(
                        "service.conf: 3: \"process-group = cgroup\" is not to be had in a tree of another user"
                                + " than the launcher's");
    }

    /** A filter of packets and a server see the user of a socket, which would be root's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ready { tcp = 80 }",
                "ready { http { url = \"http://127.0.0.1:8080/\" } }",
                "ready { unix-socket = /run/a }",
                "live { every = 5s, tcp = 80 }",
                "live { every = 5s, http { url = \"http://127.0.0.1:8080/\" } }",
                "live { every = 5s, unix-socket = /run/a }"
            })
    void root_looks_at_no_port_and_no_socket_for_another(String text) throws Exception {
        String key = text.split(" ", 2)[0];

        assertThat(parsed(text)).isNotNull();
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> ServiceConf.parse(("\n" + text).getBytes(StandardCharsets.UTF_8), true))
                .withMessageContaining("service.conf: 2: \"" + key + "\" can look at no port and no socket in a tree of"
                        + " another user than the launcher's")
                .withMessageContaining("have a command look, as in " + key + " { command = ");
    }

    /** Each line is in the log all the same. */
    @Test
    void root_sends_no_line_of_a_log_for_another() throws Exception {
        Service app = appOfUser();
        Service web = inside("web", "echo said; " + SLEEP);
        Files.writeString(web.path().resolve("service.conf"), "log { directory = main }\n");
        try (DatagramSocket heard = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Path log = Files.createDirectories(web.path().resolve("log/main"));
            Files.writeString(log.resolve("config"), "u127.0.0.1:" + heard.getLocalPort() + "\n");
            give();
            tree.start();

            assertThat(web.awaitLines("log/main/current", 2))
                    .anyMatch(
                            line -> line.contains(
                                    "warning: not sent through udp in a tree of another user, where root would be who sends: said"))
                    .anyMatch(line -> line.equals("said"));
            heard.setSoTimeout(1);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> heard.receive(new DatagramPacket(new byte[64], 64)));
        }
        app.control("d");
        awaitDown(app);
    }

    @Test
    void without_a_user_it_is_a_tree_that_can_be_stopped_and_started() throws Exception {
        Service app = app("");
        Service web = inside("web", SLEEP);
        tree.start();
        int first = web.awaitRun();
        assertThat(app.awaitRun()).isEqualTo((int) ProcessHandle.current().pid());

        app.control("d");
        awaitDown(app);
        assertThat(ProcessHandle.of(first)).isEmpty();
        app.control("u");

        patiently().until(() -> web.awaitRun() != first);
        assertThat(app.awaitRun()).isEqualTo((int) ProcessHandle.current().pid());
    }

    @Test
    void its_services_are_its_users_and_so_are_all_files() throws Exception {
        Service app = appOfUser();
        Service web = inside("web", "{ id -u; id -g; id -G; } >seen; " + SLEEP).script("finish", "id -u >finished");
        Files.createDirectories(web.path().resolve("log"));
        web.script("log/run", "id -u >seen; exec cat >>lines");
        give();
        try (RootsDeeds deeds = deeds()) {
            tree.start();
            String user = Integer.toString(USER);
            assertThat(web.awaitLines("seen", 3)).containsExactly(user, user, user);

            web.control("t");
            assertThat(web.awaitLines("finished", 1)).containsExactly(user);
            web.awaitRun();
            assertThat(deeds.violations(tree.messages())).isEmpty();

            app.control("d");
            awaitDown(app);
            assertThat(tree.pids()).isEmpty();
            assertThat(deeds.violations(tree.messages())).isEmpty();
        }
    }

    @Test
    void its_variables_mean_nothing_before_the_process_is_the_users() throws Exception {
        Service app = appOfUser();
        Service web = inside("web", "echo \"$LD_BIND_NOT $A\" >seen; " + SLEEP);
        Files.writeString(
                web.path().resolve("service.conf"),
                "environment { LD_DEBUG = libs, LD_DEBUG_OUTPUT = \"" + home
                        + "/debug\", LD_BIND_NOT = 1, A = \"b c\" }\n");
        give();
        try (RootsDeeds deeds = deeds()) {
            tree.start();
            assertThat(web.awaitLines("seen", 1)).containsExactly("1 b c");

            // the linker of its programs has obeyed, as who it was
            try (var files = Files.list(home)) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith("debug")))
                        .isNotEmpty();
            }
            assertThat(deeds.violations(tree.messages())).isEmpty();
            app.control("d");
            awaitDown(app);
        }
    }

    /** What a tree of root's own does, which the judge has to see. */
    @Test
    void a_record_that_names_a_process_of_root_is_believed_in_no_tree_of_another() throws Exception {
        Service app = appOfUser();
        Service web = inside("web", SLEEP);
        give();
        try (RootsDeeds deeds = deeds()) {
            tree.start();
            web.awaitRun();
            Path record = web.path().resolve("supervise/.state");
            byte[] valid = Files.readAllBytes(record);
            app.control("d");
            awaitDown(app);
            ProcessIdentity victim = deeds.victim();
            Files.write(record, StateFiles.naming(valid, victim));
            assertThat(StateFiles.read(record)
                            .orElseThrow()
                            .process()
                            .orElseThrow()
                            .identity())
                    .isEqualTo(victim);

            app.control("u");
            assertThat(web.awaitRun()).isNotEqualTo(victim.pid());
            web.control("tk");
            patiently().until(() -> web.awaitRun() != victim.pid());
            app.control("d");
            awaitDown(app);

            assertThat(deeds.violations(tree.messages())).isEmpty();
        }
    }

    /**
     * By a link in /proc one comes past a directory that the user may not enter: the kernel asks for the file alone.
     */
    @Test
    void what_this_jvm_has_open_leads_nobody_past_a_closed_directory() throws Exception {
        appOfUser();
        Path closed = Files.createDirectories(place.resolve("closed"));
        Path variables = Files.writeString(closed.resolve("variables"), "SECRET=told\n");
        Files.setPosixFilePermissions(variables, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        Service web = inside("web", "echo \"$SECRET\" >said; " + SLEEP);
        try (Directory open = Directory.open(OsString.of(closed.toString()))) {
            String past = open.lastingPath() + "/variables";
            assertThat(Path.of(past)).exists();
            Files.writeString(web.path().resolve("service.conf"), "environment-files = [\"" + past + "\"]\n");
            give();
            tree.start();

            patiently()
                    .untilAsserted(() -> assertThat(tree.messages())
                            .anyMatch(line -> line.contains("run is not started: environment-files " + past)));
            assertThat(web.path().resolve("said")).doesNotExist();
            tree.stop();
        }
    }

    /** It is the user's, as a pipe that has one. */
    @Test
    void a_logger_reads_a_pipe_without_a_name_where_there_can_be_none_with_one() throws Exception {
        Service app = appOfUser();
        Service web = inside("web", "echo said; " + SLEEP).script("log/run", "exec cat >>lines");
        Files.createDirectories(web.path().resolve("supervise/.log/in-the-way"));
        give();
        tree.start();

        assertThat(web.awaitLines("log/lines", 1)).containsExactly("said");
        tree.awaitMessage("the log goes through a pipe without a name");
        app.control("d");
        awaitDown(app);
    }

    /** Everybody may write there who gets there, and only root may. */
    @Test
    void what_this_jvm_has_open_leads_nothing_that_is_made_past_a_closed_directory() throws Exception {
        appOfUser();
        Path closed = Files.createDirectories(place.resolve("closed"));
        Path open = Files.createDirectories(closed.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        Service web = inside("web", "echo >>ran; " + SLEEP);
        Service logged = inside("logged", SLEEP);
        try (Directory held = Directory.open(OsString.of(open.toString()))) {
            Files.createSymbolicLink(
                    web.path().resolve("supervise"), Path.of(held.lastingPath().toString()));
            Files.writeString(
                    logged.path().resolve("service.conf"), "log { directory = \"" + held.lastingPath() + "/main\" }\n");
            give();
            tree.start();

            tree.awaitMessage("runsv web: fatal: unable to open supervise/lock: ");
            tree.awaitMessage(held.lastingPath() + "/main");

            assertThat(open).isEmptyDirectory();
            assertThat(web.lines("ran")).isEmpty();
            tree.stop();
        }
    }

    /** Otherwise the tests above would say nothing. */
    @Test
    void the_judge_reports_what_a_tree_of_root_does_by_such_a_record() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "only root can make what only root may reach");
        Service app = app("");
        Service web = inside("web", SLEEP);
        try (RootsDeeds deeds = deeds()) {
            tree.start();
            web.awaitRun();
            Path record = web.path().resolve("supervise/.state");
            byte[] valid = Files.readAllBytes(record);
            app.control("d");
            awaitDown(app);
            Files.write(record, StateFiles.naming(valid, deeds.victim()));
            app.control("u");
            patiently().until(() -> web.awaitRun() == deeds.victim().pid());
            web.control("t");

            patiently()
                    .untilAsserted(() -> assertThat(deeds.violations(tree.messages()))
                            .anyMatch(deed -> deed.startsWith("a process of root has been signalled"))
                            .anyMatch(deed -> deed.endsWith(" belongs to user 0")));
        }
        tree.stop();
    }

    @Test
    void the_judge_reports_a_file_that_was_touched_and_a_secret_that_was_told() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "only root can make what only root may reach");
        app("");
        try (RootsDeeds deeds = deeds()) {
            Files.writeString(deeds.secrets().resolve("new"), "");
            Files.copy(deeds.secret(), home.resolve("copy"));

            assertThat(deeds.violations(List.of("a line with only-root-may-read-this")))
                    .anyMatch(deed -> deed.startsWith("what only root may reach was "))
                    .anyMatch(deed -> deed.startsWith("a secret has been said: "))
                    .anyMatch(deed -> deed.endsWith("copy has what only root may read"));
        }
    }

    /** However many there are, what root has beside them is started again, and they have no more than their share. */
    @Test
    void thousands_of_services_leave_root_its_descriptors() throws Exception {
        appOfUser();
        Files.writeString(
                tree.service("app").path().resolve("service.conf"),
                "tree { directory = \"" + home + "\", user = \":" + USER + ":" + USER + "\", open-files = " + SHARE
                        + " }\n");
        Service own = tree.service("own").script("run", SLEEP);
        inside(".all", SLEEP);
        for (int i = 0; i < 3000; i++) {
            Path one = Files.createDirectory(home.resolve("s" + i));
            Files.createSymbolicLink(one.resolve("run"), Path.of("../.all/run"));
        }
        give();
        tree.start();
        int first = own.awaitRun();
        tree.awaitMessage("there are 3000 service directories, and this tree may have " + SHARE
                + " of the launcher's open files, at least one for each: " + (3000 - SHARE) + " are left out");
        tree.awaitMessage(
                "this tree may have " + SHARE + " of the launcher's open files, and all trees of other users half of"
                        + " them, and these are used up: ");

        own.control("k");
        patiently().until(() -> own.awaitRun() != first);

        assertThat(open()).isBetween(1, SHARE);
        assertThat(running()).isBetween(1, SHARE);
        assertThat(tree.messages().stream().filter(line -> line.contains("at least one for each")))
                .hasSize(1);
    }

    /** Of what is in the tree, by this JVM. */
    private int open() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.filter(this::leadsIntoTree).count();
        }
    }

    private boolean leadsIntoTree(Path link) {
        try {
            return Files.readSymbolicLink(link).startsWith(home);
        } catch (IOException e) {
            // it has been closed meanwhile
            return false;
        }
    }

    private int running() throws IOException {
        try (var services = Files.list(home)) {
            return (int) services.filter(service -> Files.exists(service.resolve("supervise/status")))
                    .count();
        }
    }

    @Test
    void who_is_not_known_has_no_tree_and_that_is_said() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "another message where it is not root");
        app(", user = pekko-supervisor-nobody");
        Service web = inside("web", "echo >>ran; " + SLEEP);
        tree.start();

        tree.awaitMessage("user pekko-supervisor-nobody: there is no user of this name");
        assertThat(web.lines("ran")).isEmpty();
    }

    @Test
    void only_root_has_a_tree_of_another() throws Exception {
        assumeTrue(OwnProcess.user() != 0, "root may");
        app(", user = \":0:0\"");
        tree.start();

        tree.awaitMessage("only a launcher of root can have a tree of another user");
    }
}
