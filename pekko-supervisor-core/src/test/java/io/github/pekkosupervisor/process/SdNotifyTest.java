package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.NotifySocket;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.NotReady;
import io.github.pekkosupervisor.process.ProcessEvent.Notified;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.process.ProcessNotice.Phase;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the client of systemd itself. */
final class SdNotifyTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final String FOREVER = "exec sleep " + A_DAY;

    /** A process that speaks for itself, a word at a time. */
    private static final String SPEAKER = """
        import os, socket, sys, time
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.connect("\\0" + os.environ["NOTIFY_SOCKET"][1:])
        for word in sys.argv[1:]:
            s.send(word.encode().decode("unicode_escape").encode())
        """;

    @TempDir
    private Path scratch;

    @BeforeAll
    static void there_is_a_client() {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/systemd-notify"))).isTrue();
    }

    private static ActorRef<ProcessActor.Command> spawn(String script, NotifyAccess access) {
        return PROCESSES.spawn(ProcessSpec.of(sh(script)).withReady(Readiness.sdNotify(access)));
    }

    private static ActorRef<ProcessActor.Command> spawn(String script) {
        return spawn(script, NotifyAccess.GROUP);
    }

    private static ActorRef<ProcessActor.Command> speak(String andThen, String... words) {
        StringBuilder line = new StringBuilder("python3 - ");
        for (String word : words) {
            line.append('\'').append(word).append("' ");
        }
        return spawn(line + "<<'EOF'\n" + SPEAKER + "EOF\n" + andThen);
    }

    /** Words between which nothing is waited for may be told as one. */
    private String untilThereIs(String file) {
        return "until [ -e '" + scratch.resolve(file) + "' ]; do sleep 0.02; done\n";
    }

    private void say(String file) throws IOException {
        Files.createFile(scratch.resolve(file));
    }

    private static ProcessNotice notified() {
        return PROCESSES.next(Notified.class).notice();
    }

    @Test
    void a_process_is_ready_when_it_says_so() throws IOException {
        spawn("systemd-notify --status=loading\n" + untilThereIs("loaded")
                + "systemd-notify --ready --status='42 things'; " + FOREVER);

        PROCESSES.started();
        ProcessNotice loading = notified();
        say("loaded");
        ProcessNotice ready = notified();
        PROCESSES.next(Ready.class);

        assertThat(loading.phase()).isEqualTo(Phase.STARTING);
        assertThat(loading.status()).isEqualTo("loading");
        assertThat(ready.phase()).isEqualTo(Phase.READY);
        assertThat(ready.status()).isEqualTo("42 things");
    }

    @Test
    void ready_said_again_is_told_once() {
        spawn("systemd-notify --ready; systemd-notify --ready; " + FOREVER);

        PROCESSES.started();
        notified();
        PROCESSES.next(Ready.class);
        PROCESSES.nothingMore();
    }

    @Test
    void what_it_says_later_is_told_too() throws IOException {
        ActorRef<ProcessActor.Command> actor = spawn("trap 'systemd-notify STOPPING=1 STATUS=bye; exit 0' TERM\n"
                + "systemd-notify --ready\n" + untilThereIs("ready")
                + "systemd-notify RELOADING=1 MONOTONIC_USEC=7\n" + untilThereIs("reloading")
                + "systemd-notify --ready STATUS=again\n"
                + "while :; do sleep 1000 & wait; kill $!; done\n");

        PROCESSES.started();
        assertThat(notified().phase()).isEqualTo(Phase.READY);
        PROCESSES.next(Ready.class);
        say("ready");
        assertThat(notified().phase()).isEqualTo(Phase.RELOADING);
        say("reloading");
        assertThat(notified().status()).isEqualTo("again");
        actor.tell(new Stop(Duration.ofSeconds(20)));
        ProcessNotice bye = notified();
        PROCESSES.exited();

        assertThat(bye.phase()).isEqualTo(Phase.STOPPING);
        assertThat(bye.status()).isEqualTo("bye");
    }

    @Test
    void who_is_gone_when_he_is_looked_at_counts_if_he_is_of_the_same_user() {
        speak(FOREVER, "READY=1");

        PROCESSES.started();
        notified();
        PROCESSES.next(Ready.class);
    }

    @Test
    void a_status_cannot_do_anything() {
        speak(FOREVER, "STATUS=\\x1b[2Jx\\ry");

        PROCESSES.started();
        assertThat(notified().status()).isEqualTo("\\x1b[2Jx\\ry");
    }

    @Test
    void last_words_are_heard() {
        speak("", "READY=1", "STATUS=no disk\\nERRNO=28");

        PROCESSES.started();
        ProcessNotice last = notified();
        while (last.errno().isEmpty()) {
            PROCESSES.next(Ready.class);
            last = notified();
        }

        assertThat(last.status()).isEqualTo("no disk");
        assertThat(last.errno()).hasValue(28);
    }

    @Test
    void all_last_words_are_heard_though_nobody_had_listened_before() throws IOException {
        assumeThat(longestQueue()).as("as many messages wait").isGreaterThan(64);
        List<ProcessEvent> told = new CopyOnWriteArrayList<>();
        ProcessSpec spec = ProcessSpec.of(
                        "python3", "-c", SPEAKER + "for i in range(60): s.send(b'STATUS=%d' % i)\ns.send(b'READY=1')\n")
                .withReady(Readiness.sdNotify());

        PROCESSES
                .kit()
                .spawn(
                        ProcessActor.create(spec, event -> {
                            told.add(event);
                            if (event instanceof ProcessEvent.Started started) {
                                // the actor is not there to listen until it has ended
                                await().atMost(LoneProcesses.PATIENCE)
                                        .until(() -> started.identity().isEnding());
                            }
                        }),
                        Processes.dispatcher());

        await().atMost(LoneProcesses.PATIENCE)
                .untilAsserted(() -> assertThat(told).last().isInstanceOf(ProcessEvent.Exited.class));
        assertThat(told).contains(Ready.INSTANCE);
        assertThat(told.stream().filter(Notified.class::isInstance).map(event -> ((Notified) event).notice()))
                .last()
                .satisfies(last -> assertThat(last.status()).isEqualTo("59"));
    }

    /** The kernel gives it in one read or not at all. */
    private static int longestQueue() throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(Path.of("/proc/sys/net/unix/max_dgram_qlen"))) {
            return Integer.parseInt(reader.readLine());
        }
    }

    @Test
    void strangers_are_not_heard() throws IOException, InterruptedException {
        Path address = scratch.resolve("address");
        spawn("echo $NOTIFY_SOCKET >" + address + ".new; mv " + address + ".new " + address + "\n" + "while [ ! -e "
                + scratch.resolve("go") + " ]; do sleep 0.01; done; systemd-notify --ready; " + FOREVER);
        PROCESSES.started();
        await().until(() -> Files.exists(address));
        // lives as long as it is looked at, and belongs to nobody
        ProcessBuilder stranger = new ProcessBuilder("systemd-notify", "--ready", "--status=stranger");
        stranger.environment().put("NOTIFY_SOCKET", Files.readString(address).strip());
        assertThat(stranger.start().waitFor()).isZero();
        PROCESSES.nothingMore();

        Files.createFile(scratch.resolve("go"));

        assertThat(notified().status()).isEmpty();
        PROCESSES.next(Ready.class);
    }

    @ParameterizedTest
    @EnumSource(NotifyAccess.class)
    void who_counts_can_be_said(NotifyAccess access) {
        // root has it say that its parent has sent it
        PROCESSES.spawn(ProcessSpec.of(sh("python3 - READY=1 <<'EOF'\n" + SPEAKER + "EOF\n" + FOREVER))
                .withReady(Readiness.sdNotify(access))
                .withStartTimeout(Duration.ofSeconds(access == NotifyAccess.MAIN ? 2 : 50)));

        PROCESSES.started();
        if (access == NotifyAccess.MAIN) {
            PROCESSES.next(NotReady.class);
        } else {
            notified();
            PROCESSES.next(Ready.class);
        }
    }

    @Test
    void the_process_itself_always_counts() {
        PROCESSES.spawn(ProcessSpec.of("python3", "-c", SPEAKER + "time.sleep(1000)\n", "READY=1")
                .withReady(Readiness.sdNotify(NotifyAccess.MAIN)));

        PROCESSES.started();
        notified();
        PROCESSES.next(Ready.class);
    }

    /** Says that it is ready, reloads, and has handed its work to a child, which speaks when there is a file. */
    private ProcessSpec handsOn() {
        String script = """
            import os, socket, sys, time
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            def send(words): s.sendto(words, "\\0" + os.environ["NOTIFY_SOCKET"][1:])
            child = os.fork()
            if child == 0:
                while not os.path.exists(sys.argv[1]): time.sleep(0.02)
                send(b"STATUS=spoken")
            else:
                send(b"READY=1\\nMAINPID=%d\\nWATCHDOG_USEC=7000000" % child)
                while not os.path.exists(sys.argv[2]): time.sleep(0.02)
                send(b"RELOADING=1")
            time.sleep(1000)
            """;
        return ProcessSpec.of("python3", "-c", script, file("speak"), file("reload"))
                .withOwnerLost(ProcessSpec.OwnerLost.KEEP)
                .withSigns(new ProcessSigns(
                        Optional.of(ProcessSigns.socketName(ProcessSigns.newSocketNumber())), Optional.empty()))
                .withLive(Liveness.watchdog(Duration.ofDays(1)))
                .withReady(Readiness.sdNotify(NotifyAccess.MAIN));
    }

    private String file(String name) {
        return scratch.resolve(name).toString();
    }

    @Test
    void what_it_has_said_counts_for_who_takes_it_up() throws IOException {
        ProcessSpec spec = handsOn();
        ActorRef<ProcessActor.Command> first = PROCESSES.spawn(spec);
        ProcessView process = PROCESSES.started();
        notified();
        PROCESSES.next(Ready.class);
        Files.createFile(scratch.resolve("reload"));
        Notified last = PROCESSES.next(Notified.class);
        int main = last.notice().mainPid().orElseThrow();

        PROCESSES.handOn(first, process, spec, new ProcessActor.Left(true, false, last.said()));
        Notified told = PROCESSES.next(Notified.class);
        Files.createFile(scratch.resolve("speak"));
        Notified spoken = PROCESSES.next(Notified.class);

        assertThat(last.said())
                .isEqualTo(new ProcessSaid(
                        Optional.of(Phase.RELOADING),
                        ProcessIdentity.ofRunning(main),
                        Optional.of(Duration.ofSeconds(7))));
        assertThat(told).isEqualTo(last);
        assertThat(spoken.notice().status()).isEqualTo("spoken");
        assertThat(spoken.notice().phase()).isEqualTo(Phase.RELOADING);
        assertThat(spoken.said()).isEqualTo(last.said());
    }

    /** It has ended meanwhile, or what was left is not of this boot. */
    @Test
    void a_number_that_somebody_else_has_by_now_does_not_count() {
        ProcessSpec spec = handsOn();
        ActorRef<ProcessActor.Command> first = PROCESSES.spawn(spec);
        ProcessView process = PROCESSES.started();
        ProcessIdentity main = PROCESSES.next(Notified.class).said().main().orElseThrow();
        PROCESSES.next(Ready.class);

        ProcessSaid stale = new ProcessSaid(
                Optional.of(Phase.STOPPING),
                Optional.of(new ProcessIdentity(main.pid(), main.startTicks() + 1, main.bootId())),
                Optional.empty());
        PROCESSES.handOn(first, process, spec, new ProcessActor.Left(true, false, stale));

        Notified told = PROCESSES.next(Notified.class);
        assertThat(told.notice().phase()).isEqualTo(Phase.STOPPING);
        assertThat(told.notice().mainPid()).isEmpty();
        assertThat(told.said().main()).isEmpty();
    }

    /** Whoever was there before may be about to end, as another actor system of the same application. */
    @Test
    void one_whose_socket_somebody_has_still_is_heard_when_he_has_it_no_longer() throws Exception {
        String script = """
            import os, socket, sys, time
            while not os.path.exists(sys.argv[1]): time.sleep(0.02)
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            while True:
                try:
                    s.sendto(b"STATUS=here", "\\0" + sys.argv[2])
                    time.sleep(1000)
                except ConnectionRefusedError: time.sleep(0.05)
            """;
        String name = ProcessSigns.socketName(ProcessSigns.newSocketNumber());
        ProcessSpec spec =
                ProcessSpec.of("python3", "-c", script, file("speak"), name).withOwnerLost(ProcessSpec.OwnerLost.KEEP);
        ActorRef<ProcessActor.Command> first = PROCESSES.spawn(spec);
        ProcessView process = PROCESSES.started();
        try (NotifySocket before = NotifySocket.open(name)) {
            assertThat(before.address()).contains(name);
            PROCESSES.handOn(
                    first,
                    process,
                    spec.withLive(Liveness.watchdog(Duration.ofDays(1)))
                            .withSigns(new ProcessSigns(Optional.of(name), Optional.empty())),
                    ProcessActor.Left.READY);

            assertThat(PROCESSES.next(ProcessEvent.Warned.class).what())
                    .startsWith("is not held to its watchdog for now, since its notification socket")
                    .contains("EADDRINUSE");
        }
        Files.createFile(scratch.resolve("speak"));

        assertThat(PROCESSES.next(Notified.class).notice().status()).isEqualTo("here");
    }

    @Test
    void one_that_has_no_socket_is_not_held_to_a_watchdog_which_is_told() {
        ProcessSpec spec = ProcessSpec.of(sh(FOREVER)).withOwnerLost(ProcessSpec.OwnerLost.KEEP);
        ActorRef<ProcessActor.Command> first = PROCESSES.spawn(spec);
        ProcessView process = PROCESSES.started();

        PROCESSES.handOn(
                first, process, spec.withLive(Liveness.watchdog(Duration.ofMillis(1))), ProcessActor.Left.READY);

        assertThat(PROCESSES.next(ProcessEvent.Warned.class).what())
                .isEqualTo("is not held to its watchdog until it is started anew, since it has no notification socket");
    }

    @Test
    void a_flood_is_heard_to_its_end() {
        spawn("python3 - <<'EOF'\n" + SPEAKER + "for i in range(5000): s.send(b'STATUS=%d' % i)\ns.send(b'READY=1')\n"
                + "time.sleep(1000)\nEOF\n");

        PROCESSES.started();
        ProcessNotice notice = notified();
        while (notice.phase() != Phase.READY) {
            notice = notified();
        }
        PROCESSES.next(Ready.class);
        assertThat(notice.status()).isEqualTo("4999");
    }

    @Test
    void who_was_asked_by_somebody_else_speaks_to_this_jvm() {
        PROCESSES.spawn(ProcessSpec.of(sh("systemd-notify --ready; " + FOREVER))
                .withEnvironment("NOTIFY_SOCKET", "@nobody")
                .withReady(Readiness.sdNotify()));

        PROCESSES.started();
        notified();
        PROCESSES.next(Ready.class);
    }

    @Test
    void without_that_sign_there_is_no_socket() {
        PROCESSES.spawn(
                ProcessSpec.of(sh("test -z \"$NOTIFY_SOCKET\"; exit $?")).withoutEnvironment("NOTIFY_SOCKET"));

        PROCESSES.started();
        assertThat(PROCESSES.exited().status()).isEqualTo(ExitStatus.ofCode(0));
    }
}
