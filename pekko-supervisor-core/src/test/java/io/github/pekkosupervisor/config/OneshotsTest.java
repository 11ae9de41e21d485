package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a file that cannot be used seems to be of a oneshot. */
final class OneshotsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "oneshot = true, start_timeout = 60s | true",
                "oneshot=true | true",
                "oneshot : yes | true",
                "^oneshot^ = ^true^ | true",
                "output = log~  oneshot = true | true",
                "{ oneshot = true | true",
                "oneshot = ${X} | true",
                "oneshot-again = once | true",
                "one-shot = true | true",
                "onshot = true | true",
                "Oneshot = true | true",
                "oneshot_again = group | true",
                "type = oneshot | true",
                "Type = ^oneshot^ | true",
                "oneshot = false, foo = 1 | false",
                "oneshot = False | false",
                "oneshot = ^NO^ | false",
                "oneshot = 0 | false",
                "oneshot = false, oneshot-again = group, foo = 1 | false",
                "oneshot-again = group, oneshot = false, foo = 1 | false",
                "# oneshot = true~foo = 1 | false",
                "foo = 1 // oneshot = true | false",
                "redy { tcp = 1 } | false",
                "log { directory = oneshot.d } | false",
                "'' | false"
            })
    void is_seen_by_its_keys(String text, boolean meant) {
        assertThat(Oneshots.areMeant(text.replace('^', '"').replace('~', '\n'))).isEqualTo(meant);
    }
}
