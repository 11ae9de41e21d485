package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserDatabaseTest {

    @Test
    void root_is_known() throws PosixException {
        assertThat(UserDatabase.user(OsString.of("root"))).isEqualTo(new UserDatabase.User(0, 0));
        assertThat(UserDatabase.group(OsString.of("root"))).isZero();
    }

    @Test
    void unknown_name_is_no_failure() throws PosixException {
        assertThat(UserDatabase.user(OsString.of("no-such-user"))).isNull();
        assertThat(UserDatabase.group(OsString.of("no-such-group"))).isEqualTo(-1);
    }
}
