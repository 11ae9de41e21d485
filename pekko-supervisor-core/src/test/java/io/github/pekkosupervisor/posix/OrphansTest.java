package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Intent;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that have lost their parent, and others that only look so. */
final class OrphansTest {

    private static final String LONG = "sleep " + A_DAY;

    /** The parent of the orphans, which is killed, has made a session of its own for itself: this one's number. */
    private record Lost(ProcessIdentity who, int session) {}

    private final Path place;
    private final List<ProcessIdentity> started = new ArrayList<>();
    private Directory directory;
    private long before;

    OrphansTest(@TempDir Path place) {
        this.place = place;
    }

    @BeforeEach
    void open() throws Exception {
        directory = Directory.open(OsString.of(place.toString()));
        directory.makeFifo(OsString.of("pipe"), 0600);
        before = Orphans.currentTick();
    }

    @AfterEach
    void end_everything() {
        directory.close();
        started.stream()
                .filter(ProcessIdentity::exists)
                .forEach(who -> ProcessHandle.of(who.pid()).ifPresent(ProcessHandle::destroyForcibly));
    }

    private FileStatus.Id idOf(String name) throws PosixException {
        return directory.status(OsString.of(name)).id();
    }

    /** Runs a shell command in the background of a shell of its own session that is killed then. */
    private Lost orphan(String command, String... before) throws Exception {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(List.of("sh", "-c", "cd \"$1\"; shift; \"$@\" & echo $! >&3; echo $$ >&3; wait", "sh"));
        words.add(place.toString());
        words.addAll(List.of(before));
        words.addAll(List.of("sh", "-c", command));
        Path said = Files.createTempFile(place, "said", "");
        List<String> redirected = new ArrayList<>(List.of("sh", "-c", "exec 3>" + said + "; exec \"$@\"", "sh"));
        redirected.addAll(words);
        Process parent = new ProcessBuilder(redirected)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        await().until(() -> Files.readAllLines(said).size() == 2);
        List<String> numbers = Files.readAllLines(said);
        ProcessIdentity who =
                ProcessIdentity.ofRunning(Integer.parseInt(numbers.get(0))).orElseThrow();
        started.add(who);
        await().until(() -> !ProcFs.read("/proc/" + who.pid() + "/cmdline").contains("echo $!"));
        parent.destroyForcibly().waitFor();
        await().until(() -> ProcStat.of(who.pid()).orElseThrow().parent() != parent.pid());
        return new Lost(who, Integer.parseInt(numbers.get(1)));
    }

    /** Who is put into a container from outside has session 0 there, and so has what it starts. */
    @ParameterizedTest
    @CsvSource({"0, 7, true", "0, 0, true", "0, 3, false", "3, 3, true", "3, 7, false", "3, 0, false"})
    void session_from_outside_of_our_world_is_not_taken_for_one_of_its_own(int intended, int session, boolean isIts)
            throws Exception {
        assertThat(intent(intended, Optional.empty(), idOf("pipe")).isInSession(7, session))
                .isEqualTo(isIts);
    }

    private Intent intent(int session, Optional<FileStatus.Id> output, FileStatus.Id where) {
        return new Intent(before, Orphans.currentTick(), session, session, output, where);
    }

    private Intent intent(Lost lost) throws PosixException {
        return intent(lost.session(), Optional.of(idOf("pipe")), idOf("."));
    }

    private static List<Candidate> find(Intent intent) throws PosixException {
        return Orphans.look().find(intent);
    }

    private static Candidate candidate(Lost lost, Sign sign) {
        return new Candidate(lost.who(), false, sign);
    }

    @Test
    void a_tick_is_that_of_the_processes_that_start_now() throws Exception {
        Lost lost = orphan("exec " + LONG);

        assertThat(lost.who().startTicks()).isBetween(before, Orphans.currentTick());
    }

    @Test
    void it_is_known_by_the_pipe_to_which_it_writes_wherever_it_is() throws Exception {
        Lost lost = orphan("exec setsid sh -c 'cd /; exec " + LONG + "' <>pipe >&0");
        await().until(() -> new OtherProcess(lost.who()).descriptor(1).isFifo());

        assertThat(find(intent(lost))).containsExactly(new Candidate(lost.who(), true, Sign.OUTPUT));
    }

    @Test
    void it_is_known_by_where_it_is_though_it_has_closed_its_output() throws Exception {
        Lost lost = orphan("exec " + LONG + " >&-");
        await().until(() ->
                ProcFs.read("/proc/" + lost.who().pid() + "/cmdline").startsWith("sleep"));

        assertThat(find(intent(lost))).containsExactly(candidate(lost, Sign.DIRECTORY));
    }

    @Test
    void without_a_pipe_it_is_known_by_where_it_is() throws Exception {
        Lost lost = orphan("exec " + LONG);

        assertThat(find(intent(lost.session(), Optional.empty(), idOf("."))))
                .containsExactly(candidate(lost, Sign.DIRECTORY));
    }

    @Test
    void the_directory_may_have_been_renamed() throws Exception {
        Path inner = Files.createDirectory(place.resolve("inner"));
        Lost lost = orphan("cd inner; exec " + LONG);
        await().until(() -> new OtherProcess(lost.who()).workingDirectory().id().equals(idOf("inner")));
        FileStatus.Id where = idOf("inner");
        Files.move(inner, place.resolve("moved"));

        assertThat(find(intent(lost.session(), Optional.empty(), where)))
                .containsExactly(candidate(lost, Sign.DIRECTORY));
    }

    private Intent marked(Lost lost, long from, FileStatus.Id where) throws Exception {
        return new Intent(
                from,
                Orphans.currentTick(),
                lost.session(),
                lost.session(),
                Optional.empty(),
                where,
                Optional.of(OsString.of("MARK=1")),
                List.of(idOf("output")));
    }

    private void awaitSleep(Lost lost) {
        await().until(() ->
                ProcFs.read("/proc/" + lost.who().pid() + "/cmdline").startsWith("sleep"));
    }

    @Test
    void who_has_the_mark_is_known_by_that_wherever_it_is() throws Exception {
        Files.createFile(place.resolve("output"));
        Lost lost = orphan("cd /; MARK=1; export MARK; exec setsid " + LONG);
        awaitSleep(lost);

        assertThat(find(marked(lost, before, idOf(".")))).containsExactly(new Candidate(lost.who(), true, Sign.MARK));
    }

    /** Whatever else it has: with another mark it is somebody else. */
    @Test
    void who_has_another_mark_is_not_meant() throws Exception {
        Files.createFile(place.resolve("output"));
        Lost lost = orphan("MARK=2; export MARK; exec " + LONG + " >output");
        awaitSleep(lost);

        assertThat(find(marked(lost, before, idOf(".")))).isEmpty();
    }

    /** As of {@code env -i}, or of a program that writes its title over its environment. */
    @ParameterizedTest
    @CsvSource({
        "exec env -i sleep 300000,                     DIRECTORY",
        "exec env -i setsid sleep 300000,              DIRECTORY",
        "exec >output; cd /; exec env -i sleep 300000, INHERITED",
        "cd /; exec env -i sleep 300000,               "
    })
    void who_has_no_mark_at_all_may_be_meant_by_its_place_or_its_output(String command, Sign sign) throws Exception {
        Files.createFile(place.resolve("output"));
        Lost lost = orphan(command);
        awaitSleep(lost);

        assertThat(find(marked(lost, before, idOf("."))))
                .extracting(Candidate::sign)
                .isEqualTo(sign == null ? List.of() : List.of(sign));
        assertThat(find(marked(lost, lost.who().startTicks() - 6001, idOf("."))))
                .as("a minute later")
                .isEmpty();
    }

    @Test
    void who_is_in_another_session_and_does_not_lead_it_has_no_need_of_a_mark_to_be_told_from_it() throws Exception {
        Files.createFile(place.resolve("output"));
        Lost lost = orphan("exec env -i " + LONG);
        awaitSleep(lost);
        Lost other = new Lost(lost.who(), lost.session() + 1);

        assertThat(find(marked(other, before, idOf(".")))).isEmpty();
    }

    @Test
    void who_is_somewhere_else_and_writes_somewhere_else_is_not_meant_though_the_session_is_the_old_one()
            throws Exception {
        Lost lost = orphan("cd /; exec env -i " + LONG);
        await().until(() ->
                ProcFs.read("/proc/" + lost.who().pid() + "/cmdline").startsWith("sleep"));

        assertThat(find(intent(lost))).isEmpty();
    }

    @Test
    void who_was_started_before_or_after_is_not_meant() throws Exception {
        Lost lost = orphan("exec " + LONG);
        long tick = lost.who().startTicks();

        assertThat(find(new Intent(tick, tick, lost.session(), lost.session(), Optional.empty(), idOf("."))))
                .hasSize(1);
        assertThat(find(new Intent(tick + 1, tick + 9, lost.session(), lost.session(), Optional.empty(), idOf("."))))
                .isEmpty();
        assertThat(find(new Intent(tick - 9, tick - 1, lost.session(), lost.session(), Optional.empty(), idOf("."))))
                .isEmpty();
    }

    /** Later others may have come. */
    @ParameterizedTest
    @CsvSource({"0, true", "6000, true", "6001, false"})
    void what_was_started_within_a_minute_is_soon(long later, boolean isSoon) {
        Candidate one = new Candidate(new ProcessIdentity(7, 1000 + later, ""), false, Sign.DIRECTORY);

        assertThat(one.isSoonAfter(1000)).isEqualTo(isSoon);
    }

    @Test
    void who_has_its_parent_still_is_no_orphan() throws Exception {
        Process child = new ProcessBuilder("sh", "-c", "exec 3<>pipe >&3; " + LONG + " & echo; wait")
                .directory(place.toFile())
                .start();
        try {
            await().until(() -> child.children().findAny().isPresent());

            assertThat(find(intent(OwnProcess.session(), Optional.of(idOf("pipe")), idOf("."))))
                    .isEmpty();
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly().waitFor();
        }
    }

    /** As of one who takes orphans elsewhere, a manager of a user's services for instance. */
    private ProcessIdentity fostered(String command) throws Exception {
        Path said = Files.createTempFile(place, "said", "");
        Process foster = new ProcessBuilder(
                        "sh", "-c", "cd /; (cd " + place + "; " + command + ") & echo $! >" + said + "; wait")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(ProcessIdentity.ofRunning((int) foster.pid()).orElseThrow());
        await().until(() -> Files.readAllLines(said).size() == 1);
        ProcessIdentity who = ProcessIdentity.ofRunning(
                        Integer.parseInt(Files.readAllLines(said).get(0)))
                .orElseThrow();
        started.add(who);
        await().until(() -> ProcFs.read("/proc/" + who.pid() + "/cmdline").startsWith("sleep"));
        return who;
    }

    @ParameterizedTest
    @CsvSource({
        "exec setsid sleep 300000,                           true",
        "exec setsid sh -c 'cd /; exec sleep 300000' <>pipe >&0, true",
        "exec sh -c 'cd /; exec sleep 300000' <>pipe >&0,    true",
        "cd /; exec setsid sleep 300000,                     false",
        "exec sleep 300000,                                  false"
    })
    void who_has_a_parent_that_has_nothing_of_it_may_be_meant(String command, boolean isFound) throws Exception {
        assumeTrue(isFound || OwnProcess.session() != 0, "who is in a session from outside may be meant");
        ProcessIdentity who = fostered(command);

        assertThat(find(intent(0, Optional.of(idOf("pipe")), idOf("."))))
                .extracting(Candidate::identity, Candidate::sign)
                .isEqualTo(isFound ? List.of(tuple(who, Sign.FOSTERED)) : List.of());
        assertThat(leftHere(who, Orphans.currentTick())).as("of an operator").isEmpty();
    }

    @Test
    void who_has_the_mark_and_a_parent_that_has_not_may_be_meant() throws Exception {
        Files.createFile(place.resolve("output"));
        ProcessIdentity who = fostered("cd /; MARK=1; export MARK; exec sleep " + A_DAY);

        assertThat(find(marked(new Lost(who, who.pid()), before, idOf("."))))
                .containsExactly(new Candidate(who, false, Sign.FOSTERED));
    }

    @Test
    void who_has_ended_is_not_meant() throws Exception {
        Lost lost = orphan("exec " + LONG);
        Intent intent = intent(lost);
        Orphans seen = Orphans.look();
        ProcessHandle.of(lost.who().pid()).orElseThrow().destroyForcibly();
        await().until(() -> !lost.who().exists());

        assertThat(find(intent)).isEmpty();
        assertThat(seen.find(intent)).isEmpty();
    }

    @Test
    void those_that_look_alike_are_all_found() throws Exception {
        Lost one = orphan("exec " + LONG);
        Lost other = orphan("exec " + LONG);

        assertThat(find(intent(one.session(), Optional.empty(), idOf("."))))
                .extracting(Candidate::identity)
                .containsExactlyInAnyOrder(one.who(), other.who());
    }

    /** What is told of processes that we may not look into. */
    @ParameterizedTest
    @CsvSource({"true, 1", "false, 0"})
    void who_hides_pipe_and_place_is_known_by_its_session_alone(boolean sameSession, int found) throws Exception {
        Lost lost = orphan("exec " + LONG);
        int session = sameSession ? lost.session() : lost.session() + 1;
        Intent intent = intent(session, Optional.of(idOf("pipe")), idOf("."));
        Orphans seen = Orphans.look();

        try (var refused = RefusedCalls.all("statx", "EACCES")) {
            assertThat(seen.find(intent).stream()
                            .filter(other -> other.identity().equals(lost.who())))
                    .hasSize(found)
                    .allMatch(candidate -> candidate.sign() == Sign.SESSION);
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void one_that_was_to_have_a_session_of_its_own_is_known_by_that() throws Exception {
        Lost lost = orphan("exec setsid " + LONG);
        await().until(() -> ProcStat.of(lost.who().pid()).orElseThrow().session()
                == lost.who().pid());
        Intent intent = new Intent(before, Orphans.currentTick(), 1, 0, Optional.empty(), idOf("."));
        Orphans seen = Orphans.look();

        try (var refused = RefusedCalls.all("statx", "EACCES")) {
            assertThat(seen.find(intent)).contains(new Candidate(lost.who(), true, Sign.SESSION));
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void who_was_there_by_what_a_shell_has_left_in_its_environment_is_meant() throws Exception {
        Lost lost = orphan("cd /; exec setsid " + LONG);
        Lost later = orphan("exec sh -c 'exec perl -e \"chdir q(/); sleep " + A_DAY + "\"'");
        await().until(() ->
                ProcFs.read("/proc/" + lost.who().pid() + "/cmdline").startsWith("sleep"));
        await().until(() ->
                !new OtherProcess(later.who()).workingDirectory().id().equals(idOf(".")));

        assertThat(find(intent(lost.session(), Optional.empty(), idOf("."))))
                .extracting(Candidate::identity, Candidate::sign)
                .containsExactlyInAnyOrder(tuple(lost.who(), Sign.ENVIRONMENT), tuple(later.who(), Sign.ENVIRONMENT));
        assertThat(find(intent(lost.session(), Optional.empty(), new FileStatus.Id(1, 1))))
                .isEmpty();
    }

    private Intent inheriting(Lost lost, long from) throws Exception {
        return new Intent(
                from,
                Orphans.currentTick(),
                lost.session(),
                lost.session(),
                Optional.empty(),
                idOf("."),
                List.of(new FileStatus.Id(1, 1), idOf("output")));
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void who_has_an_output_of_its_starter_still_may_be_meant_wherever_it_is(int descriptor) throws Exception {
        Files.createFile(place.resolve("output"));
        String others = descriptor == 1 ? "2>/dev/null" : ">/dev/null";
        Lost lost =
                orphan("exec env -i setsid sh -c 'cd /; exec env -i " + LONG + "' " + descriptor + ">output " + others);
        await().until(() ->
                ProcFs.read("/proc/" + lost.who().pid() + "/cmdline").startsWith("sleep"));

        assertThat(find(inheriting(lost, before))).containsExactly(new Candidate(lost.who(), true, Sign.INHERITED));
        assertThat(find(inheriting(lost, lost.who().startTicks() - 1001))).isEmpty();
        assertThat(find(intent(lost.session(), Optional.empty(), idOf(".")))).isEmpty();
    }

    @Test
    void outputs_are_those_of_descriptors_one_and_two_but_no_devices() throws Exception {
        try (Descriptor saved = Descriptor.copyOf(1);
                Descriptor file = directory.openNew(OsString.of("output"), 0600);
                Descriptor nowhere = Descriptor.openWrite(OsString.of("/dev/null"), true)) {
            OwnProcess.redirect(file, 1);
            List<FileStatus.Id> toFile = OwnProcess.outputs();
            OwnProcess.redirect(nowhere, 1);
            List<FileStatus.Id> toNowhere = OwnProcess.outputs();
            OwnProcess.redirect(saved, 1);

            assertThat(toFile).startsWith(idOf("output"));
            assertThat(toNowhere)
                    .doesNotContain(idOf("output"), nowhere.status().id());
        }
    }

    /** A process without a parent, in the session of one that lives; what the leader does then is to sleep. */
    private ProcessIdentity inALivingSession(String command) throws Exception {
        Path said = Files.createTempFile(place, "said", "");
        Process leader = new ProcessBuilder(
                        "setsid",
                        "sh",
                        "-c",
                        "cd " + place + "; (sh -c 'echo $$ >" + said + "; " + command + "' &); exec " + LONG)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(ProcessIdentity.ofRunning((int) leader.pid()).orElseThrow());
        await().until(() -> Files.readAllLines(said).size() == 1);
        int pid = Integer.parseInt(Files.readAllLines(said).get(0));
        ProcessIdentity who = ProcessIdentity.ofRunning(pid).orElseThrow();
        started.add(who);
        await().until(() -> ProcFs.read("/proc/" + pid + "/cmdline").startsWith("sleep")
                && ProcStat.of(pid).orElseThrow().parent() != leader.pid());
        return who;
    }

    private List<ProcessIdentity> leftHere(ProcessIdentity who, long until) throws PosixException {
        return Orphans.leftIn(directory, List.of(who.pid()), until).stream()
                .map(Candidate::identity)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "exec sleep 300000, false",
        "exec setsid sleep 300000, true",
        "exec sleep 300000 <>pipe >&0, false",
        "exec 3<>pipe >&3; rm pipe; exec sleep 300000, true"
    })
    void who_is_in_the_session_of_one_that_lives_has_been_left_by_nobody_but_for_a_nameless_fifo(
            String command, boolean isLeft) throws Exception {
        ProcessIdentity who = inALivingSession(command);
        if (command.contains("setsid")) {
            await().until(() -> ProcStat.of(who.pid()).orElseThrow().session() == who.pid());
        }

        assertThat(leftHere(who, Orphans.currentTick())).isEqualTo(isLeft ? List.of(who) : List.of());
    }

    @Test
    void who_is_in_a_session_that_nobody_leads_any_more_has_been_left() throws Exception {
        Lost lost = orphan("exec " + LONG);

        assertThat(leftHere(lost.who(), lost.who().startTicks())).containsExactly(lost.who());
        assertThat(leftHere(lost.who(), lost.who().startTicks() - 1)).isEmpty();
        try (Directory other = Directory.open(OsString.of("/"))) {
            assertThat(Orphans.leftIn(other, List.of(lost.who().pid()), Orphans.currentTick()))
                    .isEmpty();
        }
        // it was started after this JVM
        assertThat(Orphans.leftIn(directory)).isEmpty();
        assertThat(Orphans.hidden())
                .extracting(Orphans.Hidden::who)
                .extracting(Candidate::identity)
                .doesNotContain(lost.who());
    }

    @Test
    void who_has_what_we_write_to_has_been_left_wherever_it_is() throws Exception {
        try (Descriptor saved = Descriptor.copyOf(1);
                Descriptor file = directory.openNew(OsString.of("output"), 0600)) {
            OwnProcess.redirect(file, 1);
            try {
                assertThat(leftHere(inALivingSession("exec sleep 300000 >output"), Orphans.currentTick()))
                        .hasSize(1);
            } finally {
                OwnProcess.redirect(saved, 1);
            }
        }
    }

    @Test
    void thread_is_no_process() throws IOException, PosixException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            int thread = threads.mapToInt(
                            task -> Integer.parseInt(task.getFileName().toString()))
                    .filter(task -> task != ProcessHandle.current().pid())
                    .max()
                    .orElseThrow();

            assertThat(Path.of("/proc/" + thread + "/stat")).exists();
            assertThat(Orphans.process(thread)).isEmpty();
        }
        assertThat(Orphans.process((int) ProcessHandle.current().pid())).isPresent();
    }

    @Test
    void one_alone_can_be_looked_at() throws Exception {
        Lost lost = orphan("exec " + LONG);
        Lost other = orphan("exec " + LONG);

        assertThat(Orphans.look(lost.who().pid())
                        .find(Intent.ofAnyTime(Orphans.currentTick(), Optional.empty(), idOf("."))))
                .containsExactly(candidate(lost, Sign.DIRECTORY));
        assertThat(Orphans.process(other.who().pid())).contains(other.who());
        ProcessHandle.of(other.who().pid()).orElseThrow().destroyForcibly();
        await().until(() -> Orphans.process(other.who().pid()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"openat, EMFILE", "statx, EIO"})
    void where_one_cannot_be_seen_now_it_is_not_said_that_it_is_another(String call, String errno) throws Exception {
        Lost lost = orphan("exec " + LONG);
        Intent intent = intent(lost);
        Orphans seen = Orphans.look(lost.who().pid());

        try (var refused = RefusedCalls.all(call, errno)) {
            assertThatExceptionOfType(PosixException.class).isThrownBy(() -> seen.find(intent));
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
        assertThat(seen.find(intent)).hasSize(1);
    }

    @Test
    void where_processes_cannot_be_seen_it_is_not_said_that_there_is_none() {
        try (var refused = RefusedCalls.all("openat", "EMFILE")) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(Orphans::look)
                    .withMessageContaining("EMFILE");
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    /** Many starts at once, each with its own pipe and place, and bystanders. */
    @Test
    void each_of_many_starts_finds_its_own_and_no_bystander() throws Exception {
        int count = 40;
        String script = "i=0; while [ $i -lt " + count + " ]; do mkdir d$i; mkfifo d$i/p;"
                + " ( cd d$i; exec " + LONG + " 0<>p 1>&0 ) & echo $i $! >>../pids;"
                + " i=$((i+1)); done; mv ../pids ../all; wait";
        Path inner = Files.createDirectory(place.resolve("inner"));
        Process parent = new ProcessBuilder("setsid", "sh", "-c", script)
                .directory(inner.toFile())
                .start();
        await().until(() -> Files.exists(place.resolve("all")));
        List<String> lines = Files.readAllLines(place.resolve("all"));
        List<ProcessIdentity> pids = new ArrayList<>();
        for (String line : lines) {
            ProcessIdentity who = ProcessIdentity.ofRunning(Integer.parseInt(line.split(" ", -1)[1]))
                    .orElseThrow();
            pids.add(who);
            started.add(who);
            await().until(() -> ProcFs.read("/proc/" + who.pid() + "/cmdline").startsWith("sleep"));
        }
        int session = (int) parent.pid();
        parent.destroyForcibly().waitFor();
        await().until(() -> ProcStat.of(pids.get(count - 1).pid()).orElseThrow().parent() != session);
        Orphans seen = Orphans.look();

        List<List<ProcessIdentity>> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(seen.find(intent(session, Optional.of(idOf("inner/d" + i + "/p")), idOf("inner/d" + i))).stream()
                    .map(Candidate::identity)
                    .toList());
        }

        assertThat(found).containsExactlyElementsOf(pids.stream().map(List::of).toList());
    }
}
