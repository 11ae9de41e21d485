package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the rights of somebody else can be had; what they do is shown by trees of other users. */
final class UserRightsTest {

    private static final String SOMEBODY = ":64731:64731";
    private static final String SETPRIV = "/usr/bin/setpriv";

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

    /** Who is in it must be looked up, and each of them be held while he is looked at. */
    @Test
    void a_group_is_signalled_where_all_descriptors_are_used() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(SETPRIV)), "no setpriv to become another user with");
        ClassLoader bearer = asked().orElseThrow().bearer();
        Process leader = new ProcessBuilder(
                        SETPRIV,
                        "--reuid=64731",
                        "--regid=64731",
                        "--clear-groups",
                        "setsid",
                        "sh",
                        "-c",
                        "sleep 100000 & echo begun; sleep 100000")
                .redirectInput(Redirect.from(new File("/dev/null")))
                .start();
        int group = Math.toIntExact(leader.pid());
        try (InputStream output = leader.getInputStream()) {
            assertThat(output.readNBytes(6)).asString(UTF_8).isEqualTo("begun\n");

            assertThat(sentWhereAllAreUsed(bearer, group)).succeedsWithin(Duration.ofMinutes(1));

            // each of them has it open
            assertThat(CompletableFuture.supplyAsync(() -> rest(output)))
                    .succeedsWithin(Duration.ofMinutes(1))
                    .isEqualTo("");
            assertThat(shareOf(bearer).open()).isZero();
        } finally {
            ProcessCalls.kill(-group, Signal.KILL);
            leader.waitFor();
        }
    }

    private static String rest(InputStream output) {
        try {
            return new String(output.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DescriptorShare shareOf(ClassLoader bearer) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(bearer);
        try {
            return Objects.requireNonNull(BorrowedRights.shareOfThread());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static CompletableFuture<Boolean> sentWhereAllAreUsed(ClassLoader bearer, int group) {
        return RefusedCalls.doneWhereAllDescriptorsAreUsed(() -> {
            // the thread is for this alone
            Thread.currentThread().setContextClassLoader(bearer);
            return GroupSignal.send(group, Signal.TERM);
        });
    }
}
