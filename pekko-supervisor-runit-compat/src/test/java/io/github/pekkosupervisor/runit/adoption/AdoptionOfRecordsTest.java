package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that say too little, too much, or of whom they should not, with a launcher that finds them. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfRecordsTest extends InEstate {

    @AfterEach
    void endStrangers() {
        strangers().close();
    }

    private @Nullable Strangers strangers;

    private Strangers strangers() {
        Strangers all = strangers;
        if (all == null) {
            all = new Strangers(estate.root().resolve("signals"));
            strangers = all;
        }
        return all;
    }

    private Process stranger() throws Exception {
        return strangers().start();
    }

    private void strangersHaveNoticedNothing() {
        assertThat(strangers().problems()).isEmpty();
    }

    private static ProcessIdentity identity(Process process) {
        return ProcessIdentity.ofRunning((int) process.pid()).orElseThrow();
    }

    /** Changes the record that a launcher has left. */
    static void change(Path service, UnaryOperator<UnitRecord> change) throws Exception {
        change(service, "", change);
    }

    /** @param parent empty, or {@code log/} */
    static void change(Path service, String parent, UnaryOperator<UnitRecord> change) throws Exception {
        try (Directory home = Directory.open(OsString.of(service.toString()));
                SuperviseDirectory supervise = SuperviseDirectory.create(home, parent)) {
            UnitRecord record = ((StateFile.Valid) supervise.readState()).state();
            List<String> said = new ArrayList<>();
            supervise.writeState(
                    change.apply(record), new Reporter("test", OsString.of("."), line -> said.add(line.toString())));
            assertThat(said).isEmpty();
        }
    }

    private static UnitRecord withProcess(UnitRecord record, ServiceStatus status, Optional<Known> process) {
        return new UnitRecord(
                record.supervisor(),
                status,
                record.pending(),
                process,
                record.start(),
                record.script(),
                record.past(),
                record.pipe());
    }

    private static UnitRecord running(UnitRecord record, Known who) {
        ServiceStatus was = record.status();
        return withProcess(
                record,
                new ServiceStatus(was.stamp(), who.identity().pid(), false, false, Want.UP, State.RUN),
                Optional.of(who));
    }

    static UnitRecord starting(UnitRecord record, Intent intent) {
        ServiceStatus was = record.status();
        return new UnitRecord(
                record.supervisor(),
                new ServiceStatus(was.stamp(), 0, false, false, was.want(), State.DOWN),
                record.pending(),
                Optional.empty(),
                Optional.of(intent),
                Optional.empty(),
                record.past(),
                record.pipe());
    }

    // ---- a start of which nobody knows what came of it

    @ParameterizedTest
    @EnumSource(Rights.class)
    void case_13_of_several_candidates_none_is_adopted_and_nothing_is_started(Rights rights) throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        launchWith(rights);
        estate.start();
        estate.awaitAllUp();
        int pid = status(web).pid();
        int beside = status(other).pid();
        long tick = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
        estate.killLauncher();
        change(web, record -> starting(record, new Intent(Program.RUN, tick - 1, OwnProcess.group(), 0)));
        // another one that is there, and nobody's child
        List<String> command = new ArrayList<>(rights.prefix());
        command.addAll(List.of("sh", "-c", "cd " + web + "; env " + estate.mark() + " sleep 200000 >/dev/null 2>&1 &"));
        Estate.run(command.toArray(String[]::new));
        patiently().until(() -> Copies.of(web).size() == 2);
        List<Long> both = Copies.of(web);
        long second = both.stream().filter(one -> one != pid).findFirst().orElseThrow();

        estate.start();
        estate.awaitUp(other);
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));

        assertThat(estate.complaints().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith(
                                "runsv web: warning: run was being started when its supervisor died, and each of the"
                                        + " processes ")
                        .contains(String.valueOf(pid), String.valueOf(second))
                        .endsWith("nothing is started until it is certain: end those that are not"));
        assertThat(Copies.of(web)).isEqualTo(both);
        assertThat(status(other).pid()).isEqualTo(beside);
        kill("KILL", second);
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "false,OURS",
        "true,OURS",
        "false,NOBODYS",
        "true,NOBODYS",
        "false,ROOTS_WITHOUT_TRACING",
        "true,ROOTS_WITHOUT_TRACING"
    })
    void case_13_the_only_candidate_is_adopted_and_of_none_a_start_follows(boolean there, Rights rights)
            throws Exception {
        Path web = estate.sleeper("web");
        launchWith(rights);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        long tick = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
        estate.killLauncher();
        int session = rights == Rights.OURS
                ? OwnProcess.session()
                : (int) estate.launcher().pid();
        change(web, record -> starting(record, new Intent(Program.RUN, tick - 1, OwnProcess.group(), session)));
        if (!there) {
            kill("KILL", pid);
            patiently().until(() -> Copies.of(web).isEmpty());
        }

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid() == pid).isEqualTo(there);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** Nothing tells where it began but its output, which others of the same launcher have too. */
    @Test
    void case_12_who_is_known_by_its_inherited_output_alone_is_named_and_nothing_is_started() throws Exception {
        Path far = estate.service(
                "far",
                "exec env -i /usr/bin/perl -MPOSIX -e 'POSIX::setsid(); chdir \"/\"; sleep 100000' "
                        + Copies.token(estate.directory("far")));
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        int pid = status(far).pid();
        int beside = status(other).pid();
        patiently()
                .until(() ->
                        Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).equals(Path.of("/")));
        long tick = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
        FileStatus.Id output;
        try (Directory root = Directory.open(OsString.of(estate.root().toString()))) {
            output = root.status(OsString.of("stderr.1")).id();
        }
        estate.killLauncher();
        change(
                far,
                record -> starting(record, new Intent(Program.RUN, tick - 1, OwnProcess.group(), 0, List.of(output))));

        estate.start();
        estate.awaitUp(other);
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("may be it"));

        assertThat(estate.complaints())
                .isEqualTo("runsv far: warning: run was being started when its supervisor died, and process " + pid
                        + " may be it, or is another's; nothing is started while it runs: end it, or make an empty"
                        + " supervise/status if it is not\n");
        assertThat(Copies.of(far)).containsExactly((long) pid);
        assertThat(status(other).pid()).isEqualTo(beside);
        kill("KILL", pid);
        estate.awaitUp(far);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /** It was written between the start and the moment in which anybody decided that it runs. */
    @Test
    void case_06_process_of_which_nothing_was_told_has_run_since_its_own_start() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        Instant began = status(web).stamp();
        estate.killLauncher();
        Instant before = began.minus(Duration.ofHours(1));
        change(
                web,
                record -> new UnitRecord(
                        record.supervisor(),
                        new ServiceStatus(before, 0, false, false, Want.UP, State.DOWN),
                        record.pending(),
                        record.process(),
                        record.start(),
                        record.script(),
                        new UnitRecord.Past(0, Optional.of(before), Optional.empty()),
                        record.pipe()));

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        // not later than it was noticed, which may have taken a while
        Instant made = ProcessHandle.of(pid).orElseThrow().info().startInstant().orElseThrow();
        assertThat(status(web).stamp()).isBetween(made.minusSeconds(2), began.plusSeconds(1));
    }

    /** The log's doubt keeps the service from being taken up, after its process has been found. */
    @Test
    void case_13_what_was_found_in_a_look_that_came_to_nothing_is_found_by_the_next() throws Exception {
        Path web = estate.service("web", "exec sleep 100000");
        Path logger = web.resolve("log");
        // by what it reads it would be known for certain
        Estate.script(logger.resolve("run"), "exec perl -e 'open(F, \"<&=3\"); 1 while <F>' 3<&0 </dev/null");
        estate.start();
        estate.awaitUp(web, logger);
        int pid = status(web).pid();
        int its = status(logger).pid();
        patiently().until(() -> Estate.run("readlink", "/proc/" + its + "/fd/0").equals("/dev/null\n"));
        long tick = ProcessIdentity.ofRunning(its).orElseThrow().startTicks();
        estate.killLauncher();
        Intent intent = new Intent(Program.RUN, tick - 1, OwnProcess.group(), 0);
        change(web, record -> starting(record, intent));
        change(web, "log/", record -> starting(record, intent));
        Estate.run("sh", "-c", "cd " + logger + "; env " + estate.mark() + " sleep 200000 >/dev/null 2>&1 &");
        patiently().until(() -> Copies.of(logger).size() == 2);
        long second =
                Copies.of(logger).stream().filter(one -> one != its).findFirst().orElseThrow();

        estate.start();
        patiently().until(() -> estate.complaints().contains("log/run was being started"));
        kill("KILL", second);
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(logger).pid()).isEqualTo(its);
        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
    }

    /** A record and a status of another service over ours, which has no entry until that one is supervised. */
    @Test
    void record_that_names_what_is_supervised_as_something_else_is_named_and_may_go() throws Exception {
        Path web = estate.make("web", "exec sleep 100000");
        Path other = estate.sleeper("other");
        estate.link("web");
        estate.start();
        estate.awaitAllUp();
        int pid = status(other).pid();
        long before = status(web).pid();
        Known its = new Known(ProcessIdentity.ofRunning(pid).orElseThrow(), 0, false);
        estate.killLauncher();
        kill("KILL", before);
        estate.unlink("web");
        patiently().until(() -> Copies.of(web).isEmpty());
        change(web, record -> running(record, its));
        Files.copy(
                other.resolve("supervise/status"),
                web.resolve("supervise/status"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(estate.runs());
        Files.delete(estate.runs().resolveSibling("services"));
        estate.start();
        estate.awaitUp(other);

        estate.link("web");
        patiently().until(() -> estate.complaints().contains("as something else"));
        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: supervise/.state names process " + pid + ", which is supervised here as"
                        + " something else: nothing is started; the file is a copy, or wrong, remove it\n");
        // as it says
        Files.delete(web.resolve("supervise/.state"));
        estate.awaitUp(web);

        assertThat(status(other).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints().lines()).hasSize(1);
    }

    // ---- a launcher that dies between what it writes and what it does

    /** Paused, so that the service ends only if it gets both. */
    @Test
    void case_10_killed_between_the_record_of_a_term_and_the_term() throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.service(
                "other", "trap 'echo TERM >>signals; [ ! -e over ] || exit' TERM; while :; do sleep 0.1; done");
        estate.start();
        estate.awaitAllUp();
        Estate.awaitNoting(other);
        sv("pause", web);
        sv("term", other);
        // the launcher has noted both: what is due by its record is done once more
        patiently()
                .until(() -> lines(other.resolve("signals")).size() == 1
                        && status(other).gotTerm()
                        && status(web).paused());
        int pid = status(other).pid();
        estate.killLauncher();
        change(web, record -> stopping(record, List.of(Signal.TERM, Signal.CONT)));

        estate.start();
        estate.awaitSupervised(web, other);
        patiently().until(() -> status(web).state() == State.DOWN);

        assertThat(status(web).want()).isEqualTo(Want.DOWN);
        assertThat(Copies.of(web)).isEmpty();
        // what was sent before is not sent once more
        assertThat(status(other).pid()).isEqualTo(pid);
        assertThat(lines(other.resolve("signals"))).hasSize(1);
        Files.createFile(other.resolve("over"));
    }

    private static UnitRecord stopping(UnitRecord record, List<Signal> due) {
        ServiceStatus was = record.status();
        return new UnitRecord(
                record.supervisor(),
                new ServiceStatus(was.stamp(), was.pid(), was.paused(), true, Want.DOWN, was.state()),
                record.pending().with(due),
                record.process(),
                record.start(),
                record.script(),
                record.past(),
                record.pipe());
    }

    // ---- no descriptors for a record

    /** More services than the limit of open files has room for: what cannot be written down is not started. */
    @Test
    void what_was_started_at_the_limit_of_open_files_is_known_to_the_next_launcher() throws Exception {
        // the launcher is in jars then
        needsRoot();
        for (int i = 0; i < 180; i++) {
            estate.sleeper("web" + i);
        }
        estate.startedBy("sh", "-c", "ulimit -n 200; exec \"$@\"", "sh");
        estate.start();
        patiently().until(this::asManyRunAsFit);
        assertThat(Copies.of(estate.all()).values()).anyMatch(List::isEmpty).anyMatch(pids -> pids.size() == 1);
        estate.killLauncher();

        estate.start();
        patiently().until(this::asManyRunAsFit);

        assertThat(Copies.of(estate.all()).values()).allMatch(pids -> pids.size() <= 1);
        // those for which there was no room this time go on
        estate.stop();
    }

    private boolean asManyRunAsFit() {
        List<String> states = sv("status", estate.all().toArray(Path[]::new));
        return estate.complaints().contains(" open files, and they are used up: ")
                && states.stream().filter(line -> line.startsWith("run: ")).count() > 50;
    }

    // ---- a directory that was copied

    private Path copy(Path service, String name) throws Exception {
        Path copy = estate.make(name, "exec sleep 100000");
        assertThat(Estate.run("cp", "-a", service + "/.", copy.toString())).isEmpty();
        return copy;
    }

    @Test
    void directory_that_is_copied_while_its_service_runs_is_another_service() throws Exception {
        Path web = estate.sleeper("web");
        Estate.script(web.resolve("log/run"), "exec cat");
        estate.start();
        estate.awaitUp(web, web.resolve("log"));
        Path copy = copy(web, "web2");
        int pid = status(web).pid();

        estate.link("web2");
        estate.awaitUp(copy, copy.resolve("log"));
        patiently().until(() -> status(copy).pid() != pid);
        sv("stop", copy);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(sv("status", web)).allMatch(line -> line.startsWith("run: "));
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints().lines())
                .containsExactly("runsv web2: warning: supervise/.state is not used, since it was written for another"
                        + " service directory and copied from there: what runs there is left alone, and here it is"
                        + " begun anew");
    }

    @Test
    void directory_that_is_copied_while_nobody_looks_is_another_service() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        List<Path> copies = new ArrayList<>();
        for (String name : List.of("a", "b", "x", "y")) {
            copies.add(copy(web, name));
            estate.link(name);
        }

        estate.start();
        estate.awaitUp(web);
        estate.awaitUp(copies.toArray(Path[]::new));
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(estate.all())).isEmpty());
        sv("stop", copies.toArray(Path[]::new));

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints().lines()).hasSize(copies.size());
    }

    // ---- another process has the number

    @ParameterizedTest
    @ValueSource(strings = {"another tick", "another pidfd"})
    void case_14_process_that_has_got_the_pid_is_neither_adopted_nor_signalled(String what) throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int first = status(web).pid();
        sv("stop", web);
        sv("start", web);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        ProcessIdentity stranger = identity(stranger());
        Known wrong = what.equals("another tick")
                ? new Known(new ProcessIdentity(stranger.pid(), stranger.startTicks() - 1, stranger.bootId()), 0, false)
                : new Known(stranger, 1, false);
        change(web, record -> running(record, wrong));

        estate.start();
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(stranger.pid());
        sv("restart", web);
        sv("stop", web);

        assertThat(first).isNotEqualTo(stranger.pid());
        strangersHaveNoticedNothing();
    }

    /** A power cut while finish ran: only status names who has its number now. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_15_finish_of_another_boot_is_nobody_who_is_there(boolean recorded) throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        ProcessIdentity stranger = identity(stranger());
        String boot = "01234567-89ab-cdef-0123-456789abcdef";
        // a record tells nanoseconds
        Instant then = status(web)
                .stamp()
                .minusSeconds(20)
                .truncatedTo(ChronoUnit.MICROS)
                .plusNanos(7);
        ServiceStatus finishing = new ServiceStatus(then, stranger.pid(), false, false, Want.UP, State.FINISH);
        Known its = new Known(
                new ProcessIdentity(recorded ? stranger.pid() : stranger.pid() - 1, stranger.startTicks(), boot),
                0,
                false);
        change(
                web,
                record -> withProcess(record, finishing, Optional.of(its))
                        .by(new Supervisor(new ProcessIdentity(1234, 99, boot), then)));
        Path status = web.resolve("supervise/status");
        Files.write(status, StatusBytes.of(finishing));
        // the clock of the machine may not go on when it is off: then the record tells
        Files.setLastModifiedTime(status, FileTime.from(recorded ? Instant.now() : then));

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isNotEqualTo(stranger.pid());
        assertThat(estate.complaints()).isEmpty();
        sv("stop", web);
        strangersHaveNoticedNothing();
    }

    /** @param renumbered whether the file system has another number since, as many have that of their mount */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_15_record_of_another_boot_is_of_nobody_who_is_there(boolean renumbered) throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        ProcessIdentity stranger = identity(stranger());
        String boot = "01234567-89ab-cdef-0123-456789abcdef";
        Supervisor then = new Supervisor(
                new ProcessIdentity(1234, 99, boot),
                status(web).stamp(),
                renumbered ? Optional.of(new FileStatus.Id(4711, 1)) : Optional.empty());
        change(
                web,
                record -> running(
                                record,
                                new Known(new ProcessIdentity(stranger.pid(), stranger.startTicks(), boot), 0, false))
                        .by(then));

        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> status(web).pid() != stranger.pid());
        sv("stop", web);

        assertThat(estate.complaints()).isEmpty();
        strangersHaveNoticedNothing();
    }

    // ---- half a record, and garbage

    /** Each service has a record of its own kind of damage; undamaged it would have the stranger stopped. */
    @Test
    void case_16_damaged_record_leads_to_no_stranger_and_to_one_line() throws Exception {
        final int services = 24;
        Random random = new Random(16);
        for (int i = 0; i < services; i++) {
            estate.sleeper("web" + i);
        }
        estate.start();
        estate.awaitAllUp();
        sv("stop", estate.all().toArray(Path[]::new));
        estate.killLauncher();
        ProcessIdentity stranger = identity(stranger());
        Known wrong =
                new Known(new ProcessIdentity(stranger.pid(), stranger.startTicks() - 1, stranger.bootId()), 0, false);
        Known right = new Known(stranger, 0, false);
        int number = 0;
        for (Path service : estate.all()) {
            // of one that stays whole in one slot it is that one that is believed
            Known whole = number % 3 == 1 ? wrong : right;
            change(service, record -> running(record, whole));
            change(
                    service,
                    record -> running(
                            new UnitRecord(
                                    record.supervisor(),
                                    record.status(),
                                    record.pending(),
                                    record.process(),
                                    record.start(),
                                    record.script(),
                                    UnitRecord.Past.NOTHING,
                                    record.pipe()),
                            right));
            damage(service.resolve("supervise/.state"), number, random);
            number++;
        }

        estate.start();
        patiently()
                .until(() -> estate.all().stream()
                        .allMatch(service -> status(service).state() == State.RUN
                                && status(service).pid() != stranger.pid()));
        assertThat(Copies.problems(estate.all())).isEmpty();
        sv("stop", estate.all().toArray(Path[]::new));

        strangersHaveNoticedNothing();
        List<String> said = estate.complaints().lines().toList();
        assertThat(said).allMatch(line -> line.contains("supervise/.state is not used, since "));
        assertThat(said.stream().map(line -> line.split(":", 2)[0]).distinct()).hasSameSizeAs(said);
        // cut or flipped in both slots; of one that is whole in one of them nothing is said
        assertThat(said).hasSizeGreaterThanOrEqualTo(services / 3);
    }

    private static void damage(Path file, int kind, Random random) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        switch (kind % 3) {
            case 0 -> Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(StateFile.SLOT)));
            case 1 -> {
                flip(bytes, newest(bytes) * 8 + random.nextInt(StateFile.SLOT * 8));
                Files.write(file, bytes);
            }
            default -> {
                flip(bytes, random.nextInt(StateFile.SLOT * 8));
                flip(bytes, (StateFile.SLOT + random.nextInt(StateFile.SLOT)) * 8 + random.nextInt(8));
                Files.write(file, bytes);
            }
        }
    }

    /** Where the slot begins that was written last. */
    private static int newest(byte[] file) {
        final int sequenceAt = 16;
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return bytes.getLong(sequenceAt) > bytes.getLong(StateFile.SLOT + sequenceAt) ? 0 : StateFile.SLOT;
    }

    private static void flip(byte[] bytes, int bit) {
        bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    }

    // ---- a later version

    @ParameterizedTest
    @ValueSource(strings = {"", "log/"})
    void case_17_record_of_a_newer_version_is_left_alone_and_named(String parent) throws Exception {
        Path web = estate.sleeper("web");
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, logger, other);
        int pid = status(web).pid();
        int ofLogger = status(logger).pid();
        int beside = status(other).pid();
        estate.killLauncher();
        Path file = web.resolve(parent + "supervise/.state");
        Files.write(file, newer(Files.readAllBytes(file)));
        byte[] before = Files.readAllBytes(file);

        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(estate.complaints().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("runsv web: warning: " + parent + "supervise/.state is of version 2, which a later"
                                + " pekko-supervisor has written: nothing is started"));
        assertThat(Copies.of(web)).containsExactly((long) pid);
        assertThat(Copies.of(logger)).containsExactly((long) ofLogger);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(status(other).pid()).isEqualTo(beside);
        // as it says
        kill("KILL", pid);
        kill("KILL", ofLogger);
        Files.delete(file);
        estate.awaitUp(web, logger);
        assertThat(Copies.problems(List.of(web, logger, other))).isEmpty();
    }

    /** Both slots as a later version would begin and end them. */
    static byte[] newer(byte[] file) {
        final int versionAt = 8;
        final int checksum = 4;
        ByteBuffer bytes = ByteBuffer.wrap(file.clone());
        for (int slot = 0; slot < file.length; slot += StateFile.SLOT) {
            bytes.putShort(slot + versionAt, (short) 2);
            CRC32C sum = new CRC32C();
            sum.update(bytes.array(), slot, StateFile.SLOT - checksum);
            bytes.putInt(slot + StateFile.SLOT - checksum, (int) sum.getValue());
        }
        return bytes.array();
    }
}
