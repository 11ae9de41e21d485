package io.github.pekkosupervisor.springboot;

import static io.github.pekkosupervisor.springboot.Places.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator and a platform are answered by a web server: the tree, commands, and the health groups. */
class ActuatorOverHttpTest {

    private static final String RESTART = "{\"command\": \"restart\"}";
    private static final String UNRESTRICTED = "management.endpoint.supervisor.access=unrestricted";

    private final List<WebApplication> open = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        open.forEach(WebApplication::close);
        Places.awaitNoChildren();
    }

    private WebApplication application(String... properties) {
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "server.port", "0",
                "server.address", "127.0.0.1",
                "management.endpoints.web.exposure.include", "health,supervisor",
                "management.endpoint.health.probes.enabled", "true",
                "management.endpoint.health.show-details", "always"));
        for (String property : properties) {
            int equals = property.indexOf('=');
            all.put(property.substring(0, equals), property.substring(equals + 1));
        }
        WebApplication application = WebApplication.start(all);
        open.add(application);
        return application;
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    // ---- the endpoint

    @Test
    void the_tree_and_each_place_of_it_are_read() throws Exception {
        WebApplication application = application();

        HttpResponse<String> tree = application.get("supervisor");
        HttpResponse<String> place = application.get("supervisor/jobs/mail~1er");

        assertThat(tree.statusCode()).isEqualTo(200);
        assertThat(tree.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(json(tree).get("top").get("children").findValuesAsText("path"))
                .contains("/db", "/jobs", "/jobs/mail~1er");
        assertThat(place.statusCode()).isEqualTo(200);
        assertThat(json(place).get("pid").asLong()).isEqualTo(Places.pid(application.tree(), "/jobs/mail~1er"));
        assertThat(application.get("supervisor/nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void by_itself_it_can_be_read_and_nothing_be_commanded() throws Exception {
        WebApplication application = application();
        long before = Places.pid(application.tree(), "/db");

        assertThat(application.post("supervisor/db", RESTART).statusCode()).isEqualTo(405);
        assertThat(application.delete("supervisor/db").statusCode()).isEqualTo(405);
        assertThat(Places.pid(application.tree(), "/db")).isEqualTo(before);
    }

    @Test
    void with_access_it_is_commanded() throws Exception {
        WebApplication application = application(UNRESTRICTED);
        long before = Places.pid(application.tree(), "/db");

        HttpResponse<String> restarted = application.post("supervisor/db", RESTART);
        assertThat(restarted.body()).isEqualTo("{\"path\":\"/db\",\"outcome\":\"restarted\"}");
        assertThat(restarted.statusCode()).isEqualTo(200);
        assertThat(Places.pid(application.tree(), "/db")).isNotEqualTo(before);

        assertThat(application.delete("supervisor/jobs/mail~1er").statusCode()).isEqualTo(200);
        assertThat(Places.place(application.tree(), "/jobs/mail~1er").process()).isEmpty();
        assertThat(application
                        .post("supervisor/jobs/mail~1er", "{\"command\": \"start\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(Places.isAlive(Places.pid(application.tree(), "/jobs/mail~1er")))
                .isTrue();
    }

    @Test
    void what_cannot_be_commanded_is_answered_with_its_reason() throws Exception {
        WebApplication application = application(UNRESTRICTED);

        HttpResponse<String> nobody = application.delete("supervisor/nobody");
        HttpResponse<String> top = application.delete("supervisor");
        HttpResponse<String> running = application.post("supervisor/db", "{\"command\": \"start\"}");

        assertThat(nobody.statusCode()).isEqualTo(404);
        assertThat(json(nobody).get("outcome").asText()).isEqualTo("there is no such place");
        assertThat(top.statusCode()).isEqualTo(409);
        assertThat(json(top).get("outcome").asText()).isEqualTo("the top starts and stops with the application");
        assertThat(running.statusCode()).isEqualTo(409);
        assertThat(json(running).get("outcome").asText()).isEqualTo("it runs already");
        assertThat(application.post("supervisor/db", "{\"command\": \"dance\"}").statusCode())
                .isEqualTo(400);
        assertThat(application.post("supervisor/db", "{}").statusCode()).isEqualTo(400);
        assertThat(application.post("supervisor/db", "restart").statusCode()).isEqualTo(400);
    }

    /** An id may have any characters; those that an address has a meaning for are written in numbers. */
    @Test
    void a_place_is_found_whatever_its_id_is() throws Exception {
        WebApplication application = application(UNRESTRICTED);
        String path = TreePath.below("/jobs", "\u00e4 b;c=d?e%2Ff#g");

        HttpResponse<String> place = application.get("supervisor/jobs/%C3%A4%20b%3Bc%3Dd%3Fe%252Ff%23g");
        assertThat(place.statusCode()).as(place.body()).isEqualTo(200);
        assertThat(json(place).get("path").asText()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "management.endpoint.supervisor.access=none, 404, 404",
        "management.endpoints.access.max-permitted=read-only, 200, 405",
        "management.endpoints.web.exposure.include=health, 404, 404"
    })
    void what_spring_boot_lets_nobody_do_is_not_done(String property, int read, int commanded) throws Exception {
        WebApplication application = application(UNRESTRICTED, property);
        long before = Places.pid(application.tree(), "/db");

        assertThat(application.get("supervisor").statusCode()).isEqualTo(read);
        assertThat(application.post("supervisor/db", RESTART).statusCode()).isEqualTo(commanded);
        assertThat(Places.pid(application.tree(), "/db")).isEqualTo(before);
    }

    // ---- health

    private static void awaitStatus(WebApplication application, String path, int status) {
        await().atMost(PATIENCE).until(() -> application.get(path).statusCode() == status);
    }

    @Test
    void the_health_groups_say_what_a_platform_has_to_know() throws Exception {
        WebApplication application = application();
        assertThat(application.get("health/readiness").statusCode()).isEqualTo(200);
        assertThat(application.get("health/liveness").statusCode()).isEqualTo(200);
        assertThat(application.get("health").statusCode()).isEqualTo(200);

        Places.kill(Places.pid(application.tree(), "/db"));
        awaitStatus(application, "health/readiness", 503);
        assertThat(application.get("health/liveness").statusCode()).isEqualTo(200);
        HttpResponse<String> health = application.get("health/supervisor");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(json(health).get("details").get("notReady").get("/db").asText())
                .startsWith("restarting");

        application.tree().tree().root().startNow("db").toCompletableFuture().join();
        awaitStatus(application, "health/readiness", 200);

        // one more than it allows
        Places.kill(Places.pid(application.tree(), "/fragile"));
        awaitStatus(application, "health/liveness", 503);
        awaitStatus(application, "health/readiness", 503);
        assertThat(json(application.get("health/supervisor")).get("status").asText())
                .isEqualTo("DOWN");
        assertThat(application.get("supervisor").statusCode()).isIn(200, 404);
    }
}
