package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of real service directories: all of it, once, in order. */
@Order(1)
class ServiceEventsTest extends InTree {

    private static final PuppetPosix POSIX = PuppetPosix.create();
    private static final String SLEEP = "exec sleep 1000";
    private static final String WEB = "/web";
    private static final String SV = "/usr/bin/sv";

    private final Told told = new Told();

    @Override
    ActorTestKit newKit() {
        return ActorTestKit.create(POSIX.system("service-events"));
    }

    @AfterEach
    void what_was_told_makes_sense() {
        POSIX.onSpawn(Posix::spawn);
        tree.close();
        // a stop is over when it has been heard, so nothing is to come
        told.paths().stream()
                .filter(path -> !path.equals("/"))
                .forEach(path -> assertThat(EventJudge.complaints(told.of(path)))
                        .as("of %s\n%s", path, told.words(path))
                        .isEmpty());
    }

    private void start() {
        tree.start(settings -> settings.withListener(told));
    }

    /** It has run for more than a second, so that no pause follows its end. */
    private static int settled(Service service) {
        int pid = service.awaitRun();
        patiently()
                .until(() -> Duration.between(service.status().stamp(), Instant.now())
                                .compareTo(Duration.ofMillis(1_100))
                        > 0);
        return pid;
    }

    private static void kill(int pid) throws IOException {
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
    }

    @Test
    void from_the_first_look_to_the_last() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        settled(web);

        tree.close();

        assertThat(told.words(WEB))
                .containsExactly(
                        "Found",
                        "begun, service down",
                        "run started p1",
                        "ready p1",
                        "service run p1",
                        "EndRequested",
                        "service run p1, want exit",
                        "service sent TERM",
                        "service run p1, got TERM, want exit",
                        "service sent CONT",
                        "run ended p1, signal TERM",
                        "service down, want exit",
                        "ended with 0",
                        "Forgotten");
    }

    @Test
    void killed_and_started_again() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        int pid = settled(web);

        kill(pid);
        told.awaitLast(WEB, "service run p2");

        assertThat(told.wordsFrom(WEB, 5))
                .containsExactly(
                        "run ended p1, signal KILL", "service down", "run started p2", "ready p2", "service run p2");
        ServiceEvent.Ended ended = (ServiceEvent.Ended) told.of(WEB).get(5);
        assertThat(ended.ran()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(ended.pid()).isEqualTo(pid);
    }

    /** By an operator, which is no surprise. */
    @ParameterizedTest
    @CsvSource({"k, KILL, true", "h, HUP, true", "2, USR2, true", "h, SEGV, false"})
    void ended_by_the_signal_that_was_asked_for(String letter, Signal end, boolean asked) throws IOException {
        boolean dies = end.name().equals("SEGV");
        Service web = tree.service("web")
                .script(
                        "run",
                        dies ? "[ -p p ] || mkfifo p; trap 'kill -SEGV $$' HUP; : >trapping; read x <>p" : SLEEP);
        start();
        settled(web);
        patiently().until(() -> !dies || Files.exists(web.path().resolve("trapping")));

        web.control(letter);
        told.awaitLast(WEB, "service run p2");

        ServiceEvent.Ended ended = told.of(WEB).stream()
                .filter(ServiceEvent.Ended.class::isInstance)
                .map(ServiceEvent.Ended.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(ended.status().signal()).isEqualTo(end.number());
        assertThat(ended.asked()).isEqualTo(asked);
    }

    @Test
    void one_that_ends_at_once_is_throttled() throws IOException {
        Service web = tree.service("web").script("run", "exit 3").file("down");
        start();
        told.awaitLast(WEB, "begun, service down, want down");

        // one that is held up does not end at once
        patiently()
                .untilAsserted(() -> assertThat(onceMore(web))
                        .containsExactly(
                                "service read o",
                                "service down, want down",
                                "run started p",
                                "ready p",
                                "service run p, want down",
                                "run ended p, exit code 3",
                                "service down, want down",
                                "service throttled 1 s, SHORT_RUN"));
    }

    /** What is told of one more run, whatever its number. */
    private List<String> onceMore(Service web) throws IOException {
        int before = told.of(WEB).size();
        web.control("o");
        patiently().until(() -> told.wordsFrom(WEB, before).stream().anyMatch(words -> words.startsWith("run ended ")));
        // which is read when all has been told that the end has led to
        web.control("d");
        patiently().until(() -> told.wordsFrom(WEB, before).contains("service read d"));
        List<String> words = told.wordsFrom(WEB, before);
        return words.subList(0, words.indexOf("service read d")).stream()
                .map(ServiceEventsTest::withoutNumber)
                .toList();
    }

    private static String withoutNumber(String words) {
        return words.replaceAll("\\bp\\d+", "p");
    }

    @Test
    void finish_comes_between() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("finish", "exit 7");
        start();
        int pid = settled(web);
        web.control("o");
        told.awaitLast(WEB, "service run p1, want down");

        kill(pid);
        told.awaitLast(WEB, "service down, want down");

        assertThat(told.wordsFrom(WEB, 7))
                .containsExactly(
                        "run ended p1, signal KILL",
                        "service finish nobody, want down",
                        "finish started p2",
                        "service finish p2, want down",
                        "finish ended p2, exit code 7",
                        "service down, want down");
    }

    @Test
    void control_scripts_decide_on_signals() throws IOException {
        Service web = tree.service("web")
                .script("run", SLEEP)
                .script("control/t", "exit 0")
                .script("control/d", "exit 1")
                .script("control/h", "exit 1");
        start();
        settled(web);

        web.control("h");
        told.await(WEB, "service sent HUP");
        told.await(WEB, "service run p2");
        web.control("d");
        told.awaitLast(WEB, "control/d ended, exit code 1");
        web.control("k");
        told.await(WEB, "service down, want down");

        assertThat(told.wordsFrom(WEB, 5))
                .containsSubsequence(
                        "service read h",
                        "control/h started",
                        "control/h ended, exit code 1",
                        "service sent HUP",
                        "run ended p1, signal HUP",
                        "service read d",
                        "service run p2, want down",
                        "control/t started",
                        "control/t ended, exit code 0, vetoed",
                        "service sent CONT",
                        "control/d started",
                        "control/d ended, exit code 1",
                        "service read k",
                        "service sent KILL",
                        "run ended p2, signal KILL",
                        "service down, want down");
    }

    @Test
    void sv_pauses_and_continues() throws IOException, InterruptedException {
        Needs.that(Files.isExecutable(Path.of(SV)), "the program sv is not installed; apt install runit");
        Service web = tree.service("web").script("run", SLEEP);
        start();
        settled(web);

        sv("pause", web);
        told.awaitLast(WEB, "service sent STOP");
        sv("cont", web);
        told.awaitLast(WEB, "service sent CONT");

        assertThat(told.wordsFrom(WEB, 5))
                .containsExactly(
                        "service read p",
                        "service paused",
                        "service run p1, paused",
                        "service sent STOP",
                        "service read c",
                        "service continued",
                        "service run p1",
                        "service sent CONT");
    }

    private static void sv(String command, Service service) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(SV, command, service.path().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void logger_starts_first_and_ends_last() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", "exec cat >/dev/null");
        start();
        settled(web);

        tree.close();

        assertThat(told.words(WEB))
                .containsExactly(
                        "Found",
                        "begun, service down, log down",
                        "log/run started p1",
                        "log run p1",
                        "run started p2",
                        "ready p2",
                        "service run p2",
                        "EndRequested",
                        "service run p2, want exit",
                        "service sent TERM",
                        "service run p2, got TERM, want exit",
                        "service sent CONT",
                        "run ended p2, signal TERM",
                        "service down, want exit",
                        "log run p1, want exit",
                        "LogPipeClosed",
                        "log/run ended p1, exit code 0",
                        "log down, want exit",
                        "ended with 0",
                        "Forgotten");
    }

    @Test
    void one_that_is_wanted_again_gets_a_new_pipe() throws IOException {
        Service web = tree.service("web")
                .script("run", SLEEP)
                .script("log/run", "test -e second && exec cat >/dev/null; touch second; " + SLEEP);
        start();
        settled(web);

        web.control("x");
        told.await(WEB, "LogPipeClosed");
        web.control("u");
        told.awaitLast(WEB, "service run p3");

        assertThat(told.words(WEB))
                .containsSubsequence("LogPipeClosed", "service read u", "LogPipeOpened", "run started p3");
        // the first one would sleep on
        web.logControl("k");
        told.await(WEB, "log run p4");
    }

    @Test
    void what_cannot_be_run_is_told_with_its_cause() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).file("down");
        Files.setPosixFilePermissions(web.path().resolve("run"), PosixFilePermissions.fromString("rw-r--r--"));
        start();
        told.awaitLast(WEB, "begun, service down, want down");

        web.control("o");
        told.await(WEB, "service throttled 1 s, SHORT_RUN");

        assertThat(told.wordsFrom(WEB, 2).subList(0, 5))
                .containsExactly(
                        "service read o",
                        "service down, want down",
                        "run not run, EACCES",
                        "run ended nobody, exit code 111",
                        "service down, want down");
        assertThat(tree.messages().get(0)).isEqualTo("runsv web: fatal: unable to start ./run: access denied\n");
    }

    @Test
    void refused_starts_are_told_with_their_cause() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("control/t", "exit 0");
        refuse("EAGAIN", 1);
        start();
        told.awaitLast(WEB, "service run p1");
        refuse("EMFILE", 1);
        web.control("t");
        told.await(WEB, "control/t refused, EMFILE");
        told.await(WEB, "service sent TERM");

        assertThat(told.words(WEB))
                .startsWith(
                        "Found",
                        "begun, service down",
                        "run refused, EAGAIN",
                        "service throttled 5 s, REFUSED",
                        "run started p1",
                        "ready p1",
                        "service run p1",
                        "service read t",
                        "control/t refused, EMFILE",
                        "service sent TERM");
        assertThat(tree.messages())
                .containsExactly(
                        "runsv web: warning: unable to fork, sleeping: temporary failure\n",
                        "runsv web: warning: unable to fork for control/t: process cannot open more files\n");
    }

    private static void refuse(String errno, int times) {
        AtomicInteger refusals = new AtomicInteger(times);
        POSIX.onSpawn((real, request) -> {
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new PosixException("spawn", "a test's", errno, "refused by a test");
            }
            return real.spawn(request);
        });
    }

    @Test
    void supervision_that_fails_is_resumed_where_it_was() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        int pid = settled(web);

        tree.clock().crash(1);
        web.control("p");
        tree.awaitCrash();
        told.await(WEB, "SupervisionResumed");
        kill(pid);
        told.awaitLast(WEB, "service run p2");

        assertThat(told.wordsFrom(WEB, 5))
                .startsWith(
                        "failed: provoked by a test", "delayed 1 s", "SupervisionResumed", "run ended p1, signal KILL");
    }

    @Test
    void what_had_been_decided_when_supervision_failed_is_told_by_the_next() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        int pid = settled(web);

        tree.clock().crashIn("ofProcess", 0);
        kill(pid);
        tree.awaitCrash();
        told.awaitLast(WEB, "service run p2");

        assertThat(told.words(WEB).stream().filter(words -> words.startsWith("run ended p1")))
                .hasSize(1);
    }

    @Test
    void supervision_that_cannot_begin_says_why_and_is_tried_again() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        Files.writeString(web.path().resolve("supervise"), "a file");
        start();
        told.await(WEB, "ended with 111");
        Files.delete(web.path().resolve("supervise"));
        told.awaitLast(WEB, "service run p1");

        assertThat(told.words(WEB))
                .startsWith(
                        "Found",
                        "FATAL: unable to open supervise/lock: not a directory",
                        "ended with 111",
                        "delayed 1 s")
                .containsSubsequence("begun, service down", "run started p1");
    }

    @Test
    void what_is_wrong_with_the_directory_of_all_is_told_there() throws IOException {
        Files.createSymbolicLink(temp.resolve("loop"), Path.of("loop"));
        start();

        patiently().until(() -> !told.of("/").isEmpty());

        ServiceEvent.Warned warned = (ServiceEvent.Warned) told.of("/").get(0);
        assertThat(warned.text()).startsWith("unable to stat loop: ");
        assertThat(tree.messages()).contains(warned.line().toString());
    }

    @Test
    void listener_that_does_not_return_holds_up_no_service_directory() throws IOException {
        CountDownLatch release = new CountDownLatch(1);
        Service web = tree.service("web").script("run", SLEEP);
        tree.start(settings ->
                settings.withListener(event -> awaitQuietly(release)).withListener(told));
        int pid = settled(web);

        kill(pid);
        told.awaitLast(WEB, "service run p2");

        assertThat(web.status().state()).isEqualTo(State.RUN);
        assertThat(web.status().want()).isEqualTo(Want.UP);
        release.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
