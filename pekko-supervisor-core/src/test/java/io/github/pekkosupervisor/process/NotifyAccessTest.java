package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Kinship;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** About process 100 of user 1000; this JVM is of user 500. */
final class NotifyAccessTest {

    private static final Set<Integer> USERS = Set.of(0, 500, 1000);

    /** Kinship as group/session/parent-grandparent; - for one that is not there any more. */
    private static NotifyAccess.Sender sender(int pid, int user, String kinship) {
        if (kinship.equals("-")) {
            return new NotifyAccess.Sender(pid, user, Optional.empty());
        }
        String[] parts = kinship.split("/", -1);
        List<Integer> ancestors =
                Arrays.stream(parts[2].split("-", -1)).map(Integer::valueOf).toList();
        return new NotifyAccess.Sender(
                pid, user, Optional.of(new Kinship(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), ancestors)));
    }

    @ParameterizedTest
    @CsvSource({
        // sender, user, kinship, leads, main, group, all
        "100, 1000, 100/100/1,     true,  true,  true,  true",
        "100, 4,    7/7/1,         false, true,  true,  true",
        "101, 1000, 100/100/100-1, true,  false, true,  true",
        "101, 4,    100/7/9,       true,  false, true,  false",
        "101, 4,    7/100/9,       true,  false, true,  false",
        "101, 1000, 100/100/9,     false, false, false, true",
        "101, 4,    7/7/9-100-1,   false, false, true,  false",
        "101, 1000, 7/7/9-1,       true,  false, false, true",
        "101, 4,    7/7/9-1,       true,  false, false, false",
        "101, 1000, -,             true,  false, true,  true",
        "101, 500,  -,             true,  false, true,  true",
        "101, 0,    -,             false, false, true,  true",
        "101, 4,    -,             true,  false, false, false",
        "0,   4,    -,             true,  false, false, false",
    })
    void whose_messages_count(
            int pid, int user, String kinship, boolean leads, boolean main, boolean group, boolean all) {
        NotifyAccess.Sender sender = sender(pid, user, kinship);
        NotifyAccess.Subject subject = new NotifyAccess.Subject(100, leads, USERS);

        assertThat(NotifyAccess.MAIN.permits(sender, subject)).isEqualTo(main);
        assertThat(NotifyAccess.GROUP.permits(sender, subject)).isEqualTo(group);
        assertThat(NotifyAccess.ALL.permits(sender, subject)).isEqualTo(all);
    }

    @ParameterizedTest
    @CsvSource({
        // ticks when it was named, ticks of who has its number now, of its users, counts
        "70, 70, false, true",
        "70, 71, false, false",
        "70, 71, true,  false",
        "70, ,   false, false",
        "70, ,   true,  true",
        "0,  71, false, false",
        "0,  71, true,  true",
        "0,  ,   false, false",
    })
    void whether_who_has_the_number_of_a_main_process_is_still_that(
            long named, @Nullable Long now, boolean ofItsUsers, boolean counts) {
        Optional<ProcessIdentity> there =
                Optional.ofNullable(now).map(ticks -> new ProcessIdentity(200, ticks, "boot"));

        assertThat(NotifyAccess.isStill(new ProcessIdentity(200, named, "boot"), there, ofItsUsers))
                .isEqualTo(counts);
    }
}
