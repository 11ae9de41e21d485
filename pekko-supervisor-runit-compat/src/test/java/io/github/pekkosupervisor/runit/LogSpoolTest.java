package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Intake;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.runit.svlogd.Ledger;
import io.github.pekkosupervisor.runit.svlogd.LogMark;
import io.github.pekkosupervisor.runit.svlogd.LogOptions;
import io.github.pekkosupervisor.runit.svlogd.LogPlace;
import io.github.pekkosupervisor.runit.svlogd.LogReports;
import io.github.pekkosupervisor.runit.svlogd.LogSpool;
import io.github.pekkosupervisor.runit.svlogd.LogWriter;
import io.github.pekkosupervisor.runit.svlogd.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is between a pipe and its log, when everything that is in memory is gone at any moment: what is in pipe, spool
 * and log together is all that was said, once and in order.
 */
class LogSpoolTest {

    private static final int ROUNDS = Integer.getInteger("pekko-supervisor.test.spool-rounds", 12);
    private static final OsString INTAKE = OsString.of(".intake");

    @TempDir
    private Path temp;

    private final byte[] chunk = new byte[64 * 1024];
    private Path log;
    private Directory home;
    private Pipe pipe;
    private boolean isClosed;

    static LongStream seeds() {
        return new Random(20261128).longs(6);
    }

    @BeforeEach
    void open() throws PosixException, IOException {
        log = Files.createDirectory(temp.resolve("log"));
        home = Directory.open(OsString.of(temp.toString()));
        pipe = Posix.open(PosixSettings.defaults()).pipe();
        pipe.readEnd().makeNonBlocking();
    }

    private void endInput() {
        isClosed = true;
        pipe.writeEnd().close();
    }

    @AfterEach
    void close() {
        pipe.close();
        home.close();
    }

    /** The memory of somebody who writes the log, until it is gone. */
    private final class Life implements AutoCloseable {
        private final LogSpool spool;
        private final LogWriter writer;
        /** So many times more it is kept how far the log has got; then it ends, before or after that. */
        private int left;

        private final boolean after;
        private boolean opened;

        Life(LogOptions options, int left, boolean after) throws PosixException {
            this.left = left;
            this.after = after;
            spool = LogSpool.open(home, INTAKE);
            writer = new LogWriter(
                    List.of(LogPlace.at(OsString.of(log.toString()))),
                    options,
                    new Quiet(),
                    Clock.systemUTC(),
                    (command, directory, stdin, stdout, run) -> {
                        throw new AssertionError("no processor is asked for");
                    });
            Ledger ledger = this::keep;
            writer.keepIn(ledger);
            writer.resume(spool.mark());
        }

        private void keep(LogMark mark) throws PosixException {
            if (left-- > 0) {
                spool.keep(mark);
                return;
            }
            if (after) {
                spool.keep(mark);
            }
            throw new PosixException("pwrite", "killed", "EIO", "killed here");
        }

        /** False when it is over before all that is there has been dealt with. */
        boolean live() {
            try {
                if (!opened) {
                    // a process that another test starts may hold a copy of the lock for a moment
                    Tree.patiently().until(writer::open);
                    opened = true;
                }
                while (settle()) {
                    int count = next();
                    if (count == Intake.NOTHING) {
                        return true;
                    }
                    if (count == 0) {
                        writer.endOfStream();
                        if (settle()) {
                            writer.close();
                            return settle();
                        }
                        return false;
                    }
                    spool.took(writer.take(chunk, count));
                }
                return false;
            } catch (PosixException e) {
                assertThat(e).hasMessageContaining("killed");
                return false;
            }
        }

        /** A process that another test starts may hold a copy of the other end for a moment, too. */
        private int next() throws PosixException {
            int count = spool.next(pipe.readEnd(), chunk);
            while (count == Intake.NOTHING && isClosed) {
                Thread.onSpinWait();
                count = spool.next(pipe.readEnd(), chunk);
            }
            return count;
        }

        private boolean settle() throws PosixException {
            if (writer.advance() != Progress.DONE) {
                return false;
            }
            writer.keep();
            return true;
        }

        LogMark mark() {
            return spool.mark();
        }

        @Override
        public void close() {
            writer.abandon();
            spool.close();
        }
    }

    private static final class Quiet implements LogReports {
        @Override
        public void info(OsString what) {}

        @Override
        public void warning(OsString what) {
            throw new AssertionError(what.toString());
        }

        @Override
        public void warning(OsString what, PosixException cause) {
            assertThat(what.toString()).startsWith("unable to lock directory");
        }

        @Override
        public void refused(OsString directory, String why) {
            throw new AssertionError(why);
        }

        @Override
        public void pausing(OsString what, PosixException cause) {
            assertThat(cause).hasMessageContaining("killed");
        }

        @Override
        public void copies(byte[] lines, int length) {}
    }

    /** Lines of any length, often equal, now and then without an end. */
    private static byte[] lines(Random random, int longest) {
        StringBuilder lines = new StringBuilder();
        int size = random.nextInt(20_000);
        while (lines.length() < size) {
            switch (random.nextInt(4)) {
                case 0 -> lines.append("tick\n");
                case 1 -> lines.append("\n");
                case 2 -> lines.append("x".repeat(random.nextInt(longest))).append('\n');
                default -> lines.append("line ").append(random.nextInt(1000)).append('\n');
            }
        }
        if (random.nextBoolean() && lines.length() > 0) {
            lines.setLength(random.nextInt(lines.length()));
        }
        return lines.toString().getBytes(ISO_8859_1);
    }

    private String written() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("@"))
                    .sorted()
                    .toList()) {
                all.append(Files.readString(file, ISO_8859_1));
            }
        }
        Path current = log.resolve("current");
        return all + (Files.exists(current) ? Files.readString(current, ISO_8859_1) : "");
    }

    /** As if a write had been cut off, of which nothing is known. */
    private void scribble(LogMark mark, Random random) throws IOException {
        Path current = log.resolve("current");
        boolean isCurrent = mark.file().isPresent()
                && Files.exists(current)
                && Files.getAttribute(current, "unix:ino")
                        .equals(mark.file().get().inode());
        if (isCurrent && !Files.isExecutable(current)) {
            byte[] half = new byte[random.nextInt(3000)];
            Arrays.fill(half, (byte) 'h');
            Files.write(current, half, StandardOpenOption.APPEND);
        }
    }

    private String told(long seed, boolean scribbles) throws IOException, PosixException {
        Random random = new Random(seed);
        LogOptions options = LogOptions.DEFAULT.withKeepUnfinished(true).withLineLength(1 + random.nextInt(100));
        Files.write(log.resolve("config"), List.of("n0", "s" + (100 + random.nextInt(3000))));
        StringBuilder said = new StringBuilder();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] lines = lines(random, 300);
            said.append(new String(lines, ISO_8859_1));
            pipe.writeEnd().write(lines);
            boolean over = false;
            while (!over) {
                try (Life life = new Life(options, random.nextInt(12), random.nextBoolean())) {
                    over = life.live();
                    if (scribbles) {
                        scribble(life.mark(), random);
                    }
                }
            }
        }
        endInput();
        try (Life life = new Life(options, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }
        String text = said.toString();
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void case_20_nothing_is_lost_and_nothing_doubled_whenever_it_ends(long seed) throws Exception {
        String said = told(seed, false);

        assertThat(written()).isEqualTo(said);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void case_20_what_was_half_written_is_cut_off(long seed) throws Exception {
        String said = told(seed, true);

        assertThat(written()).isEqualTo(said);
    }

    /** Without what is kept in the spool, the same ends are noticed. */
    @Test
    void judge_notices_a_spool_that_is_lost() throws Exception {
        Files.write(log.resolve("config"), List.of("n0", "s1000"));
        pipe.writeEnd().write("tick\n".repeat(5000).getBytes(ISO_8859_1));
        try (Life life = new Life(LogOptions.DEFAULT, 3, false)) {
            assertThat(life.live()).isFalse();
        }

        Files.delete(temp.resolve(".intake"));
        endInput();
        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }

        assertThat(written()).isNotEqualTo("tick\n".repeat(5000));
    }

    @Test
    void it_does_not_grow_with_what_has_gone_through_it() throws Exception {
        Random random = new Random(1);
        Files.write(log.resolve("config"), List.of("n2", "s100000"));
        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            for (int i = 0; i < 300; i++) {
                pipe.writeEnd().write(lines(random, 300));
                assertThat(life.live()).isTrue();
            }
        }

        assertThat(Files.size(temp.resolve(".intake"))).isLessThan(200 * 1024);
    }

    @Test
    void log_that_was_ended_well_is_never_cut() throws Exception {
        Files.write(log.resolve("config"), List.of("n0"));
        pipe.writeEnd().write("one\n".getBytes(ISO_8859_1));
        endInput();
        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }
        Files.writeString(log.resolve("current"), "of somebody else\n", StandardOpenOption.APPEND);

        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }

        assertThat(written()).isEqualTo("one\nof somebody else\n");
    }

    @Test
    void file_of_another_log_is_put_aside_and_not_cut() throws Exception {
        Files.write(log.resolve("config"), List.of("n0"));
        pipe.writeEnd().write("one\n".getBytes(ISO_8859_1));
        try (Life life = new Life(LogOptions.DEFAULT, 2, true)) {
            life.live();
        }
        Files.move(log.resolve("current"), log.resolve("@400000000000000000000001.u"));
        Files.writeString(log.resolve("current"), "of somebody else\n");

        endInput();
        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }

        assertThat(written()).contains("one\n", "of somebody else\n");
    }

    @Test
    void spool_of_which_nothing_can_be_known_is_begun_anew() throws Exception {
        Files.write(temp.resolve(".intake"), "nonsense".repeat(100).getBytes(ISO_8859_1));
        pipe.writeEnd().write("one\n".getBytes(ISO_8859_1));
        endInput();

        try (Life life = new Life(LogOptions.DEFAULT, Integer.MAX_VALUE, true)) {
            assertThat(life.live()).isTrue();
        }

        assertThat(written()).isEqualTo("one\n");
    }
}
