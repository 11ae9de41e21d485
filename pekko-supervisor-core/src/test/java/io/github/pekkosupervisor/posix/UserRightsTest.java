package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the rights of somebody else can be had; what they do is shown by trees of other users. */
final class UserRightsTest {

    private static final String SOMEBODY = ":64731:64731";

    @BeforeEach
    void only_root_can_have_them() {
        assumeTrue(OwnProcess.user() == BorrowedRights.ROOT, "needs root");
    }

    private static Optional<UserRights> asked() throws PosixException {
        return UserRights.of(Account.of(SOMEBODY), OptionalInt.empty());
    }

    /** As before Linux 5.6, and as in a container whose engine does not know the call. */
    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    void they_are_not_to_be_had_where_links_to_what_is_open_cannot_be_refused(String errno) {
        try (RefusedCalls refused = RefusedCalls.all("syscall", errno)) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(UserRightsTest::asked)
                    .withMessageContaining("since openat2 cannot be called; it takes Linux 5.6")
                    .satisfies(e -> assertThat(e.call()).isEqualTo("user"));
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void want_of_a_descriptor_for_that_look_is_no_reason_to_refuse_them() throws Exception {
        try (RefusedCalls refused = RefusedCalls.all("syscall", "EMFILE")) {
            assertThat(asked()).isPresent();
            assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
        }
    }
}
