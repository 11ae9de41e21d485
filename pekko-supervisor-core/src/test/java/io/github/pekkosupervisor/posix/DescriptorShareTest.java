package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tree of another user may have of this process's descriptors. */
class DescriptorShareTest {

    @ParameterizedTest
    @CsvSource({
        "-1, 1024, 128",
        "-1, 1048576, 131072",
        "-1, 100, 32",
        "-1, 40, 20",
        "300, 1024, 300",
        "600, 1024, 512",
        "-1, -1, 268435455",
        "500, -1, 500"
    })
    void it_is_an_eighth_or_what_was_said_and_half_at_most(int said, long limit, int most) {
        OptionalInt asked = said < 0 ? OptionalInt.empty() : OptionalInt.of(said);

        assertThat(DescriptorShare.of(asked, limit).most()).isEqualTo(most);
    }

    @Test
    void what_is_closed_can_be_opened_again() {
        DescriptorShare share = DescriptorShare.of(OptionalInt.of(2), 1024);

        share.opened();
        share.opened();
        assertThat(share.left()).isZero();
        share.closed();

        assertThat(share.left()).isEqualTo(1);
        share.closed();
        assertThat(share.open()).isZero();
    }

    @Test
    void all_of_them_together_have_half() {
        DescriptorShare one = DescriptorShare.of(OptionalInt.of(100), 240);
        DescriptorShare other = DescriptorShare.of(OptionalInt.of(100), 240);
        for (int i = 0; i < 90; i++) {
            one.opened();
        }

        assertThat(other.left()).isEqualTo(30);

        for (int i = 0; i < 90; i++) {
            one.closed();
        }
        assertThat(other.left()).isEqualTo(100);
    }

    /** By the rights of its threads; nothing has to be taken on for that. */
    @Test
    void a_thread_of_a_tree_is_refused_one_more_and_others_are_not() throws Exception {
        BorrowedRights rights = new BorrowedRights(
                OwnProcess.user(),
                List.of(OwnProcess.effectiveGroup()),
                new BorrowedRights.Numbers(-1, -1, -1),
                OwnProcess.groups(),
                OwnProcess.effectiveGroup(),
                DescriptorShare.of(OptionalInt.of(4), 1024));
        List<Descriptor> open = new ArrayList<>();
        CompletableFuture<PosixException> refused = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    // who makes one does not matter
                    open.add(TimerCalls.after(1000));
                }
            } catch (PosixException e) {
                refused.complete(e);
            }
        });
        thread.setContextClassLoader(rights.bearer());
        thread.start();

        assertThat(refused.get().errno()).isEqualTo("EMFILE");
        assertThat(open).hasSize(4);
        TimerCalls.after(1000).close();
        open.forEach(Descriptor::close);
    }
}
