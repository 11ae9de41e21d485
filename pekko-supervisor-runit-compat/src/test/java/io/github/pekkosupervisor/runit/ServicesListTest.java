package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.runit.supervise.ListedLauncher;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where the list of services cannot be had: here a file is where its directory should be. */
@Isolated("calls are refused in the whole JVM")
final class ServicesListTest {

    private static final OsString WEB = OsString.of("web");

    @TempDir
    private Path services;

    private final List<String> said = new ArrayList<>();
    private ServicesList list;
    private Path place;

    @BeforeEach
    void a_directory_with_a_service() throws IOException {
        Files.createDirectory(services.resolve("web"));
        place = services.resolve(".pekko-supervisor");
        list = new ServicesList(
                RunsvdirSettings.of(services),
                new Reporter("runsvdir", OsString.of("services"), line -> said.add(line.toString())));
    }

    private void read() throws PosixException {
        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            assertThat(list.read(directory)).isNotNull();
        }
    }

    private void add() throws PosixException {
        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            list.add(directory, Map.of(directory.directory(WEB).status().id(), WEB));
        }
    }

    // ---- what could not be written is written later

    private static final Known RUN = new Known(new ProcessIdentity(4711, 815, "boot"), 0, false);

    private FileStatus.Id id() throws PosixException {
        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            return directory.status(WEB).id();
        }
    }

    private List<ListedRun> runs() throws IOException {
        return ListedRun.parse(Files.readAllBytes(place.resolve("runs")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSPC", "EIO"})
    void run_that_could_not_be_written_is_written_with_the_next_look(String errno) throws Exception {
        read();
        add();
        try (RefusedCalls full = new RefusedCalls("pwrite", errno, "LastRuns.write")) {
            list.runs(id()).accept(new ListedRun(id(), 5, RUN));

            assertThat(full.refused()).isOne();
        }
        assertThat(list.isBehind()).isTrue();
        assertThat(saidNow()).containsExactly("unable to write");

        add();

        assertThat(list.isBehind()).isFalse();
        assertThat(runs()).containsExactly(new ListedRun(id(), 5, RUN));
        list.forget(id());
        assertThat(runs()).isEmpty();
        assertThat(said).isEmpty();
    }

    @Test
    void service_that_could_not_be_written_is_written_with_the_next_look() throws Exception {
        read();
        try (RefusedCalls full = new RefusedCalls("write", "ENOSPC", "ServicesList.append")) {
            add();
            add();

            assertThat(full.refused()).isEqualTo(2);
        }
        assertThat(list.isBehind()).isTrue();
        assertThat(saidNow()).containsExactly("unable to write");

        add();

        assertThat(list.isBehind()).isFalse();
        assertThat(ListedService.parse(Files.readAllBytes(place.resolve("services"))))
                .extracting(ListedService::name)
                .containsExactly(WEB);
    }

    @Test
    void entry_that_has_gone_since_it_was_seen_is_left_out_and_keeps_no_other_from_the_list() throws Exception {
        read();
        Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
        seen.put(new FileStatus.Id(1, 2), OsString.of("gone"));
        seen.put(id(), WEB);

        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            list.add(directory, seen);
        }

        assertThat(ListedService.parse(Files.readAllBytes(place.resolve("services"))))
                .extracting(ListedService::name)
                .containsExactly(WEB);
        assertThat(said).isEmpty();
        assertThat(list.isBehind()).isFalse();
    }

    @Test
    void what_cannot_be_written_for_good_waits_for_a_change() throws Exception {
        Files.createFile(place);

        add();

        assertThat(list.isBehind()).isFalse();
    }

    @Test
    void logger_is_listed_by_its_own_directory_and_goes_with_its_service() throws Exception {
        FileStatus.Id log = new FileStatus.Id(1, 2);
        add();
        list.runs(id()).accept(new ListedRun(id(), 5, RUN));

        list.runs(id()).accept(new ListedRun(log, 6, RUN));

        assertThat(runs()).containsExactly(new ListedRun(id(), 5, RUN), new ListedRun(log, 6, RUN));
        list.forget(id());
        assertThat(runs()).isEmpty();
    }

    // ---- two files, and one of them is of no use

    /** What has become of one. */
    private enum Trouble {
        LINK {
            @Override
            void at(Path file) throws IOException {
                Path target = file.resolveSibling("target");
                Files.move(file, target);
                Files.createSymbolicLink(file, target);
            }
        },
        DIRECTORY {
            @Override
            void at(Path file) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
            }
        },
        TOO_LONG {
            @Override
            void at(Path file) throws IOException {
                try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
                    large.setLength(17L * 1024 * 1024);
                }
            }
        };

        abstract void at(Path file) throws IOException;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            services | LINK | is not used, since services is a link: one whose entry went
            services | DIRECTORY | is not used, since services is not a regular file: one whose entry went
            services | TOO_LONG | , so one whose entry goes
            runs | LINK | is not used, since runs is a link: one whose supervise directory went
            runs | DIRECTORY | is not used, since runs is not a regular file: one whose supervise directory went
            runs | TOO_LONG | , so one whose supervise directory goes
            """)
    void list_that_cannot_be_used_does_not_take_the_other_along(String file, Trouble trouble, String line)
            throws Exception {
        ListedService web = new ListedService(id(), WEB, OsString.of(services + "/web"));
        ListedRun run = new ListedRun(id(), 5, new Known(ourselves(), 0, false));
        Files.createDirectory(place);
        Files.write(place.resolve("services"), web.toLine());
        Files.write(place.resolve("runs"), run.toLine());
        trouble.at(place.resolve(file));

        try (Directory directory = Directory.open(OsString.of(services.toString()))) {
            ServicesList.Left left = list.read(directory).orElseThrow();
            boolean isRuns = file.equals("runs");
            assertThat(left.services()).isEqualTo(isRuns ? Map.of(id(), web) : Map.of());
            assertThat(left.run(id())).isEqualTo(isRuns ? Optional.empty() : Optional.of(run));
            assertThat(list.read(directory)).isPresent();
            assertThat(said).singleElement().asString().contains(line);
            list.begin(directory, left, List.copyOf(left.services().values()));
        }
        add();

        if (file.equals("services") && trouble != Trouble.DIRECTORY) {
            assertThat(runs()).containsExactly(run);
            assertThat(ListedService.parse(Files.readAllBytes(place.resolve("services"))))
                    .containsExactly(web);
        }
    }

    private static ProcessIdentity ourselves() {
        return ProcessIdentity.ofRunning(OwnProcess.pid()).orElseThrow();
    }

    // ---- the link to the services directory leads to another one

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2 db /h"})
    void what_is_supervised_is_listed_where_the_link_leads_now_with_what_was_left_there(
            String halfALine, @TempDir Path other) throws Exception {
        ListedLauncher before =
                new ListedLauncher(new ProcessIdentity(4711, 1, ourselves().bootId()));
        ListedService left = new ListedService(new FileStatus.Id(1, 2), OsString.of("db"), OsString.of("/db"));
        ListedRun ran = new ListedRun(left.id(), 7, RUN);
        Path there = Files.createDirectory(other.resolve(".pekko-supervisor"));
        try (OutputStream lines = Files.newOutputStream(there.resolve("services"))) {
            lines.write(before.toLine());
            lines.write(left.toLine());
            lines.write(halfALine.getBytes(US_ASCII));
        }
        Files.write(there.resolve("runs"), ran.toLine());
        read();
        add();
        list.runs(id()).accept(new ListedRun(id(), 5, RUN));

        try (Directory switched = Directory.open(OsString.of(other.toString()))) {
            assertThat(list.isAnothers(switched)).isTrue();
            ServicesList.Left found = list.read(switched).orElseThrow();
            assertThat(list.isAnothers(switched)).isFalse();
            assertThat(found.services().values()).containsExactly(left);
            list.begin(switched, found, List.of(left));
            list.add(switched, Map.of());
        }

        byte[] lines = Files.readAllBytes(there.resolve("services"));
        assertThat(ListedService.parse(lines))
                .containsExactlyInAnyOrder(left, new ListedService(id(), WEB, OsString.of(services + "/web")));
        assertThat(ListedLauncher.parse(lines)).containsExactly(before, new ListedLauncher(ourselves()));
        assertThat(ListedRun.parse(Files.readAllBytes(there.resolve("runs"))))
                .containsExactlyInAnyOrder(ran, new ListedRun(id(), 5, RUN));
        assertThat(list.isBehind()).isFalse();
        assertThat(said).isEmpty();
    }

    /** Its supervision ended in doubt. */
    @Test
    void who_runs_though_nobody_supervises_him_any_more_is_listed_there_too(@TempDir Path other) throws Exception {
        read();
        add();
        list.runs(id()).accept(new ListedRun(id(), 5, new Known(ourselves(), 0, false)));
        list.forget(id());

        try (Directory switched = Directory.open(OsString.of(other.toString()))) {
            list.begin(switched, list.read(switched).orElseThrow(), List.of());
        }

        assertThat(ListedService.parse(Files.readAllBytes(other.resolve(".pekko-supervisor/services"))))
                .containsExactly(new ListedService(id(), WEB, OsString.of(services + "/web")));
    }

    private List<String> saidNow() {
        List<String> now = said.stream()
                .map(line -> line.replaceAll(".*(unable to [a-z]+).*\n", "$1"))
                .toList();
        said.clear();
        return now;
    }

    @Test
    void that_it_cannot_be_read_does_not_keep_what_cannot_be_written_from_being_said() throws Exception {
        Files.createFile(place);

        read();
        add();
        read();
        add();

        assertThat(saidNow()).containsExactly("unable to read", "unable to write");
    }

    @Test
    void each_is_said_again_when_it_has_worked_meanwhile() throws Exception {
        Files.createFile(place);
        read();
        add();
        Files.delete(place);
        said.clear();

        add();
        list.close();
        Files.move(place, services.resolve("moved"));
        Files.createFile(place);
        add();
        read();

        assertThat(saidNow()).as("reading has not worked meanwhile").containsExactly("unable to write");
    }
}
