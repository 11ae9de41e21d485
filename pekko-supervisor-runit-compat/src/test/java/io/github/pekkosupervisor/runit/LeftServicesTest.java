package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A service directory of the name {@code web}, and in the list another one of that name, which is gone, and whose
 * {@code run} goes on somewhere else.
 */
@Isolated("calls are refused in the whole JVM")
final class LeftServicesTest {

    private static final OsString WEB = OsString.of("web");
    private static final FileStatus.Id GONE = new FileStatus.Id(1, 2);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @TempDir
    private Path temp;

    private Path current;

    private final List<String> said = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong wallSeconds = new AtomicLong(2_000_000_000);
    private Posix posix;
    private Process run;
    private ServicesDirectory directory;
    private LeftServices left;
    private FileStatus.Id web;

    @BeforeEach
    void two_of_one_name() throws Exception {
        Path services = Files.createDirectory(temp.resolve("services"));
        Files.createDirectory(services.resolve("web"));
        run = new ProcessBuilder("sleep", "1000").start();
        posix = Posix.open(PosixSettings.defaults());
        Path list = Files.createDirectory(services.resolve(".pekko-supervisor"));
        Files.write(
                list.resolve("services"),
                new ListedService(GONE, WEB, OsString.of(temp.resolve("gone").toString())).toLine());
        Files.write(list.resolve("runs"), new ListedRun(GONE, 0, process()).toLine());
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return Instant.ofEpochSecond(wallSeconds.get());
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        current = Files.createSymbolicLink(temp.resolve("current"), services);
        RunsvdirSettings settings = RunsvdirSettings.of(current).withClock(clock);
        Reporter reporter = new Reporter("runsvdir", OsString.of("services"), line -> said.add(line.toString()));
        directory = new ServicesDirectory(
                settings,
                reporter,
                new LauncherLock(),
                new ServicesDirectory.Watching(posix.loop(), () -> {}, e -> said.add(e.getMessage())),
                id -> false);
        left = new LeftServices(settings, reporter, id -> false, nanos::get);
        try (Directory home = Directory.open(OsString.of(services.resolve("web").toString()))) {
            web = home.status().id();
        }
    }

    @AfterEach
    void close() throws Exception {
        run.destroyForcibly().waitFor();
        left.close();
        directory.close();
        posix.close();
    }

    private Known process() {
        return new Known(ProcessIdentity.ofRunning((int) run.pid()).orElseThrow(), 0, false);
    }

    private Map<FileStatus.Id, OsString> look() {
        return left.beside(directory.look(true).orElseThrow(), directory);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private List<Known> before() {
        return left.remembered(web, WEB).before();
    }

    private String goesOn() {
        return "runsvdir services: warning: " + temp + "/gone is gone, and its run, process " + run.pid()
                + ", goes on in another directory: it is left alone; end it if it is not to go on\n";
    }

    /** A look in which what this method opens first is refused. */
    private void lookWithout(String method, String errno) {
        try (RefusedCalls refused = new RefusedCalls("openat", errno, method)) {
            look();

            assertThat(refused.refused()).isOne();
        }
    }

    // ---- it is to be told whether it runs

    @Test
    void who_has_its_name_names_it_and_waits_for_it() {
        assertThat(look()).isEmpty();

        assertThat(left.letsAll()).isTrue();
        assertThat(left.isSettled()).isTrue();
        assertThat(before()).containsExactly(process());
        assertThat(said).isEmpty();
    }

    @Test
    void while_it_cannot_be_told_who_has_its_name_is_held_back_and_it_is_said_once() {
        lookWithout("Leftovers.of", "ENOMEM");
        pass(LONGEST.minusNanos(1));
        wallSeconds.addAndGet(-3600);
        lookWithout("Leftovers.of", "ENOMEM");

        assertThat(left.undecided()).isEqualTo(Map.of(GONE, WEB));
        assertThat(left.lets()).isTrue();
        assertThat(left.letsAll()).isFalse();
        assertThat(left.isSettled()).isFalse();
        assertThat(said)
                .containsExactly("runsvdir services: warning: it cannot be told now whether " + temp
                        + "/gone runs, which has no entry any more: out of memory\n");
    }

    @Test
    void another_cause_is_said_too() {
        for (String errno : List.of("ENOMEM", "ENFILE", "ENFILE")) {
            lookWithout("Leftovers.of", errno);
        }

        assertThat(said).hasSize(2);
    }

    @Test
    void after_ten_seconds_who_has_its_name_begins_and_waits_only_for_its_process() {
        lookWithout("Leftovers.of", "ENOMEM");
        pass(LONGEST);
        lookWithout("Leftovers.of", "ENOMEM");

        assertThat(left.undecided()).isEmpty();
        assertThat(left.letsAll()).isTrue();
        assertThat(left.isSettled()).as("it is looked at again").isFalse();
        assertThat(before()).containsExactly(process());
        said.clear();
        look();
        assertThat(left.isSettled()).isTrue();
        assertThat(said).as("the runsv that waits for it names it").isEmpty();
    }

    /** It is on a bad block, so to say. */
    @Test
    void one_that_can_never_be_read_is_left_alone_after_ten_seconds_and_who_has_its_name_waits_for_its_process() {
        lookWithout("Leftovers.of", "EIO");
        pass(LONGEST.minusNanos(1));
        lookWithout("Leftovers.of", "EIO");
        assertThat(left.undecided()).isEqualTo(Map.of(GONE, WEB));
        pass(Duration.ofNanos(1));
        said.clear();

        lookWithout("Leftovers.of", "EIO");

        assertThat(left.undecided()).isEmpty();
        assertThat(left.isSettled()).isTrue();
        assertThat(before()).containsExactly(process());
        assertThat(said).as("the runsv that waits for it names it").isEmpty();
    }

    @Test
    void one_that_can_never_be_read_is_said_to_go_on_where_nobody_has_its_name() throws IOException {
        Files.delete(temp.resolve("services/web"));
        lookWithout("Leftovers.of", "EIO");
        pass(LONGEST);
        said.clear();

        lookWithout("Leftovers.of", "EIO");
        look();

        assertThat(left.isSettled()).isTrue();
        assertThat(said)
                .containsExactly("runsvdir services: warning: " + temp + "/gone has no entry any more, and its run,"
                        + " process " + run.pid() + ", goes on, and its directory or record cannot be read: it is left"
                        + " alone; end it if it is not to go on\n");
    }

    @Test
    void one_that_can_never_be_read_and_of_which_nobody_is_known_to_run_keeps_nobody_waiting() throws Exception {
        run.destroyForcibly().waitFor();
        lookWithout("Leftovers.of", "EIO");
        pass(LONGEST);
        said.clear();

        lookWithout("Leftovers.of", "EIO");

        assertThat(left.isSettled()).isTrue();
        assertThat(said)
                .containsExactly("runsvdir services: warning: " + temp + "/gone has no entry any more, and what runs of"
                        + " it, if anything does, is left alone, since its directory or record cannot be read:"
                        + " input/output error\n");
    }

    // ---- the list is to be read

    @Test
    void list_that_cannot_be_read_holds_all_back_for_ten_seconds_whatever_the_calendar_says() {
        lookWithout("ServicesList.read", "ENOMEM");
        wallSeconds.addAndGet(-3600);
        pass(LONGEST.minusNanos(1));
        assertThat(left.lets()).isFalse();
        lookWithout("ServicesList.read", "ENOMEM");

        pass(Duration.ofNanos(1));

        assertThat(left.lets()).isTrue();
        assertThat(left.letsAll()).isTrue();
    }

    @Test
    void what_the_list_says_after_who_has_its_name_has_begun_is_said_here() {
        lookWithout("ServicesList.read", "ENOMEM");
        pass(LONGEST);
        lookWithout("ServicesList.read", "ENOMEM");
        assertThat(before()).as("nothing is known yet").isEmpty();
        said.clear();

        look();

        assertThat(said).containsExactly(goesOn());
        assertThat(before()).as("of the next runsv").containsExactly(process());
    }

    @Test
    void it_is_said_here_where_nobody_has_its_name() throws IOException {
        Files.delete(temp.resolve("services/web"));

        look();

        assertThat(said).containsExactly(goesOn());
    }

    // ---- a link leads to another services directory

    private FileStatus.Id linkLeadsToAnother() throws Exception {
        Path other = Files.createDirectory(temp.resolve("other"));
        Path db = Files.createDirectory(other.resolve("db"));
        Path list = Files.createDirectory(other.resolve(".pekko-supervisor"));
        FileStatus.Id gone = new FileStatus.Id(1, 3);
        Files.write(
                list.resolve("services"), new ListedService(gone, OsString.of("db"), OsString.of("/gone/db")).toLine());
        Files.write(list.resolve("runs"), new ListedRun(gone, 0, process()).toLine());
        Files.delete(current);
        Files.createSymbolicLink(current, other);
        try (Directory home = Directory.open(OsString.of(db.toString()))) {
            return home.status().id();
        }
    }

    @Test
    void who_was_left_there_is_found_and_who_was_left_here_is_remembered() throws Exception {
        look();
        FileStatus.Id db = linkLeadsToAnother();

        look();

        assertThat(left.letsAll()).isTrue();
        assertThat(left.isSettled()).isTrue();
        assertThat(left.remembered(db, OsString.of("db")).before()).containsExactly(process());
        assertThat(left.remembered(db, OsString.of("db")).runs()).containsOnlyKeys(GONE, new FileStatus.Id(1, 3));
        assertThat(before()).containsExactly(process());
    }

    @Test
    void list_there_that_cannot_be_read_holds_all_back_too() throws Exception {
        look();
        FileStatus.Id db = linkLeadsToAnother();

        lookWithout("ServicesList.read", "ENOMEM");
        assertThat(left.lets()).isFalse();
        pass(LONGEST);
        assertThat(left.lets()).isTrue();
        look();

        assertThat(left.remembered(db, OsString.of("db")).before()).containsExactly(process());
    }
}
