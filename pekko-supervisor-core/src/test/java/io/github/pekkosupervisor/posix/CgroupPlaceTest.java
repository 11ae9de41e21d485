package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where this process is among the control groups, by texts as {@code /proc} has them. */
final class CgroupPlaceTest {

    private static final String OTHERS = """
            22 1 259:1 / / rw,relatime - ext4 /dev/root rw
            31 30 0:28 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            """;

    private static String mount(String root, String point) {
        return OTHERS + "40 30 0:37 " + root + " " + point + " rw,relatime shared:9 - cgroup2 cgroup2 rw\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0::/                  | /        | /sys/fs/cgroup         | /sys/fs/cgroup",
                "0::/                  | /        | /sys/fs/cgroup/unified | /sys/fs/cgroup/unified",
                "0::/a.slice/b.service | /        | /sys/fs/cgroup         | /sys/fs/cgroup/a.slice/b.service",
                "0::/a/b/c             | /a/b     | /sys/fs/cgroup         | /sys/fs/cgroup/c",
                "0::/a/b               | /a/b     | /sys/fs/cgroup         | /sys/fs/cgroup",
                "0::/a                 | /        | /my\\040groups         | /my groups/a",
                "'0::/a\\x2db.service' | /        | /sys/fs/cgroup         | '/sys/fs/cgroup/a\\x2db.service'",
            })
    void its_directory_is_found(String group, String root, String point, String directory) {
        String groups = "4:memory:/process\n" + group + "\n";

        assertThat(CgroupPlace.parse(groups, mount(root, point)))
                .map(CgroupPlace::directory)
                .contains(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4:memory:/a           | /",
                "0::/../b              | /",
                "0::/a (deleted)       | /",
                "0::/a/bc              | /a/b",
                "0::/b                 | /a",
            })
    void there_is_none_where_it_is_not_shown(String group, String root) {
        assertThat(CgroupPlace.parse(group + "\n", mount(root, "/sys/fs/cgroup")))
                .isEmpty();
    }

    @Test
    void there_is_none_without_cgroup_v2() {
        assertThat(CgroupPlace.parse("0::/a\n", OTHERS)).isEmpty();
    }

    @Test
    void groups_above_and_below_have_their_directories() {
        CgroupPlace place = new CgroupPlace("/a/supervisor", "/sys/fs/cgroup/a/supervisor");

        assertThat(place.name()).isEqualTo("supervisor");
        assertThat(place.above()).isEqualTo(new CgroupPlace("/a", "/sys/fs/cgroup/a"));
        assertThat(place.above().below("sv-web")).isEqualTo(new CgroupPlace("/a/sv-web", "/sys/fs/cgroup/a/sv-web"));
        assertThat(new CgroupPlace("/", "/sys/fs/cgroup").below("x"))
                .isEqualTo(new CgroupPlace("/x", "/sys/fs/cgroup/x"));
        assertThat(new CgroupPlace("/", "/sys/fs/cgroup").name()).isEmpty();
    }

    /** So that a service is known as one of a launcher before, wherever that was. */
    @ParameterizedTest
    @CsvSource({
        "0::/, 0::/",
        "0::/a, 0::/a",
        "0::/a/supervisor, 0::/a",
        "0::/supervisor, 0::/",
        "0::/a/supervisor/b, 0::/a/supervisor/b",
        "0::/a/sv-web-0123456789abcdef, 0::/a",
        "0::/sv-web-0123456789abcdef/inner, 0::/",
        "0::/a/sv-web-01234567, 0::/a/sv-web-01234567",
        "4:memory:/a/supervisor, 4:memory:/a/supervisor",
    })
    void launchers_and_their_services_are_where_the_launcher_was(String groups, String home) {
        assertThat(CgroupHome.of("3:cpu:/x\n" + groups + "\n")).isEqualTo("3:cpu:/x\n" + home);
    }

    @Test
    void a_name_is_the_same_for_the_same_and_can_be_read() {
        String name = Cgroup.nameOf("my web/app.1", "one");

        assertThat(name).matches("sv-my_web_app_1-[0-9a-f]{16}").isEqualTo(Cgroup.nameOf("my web/app.1", "one"));
        assertThat(name).isNotEqualTo(Cgroup.nameOf("my web/app.1", "another"));
        assertThat(Cgroup.nameOf("x".repeat(300), "one")).hasSizeLessThan(64);
        assertThat(Cgroup.nameOf("\u00e4", "one")).matches("sv-_-[0-9a-f]{16}");
    }

    /** A launcher that was a service of another one may be elsewhere when it begins again. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "/sv-web-0000000000000001                          | sv-web-0000000000000001 | /    | /sv-web-0000000000000001",
                "/a/sv-web-0000000000000001/inner                  | sv-web-0000000000000001 | /    | /a/sv-web-0000000000000001",
                "/sv-web-0000000000000001/sv-web-0000000000000002  | sv-web-0000000000000001 | /    | /sv-web-0000000000000001",
                "/sv-web-0000000000000001                          | sv-www-0000000000000001 | /    | /sv-web-0000000000000001",
                "/sv-web-0000000000000001                          | sv-web-0000000000000002 | /    | -",
                "/sv-web-0000000000000001/supervisor               | sv-web-0000000000000002 | /    | -",
                "/web-0000000000000001                             | sv-web-0000000000000001 | /    | -",
                "/                                                 | sv-web-0000000000000001 | /    | -",
                "/a/sv-web-0000000000000001                        | -                       | /a   | /a/sv-web-0000000000000001",
                "/a/sv-web-0000000000000001                        | -                       | /    | -",
                "/a/sv-web-0000000000000001/sv-b-0000000000000002  | -                       | /a   | /a/sv-web-0000000000000001",
                "/a/sv-web-0000000000000001                        | -                       | -    | -",
                "/a/b                                              | -                       | /a   | -",
            })
    void its_group_is_told_from_those_of_a_launcher_around_it(String group, String name, String home, String found) {
        CgroupPlace place = new CgroupPlace(group, "/sys/fs/cgroup" + group);

        assertThat(Cgroup.ours(place, Optional.ofNullable(name), Optional.ofNullable(home))
                        .map(CgroupPlace::group))
                .isEqualTo(Optional.ofNullable(found));
    }
}
