package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** An application that supervises service directories is killed, and its next start adopts what runs. */
@Order(1)
class ApplicationAdoptsTest extends InGrove {

    /** The application before; it does what a test wants, and is killed. */
    interface Life {
        void live() throws Exception;
    }

    private void firstLife(Life life) throws Exception {
        firstLife(temp, life);
    }

    static void firstLife(Path temp, Life life) throws Exception {
        Process jvm = EmbeddedJvmTest.Application.jvm(List.of("env"), temp.toString());
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            assertThat(output.lines().anyMatch("up"::equals)).isTrue();
            life.live();
        } finally {
            jvm.destroyForcibly().waitFor();
        }
    }

    /** Followed from before anything is adopted. */
    private TreeFollower nextLife() {
        SupervisionTree tree = grove.start();
        TreeFollower follower = new TreeFollower().follow(tree);
        Grove.get(tree.root().startChild(grove.services()));
        return follower;
    }

    private void remove(Service service) throws IOException {
        Files.move(service.path(), temp.resolve(".gone"));
        try (Stream<Path> files = Files.walk(temp.resolve(".gone"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The start of what was adopted is known to the tick of the kernel's clock. */
    private void agrees(TreeFollower follower) {
        follower.awaitAgreement(grove.tree(), 20);
    }

    @Test
    void who_follows_hears_what_was_adopted_and_has_what_a_snapshot_says() throws Exception {
        Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
        Service byHand = grove.sleeper("by-hand").file("down");
        Service off = grove.sleeper("off");
        firstLife(() -> {
            ProcessHandle.of(grove.awaitStarts(web, 1)).orElseThrow().destroyForcibly();
            grove.awaitStarts(web, 2);
            byHand.control("u");
            grove.awaitStarts(byHand, 1);
            grove.awaitStarts(off, 1);
            off.control("d");
            patiently().until(() -> off.status().state() == State.DOWN);
            web.awaitRun();
            byHand.awaitRun();
            web.awaitLogRun();
        });
        int pid = web.status().pid();
        int logger = web.logStatus().pid();
        int pidByHand = byHand.status().pid();

        TreeFollower follower = nextLife();

        patiently()
                .ignoreException(NoSuchElementException.class) // not told of yet
                .until(() -> follower.node("/services").children().size() == 3);
        patiently()
                .until(() -> follower.heard(ServiceEvent.Adopted.class, "/services/web")
                                        .size()
                                == 2
                        && follower.heard(ServiceEvent.Adopted.class, "/services/by-hand")
                                        .size()
                                == 1);
        agrees(follower);
        patiently()
                .untilAsserted(() -> assertThat(grove.pids())
                        .containsExactlyInAnyOrder((long) pid, (long) logger, (long) pidByHand));
        assertThat(follower.heard(ServiceEvent.Adopted.class, "/services/web"))
                .extracting(ServiceEvent.Adopted::program, ServiceEvent.Adopted::pid, ServiceEvent.Adopted::restarts)
                .containsExactly(tuple(ServiceEvent.Program.RUN, pid, 1), tuple(ServiceEvent.Program.LOG, logger, 0));
        assertThat(follower.heard(ServiceEvent.Adopted.class, "/services/by-hand"))
                .extracting(ServiceEvent.Adopted::pid)
                .containsExactly(pidByHand);
        Node adopted = follower.node("/services/web");
        assertThat(adopted.restarts()).isEqualTo(1);
        assertThat(adopted.lastExit()).map(LastExit::reason).contains("signal KILL");
        assertThat(adopted.process()).map(ProcessIdentity::pid).contains(pid);
        assertThat(Stream.of("web", "by-hand", "off").map(name -> follower.node("/services/" + name)))
                .extracting(node -> node.details().get("normally"))
                .containsExactly("up", "down", "up");
        assertThat(follower.heard(ServiceEvent.Started.class, "/services/web")).isEmpty();

        // and it goes on from there
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        grove.awaitStarts(web, 3);
        patiently().until(() -> follower.node("/services/web").restarts() == 2);
        agrees(follower);
    }

    @Test
    void what_is_left_of_a_removed_service_directory_ends_before_the_eyes_of_all() throws Exception {
        Service web = grove.service("web")
                .script(
                        "run",
                        "trap 'echo TERM >>" + temp + "/heard' TERM; echo $$ >>starts\n" + "while ! [ -e " + temp
                                + "/go ]; do sleep 0.05; done; exit 7");
        firstLife(() -> {
            web.awaitLines("starts", 1);
            web.awaitRun();
        });
        int pid = web.status().pid();
        remove(web);

        TreeFollower follower = nextLife();

        patiently().until(() -> Files.exists(temp.resolve("heard")));
        agrees(follower);
        Node node = grove.node("/services/web");
        assertThat(grove.keeps(node.process().orElseThrow())).isTrue();
        assertThat(node.process()).map(ProcessIdentity::pid).contains(pid);
        assertThat(node.state()).isEqualTo(TreeSnapshot.State.STOPPING);
        patiently()
                .until(() -> !follower.heard(ServiceEvent.Warned.class, "/services/web")
                        .isEmpty());
        assertThat(grove.messages())
                .containsExactly("runsv web: warning: not over 10 seconds after it was asked to end: ./run (pid " + pid
                        + ") goes on, though it got TERM, and its service directory is gone; kill -KILL ends it\n");
        assertThat(grove.node("/services/web").details().get("trouble")).startsWith("not over 10 seconds");
        Files.createFile(temp.resolve("go"));
        patiently()
                .until(() -> !follower.heard(ServiceEvent.Forgotten.class, "/services/web")
                        .isEmpty());
        agrees(follower);
        assertThat(grove.keeps(node.process().orElseThrow())).isFalse();
        List<ServiceEvent> story = follower.heard(ServiceEvent.class, "/services/web");
        assertThat(EventJudge.complaints(story)).isEmpty();
        assertThat(story)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly(
                        "Found",
                        "SupervisionBegan",
                        "Adopted",
                        "Ready",
                        "EndRequested",
                        "SignalSent",
                        "SignalSent",
                        "StateChanged",
                        "Warned",
                        "Ended",
                        "StateChanged",
                        "SupervisionEnded",
                        "Forgotten");
        ServiceEvent.Ended ended = (ServiceEvent.Ended) story.get(9);
        assertThat(ended.pid()).isEqualTo(pid);
        assertThat(ended.asked()).isTrue();
        assertThat(ended.ran()).isGreaterThan(Duration.ofSeconds(10));
    }

    @Test
    void what_is_left_of_a_removed_service_directory_does_not_outlive_the_incarnation_that_has_it() throws Exception {
        Service web = grove.service("web")
                .script(
                        "run",
                        "trap 'echo TERM >>" + temp + "/heard' TERM; echo $$ >>starts\n"
                                + "while :; do sleep 0.05; done");
        firstLife(() -> {
            web.awaitLines("starts", 1);
            web.awaitRun();
        });
        long pid = web.status().pid();
        remove(web);
        nextLife();
        patiently().until(() -> Files.exists(temp.resolve("heard")));

        grove.crash("services");

        patiently().until(() -> Grove.process(pid).isEmpty());
        grove.awaitRestarts("services", 1);
        // what a shell that was killed had started itself ends in a moment
        patiently().until(() -> grove.pids().isEmpty());
    }

    @Test
    void what_has_ended_while_nobody_was_there_is_not_said_to_run() throws Exception {
        Service web = grove.sleeper("web");
        firstLife(() -> {
            grove.awaitStarts(web, 1);
            web.awaitRun();
        });
        int pid = web.status().pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        patiently().until(() -> grove.pids().isEmpty());

        TreeFollower follower = nextLife();

        awaitShown(follower, grove.awaitStarts(web, 2));
        agrees(follower);
        List<ServiceEvent> story = follower.heard(ServiceEvent.class, "/services/web");
        assertThat(story)
                .extracting(event -> event.getClass().getSimpleName())
                .startsWith("Found", "SupervisionBegan", "Adopted", "Ended", "StateChanged")
                .contains("Started");
        ServiceEvent.Adopted left = (ServiceEvent.Adopted) story.get(2);
        assertThat(left.pid()).isEqualTo(pid);
        assertThat(left.runs()).isFalse();
        assertThat(((ServiceEvent.Ended) story.get(3)).pid()).isEqualTo(pid);
        assertThat(withEnd(story)).isEmpty();
    }

    @Test
    void a_control_script_that_goes_on_is_what_is_waited_for() throws Exception {
        Service web = grove.sleeper("web")
                .script("control/u", "echo $$ >>scripts; while ! [ -e go ]; do sleep 0.05; done; exit 0");
        firstLife(() -> {
            web.awaitLines("scripts", 1);
            patiently().until(() -> isScriptRecorded(web));
        });
        String pid = web.lines("scripts").get(0);

        TreeFollower follower = nextLife();

        patiently()
                .untilAsserted(() -> assertThat(follower.heard(ServiceEvent.Warned.class, "/services/web"))
                        .extracting(ServiceEvent.Warned::text)
                        .containsExactly("not started after 3 s: control/u, pid " + pid + ", goes on"));
        web.file("go");
        awaitShown(follower, grove.awaitStarts(web, 1));
        agrees(follower);
        assertThat(web.lines("scripts")).hasSize(1);
        assertThat(withEnd(follower.heard(ServiceEvent.class, "/services/web"))).isEmpty();
    }

    /** Not only is it recorded that it is to be started. */
    private static boolean isScriptRecorded(Service service) throws IOException {
        return service.record()
                .flatMap(UnitRecord::script)
                .flatMap(UnitRecord.Script::process)
                .isPresent();
    }

    /** What may be another's is left to that one for some seconds. */
    @Test
    void process_of_a_start_that_was_cut_is_adopted_though_the_calendar_is_set_back_meanwhile() throws Exception {
        Service web = grove.service("web")
                .script("run", "echo $$ >>starts; W=$PWD; cd /; exec env PWD=/ OLDPWD=$W sleep 1000");
        firstLife(() -> {
            grove.awaitStarts(web, 1);
            web.awaitRun();
        });
        int pid = web.status().pid();
        try (Directory home = Directory.open(OsString.of(web.path().toString()));
                SuperviseDirectory supervise = SuperviseDirectory.create(home, "")) {
            UnitRecord record = ((StateFile.Valid) supervise.readState()).state();
            supervise.writeState(cut(record), new Reporter("test", OsString.of("."), line -> {}));
        }
        SupervisionTree tree = grove.start();
        TreeFollower follower = new TreeFollower().follow(tree);

        Grove.get(tree.root()
                .startChild(ServiceDirectories.scanned(
                        "services", grove.settings(temp).withClock(new SetBack()))));

        patiently()
                .until(() -> !follower.heard(ServiceEvent.Adopted.class, "/services/web")
                        .isEmpty());
        assertThat(follower.heard(ServiceEvent.Adopted.class, "/services/web"))
                .extracting(ServiceEvent.Adopted::pid)
                .containsExactly(pid);
        assertThat(grove.pids()).containsExactly((long) pid);
    }

    /** As if its supervisor had died before it knew who {@code run} is. */
    private static UnitRecord cut(UnitRecord record) {
        long start = record.process().orElseThrow().identity().startTicks();
        return new UnitRecord(
                record.supervisor(),
                new ServiceStatus(record.status().stamp(), 0, false, false, Want.UP, State.DOWN),
                record.pending(),
                Optional.empty(),
                Optional.of(new Intent(Program.RUN, start - 1, OwnProcess.group(), OwnProcess.session())),
                Optional.empty(),
                record.past(),
                record.pipe());
    }

    /** The system's clock, by an hour too late from the second look at what is left on. */
    private static final class SetBack extends Clock {
        private volatile boolean back;

        @Override
        public Instant instant() {
            Instant now = Instant.now();
            if (back) {
                return now.minus(Duration.ofHours(1));
            }
            back = StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getClassName().equals(Runsv.class.getName())
                                    && frame.getMethodName().equals("adopting")));
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A start is followed by two more events, which are heard a moment later. */
    private static void awaitShown(TreeFollower follower, long pid) {
        patiently()
                .until(() -> follower.heard(ServiceEvent.StateChanged.class, "/services/web").stream()
                        .anyMatch(changed -> changed.status().pid() == pid));
    }

    /** What a judge of a whole story has to say of one that goes on. */
    private static List<String> withEnd(List<ServiceEvent> story) {
        return EventJudge.complaints(story).stream()
                .filter(complaint -> !complaint.startsWith("it is not told that it was forgotten"))
                .toList();
    }
}
