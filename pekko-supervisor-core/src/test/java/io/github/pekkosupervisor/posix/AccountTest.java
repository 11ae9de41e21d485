package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is meant by a text in {@code chpst}'s form. */
final class AccountTest {

    @ParameterizedTest
    @CsvSource({
        "root, 0, '[0]'",
        "root:daemon:adm, 0, '[1, 4]'",
        "nobody, 65534, '[65534]'",
        ":1000:100, 1000, '[100]'",
        ":0:5:6, 0, '[5, 6]'",
        ":4294967294:1, -2, '[1]'"
    })
    void a_user_has_the_groups_that_are_named_or_its_own(String text, int user, String groups) throws PosixException {
        assertThat(Account.mistake(text)).isEmpty();

        Account account = Account.of(text);

        assertThat(account.user()).isEqualTo(user);
        assertThat(account.groups()).hasToString(groups);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":", "app:", "app::adm", ":app:100", ":1000", ":1000:", ":-1:5", ":4294967295:1", "a\0"})
    void what_is_no_such_text_is_a_mistake(String text) {
        assertThat(Account.mistake(text)).isPresent();
    }

    @Test
    void more_groups_than_chpst_takes_are_a_mistake() {
        assertThat(Account.mistake("app" + ":g".repeat(60))).isEmpty();
        assertThat(Account.mistake("app" + ":g".repeat(61))).contains("must have at most 60 groups, had 61");
    }

    @ParameterizedTest
    @CsvSource({
        "no-such-user, 'user no-such-user: there is no user of this name; correct it, make the user, or write :UID:GID"
                + " (ENOENT)'",
        "root:no-such-group, 'user no-such-group: there is no group of this name; correct it, or make the group (ENOENT)'"
    })
    void who_is_not_known_is_named(String text, String message) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> Account.of(text))
                .withMessage(message);
    }

    @Test
    void the_own_user_with_other_groups_is_told_what_to_do() {
        assertThat(Account.ownWithOtherGroups(5, 5))
                .hasValueSatisfying(words -> assertThat(words).contains("leave user out", "NAME:GROUP:GROUP"));
        assertThat(Account.ownWithOtherGroups(5, 6)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'1000 1000 1000 1000', '100 100 100 100', '', true",
        "'1000 1000 1000 1000', '100 100 100 100', '100', true",
        "'1000 1000 1000 1000', '100 100 100 100', '4 100', false",
        "'1000 0 1000 1000', '100 100 100 100', '', false",
        "'1000 1000 1000 1000', '100 4 100 100', '', false",
        "'', '', '', true"
    })
    void whoever_has_exactly_that_need_not_become_it(String users, String groups, String further, boolean is) {
        assertThat(new Account(1000, List.of(100)).isWhoIs(users, groups, further))
                .isEqualTo(is);
    }

    @Test
    void further_groups_have_to_be_there() {
        Account account = new Account(1000, List.of(100, 4));

        assertThat(account.isWhoIs("1000 1000", "100 100", "4")).isTrue();
        assertThat(account.isWhoIs("1000 1000", "100 100", "")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "e0, true", "c0, false", "1ffffffffff, true"})
    void it_takes_the_capabilities_to_change_user_and_groups_and_to_signal(String capabilities, boolean may) {
        assertThat(Account.mayBecome(Long.parseLong(capabilities, 16))).isEqualTo(may);
    }
}
