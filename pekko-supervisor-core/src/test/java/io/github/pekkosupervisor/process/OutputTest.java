package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Where the output of a process goes. */
final class OutputTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final long HUNDRED_MEGABYTES = 100L * 1024 * 1024;

    /** 50 MB on each of two streams, in lines. */
    private static final String CHATTER =
            "yes 'a line of some length, as programs that talk a lot write them' | head -c 52428800 >&2 &"
                    + " yes 'another line' | head -c 52428800; wait; exit 7";

    private final Logger logger = (Logger) LoggerFactory.getLogger("process");
    private final Capture capture = new Capture();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    private static final class Capture extends AppenderBase<ILoggingEvent> {
        private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }

        List<String> texts() {
            return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    OutputTest() {
        capture.start();
        logger.addAppender(capture);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void put_things_back() {
        logger.detachAppender(capture);
        logger.setLevel(null);
        logger.setAdditive(true);
        System.setOut(realOut);
        System.setErr(realErr);
    }

    @Test
    void each_line_becomes_a_message_that_says_whose_it_is() {
        PROCESSES.spawn(ProcessSpec.of(sh("echo one {}; printf 'two\\r\\nthree' >&2"))
                .withName("talker")
                .withLogContext(Map.of("child", "/app/talker"))
                .withOutput(Stdio.logged()));
        ProcessView process = PROCESSES.started();

        PROCESSES.exited();

        assertThat(capture.texts()).containsExactlyInAnyOrder("one {}", "two", "three");
        assertThat(capture.events).allSatisfy(event -> {
            assertThat(event.getLoggerName()).isEqualTo("process.talker");
            assertThat(event.getLevel()).isEqualTo(Level.INFO);
            assertThat(event.getMDCPropertyMap())
                    .containsEntry("process", "talker")
                    .containsEntry("pid", String.valueOf(process.pid()))
                    .containsEntry("child", "/app/talker")
                    .containsKey("stream");
        });
    }

    @Test
    void logger_and_level_can_be_chosen() {
        PROCESSES.spawn(ProcessSpec.of("echo", "said")
                .withStdout(Stdio.logged("process.of.mine", org.slf4j.event.Level.ERROR)));
        PROCESSES.started();

        PROCESSES.exited();

        assertThat(capture.events)
                .singleElement()
                .satisfies(event -> assertThat(event.getLoggerName() + " " + event.getLevel())
                        .isEqualTo("process.of.mine ERROR"));
    }

    @Test
    void lines_of_several_processes_do_not_mix_on_the_applications_own_output() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, UTF_8));
        String script = "i=0; while [ $i -lt 300 ]; do printf 'half '; printf 'other %s\\n' $i; i=$((i+1)); done";

        PROCESSES.spawn(ProcessSpec.of(sh(script)).withName("a").withOutput(Stdio.prefixed()));
        PROCESSES.spawn(ProcessSpec.of(sh(script)).withName("b").withOutput(Stdio.prefixed()));
        awaitTwoExits();

        List<String> lines = out.toString(UTF_8).lines().toList();
        assertThat(lines).hasSize(600).allMatch(line -> line.matches("\\[[ab]] half other \\d+"));
        assertThat(lines).filteredOn(line -> line.startsWith("[a]")).hasSize(300);
    }

    @Test
    void bytes_that_are_no_text_come_through_unchanged() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, UTF_8));

        PROCESSES.spawn(ProcessSpec.of(sh("printf '\\377\\376\\n\\001' >&2"))
                .withName("x")
                .withOutput(Stdio.prefixed()));
        PROCESSES.started();
        PROCESSES.exited();

        assertThat(err.toByteArray())
                .isEqualTo(new byte[] {'[', 'x', ']', ' ', -1, -2, '\n', '[', 'x', ']', ' ', 1, '\n'});
    }

    @Test
    void output_to_a_file_does_not_pass_through_the_jvm(@TempDir Path scratch) {
        Path file = scratch.resolve("log");
        PROCESSES.spawn(ProcessSpec.of(sh("echo one; echo two >&2; sleep 100")).withOutput(Stdio.file(file)));

        ProcessView process = PROCESSES.started();

        assertThat(process.descriptor(1)).isEqualTo(file);
        await().untilAsserted(() -> assertThat(file).content().contains("one\n", "two\n"));
    }

    @Test
    void case_113_a_hundred_megabytes_of_chatter_never_block_when_they_are_logged() {
        logger.setLevel(Level.OFF);
        PROCESSES.spawn(ProcessSpec.of(sh(CHATTER)).withOutput(Stdio.logged()));
        PROCESSES.started();

        Exited exited = PROCESSES.exited();

        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(7));
        assertThat(exited.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(exited.lastLines()).hasSize(20);
    }

    @Test
    void case_113_a_hundred_megabytes_of_chatter_never_block_when_they_are_copied() {
        long[] bytes = {0};
        Counting counting = new Counting(bytes);
        System.setOut(new PrintStream(counting));
        System.setErr(new PrintStream(counting));
        PROCESSES.spawn(ProcessSpec.of(sh(CHATTER)).withName("n").withOutput(Stdio.prefixed()));
        PROCESSES.started();

        Exited exited = PROCESSES.exited();

        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(7));
        assertThat(counting.total()).isGreaterThan(HUNDRED_MEGABYTES);
    }

    private static final class Counting extends java.io.OutputStream {
        private final long[] bytes;

        Counting(long[] bytes) {
            this.bytes = bytes;
        }

        synchronized long total() {
            return bytes[0];
        }

        @Override
        public synchronized void write(int b) {
            bytes[0]++;
        }

        @Override
        public synchronized void write(byte[] chunk, int from, int length) {
            bytes[0] += length;
        }
    }

    @Test
    void a_line_without_an_end_does_not_fill_the_memory() {
        logger.setLevel(Level.OFF);
        PROCESSES.spawn(ProcessSpec.of(sh("head -c 50000000 /dev/zero")).withOutput(Stdio.logged()));
        PROCESSES.started();

        Exited exited = PROCESSES.exited();

        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(0));
        assertThat(exited.lastLines()).allMatch(line -> line.length() <= 400);
    }

    @Test
    void an_appender_that_throws_does_not_stop_the_process() {
        AppenderBase<ILoggingEvent> broken = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                throw new IllegalStateException("disk full");
            }
        };
        broken.start();
        logger.addAppender(broken);
        PROCESSES.spawn(ProcessSpec.of(sh("echo a; echo b")).withOutput(Stdio.logged()));
        PROCESSES.started();

        Exited exited = PROCESSES.exited();

        logger.detachAppender(broken);
        assertThat(exited.lastLines()).containsExactly("a", "b");
    }

    @Test
    void who_writes_much_to_a_logger_that_is_stuck_holds_up_no_other_process() {
        CountDownLatch stuck = new CountDownLatch(1);
        AppenderBase<ILoggingEvent> slow = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        slow.start();
        logger.addAppender(slow);
        for (int i = 0; i < 8; i++) {
            PROCESSES.spawn(ProcessSpec.of("yes").withOutput(Stdio.logged()));
            PROCESSES.started();
        }

        PROCESSES.spawn(ProcessSpec.of("true"));
        PROCESSES.started();

        assertThat(PROCESSES.exited().status()).isEqualTo(ExitStatus.ofCode(0));
        stuck.countDown();
        logger.detachAppender(slow);
    }

    @Test
    void a_long_line_of_text_comes_in_pieces_that_are_text() {
        PROCESSES.spawn(ProcessSpec.of(sh("yes 你 | head -n 50000 | tr -d '\\n'; echo; echo 🙂 >&2"))
                .withOutput(Stdio.logged()));
        PROCESSES.started();

        Exited exited = PROCESSES.exited();

        assertThat(capture.texts()).contains("🙂").noneMatch(text -> text.contains("\ufffd"));
        assertThat(String.join("", capture.texts()).replace("🙂", "")).isEqualTo("你".repeat(50_000));
        assertThat(exited.lastLines()).noneMatch(text -> text.contains("\ufffd"));
    }

    @Test
    void a_long_line_is_broken_between_characters_on_the_applications_own_output() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, UTF_8));

        PROCESSES.spawn(ProcessSpec.of(sh("yes 你 | head -n 50000 | tr -d '\\n'"))
                .withName("x")
                .withStdout(Stdio.prefixed()));
        PROCESSES.started();
        PROCESSES.exited();

        assertThat(out.toString(UTF_8).lines()).hasSize(3).allMatch(line -> line.matches("\\[x] 你+"));
        assertThat(out.toString(UTF_8).replaceAll("\\[x] |\n", "")).hasSize(50_000);
    }

    private static void awaitTwoExits() {
        int exits = 0;
        while (exits < 2) {
            exits += PROCESSES.next(ProcessEvent.class) instanceof Exited ? 1 : 0;
        }
    }
}
