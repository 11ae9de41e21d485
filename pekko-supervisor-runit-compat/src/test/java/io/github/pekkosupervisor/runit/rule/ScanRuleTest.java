package io.github.pekkosupervisor.runit.rule;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.rule.ScanRule.Phase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service is called by the number of its inode, its entry by a letter. */
class ScanRuleTest {

    private static final FileStatus.Id ONE = new FileStatus.Id(8, 1);
    private static final FileStatus.Id TWO = new FileStatus.Id(8, 2);

    private static Map<FileStatus.Id, OsString> nothing() {
        return Map.of();
    }

    private static Map<FileStatus.Id, OsString> seen(FileStatus.Id id, String name) {
        return Map.of(id, OsString.of(name));
    }

    private static String words(List<ScanRule.Action> actions) {
        return actions.stream().map(ScanRuleTest::words).collect(joining("; "));
    }

    private static String words(ScanRule.Action action) {
        if (action instanceof ScanRule.Start start) {
            return "start " + start.id().inode() + " " + start.name();
        } else if (action instanceof ScanRule.Terminate terminate) {
            return "terminate " + terminate.id().inode();
        } else if (action instanceof ScanRule.Renamed renamed) {
            return "renamed " + renamed.id().inode() + " " + renamed.name();
        } else if (action instanceof ScanRule.Wait wait) {
            return "wait " + wait.id().inode();
        }
        throw new AssertionError("no words for " + action);
    }

    /** Service 1 under the name a, in this phase; {@code lost} and {@code coming} have no runsv at the moment. */
    private static ScanRule in(String phase) {
        ScanRule rule = new ScanRule();
        rule.scanned(seen(ONE, "a"));
        switch (phase) {
            case "supervised" -> {}
            case "ended" -> rule.ended(ONE);
            case "failed" -> rule.failed(ONE);
            case "leaving" -> rule.scanned(nothing());
            case "returning" -> {
                rule.scanned(nothing());
                rule.scanned(seen(ONE, "a"));
            }
            case "lost" -> {
                rule.scanned(nothing());
                rule.failed(ONE);
            }
            case "coming" -> {
                rule.scanned(nothing());
                rule.failed(ONE);
                rule.scanned(seen(ONE, "a"));
            }
            default -> throw new AssertionError("no way to " + phase);
        }
        return rule;
    }

    private static String phase(ScanRule rule) {
        return phase(rule, ONE);
    }

    private static String phase(ScanRule rule, FileStatus.Id id) {
        ScanRule.Known known = rule.known().get(id);
        return known == null ? "unknown" : known.phase().name().toLowerCase(Locale.ROOT);
    }

    @Nested
    class LeftByALauncherThatIsGone {

        @Test
        void service_without_an_entry_is_taken_up_and_told_to_end() {
            ScanRule rule = new ScanRule();

            assertThat(words(rule.left(seen(ONE, "a")))).isEqualTo("start 1 a; terminate 1");
            assertThat(words(rule.scanned(nothing()))).isEmpty();
            assertThat(phase(rule)).isEqualTo("leaving");
            assertThat(words(rule.ended(ONE))).isEmpty();
            assertThat(phase(rule)).isEqualTo("unknown");
        }

        @Test
        void another_directory_under_its_name_is_started_when_it_has_ended() {
            ScanRule rule = new ScanRule();
            rule.left(seen(ONE, "a"));

            assertThat(words(rule.scanned(seen(TWO, "a")))).isEmpty();
            assertThat(phase(rule, TWO)).isEqualTo("following");
            assertThat(words(rule.ended(ONE))).isEqualTo("start 2 a");
        }

        @Test
        void entry_that_comes_back_meanwhile_is_started_when_it_has_ended() {
            ScanRule rule = new ScanRule();
            rule.left(seen(ONE, "a"));

            assertThat(words(rule.scanned(seen(ONE, "b")))).isEqualTo("renamed 1 b");
            assertThat(words(rule.ended(ONE))).isEqualTo("start 1 b");
        }

        @ParameterizedTest
        @ValueSource(strings = {"supervised", "ended", "failed", "leaving", "returning", "lost", "coming"})
        void one_that_is_known_by_then_is_left_as_it_is(String phase) {
            ScanRule rule = in(phase);
            String before = phase(rule);

            assertThat(words(rule.left(seen(ONE, "a")))).isEmpty();
            assertThat(phase(rule)).isEqualTo(before);
        }

        @Test
        void runsv_of_it_that_fails_is_followed_by_one_that_is_told_to_end() {
            ScanRule rule = new ScanRule();
            rule.left(seen(ONE, "a"));

            assertThat(words(rule.failed(ONE))).isEqualTo("wait 1");
            assertThat(words(rule.waited(ONE))).isEqualTo("start 1 a; terminate 1");
        }
    }

    /** It cannot be told yet whether they run. */
    @Nested
    class UndecidedAfterALauncherThatIsGone {

        private final ScanRule rule = new ScanRule();

        @Test
        void who_has_the_name_of_one_is_started_when_it_does_not_run() {
            rule.undecided(seen(ONE, "a"));

            assertThat(words(rule.scanned(seen(TWO, "a")))).isEmpty();
            assertThat(words(rule.scanned(seen(TWO, "a")))).isEmpty();
            assertThat(phase(rule, TWO)).isEqualTo("following");
            assertThat(phase(rule)).isEqualTo("unknown");
            rule.undecided(nothing());
            assertThat(words(rule.scanned(seen(TWO, "a")))).isEqualTo("start 2 a");
            assertThat(phase(rule, TWO)).isEqualTo("supervised");
            assertThat(words(rule.scanned(seen(TWO, "a")))).isEmpty();
        }

        @Test
        void who_has_the_name_of_one_is_started_when_it_runs_and_has_ended() {
            rule.undecided(seen(ONE, "a"));
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.left(seen(ONE, "a")))).isEqualTo("start 1 a; terminate 1");
            rule.undecided(nothing());
            assertThat(words(rule.scanned(seen(TWO, "a")))).isEmpty();
            assertThat(words(rule.ended(ONE))).isEqualTo("start 2 a");
        }

        @Test
        void who_has_another_name_is_started() {
            rule.undecided(seen(ONE, "a"));

            assertThat(words(rule.scanned(seen(TWO, "b")))).isEqualTo("start 2 b");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | supervised
                ended | ended
                failed | failed
                leaving | returning
                returning | returning
                lost | returning
                coming | returning
                """)
        void who_is_known_goes_on(String phase, String next) {
            ScanRule known = in(phase);
            known.undecided(seen(TWO, "a"));

            assertThat(words(known.scanned(seen(ONE, "a")))).isEmpty();
            assertThat(phase(known)).isEqualTo(next);
        }

        @Test
        void who_has_the_name_of_one_that_is_leaving_and_of_one_that_may_run_waits_for_both() {
            ScanRule leaving = in("leaving");
            FileStatus.Id three = new FileStatus.Id(8, 3);
            leaving.undecided(seen(three, "a"));

            assertThat(words(leaving.scanned(seen(TWO, "a")))).isEmpty();
            assertThat(words(leaving.ended(ONE))).isEmpty();
            leaving.undecided(nothing());
            assertThat(words(leaving.scanned(seen(TWO, "a")))).isEqualTo("start 2 a");
        }

        @Test
        void who_follows_and_gets_the_name_of_one_waits_for_it_too() {
            ScanRule leaving = in("leaving");
            leaving.scanned(seen(TWO, "a"));
            FileStatus.Id three = new FileStatus.Id(8, 3);
            leaving.undecided(seen(three, "b"));

            assertThat(words(leaving.scanned(seen(TWO, "b")))).isEmpty();
            assertThat(words(leaving.ended(ONE))).isEmpty();
            leaving.undecided(nothing());
            assertThat(words(leaving.scanned(seen(TWO, "b")))).isEqualTo("start 2 b");
        }

        @Test
        void whose_entry_comes_back_keeps_nobody_waiting() {
            rule.undecided(seen(ONE, "a"));
            rule.scanned(seen(TWO, "a"));
            rule.undecided(nothing());
            Map<FileStatus.Id, OsString> both = new LinkedHashMap<>();
            both.put(ONE, OsString.of("b"));
            both.put(TWO, OsString.of("a"));

            assertThat(words(rule.scanned(both))).isEqualTo("start 1 b; start 2 a");
        }

        @Test
        void who_waits_is_forgotten_when_its_entry_is_gone() {
            rule.undecided(seen(ONE, "a"));
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.scanned(nothing()))).isEmpty();
            assertThat(rule.knows(TWO)).isFalse();
            rule.undecided(nothing());
            assertThat(words(rule.scanned(nothing()))).isEmpty();
        }

        @Test
        void nobody_is_waited_for_at_a_stop() {
            rule.undecided(seen(ONE, "a"));
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.stop())).isEmpty();
            assertThat(rule.isEmpty()).isTrue();
        }
    }

    @Nested
    class Scanned {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | '' | supervised
                ended | '' | ended
                failed | '' | failed
                leaving | '' | returning
                returning | '' | returning
                lost | '' | returning
                coming | '' | returning
                """)
        void a_service_that_is_seen(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.scanned(seen(ONE, "a"));

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | terminate 1 | leaving
                ended | '' | unknown
                failed | start 1 a; terminate 1 | leaving
                leaving | '' | leaving
                returning | '' | leaving
                lost | '' | leaving
                coming | '' | leaving
                """)
        void a_service_that_is_not_seen(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.scanned(nothing());

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @Test
        void new_services_are_started_in_the_order_of_the_directory() {
            ScanRule rule = new ScanRule();
            Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
            seen.put(TWO, OsString.of("b"));
            seen.put(ONE, OsString.of("a"));

            List<ScanRule.Action> done = rule.scanned(seen);

            assertThat(words(done)).isEqualTo("start 2 b; start 1 a");
        }

        @Test
        void what_vanished_is_terminated_before_what_is_new_is_started() {
            ScanRule rule = in("supervised");

            List<ScanRule.Action> done = rule.scanned(seen(TWO, "b"));

            assertThat(words(done)).isEqualTo("terminate 1; start 2 b");
        }

        @Test
        void a_service_whose_entry_was_replaced_makes_way_for_the_other() {
            ScanRule rule = in("supervised");

            List<ScanRule.Action> done = rule.scanned(seen(TWO, "a"));
            List<ScanRule.Action> afterwards = rule.ended(ONE);

            assertThat(words(done)).isEqualTo("terminate 1");
            assertThat(words(afterwards)).isEqualTo("start 2 a");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | terminate 1 | following
                ended | start 2 a | supervised
                failed | start 1 a; terminate 1 | following
                leaving | '' | following
                returning | '' | following
                lost | '' | following
                coming | '' | following
                """)
        void another_directory_under_the_name_of_a_service(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.scanned(seen(TWO, "a"));

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule, TWO)).isEqualTo(next);
        }

        @Test
        void who_follows_waits_over_a_failure_of_the_former() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.failed(ONE))).isEqualTo("wait 1");
            assertThat(words(rule.waited(ONE))).isEqualTo("start 1 a; terminate 1");
            assertThat(words(rule.ended(ONE))).isEqualTo("start 2 a");
        }

        @Test
        void who_follows_is_forgotten_when_its_entry_is_gone() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.scanned(nothing()))).isEmpty();
            assertThat(rule.knows(TWO)).isFalse();
            assertThat(words(rule.ended(ONE))).isEmpty();
        }

        @Test
        void link_that_was_switched_back_before_the_former_had_ended() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.scanned(seen(ONE, "a")))).isEmpty();
            assertThat(words(rule.ended(ONE))).isEqualTo("start 1 a");
            assertThat(rule.knows(TWO)).isFalse();
        }

        @Test
        void both_come_up_when_the_former_has_another_entry_by_now() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(TWO, "a"));
            Map<FileStatus.Id, OsString> both = new LinkedHashMap<>();
            both.put(TWO, OsString.of("a"));
            both.put(ONE, OsString.of("b"));

            assertThat(words(rule.scanned(both))).isEqualTo("renamed 1 b");
            assertThat(words(rule.ended(ONE))).isEqualTo("start 1 b; start 2 a");
        }

        @Test
        void all_that_had_the_name_are_waited_for() {
            ScanRule rule = in("supervised");
            FileStatus.Id three = new FileStatus.Id(8, 3);
            rule.scanned(Map.of(ONE, OsString.of("a"), TWO, OsString.of("b")));
            rule.scanned(seen(TWO, "a"));
            rule.scanned(seen(three, "a"));

            assertThat(words(rule.ended(ONE))).isEmpty();
            assertThat(words(rule.ended(TWO))).isEqualTo("start 3 a");
        }

        @Test
        void who_follows_is_not_started_after_a_stop() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(TWO, "a"));

            assertThat(words(rule.stop())).isEqualTo("terminate 1");
            assertThat(words(rule.ended(ONE))).isEmpty();
            assertThat(rule.isEmpty()).isTrue();
        }

        @Test
        void pause_from_before_does_not_start_who_follows() {
            ScanRule rule = in("ended");
            rule.scanned(seen(TWO, "a"));
            rule.scanned(seen(ONE, "a"));

            assertThat(phase(rule, ONE)).isEqualTo("following");
            assertThat(words(rule.waited(ONE))).isEmpty();
            assertThat(words(rule.ended(TWO))).isEqualTo("start 1 a");
        }

        @Test
        void a_renamed_entry_is_told_once_and_changes_nothing() {
            ScanRule rule = in("supervised");

            List<ScanRule.Action> done = rule.scanned(seen(ONE, "renamed"));

            assertThat(words(done)).isEqualTo("renamed 1 renamed");
            assertThat(phase(rule)).isEqualTo("supervised");
            assertThat(rule.scanned(seen(ONE, "renamed"))).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"ended", "failed"})
        void after_a_renaming_the_next_runsv_gets_the_new_name(String phase) {
            ScanRule rule = in(phase);
            assertThat(words(rule.scanned(seen(ONE, "renamed")))).isEqualTo("renamed 1 renamed");

            List<ScanRule.Action> done = rule.waited(ONE);

            assertThat(words(done)).isEqualTo("start 1 renamed");
        }

        @Test
        void renamed_while_its_runsv_was_at_work_the_next_one_gets_the_new_name() {
            ScanRule rule = in("supervised");
            rule.scanned(seen(ONE, "renamed"));
            rule.ended(ONE);

            List<ScanRule.Action> done = rule.waited(ONE);

            assertThat(words(done)).isEqualTo("start 1 renamed");
        }

        @Test
        void renamed_while_returning_the_next_runsv_gets_the_new_name() {
            ScanRule rule = in("returning");
            assertThat(words(rule.scanned(seen(ONE, "renamed")))).isEqualTo("renamed 1 renamed");

            List<ScanRule.Action> done = rule.ended(ONE);

            assertThat(words(done)).isEqualTo("start 1 renamed");
        }

        @Test
        void of_two_entries_for_one_directory_the_other_takes_over_without_a_break() {
            ScanRule rule = new ScanRule();
            Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
            seen.putIfAbsent(ONE, OsString.of("a"));
            seen.putIfAbsent(ONE, OsString.of("b"));

            List<ScanRule.Action> first = rule.scanned(seen);
            List<ScanRule.Action> second = rule.scanned(seen(ONE, "b"));

            assertThat(words(first)).isEqualTo("start 1 a");
            assertThat(words(second)).isEqualTo("renamed 1 b");
        }

        @Test
        void another_device_is_another_service() {
            ScanRule rule = in("supervised");
            FileStatus.Id sameInode = new FileStatus.Id(9, ONE.inode());

            List<ScanRule.Action> done = rule.scanned(Map.of(ONE, OsString.of("a"), sameInode, OsString.of("b")));

            assertThat(done).containsExactly(new ScanRule.Start(sameInode, OsString.of("b")));
        }
    }

    @Nested
    class Runsv {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | wait 1 | ended
                leaving | '' | unknown
                returning | start 1 a | supervised
                """)
        void that_has_ended(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.ended(ONE);

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | wait 1 | failed
                leaving | wait 1 | leaving
                returning | wait 1 | returning
                """)
        void that_has_failed(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.failed(ONE);

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | '' | supervised
                ended | start 1 a | supervised
                failed | start 1 a | supervised
                leaving | '' | leaving
                returning | '' | returning
                lost | start 1 a; terminate 1 | leaving
                coming | start 1 a; terminate 1 | returning
                """)
        void after_a_pause(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.waited(ONE);

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @Test
        void of_a_forgotten_service_is_not_made_after_the_pause() {
            ScanRule rule = in("ended");
            rule.scanned(nothing());

            List<ScanRule.Action> done = rule.waited(ONE);

            assertThat(done).isEmpty();
            assertThat(rule.knows(ONE)).isFalse();
        }

        @Test
        void that_failed_and_whose_entry_is_gone_is_made_only_once_more() {
            ScanRule rule = in("failed");
            rule.scanned(nothing());

            List<ScanRule.Action> afterOldPause = rule.waited(ONE);
            List<ScanRule.Action> ended = rule.ended(ONE);

            assertThat(afterOldPause).isEmpty();
            assertThat(ended).isEmpty();
            assertThat(rule.knows(ONE)).isFalse();
        }

        @Test
        void is_not_doubled_by_a_pause_from_before_its_entry_vanished_and_came_back() {
            ScanRule rule = in("ended");
            rule.scanned(nothing());
            rule.scanned(seen(ONE, "a"));
            rule.scanned(nothing());

            List<ScanRule.Action> done = rule.waited(ONE);

            assertThat(done).isEmpty();
        }

        @Test
        void that_fails_again_while_it_is_to_end_is_made_again_to_end() {
            ScanRule rule = in("lost");
            rule.waited(ONE);

            List<ScanRule.Action> failed = rule.failed(ONE);
            List<ScanRule.Action> waited = rule.waited(ONE);

            assertThat(words(failed)).isEqualTo("wait 1");
            assertThat(words(waited)).isEqualTo("start 1 a; terminate 1");
        }

        @Test
        void whose_entry_came_back_while_it_had_failed_ends_first_and_is_then_made_for_good() {
            ScanRule rule = in("coming");
            rule.waited(ONE);

            List<ScanRule.Action> done = rule.ended(ONE);

            assertThat(words(done)).isEqualTo("start 1 a");
            assertThat(phase(rule)).isEqualTo("supervised");
        }

        @Test
        void of_an_unknown_service_is_a_mistake() {
            ScanRule rule = new ScanRule();

            assertThatThrownBy(() -> rule.ended(ONE)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> rule.failed(ONE)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Stop {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | terminate 1 | leaving
                ended | '' | unknown
                failed | start 1 a; terminate 1 | leaving
                leaving | terminate 1 | leaving
                returning | terminate 1 | leaving
                lost | '' | leaving
                coming | '' | leaving
                """)
        void a_service(String phase, String actions, String next) {
            ScanRule rule = in(phase);

            List<ScanRule.Action> done = rule.stop();

            assertThat(words(done)).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | false
                ended | true
                failed | false
                leaving | false
                returning | false
                lost | false
                coming | false
                """)
        void nothing_is_left_to_end(String phase, boolean empty) {
            ScanRule rule = in(phase);

            assertThat(rule.isEmpty()).isEqualTo(empty);
        }

        @Test
        void nothing_is_started_afterwards() {
            ScanRule rule = in("supervised");
            rule.stop();

            List<ScanRule.Action> done = rule.scanned(seen(TWO, "b"));

            assertThat(done).isEmpty();
            assertThat(rule.knows(TWO)).isFalse();
        }

        @Test
        void a_second_time_changes_nothing() {
            ScanRule rule = in("supervised");
            rule.stop();

            List<ScanRule.Action> done = rule.stop();

            assertThat(done).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"failed", "leaving", "returning"})
        void whoever_was_asked_at_the_end_is_not_asked_again(String phase) {
            ScanRule rule = in(phase);
            rule.stop();

            List<ScanRule.Action> done = rule.stop();

            assertThat(done).isEmpty();
        }

        @Test
        void a_service_whose_entry_had_come_back_is_not_made_again() {
            ScanRule rule = in("returning");
            rule.stop();

            List<ScanRule.Action> done = rule.ended(ONE);

            assertThat(done).isEmpty();
            assertThat(rule.isEmpty()).isTrue();
        }

        @Test
        void a_failed_one_is_ended_even_if_it_fails_again() {
            ScanRule rule = in("failed");
            rule.stop();
            rule.failed(ONE);

            List<ScanRule.Action> waited = rule.waited(ONE);
            boolean emptyBefore = rule.isEmpty();
            rule.ended(ONE);

            assertThat(words(waited)).isEqualTo("start 1 a; terminate 1");
            assertThat(emptyBefore).isFalse();
            assertThat(rule.isEmpty()).isTrue();
        }

        @Test
        void without_any_service_everything_is_empty() {
            ScanRule rule = new ScanRule();

            List<ScanRule.Action> done = rule.stop();

            assertThat(done).isEmpty();
            assertThat(rule.isEmpty()).isTrue();
        }
    }

    @Nested
    class StopInOrder {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                supervised | 1 | supervised | terminate 1 | leaving
                ended | '' | unknown | '' | unknown
                failed | 1 | failed | start 1 a; terminate 1 | leaving
                leaving | 1 | leaving | terminate 1 | leaving
                returning | 1 | leaving | terminate 1 | leaving
                lost | '' | leaving | '' | leaving
                coming | '' | leaving | '' | leaving
                """)
        void a_service(String phase, String goesOn, String meanwhile, String actions, String next) {
            ScanRule rule = in(phase);

            List<FileStatus.Id> begun = rule.beginStop();

            assertThat(begun.stream().map(id -> String.valueOf(id.inode())).collect(joining(" ")))
                    .isEqualTo(goesOn);
            assertThat(phase(rule)).isEqualTo(meanwhile);
            assertThat(words(rule.stop(ONE))).isEqualTo(actions);
            assertThat(phase(rule)).isEqualTo(next);
            assertThat(words(rule.stop(ONE))).isEmpty();
        }

        @Test
        void order_is_that_of_the_starts() {
            ScanRule rule = new ScanRule();
            FileStatus.Id three = new FileStatus.Id(8, 3);
            rule.scanned(seen(TWO, "b"));
            Map<FileStatus.Id, OsString> all = new LinkedHashMap<>(seen(ONE, "a"));
            all.put(TWO, OsString.of("b"));
            all.put(three, OsString.of("c"));
            rule.scanned(all);
            rule.failed(TWO);
            rule.waited(TWO);

            assertThat(rule.beginStop()).containsExactly(TWO, ONE, three);
        }

        @Test
        void one_that_waits_for_another_to_end_is_not_started() {
            ScanRule rule = in("leaving");
            rule.scanned(seen(TWO, "a"));

            assertThat(rule.beginStop()).containsExactly(ONE);
            assertThat(words(rule.ended(ONE))).isEmpty();
            assertThat(rule.isEmpty()).isTrue();
        }

        @Test
        void nothing_is_started_meanwhile_and_who_ends_is_over() {
            ScanRule rule = in("supervised");
            rule.beginStop();

            assertThat(words(rule.scanned(Map.of(ONE, OsString.of("a"), TWO, OsString.of("b")))))
                    .isEmpty();
            assertThat(rule.isEmpty()).isFalse();
            assertThat(words(rule.ended(ONE))).isEmpty();
            assertThat(rule.knows(ONE)).isFalse();
            assertThat(rule.isEmpty()).isTrue();
        }

        @Test
        void one_that_fails_meanwhile_goes_on_until_it_is_asked() {
            ScanRule rule = in("supervised");
            rule.beginStop();

            assertThat(words(rule.failed(ONE))).isEqualTo("wait 1");
            assertThat(words(rule.waited(ONE))).isEqualTo("start 1 a");
            assertThat(words(rule.stop(ONE))).isEqualTo("terminate 1");
        }

        @Test
        void all_the_rest_may_be_stopped_at_once() {
            ScanRule rule = in("supervised");
            rule.beginStop();

            assertThat(words(rule.stop())).isEqualTo("terminate 1");
        }
    }

    @Nested
    class Walk {

        private static final int STEPS = 300;

        static LongStream seeds() {
            return LongStream.rangeClosed(1, 100);
        }

        @ParameterizedTest(name = "seed {0}")
        @MethodSource("seeds")
        void never_makes_two_runsv_of_one_service_and_ends_what_is_not_wanted(long seed) {
            World world = new World(new Random(seed));

            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            world.stop();
            world.everybodyEnds();

            assertThat(world.alive).isEmpty();
            assertThat(world.leftBehind).isEmpty();
            assertThat(world.rule.isEmpty()).isTrue();
        }

        @ParameterizedTest(name = "seed {0}")
        @MethodSource("seeds")
        void comes_to_rest_with_a_runsv_for_each_directory_that_has_an_entry(long seed) {
            World world = new World(new Random(seed));

            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            world.settle();

            assertThat(world.alive.keySet())
                    .as("%s after\n%s", world.entries, world.story)
                    .isEqualTo(new HashSet<>(world.entries.values()));
            assertThat(world.alive).doesNotContainValue(true);
        }
    }

    /** A directory that changes, runsv that end and fail, and pauses of which old ones may still be under way. */
    private static final class World {
        private static final int STEPS_TO_END = 1_000;
        private static final long FIRST_LEFT = 10;

        private final Random random;
        private final ScanRule rule = new ScanRule();
        private final Map<String, Long> entries = new TreeMap<>();
        /** Whether it has been told to end, for each runsv. */
        private final Map<Long, Boolean> alive = new TreeMap<>();

        private final Set<Long> leftBehind = new HashSet<>();
        private final List<Long> pauses = new ArrayList<>();
        private List<OsString> undecidedAtScan = List.of();
        private final StringBuilder story = new StringBuilder();
        private final Map<Long, OsString> lastName = new TreeMap<>();
        private Map<FileStatus.Id, OsString> lastSeen = Map.of();
        private Map<FileStatus.Id, ScanRule.Known> knownBefore = Map.of();
        private boolean stopped;

        /** By a launcher before this one: of which it is not known whether they run, and those that do. */
        private final Map<Long, OsString> undecided = new TreeMap<>();

        private final Map<Long, OsString> left = new TreeMap<>();

        World(Random random) {
            this.random = random;
        }

        private static FileStatus.Id id(long inode) {
            return new FileStatus.Id(8, inode);
        }

        void step() {
            long inode = random.nextInt(6);
            String name = "name" + random.nextInt(4);
            switch (random.nextInt(9)) {
                case 0 -> entries.put(name, inode);
                case 1 -> entries.remove(name);
                case 2, 3 -> scan();
                case 4 -> end(inode);
                case 5 -> fail(inode);
                case 6 -> findUndecided(FIRST_LEFT + inode, OsString.of(name));
                case 7 -> decide(FIRST_LEFT + inode);
                default -> endPause();
            }
        }

        private void findUndecided(long inode, OsString name) {
            if (!rule.knows(id(inode)) && !left.containsKey(inode)) {
                undecided.put(inode, name);
            }
        }

        private void decide(long inode) {
            OsString name = undecided.remove(inode);
            if (name != null && random.nextBoolean()) {
                left.put(inode, name);
            }
        }

        private static Map<FileStatus.Id, OsString> byId(Map<Long, OsString> services) {
            Map<FileStatus.Id, OsString> byId = new LinkedHashMap<>();
            services.forEach((inode, name) -> byId.put(id(inode), name));
            return byId;
        }

        private void lookForThoseLeft() {
            left.forEach((inode, name) -> {
                perform("left " + inode + " " + name, rule.left(Map.of(id(inode), name)));
                lastName.put(inode, name);
            });
            left.clear();
            story.append("undecided ").append(undecided).append('\n');
            rule.undecided(byId(undecided));
            undecidedAtScan = List.copyOf(undecided.values());
        }

        private void scan() {
            lookForThoseLeft();
            Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
            entries.forEach((name, inode) -> seen.putIfAbsent(id(inode), OsString.of(name)));
            lastSeen = seen;
            seen.forEach((id, name) -> lastName.put(id.inode(), name));
            perform("scan " + entries, rule.scanned(seen));
            for (Map.Entry<Long, Boolean> runsv : alive.entrySet()) {
                assertThat(entries.containsValue(runsv.getKey()) || runsv.getValue())
                        .as("runsv %s is unwanted and not told after\n%s", runsv.getKey(), story)
                        .isTrue();
            }
            for (long inode : entries.values()) {
                assertThat(rule.knows(id(inode))).isTrue();
            }
        }

        private void end(long inode) {
            if (alive.remove(inode) != null) {
                leftBehind.remove(inode);
                perform("end " + inode, rule.ended(id(inode)));
            }
        }

        private void fail(long inode) {
            if (alive.remove(inode) != null) {
                leftBehind.add(inode);
                perform("fail " + inode, rule.failed(id(inode)));
            }
        }

        private void endPause() {
            if (!pauses.isEmpty()) {
                long inode = pauses.remove(random.nextInt(pauses.size()));
                perform("waited " + inode, rule.waited(id(inode)));
            }
        }

        private boolean isNew(ScanRule.Start start) {
            ScanRule.Known before = knownBefore.get(start.id());
            return before == null || before.phase() == Phase.FOLLOWING;
        }

        /** Whether a runsv that is to end, or has failed, had an entry of this name, and has none now. */
        private boolean isLeftUnder(OsString name) {
            return lastName.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(name) && !lastSeen.containsKey(id(entry.getKey())))
                    .map(Map.Entry::getKey)
                    .anyMatch(inode -> alive.getOrDefault(inode, false) || leftBehind.contains(inode));
        }

        /** Who is told to end does so, who is waited for comes. */
        void settle() {
            undecided.clear();
            scan();
            for (int i = 0; i < STEPS_TO_END && !(pauses.isEmpty() && !alive.containsValue(true)); i++) {
                for (long inode : List.copyOf(alive.keySet())) {
                    if (alive.getOrDefault(inode, false)) {
                        end(inode);
                    }
                }
                endPause();
            }
        }

        void stop() {
            stopped = true;
            // who has been told may have had to go on since
            alive.replaceAll((inode, told) -> false);
            perform("stop", rule.stop());
            assertThat(alive.values()).as("told to end after\n%s", story).doesNotContain(false);
        }

        void everybodyEnds() {
            for (int i = 0; i < STEPS_TO_END && !(alive.isEmpty() && pauses.isEmpty()); i++) {
                for (long inode : List.copyOf(alive.keySet())) {
                    end(inode);
                }
                endPause();
            }
        }

        private void perform(String event, List<ScanRule.Action> actions) {
            story.append(event).append(" -> ").append(words(actions)).append('\n');
            for (ScanRule.Action action : actions) {
                if (action instanceof ScanRule.Start start) {
                    long inode = start.id().inode();
                    assertThat(alive).as("a second runsv in\n%s", story).doesNotContainKey(inode);
                    assertThat(!stopped || leftBehind.contains(inode))
                            .as("start after stop in\n%s", story)
                            .isTrue();
                    OsString name = lastSeen.getOrDefault(start.id(), start.name());
                    assertThat(start.name()).as("name in\n%s", story).isEqualTo(name);
                    boolean isLeft = inode >= FIRST_LEFT;
                    assertThat(!isLeft && isNew(start) && (isLeftUnder(name) || undecidedAtScan.contains(name)))
                            .as("started beside the former of its name in\n%s", story)
                            .isFalse();
                    alive.put(inode, false);
                } else if (action instanceof ScanRule.Terminate terminate) {
                    Boolean told = alive.put(terminate.id().inode(), true);
                    assertThat(told).as("told once, and alive, in\n%s", story).isEqualTo(false);
                } else if (action instanceof ScanRule.Wait wait) {
                    pauses.add(wait.id().inode());
                }
            }
            knownBefore = rule.known();
            for (Map.Entry<FileStatus.Id, ScanRule.Known> known : rule.known().entrySet()) {
                long inode = known.getKey().inode();
                Phase phase = known.getValue().phase();
                assertThat(alive.containsKey(inode))
                        .as("runsv %s after\n%s", inode, story)
                        .isEqualTo(known.getValue().hasRunsv());
                assertThat(phase == Phase.ENDED && leftBehind.contains(inode)).isFalse();
                boolean follows = phase == Phase.FOLLOWING
                        && (alive.containsValue(true) || !leftBehind.isEmpty() || !undecidedAtScan.isEmpty());
                assertThat(!known.getValue().hasRunsv() && !pauses.contains(inode) && !follows)
                        .as("service %s is waited for by nobody after\n%s", inode, story)
                        .isFalse();
            }
            assertThat(rule.known().keySet().stream().map(FileStatus.Id::inode))
                    .as("nothing that is left is forgotten in\n%s", story)
                    .containsAll(alive.keySet())
                    .containsAll(leftBehind);
        }
    }
}
