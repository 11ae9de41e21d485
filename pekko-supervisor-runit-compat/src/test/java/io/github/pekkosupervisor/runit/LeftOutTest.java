package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import org.junit.jupiter.api.Test;

class LeftOutTest {

    private final LeftOut left = new LeftOut();

    private void add(String... names) {
        for (String name : names) {
            left.add(OsString.of(name));
        }
    }

    @Test
    void first_one_is_told_of_with_those_that_follow() {
        assertThat(left.add(OsString.of("web"))).contains(LeftOut.COLLECTED_WITHIN);
        assertThat(left.add(OsString.of("db"))).isEmpty();

        assertThat(left.look(name -> true)).contains(LeftOut.LOOK);
        assertThat(left.tell(20_000, false))
                .contains("this process may have 20000 open files, and they are used up: 2 service directories are not"
                        + " supervised, db, web; what runs goes on, and these are taken on when there is room; raise the"
                        + " limit (LimitNOFILE=, ulimit -n, prlimit --nofile), or have fewer in one launcher");
    }

    @Test
    void they_are_told_of_once_while_there_are_some() {
        add("web");
        left.tell(64, false);
        add("db");

        assertThat(left.look(name -> true)).contains(LeftOut.LOOK);
        assertThat(left.tell(64, false)).isEmpty();
    }

    @Test
    void one_that_has_found_room_meanwhile_is_not_told_of() {
        add("web", "db");

        assertThat(left.look(name -> name.equals("db"))).contains(LeftOut.LOOK);
        assertThat(left.tell(-1, false).orElseThrow())
                .startsWith("this process may have no more open files, and they are used up: 1 service directory is not"
                        + " supervised, db; ");
    }

    @Test
    void they_are_told_of_again_after_all_have_found_room() {
        add("web");
        left.tell(64, false);

        assertThat(left.look(name -> false)).isEmpty();
        assertThat(left.tell(64, false)).isEmpty();

        assertThat(left.add(OsString.of("web"))).contains(LeftOut.COLLECTED_WITHIN);
        assertThat(left.tell(64, false)).isPresent();
    }

    @Test
    void many_are_counted() {
        for (int i = 10; i < 27; i++) {
            add("s" + i);
        }

        assertThat(left.tell(64, false).orElseThrow())
                .contains(
                        ": 17 service directories are not supervised, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19"
                                + " and 7 more; ");
    }

    @Test
    void a_tree_of_another_user_is_told_of_its_share() {
        left.add(OsString.of("web"));

        assertThat(left.tell(128, true).orElseThrow())
                .isEqualTo(
                        "this tree may have 128 of the launcher's open files, and all trees of other users half of them, and"
                                + " these are used up: 1 service directory is not supervised, web; what runs goes on, and these are taken"
                                + " on when there is room; have open-files of tree { } raised, or have fewer");
    }
}
