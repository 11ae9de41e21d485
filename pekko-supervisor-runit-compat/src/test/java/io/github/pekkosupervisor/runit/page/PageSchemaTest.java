package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real answers are as {@code docs/page.schema.json} says. */
final class PageSchemaTest {

    private static final Schema SCHEMA = new Schema();

    @TempDir
    Path temp;

    @Test
    void what_a_tree_of_all_kinds_has_told_is_as_the_schema_says() throws Exception {
        Path web = Files.createDirectories(temp.resolve("services/web"));
        Files.writeString(web.resolve("run"), "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(web.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChild(delayed(ChildSpec.process("crashing", ProcessSpec.of("sleep", "1000")), 3_600))
                .withChild(delayed(
                        ChildSpec.supervisor(
                                "jobs", SupervisorSpec.dynamic().withIntensity(100, Duration.ofMinutes(1))),
                        1))
                .withChild(delayed(ServiceDirectories.scanned("services", temp.resolve("services")), 1));
        try (SupervisionTree tree = SupervisionTree.start(
                        spec,
                        SupervisionTree.Options.defaults().withLogging(false).withTransitions(true));
                LivePage page = LivePage.open(tree, PageSettings.loopback().withCommands(true));
                PageClient client = new PageClient(page)) {
            client.listen().until(known -> known.state("/services/web").equals("running"));
            client.until(known -> known.state("/crashing").equals("running"));
            assertThat(client.command("key", "/crashing", "do", "signal", "signal", "KILL")
                            .body())
                    .satisfies(answer -> is("answer", answer));
            client.until(known -> known.node("/crashing").orElseThrow().hasPath("nextRestart")
                    && known.row("/crashing").orElseThrow().hasPath("deaths"));

            is("tree", client.get("/tree").body());
            is("place", client.get("/place?key=/crashing").body());
            is("health-live", client.get("/health/live").body());
            is("health-ready", client.get("/health/ready").body());
            is("health-ready", client.send(client.request("/health/ready")).body());
            is("error", client.get("/nowhere").body());
            is("error", client.send(client.request("/tree")).body());
            is("error", client.get("/place?key=/nobody").body());
            client.told().forEach(event -> is("event-" + event.name(), event.json()));
            assertThat(client.told()).extracting(PageClient.Event::name).contains("tree", "change");
        }
    }

    private static ChildSpec delayed(ChildSpec child, int seconds) {
        return child.withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(seconds)));
    }

    private static void is(String definition, String json) {
        assertThat(SCHEMA.problems(definition, json)).as(json).isEmpty();
    }

    /** A judge that finds nothing finds nothing wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"live\":1}|health-live.live: 1 is no boolean",
                "{}|health-live: live is missing",
                "{\"live\":true,\"more\":1}|health-live: more is not known"
            })
    void a_planted_mistake_is_reported(String json, String problem) {
        assertThat(SCHEMA.problems("health-live", json)).isEqualTo(List.of(problem));
    }

    @Test
    void a_planted_mistake_deep_in_a_tree_is_reported() {
        String json = "{\"at\":\"x\",\"top\":{\"path\":\"/\",\"kind\":\"k\",\"state\":\"up\",\"ready\":true,"
                + "\"restarts\":0,\"children\":[]}}";

        assertThat(SCHEMA.problems("tree", json))
                .singleElement()
                .asString()
                .startsWith("tree.top.state: up is none of [waiting, starting");
    }
}
