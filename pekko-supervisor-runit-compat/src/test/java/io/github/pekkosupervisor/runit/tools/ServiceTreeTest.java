package io.github.pekkosupervisor.runit.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.TreePlace;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is below what, and how it is drawn. */
class ServiceTreeTest {

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(0), ZoneOffset.UTC);
    private static final String BY = "strategy one-for-all\nintensity 100\nperiod 5 s\n";

    /** One that runs, with this in {@code .supervision}. */
    private static ServiceReport service(String path, String supervision) {
        OsString name = OsString.of(path);
        byte[] bytes = new byte[StatusBytes.LENGTH];
        long label = StatusBytes.label(CLOCK);
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (label >>> (56 - Byte.SIZE * i));
        }
        bytes[12] = 7;
        bytes[17] = 'u';
        bytes[19] = 1;
        StatusBytes status = new StatusBytes();
        status.read(bytes);
        return new ServiceReport(name, status, "", false, null, null, TreePlace.parse(name, supervision), List.of());
    }

    private static ScanReport report(ServiceReport... services) {
        return new ScanReport(OsString.of("/s"), List.of(services));
    }

    private static List<String> drawn(ServiceReport... services) {
        return new Overview(Overview.Form.TREE, CLOCK)
                .text(List.of(report(services)))
                .toString()
                .lines()
                .toList();
    }

    @Test
    void children_are_below_their_supervisors_with_what_these_go_by() {
        assertThat(drawn(
                        service("@tree", "strategy one-for-one\nintensity infinite\nperiod 5 s\ntop\n"),
                        service("cache", ""),
                        service("workers", BY),
                        service("workers-x", ""),
                        service("workers.pool", "strategy dynamic\nintensity 1\nperiod 5 s\n"),
                        service("workers.pool.job@7", ""),
                        service("workers.w1", ""),
                        service("zoo", "")))
                .containsExactly(
                        "/s",
                        "└─ @tree run 7, 0s [one-for-one, no limit]",
                        "   ├─ cache run 7, 0s",
                        "   ├─ workers run 7, 0s [one-for-all, 100 in 5 s]",
                        "   │  ├─ workers.pool run 7, 0s [dynamic, 1 in 5 s]",
                        "   │  │  └─ workers.pool.job@7 run 7, 0s",
                        "   │  └─ workers.w1 run 7, 0s",
                        "   ├─ workers-x run 7, 0s",
                        "   └─ zoo run 7, 0s");
    }

    @Test
    void several_trees_in_one_directory_are_drawn_side_by_side() {
        assertThat(drawn(
                        service("@tree", BY + "top\n"),
                        service("cache", ""),
                        service("orders", BY + "top\n"),
                        service("orders.cache", "")))
                .containsExactly(
                        "/s",
                        "├─ @tree run 7, 0s [one-for-all, 100 in 5 s]",
                        "│  └─ cache run 7, 0s",
                        "└─ orders run 7, 0s [one-for-all, 100 in 5 s]",
                        "   └─ orders.cache run 7, 0s");
    }

    @Test
    void logs_stand_before_what_is_below() {
        ServiceReport web = service("services.web", "");
        ServiceReport withLog = new ServiceReport(
                web.name(), web.status(), "", false, null, service("log", ""), web.place(), List.of());

        assertThat(drawn(
                        service("@tree", BY + "top\n"),
                        service("services", ""),
                        withLog,
                        service("services.web.x", "")))
                .containsExactly(
                        "/s",
                        "└─ @tree run 7, 0s [one-for-all, 100 in 5 s]",
                        "   └─ services run 7, 0s",
                        "      └─ services.web run 7, 0s",
                        "         ├─ log run 7, 0s",
                        "         └─ services.web.x run 7, 0s");
    }

    @Test
    void in_a_services_directory_dots_mean_nothing() {
        assertThat(drawn(service("web", ""), service("web.old", "")))
                .containsExactly("/s", "├─ web run 7, 0s", "└─ web.old run 7, 0s");
    }

    @Test
    void one_whose_supervisor_is_not_there_is_below_the_next_above() {
        assertThat(drawn(service("@tree", BY + "top\n"), service("a", BY), service("a.b.c", ""), service("x.y", "")))
                .containsExactly(
                        "/s",
                        "└─ @tree run 7, 0s [one-for-all, 100 in 5 s]",
                        "   ├─ a run 7, 0s [one-for-all, 100 in 5 s]",
                        "   │  └─ a.b.c run 7, 0s",
                        "   └─ x.y run 7, 0s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strategy one-for-one                              | one-for-one, no limit",
                "strategy one-for-one\\nintensity 3                 | one-for-one, 3 in ?",
                "intensity 3\\nperiod 5 s                          | ''",
                "nonsense                                          | ''",
                "strategy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | ''",
                "''                                                | ''",
            })
    void what_cannot_be_read_is_not_shown(String text, String expected) {
        TreePlace place = TreePlace.parse(OsString.of("a"), text.replace("\\n", "\n"));

        assertThat(place.supervisionInWords()).isEqualTo(expected);
        assertThat(place.isTop()).isFalse();
    }

    @Test
    void json_holds_them_below_one_another() {
        ScanReport one = report(service("@tree", BY + "top\n"), service("a", BY), service("a.b", ""), service("c", ""));
        String json = OverviewJson.tree(List.of(one, report(), report(service("alone", ""))), StatusBytes.label(CLOCK))
                .toString();

        var all = ConfigFactory.parseString("v = " + json).getConfigList("v");
        assertThat(all).extracting(node -> node.getString("name")).containsExactly("@tree", "alone");
        assertThat(all.get(0).getConfigList("children"))
                .extracting(node -> node.getString("name"))
                .containsExactly("a", "c");
        assertThat(all.get(0).getConfigList("children").get(0).getConfigList("children"))
                .extracting(node -> node.getString("name"))
                .containsExactly("a.b");
        assertThat(all.get(0).getString("supervision.strategy")).isEqualTo("one-for-all");
        assertThat(all.get(0).getString("supervision.intensity")).isEqualTo("100");
        assertThat(all.get(1).hasPath("supervision")).isFalse();
    }

    @Test
    void a_long_name_is_that_in_the_hidden_file(@TempDir Path temp) throws Exception {
        String name = "x".repeat(180) + "~0123456789abcdef";
        Path directory = Files.createDirectories(temp.resolve(name));
        Files.writeString(directory.resolve(".path"), "workers." + "x".repeat(300) + "\n");
        Files.writeString(directory.resolve(".supervision"), BY);

        ScanReport report = ScanReport.of(OsString.of(temp.toString()));

        TreePlace place = report.services().get(0).place();
        assertThat(place.path().toString()).isEqualTo("workers." + "x".repeat(300));
        assertThat(place.isSupervisor()).isTrue();
        assertThat(report.services().get(0).trouble()).isEqualTo("not supervised");
    }
}
