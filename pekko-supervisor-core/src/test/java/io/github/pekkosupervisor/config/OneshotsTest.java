package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a file that cannot be used seems to be of a oneshot, or to name a user. */
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
                "ready { http = ^http://[::1]/^ }, oneshot = true, foo = 1 | true",
                "foo{oneshot=true} | true",
                "oneshot += true | true",
                "include ^more.conf^ | false",
                "'' | false"
            })
    void is_seen_by_its_keys(String text, boolean meant) {
        assertThat(Oneshots.areMeant(text.replace('^', '"').replace('~', '\n'))).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user = app, foo = 1 | true",
                "^user^:app, foo = 1 | true",
                "usr = app | true",
                "user = ^app | true",
                "tree.user = app | true",
                // what looks like a comment is a part of a text
                "ready { http = ^http://[::1]/^ }, user = app, foo = 1 | true",
                "environment { A = ^1#2^ }, user = app, foo = 1 | true",
                "environment { A = ^a\\^//b^ }, user = app, foo = 1 | true",
                "environment { A = ^^^~//^^^ }, user = app, foo = 1 | true",
                "environment { A = ^http://x }, user = app, foo = 1 | true",
                // without blanks, and with others than usual
                "tree={user=app,directory=/home/app/service,foo=1} | true",
                "a=[user=app] | true",
                "user\u00a0=\u00a0app, foo = 1 | true",
                // no text, which is the mistake
                "user += app | true",
                "user { name = app } | true",
                "user.name = app | true",
                "^user^.name = app | true",
                "tree { user.name = app } | true",
                "tree.user.name = app | true",
                // what belongs together on several lines
                "user~  = app~foo = 1 | true",
                "user # who~= app~foo = 1 | true",
                "user~{ name = app } | true",
                "log { directory = user.log } | false",
                "environment { A = ^a user. b^ } | false",
                "^user^{name=app} | true",
                // what is not read may name one
                "include ^common.conf^ | true",
                "umask = 077~  include required(file(^/etc/common.conf^)) | true",
                "{include ^common.conf^} | true",
                "# user = app~foo = 1 | false",
                "foo = 1 // user = app | false",
                "environment { A = ^1^ } # user = app | false",
                "environment { A = ^1~ # user = app | false",
                "# include ^common.conf^~foo = 1 | false",
                "includes = 1, foo.include = 2 | false",
                "foo = include | false",
                "log { directory = user } | false",
                "environment { A = ^^ } // ^ user = app | false",
                "'' | false"
            })
    void a_user_is_seen_by_the_key(String text, boolean meant) {
        seesAUser(text, meant);
    }

    @Test
    void a_text_of_another_encoding_may_name_a_user() {
        seesAUser("u\0s\0e\0r\0 \0=\0 \0a\0p\0p\0", true);
        seesAUser("\0#\0 \0u\0s\0e\0r\0 \0=\0 \0a", false);
        seesAUser("\0\1\2", false);
    }

    private static void seesAUser(String text, boolean meant) {
        assertThat(Oneshots.isUserMeant(text.replace('^', '"').replace('~', '\n')))
                .isEqualTo(meant);
    }
}
