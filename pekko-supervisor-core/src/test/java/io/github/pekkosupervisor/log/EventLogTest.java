package io.github.pekkosupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What is written of events, and when, with time as a value. */
final class EventLogTest {

    private static final ExitReason CODE = new ExitReason.ExitCode(1);

    private final List<LogEntry> written = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    private Level level = Level.INFO;
    private boolean all;
    private long now;

    private final EventLog log = new EventLog(
            new EventLog.Writer() {
                @Override
                public boolean writes(Level asked) {
                    return asked.toInt() >= level.toInt();
                }

                @Override
                public boolean wantsAll() {
                    return all;
                }

                @Override
                public void write(LogEntry entry) {
                    written.add(entry);
                }
            },
            () -> now,
            (wait, work) -> {
                waits.add(wait);
                timers.add(work);
            });

    private static Offender child(String id) {
        return new Offender(ChildSpec.actor(id, Behaviors.empty()), Optional.empty(), false, 1);
    }

    private void ends(String path, String id, ExitReason reason) {
        log.tell(new SupervisorEvent.ChildTerminated(path, child(id), reason, Duration.ofSeconds(1), Optional.empty()));
    }

    private void at(double seconds) {
        now = (long) (seconds * 1_000_000_000L);
    }

    private List<String> texts() {
        return written.stream().map(LogEntry::text).toList();
    }

    private static ExitReason crash() {
        IllegalStateException boom = new IllegalStateException("boom");
        boom.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("app.A", "a", "A.java", 1), new StackTraceElement("scala.X", "x", "X.java", 1)
        });
        return ExitReason.crash(boom);
    }

    @Test
    void the_first_has_its_stack_and_the_next_are_a_line_each() {
        IntStream.range(0, 3).forEach(i -> ends("/", "a", crash()));

        assertThat(written.get(0).cause()).containsInstanceOf(CutStack.class);
        assertThat(written.get(1).cause()).isEmpty();
        assertThat(texts().get(1)).endsWith("ran 1 s; as before");
    }

    /** Neither what was thrown, nor a reason in words, nor an id makes a line that looks like an entry. */
    @Test
    void what_the_application_says_forges_no_entry_and_does_nothing_to_a_terminal() {
        String forged = "first\nERROR supervisor [/] shutdown: forged\u001b[2J\u202e" + "x".repeat(1_000_000);
        ends("/", "a", ExitReason.crash(new IllegalStateException(forged)));
        ends("/", "a", ExitReason.failed(forged));
        ends("/", "b\nERROR id", ExitReason.shutdown(forged));
        log.tell(new SupervisorEvent.GaveUp(
                "/",
                child("a"),
                ExitReason.ReachedMaxRestartIntensity.INSTANCE,
                1,
                Duration.ofSeconds(10),
                List.of(new SupervisorEvent.CountedRestart(
                        "a", 1, ExitReason.failed(forged).toString(), Duration.ofSeconds(1), Duration.ofSeconds(1))),
                0));
        log.tell(new SupervisorEvent.SupervisorStopped(
                "/",
                new TreeEnd.GaveUp("/", "a", ExitReason.failed(forged), 1, Duration.ofSeconds(10), Optional.empty())));

        assertThat(written).hasSize(5).allSatisfy(entry -> {
            assertThat(entry.text())
                    .hasSizeLessThan(12_000)
                    .doesNotContain("\nERROR", "\u001b", "\u202e")
                    .contains("\\nERROR");
            assertThat(entry.fields().toString()).hasSizeLessThan(25_000).doesNotContain("\nERROR", "\u001b");
        });
        assertThat(texts().get(4)).contains("allows 1 restart in 10 s, and child a ended with");
    }

    @Test
    void a_flood_is_told_with_its_number_when_its_time_has_come() {
        for (int i = 0; i < 15; i++) {
            at(i / 10.0);
            ends("/", "a", CODE);
        }
        assertThat(written).hasSize(3);
        assertThat(waits).containsExactly(Duration.ofMillis(9_700));

        at(10);
        timers.get(0).run();

        assertThat(texts().get(3)).endsWith("[a] with [exit code 1], ran 1 s; as before, 12 times in 10 s");
        assertThat(written.get(3).fields()).containsEntry("times", 12).containsEntry("within_ms", 10_000L);
        assertThat(waits).as("no other timer while nothing is counted").hasSize(1);
    }

    @Test
    void a_give_up_is_said_at_once_and_the_count_before_it() {
        IntStream.range(0, 5).forEach(i -> ends("/s", "a", CODE));
        IntStream.range(0, 5).forEach(i -> ends("/other", "b", CODE));

        log.tell(new SupervisorEvent.GaveUp(
                "/s",
                child("a"),
                ExitReason.ReachedMaxRestartIntensity.INSTANCE,
                5,
                Duration.ofSeconds(10),
                List.of(),
                0));

        assertThat(texts().subList(6, 8))
                .satisfiesExactly(
                        count -> assertThat(count).contains("[a]").endsWith("as before, 2 times in 0 s"),
                        end -> assertThat(end).startsWith("supervisor [/s] shutdown: "));
    }

    @Test
    void at_the_end_of_the_tree_no_count_is_open() {
        IntStream.range(0, 5).forEach(i -> ends("/s/t", "a", CODE));

        log.tell(new SupervisorEvent.SupervisorStopped("/", new TreeEnd.Closed(ExitReason.shutdown())));

        assertThat(texts().get(3)).endsWith("as before, 2 times in 0 s");
        assertThat(texts()).hasSize(5);
    }

    /** A name that another begins with is nobody's parent. */
    @Test
    void at_the_end_of_one_the_counts_of_its_namesakes_stay_open() {
        IntStream.range(0, 5).forEach(i -> ends("/web", "a", CODE));
        IntStream.range(0, 5).forEach(i -> ends("/web/x", "b", CODE));
        IntStream.range(0, 5).forEach(i -> ends("/web2", "c", CODE));
        int before = written.size();

        log.tell(new SupervisorEvent.GaveUp(
                "/web",
                child("a"),
                ExitReason.ReachedMaxRestartIntensity.INSTANCE,
                5,
                Duration.ofSeconds(10),
                List.of(),
                0));

        assertThat(texts().subList(before, texts().size()))
                .satisfiesExactly(
                        itself -> assertThat(itself).contains("[a]").endsWith("as before, 2 times in 0 s"),
                        below -> assertThat(below).contains("[b]").endsWith("as before, 2 times in 0 s"),
                        end -> assertThat(end).startsWith("supervisor [/web] shutdown: "));
    }

    private void starts(String path, String id) {
        log.tell(new SupervisorEvent.ChildStarted(path, child(id), StartCause.RESTART, OptionalLong.empty()));
    }

    /** The children of a supervisor are counted from 1 again when it was restarted: which of it tells is said. */
    @Test
    void a_supervisor_that_was_restarted_shows_its_incarnation_and_what_it_says_is_new() {
        log.begins("/storage", 1, true);
        IntStream.range(0, 5).forEach(i -> starts("/storage", "db"));
        log.begins("/storage", 4, false);
        log.begins("/storage/shards", 1, true);

        starts("/storage", "db");
        starts("/storage/shards", "one");
        starts("/storage2", "other");

        assertThat(texts().subList(3, texts().size()))
                .containsExactly(
                        "supervisor [/storage#4] started [db]",
                        "supervisor [/storage#4/shards] started [one]",
                        "supervisor [/storage2] started [other]");
        assertThat(written.get(4).fields())
                .containsEntry("supervisor", "/storage/shards")
                .containsEntry("path", "/storage#4/shards");
        assertThat(written.get(5).fields()).doesNotContainKey("path");
    }

    @Test
    void a_new_incarnation_above_begins_with_first_ones_below() {
        log.begins("/a/b", 3, false);
        log.begins("/a", 2, false);
        log.begins("/a/b", 1, true);

        starts("/a/b", "c");

        assertThat(texts()).containsExactly("supervisor [/a#2/b] started [c]");
    }

    /** A supervisor that is restarted without an end does not fill the log with what its children say. */
    @Test
    void what_a_flood_of_incarnations_says_is_counted() {
        for (int i = 2; i < 100; i++) {
            at(i / 50.0);
            log.begins("/storage", i, false);
            ends("/storage", "db", crash());
        }

        assertThat(written).as("three that are new, and two lines of the third").hasSize(5);
        assertThat(texts().get(4)).startsWith("supervisor [/storage#6] child_terminated: ");

        at(60);
        log.begins("/storage", 100, false);
        ends("/storage", "db", crash());

        assertThat(texts().get(5)).contains("[/storage#99]").endsWith("as before, 93 times in 59 s");
        assertThat(texts().get(6)).startsWith("supervisor [/storage#100] child_terminated: ");
        assertThat(written.get(6).cause()).isPresent();
    }

    @Test
    void at_the_end_of_an_incarnation_no_count_of_what_is_below_is_open() {
        log.begins("/s", 2, false);
        IntStream.range(0, 5).forEach(i -> ends("/s/t", "a", CODE));

        log.tell(new SupervisorEvent.SupervisorStopped("/s", new TreeEnd.Closed(ExitReason.shutdown())));

        assertThat(texts().subList(3, 5))
                .satisfiesExactly(
                        count -> assertThat(count)
                                .startsWith("supervisor [/s#2/t]")
                                .endsWith("as before, 2 times in 0 s"),
                        end -> assertThat(end).startsWith("supervisor [/s#2] ends with"));
    }

    @Test
    void starts_in_a_flood_are_counted_too() {
        IntStream.range(0, 5)
                .forEach(i -> log.tell(
                        new SupervisorEvent.ChildStarted("/", child("a"), StartCause.RESTART, OptionalLong.empty())));

        assertThat(written).hasSize(3);
    }

    @Test
    void who_wants_all_gets_whole_stacks_and_each_repeat() {
        all = true;

        IntStream.range(0, 5).forEach(i -> ends("/", "a", crash()));

        assertThat(written)
                .hasSize(5)
                .allSatisfy(entry -> assertThat(entry.cause()).containsInstanceOf(IllegalStateException.class));
    }

    @Test
    void a_level_that_is_not_written_is_not_worded() {
        level = Level.ERROR;

        log.tell(new SupervisorEvent.SupervisorStopped("/", new TreeEnd.Closed(ExitReason.shutdown())));

        assertThat(written).isEmpty();
    }

    /** Of another module. */
    private record Foreign(String path, Optional<LogEntry> logEntry) implements TreeEvent {}

    @Test
    void events_of_other_modules_bring_their_words_or_are_passed_over() {
        log.tell(new Foreign("/x", Optional.empty()));
        log.tell(new Foreign("/x", Optional.of(LogEntry.of(Level.DEBUG, "quiet", Map.of()))));
        log.tell(new Foreign("/x", Optional.of(LogEntry.of(Level.INFO, "a lamp is lit", Map.of("lamp", 1)))));

        assertThat(texts()).containsExactly("a lamp is lit");
    }
}
