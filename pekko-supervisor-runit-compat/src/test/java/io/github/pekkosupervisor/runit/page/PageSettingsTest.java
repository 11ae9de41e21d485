package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a page can be. */
final class PageSettingsTest {

    private static PageSettings read(String hocon) {
        return PageSettings.read(ConfigFactory.parseString(hocon));
    }

    @Test
    void by_default_it_is_at_a_free_port_of_this_machine_and_obeys_nobody() {
        assertThat(read("")).isEqualTo(PageSettings.loopback());
        assertThat(PageSettings.loopback())
                .isEqualTo(new PageSettings("127.0.0.1", 0, Optional.empty(), false, false, Optional.empty()));
    }

    @Test
    void what_is_written_is_read() {
        assertThat(read("listen = \"tcp:127.0.0.1:8080\", commands = true"))
                .isEqualTo(PageSettings.loopback().withPort(8080).withCommands(true));
        assertThat(read("listen = \"tcp:[::1]:0\""))
                .isEqualTo(new PageSettings("::1", 0, Optional.empty(), false, false, Optional.empty()));
        assertThat(read("listen = \"unix:/run/app/page\"")).isEqualTo(PageSettings.socket(Path.of("/run/app/page")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp:0.0.0.0:8080",
                "tcp:192.168.0.1:80",
                "tcp:[::]:80",
                "tcp:127.0.0.1",
                "tcp:127.0.0.1:65536",
                "tcp:127.0.0.1:999999",
                "127.0.0.1:8080",
                "unix:page",
                "unix:/run/",
                "unix:@page",
                "8080",
                ""
            })
    void elsewhere_it_cannot_be(String listen) {
        assertThatThrownBy(() -> read("listen = \"" + listen + "\""))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("must be an address of this machine, as \"tcp:127.0.0.1:8080\"");
    }

    @Test
    void the_longest_path_is_that_of_the_system() {
        String longest = "/" + "x".repeat(106);

        assertThat(PageSettings.socket(Path.of(longest)).socket()).contains(Path.of(longest));
        assertThatThrownBy(() -> PageSettings.socket(Path.of(longest + "x"))).hasMessageContaining("at most 107 bytes");
        assertThatThrownBy(() -> PageSettings.socket(Path.of("/" + "ä".repeat(54))))
                .hasMessageContaining("at most 107 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536})
    void a_port_that_is_none_is_refused(int port) {
        assertThatThrownBy(() -> PageSettings.loopback().withPort(port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the port must be 0 to 65535, was " + port);
    }

    @Test
    void a_host_that_is_not_this_machine_is_refused() {
        assertThatThrownBy(() -> new PageSettings("0.0.0.0", 1, Optional.empty(), false, false, Optional.empty()))
                .hasMessageContaining("must be 127.0.0.1 or ::1");
    }

    @Test
    void what_is_for_prometheus_is_read() {
        assertThat(read("metrics = true, token-file = /etc/app/page.token"))
                .isEqualTo(PageSettings.loopback().withMetrics(true).withTokenFile(Path.of("/etc/app/page.token")));
        assertThat(read("listen = \"unix:/run/app/page\", metrics = true").metrics())
                .isTrue();
    }

    @Test
    void a_socket_with_a_file_has_no_token() {
        assertThatThrownBy(() -> read("listen = \"unix:/run/app/page\", token-file = /etc/app/page.token"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("\"token-file\" is for a page at tcp:127.0.0.1:PORT");
        assertThatThrownBy(() ->
                        PageSettings.socket(Path.of("/run/app/page")).withTokenFile(Path.of("/etc/app/page.token")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave token-file out");
    }

    @Test
    void an_unknown_key_is_told_with_what_was_meant() {
        assertThatThrownBy(() -> read("comands = true"))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("commands");
    }
}
