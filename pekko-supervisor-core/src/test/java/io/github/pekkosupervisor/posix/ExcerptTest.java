package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExcerptTest {

    private static final String SMILE = "\ud83d\ude00";

    @ParameterizedTest
    @CsvSource({"'', ''", "ab, ab", "abc, abc", "abcd, abc...", "abcdefg, abc..."})
    void what_exceeds_the_limit_is_cut(String text, String excerpt) {
        assertThat(Excerpt.of(text, 3)).isEqualTo(excerpt);
    }

    @Test
    void a_character_of_two_is_in_it_or_not() {
        assertThat(Excerpt.of("ab" + SMILE + "c", 3)).isEqualTo("ab...");
        assertThat(Excerpt.of("ab" + SMILE + "c", 4)).isEqualTo("ab" + SMILE + "...");
        assertThat(Excerpt.of("ab" + SMILE, 4)).isEqualTo("ab" + SMILE);
    }

    @Test
    void half_a_character_is_cut_as_it_is() {
        assertThat(Excerpt.of("ab\ud83dcd", 3)).isEqualTo("ab\ud83d...");
    }

    /** The cut is at 197: after 13 characters of ASCII and 92 of two it is between characters, after 14 it is not. */
    @ParameterizedTest
    @CsvSource({"'', 92", "x, 91"})
    void a_process_whose_command_is_long_is_shown_by_whole_characters(String more, int whole) throws Exception {
        try (Posix posix = Posix.open(PosixSettings.defaults());
                Pipe pipe = posix.pipe()) {
            ChildProcess child = posix.spawn(new SpawnRequest(
                    List.of(
                            OsString.of("sh"),
                            OsString.of("-c"),
                            OsString.of("read x"),
                            OsString.of(more + SMILE.repeat(150))),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(pipe.readEnd()),
                    Optional.empty(),
                    Optional.empty(),
                    SpawnRequest.Grouping.OWN_SESSION));
            try {
                // a spawn is over a moment before the kernel shows the arguments
                await().untilAsserted(() -> assertThat(child.groupMembers())
                        .containsExactly(
                                new GroupMember(child.pid(), "sh -c read x " + more + SMILE.repeat(whole) + "...")));
            } finally {
                child.signal(Signal.KILL);
                assertThat(child.exit().toCompletableFuture().get(40, TimeUnit.SECONDS))
                        .isEqualTo(ExitStatus.ofSignal(Signal.KILL.number()));
            }
        }
    }
}
