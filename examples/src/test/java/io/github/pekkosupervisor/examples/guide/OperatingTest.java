package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the page on operating shows and no session can play. */
class OperatingTest {

    // guide: unit
    private static final String UNIT = """
            [Unit]
            Description=Services in /etc/service
            After=local-fs.target
            StartLimitIntervalSec=0

            [Service]
            ExecStart=/opt/pekko-supervisor/bin/runsvdir --stop-on-term -P /etc/service
            KillMode=process
            OOMPolicy=continue
            IgnoreSIGPIPE=no
            TimeoutStopSec=60
            Restart=on-failure
            RestartSec=1

            [Install]
            WantedBy=multi-user.target
            """;
    // guide: end

    @Test
    void the_unit_is_that_of_the_manual() throws Exception {
        assertThat(Files.readString(Path.of("../docs/operating.md"))).contains(UNIT);
    }

    /** What keeps services going when the launcher dies, and has it come back, however often. */
    @Test
    void the_units_of_the_package_have_the_same_for_its_services() throws Exception {
        Path units = Path.of("../pekko-supervisor-runit-compat/deb/src/root/usr/lib/systemd");
        List<String> same = UNIT.lines()
                .filter(line -> line.matches("(StartLimit|KillMode|OOMPolicy|IgnoreSIGPIPE|Restart).*"))
                .toList();

        assertThat(same).hasSize(6);
        for (String manager : List.of("system", "user")) {
            assertThat(Files.readAllLines(units.resolve(manager).resolve("pekko-supervisor.service")))
                    .as(manager)
                    .containsAll(same)
                    .anyMatch(line -> line.startsWith("ExecReload=") && line.contains("/pekko-supervisor upgrade "));
        }
    }
}
