package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.page.Guard.Asked;
import io.github.pekkosupervisor.runit.page.Guard.Resource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered, by what a request says of itself. */
final class GuardTest {

    private static final Guard GUARD = new Guard(Optional.of("secret"), true);
    private static final String HOST = "127.0.0.1:8080";
    private static final List<String> NONE = List.of();
    private static final List<String> BEARER = List.of("Bearer secret");

    private static Asked asked(String method, String path, List<String> authorization) {
        return new Asked(method, path, List.of(HOST), NONE, authorization, List.of("command"), NONE);
    }

    private static int refusal(Guard guard, Asked asked) {
        return guard.judge(asked) instanceof Guard.Refuse refusal ? refusal.status() : 0;
    }

    @ParameterizedTest
    @CsvSource({
        "PAGE,GET,/",
        "TREE,GET,/tree",
        "EVENTS,GET,/events",
        "PLACE,GET,/place",
        "LIVE,GET,/health/live",
        "READY,GET,/health/ready",
        "COMMAND,POST,/command"
    })
    void each_resource_is_answered_to_who_knows_the_token(Resource resource, String method, String path) {
        assertThat(GUARD.judge(asked(method, path, BEARER))).isEqualTo(new Guard.Answer(resource, true));
    }

    @ParameterizedTest
    @CsvSource({"/,0", "/health/live,0", "/health/ready,0", "/tree,401", "/events,401", "/place,401"})
    void without_the_token_there_is_only_what_says_nothing(String path, int status) {
        assertThat(refusal(GUARD, asked("GET", path, NONE))).isEqualTo(status);
        assertThat(refusal(GUARD, asked("GET", path, List.of("Bearer secrets"))))
                .isEqualTo(status);
        assertThat(refusal(GUARD, asked("GET", path, List.of("secret")))).isEqualTo(status);
        assertThat(refusal(GUARD, asked("GET", path, List.of("Bearer secret", "Bearer secret"))))
                .isEqualTo(status);
    }

    @Test
    void a_command_needs_the_token_too() {
        assertThat(refusal(GUARD, asked("POST", "/command", NONE))).isEqualTo(401);
        assertThat(refusal(GUARD, asked("POST", "/command", List.of("Bearer "))))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "127.0.0.1", "localhost:9000", "[::1]:1"})
    void these_names_are_this_machine(String host) {
        Asked asked = new Asked("GET", "/tree", List.of(host), NONE, BEARER, NONE, NONE);

        assertThat(GUARD.judge(asked)).isEqualTo(new Guard.Answer(Resource.TREE, true));
    }

    /** A page in a browser that has its own name lead here would read all otherwise. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "127.0.0.1:8080@evil.example",
                "localhost.evil.example:8080",
                "",
                "192.168.0.1:8080",
                "localhost:",
                "xlocalhost"
            })
    void another_name_that_leads_here_is_refused(String host) {
        assertThat(refusal(GUARD, new Asked("GET", "/", List.of(host), NONE, BEARER, NONE, NONE)))
                .isEqualTo(421);
    }

    @Test
    void no_name_and_two_of_them_are_refused() {
        assertThat(refusal(GUARD, new Asked("GET", "/", NONE, NONE, BEARER, NONE, NONE)))
                .isEqualTo(421);
        assertThat(refusal(GUARD, new Asked("GET", "/", List.of(HOST, HOST), NONE, BEARER, NONE, NONE)))
                .isEqualTo(421);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080,0",
        "http://127.0.0.1:8081,403",
        "http://localhost:8080,403",
        "https://127.0.0.1:8080,403",
        "http://evil.example,403",
        "null,403"
    })
    void only_the_origin_of_the_page_itself_may_ask(String origin, int status) {
        for (String path : List.of("/tree", "/command")) {
            String method = path.equals("/tree") ? "GET" : "POST";
            Asked asked = new Asked(method, path, List.of(HOST), List.of(origin), BEARER, List.of("command"), NONE);

            assertThat(refusal(GUARD, asked)).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"same-origin,0", "none,0", "same-site,403", "cross-site,403"})
    void what_a_browser_says_of_who_asks_counts(String site, int status) {
        Asked asked = new Asked("GET", "/tree", List.of(HOST), NONE, BEARER, NONE, List.of(site));

        assertThat(refusal(GUARD, asked)).isEqualTo(status);
    }

    @Test
    void a_link_on_another_page_may_lead_to_the_page() {
        Asked asked = new Asked("GET", "/", List.of(HOST), NONE, NONE, NONE, List.of("cross-site"));

        assertThat(GUARD.judge(asked)).isEqualTo(new Guard.Answer(Resource.PAGE, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    void a_command_is_sent_by_post_alone(String method) {
        assertThat(refusal(GUARD, asked(method, "/command", BEARER))).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
    void what_is_read_is_read_by_get_alone(String method) {
        assertThat(refusal(GUARD, asked(method, "/tree", BEARER))).isEqualTo(405);
    }

    @Test
    void a_command_needs_a_header_that_another_page_cannot_send() {
        Asked bare = new Asked("POST", "/command", List.of(HOST), NONE, BEARER, NONE, NONE);

        assertThat(refusal(GUARD, bare)).isEqualTo(403);
    }

    @Test
    void without_commands_none_is_obeyed() {
        Guard deaf = new Guard(Optional.of("secret"), false);

        assertThat(refusal(deaf, asked("POST", "/command", BEARER))).isEqualTo(403);
        assertThat(refusal(deaf, asked("GET", "/tree", BEARER))).isZero();
    }

    @Test
    void behind_a_door_there_is_no_token() {
        Guard behind = new Guard(Optional.empty(), true);

        assertThat(behind.judge(asked("GET", "/tree", NONE))).isEqualTo(new Guard.Answer(Resource.TREE, true));
        assertThat(refusal(behind, new Asked("POST", "/command", List.of(HOST), NONE, NONE, NONE, NONE)))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tree/", "//", "/health", "/../etc/passwd", "/page.html", "/Tree"})
    void there_is_nothing_else(String path) {
        assertThat(refusal(GUARD, asked("GET", path, BEARER))).isEqualTo(404);
    }
}
