package io.github.pekkosupervisor.runit.look;

import static io.github.pekkosupervisor.runit.look.SupervisedServices.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.look.SupervisedServices.By;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who looks again and again sees what {@code status} sees, and reads what has changed alone. */
class LookoutTest {

    @TempDir
    private Path temp;

    private static ServiceReport of(ScanReport report, String name) {
        return report.services().stream()
                .filter(service -> service.name().equals(OsString.of(name)))
                .findFirst()
                .orElseThrow();
    }

    private static String state(Lookout lookout, String name) throws FatalException {
        ServiceReport service = of(lookout.look(), name);
        return service.state() + " " + service.notes();
    }

    @ParameterizedTest
    @EnumSource
    void deaths_commands_and_new_services_are_seen(By by) throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, by)) {
            services.sleeper("web");
            services.start();
            int first = services.awaitRun("web");
            Lookout lookout = new Lookout(services.path());
            patiently().until(() -> state(lookout, "web").equals("run "));

            SupervisedServices.kill(first);

            patiently()
                    .until(() -> !of(lookout.look(), "web").pid().equals(Integer.toString(first))
                            && state(lookout, "web").equals("run "));
            // in a file of its own
            patiently().until(() -> of(lookout.look(), "web").restarts().equals(by == By.OURS ? "1" : "-"));

            assertThat(Order.DOWN.give(services.path().plus("/web"))).isEmpty();

            patiently().until(() -> state(lookout, "web").equals("down normally up"));

            services.sleeper("db");

            patiently()
                    .until(() -> lookout.look().services().size() == 2
                            && state(lookout, "db").equals("run "));

            Files.createFile(services.directory().resolve("web/down"));

            patiently().until(() -> state(lookout, "web").equals("down "));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_supervisor_that_is_killed_is_seen_though_no_file_changes(By by) throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, by)) {
            services.sleeper("web");
            services.start();
            services.awaitRun("web");
            Lookout lookout = new Lookout(services.path());
            patiently().until(() -> state(lookout, "web").equals("run "));

            services.loseSupervisor();

            patiently().until(() -> state(lookout, "web").equals("- not supervised"));
            assertThat(Order.UP.give(services.path().plus("/web"))).contains("it is not supervised");
        }
    }

    @Test
    void what_has_not_changed_is_the_same_object_and_so_is_all_of_it() throws Exception {
        for (int i = 0; i < 3; i++) {
            Files.createDirectory(temp.resolve("s" + i));
        }
        Lookout lookout = new Lookout(OsString.of(temp.toString()));
        ScanReport first = lookout.look();

        assertThat(lookout.look()).isSameAs(first);

        Files.createFile(temp.resolve("s1/down"));
        ScanReport second = lookout.look();

        assertThat(second).isNotSameAs(first);
        assertThat(second.services().get(0)).isSameAs(first.services().get(0));
        assertThat(second.services().get(1).hasDownFile()).isTrue();
        assertThat(second.services().get(2)).isSameAs(first.services().get(2));

        Files.delete(temp.resolve("s2"));

        assertThat(lookout.look().services()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Lookout.ANYHOW, 5 * Lookout.ANYHOW})
    void of_many_services_few_are_read_and_each_in_turn(int number) throws Exception {
        for (int i = 0; i < number; i++) {
            Files.createDirectory(temp.resolve("s" + i));
        }
        Lookout lookout = new Lookout(OsString.of(temp.toString()));

        lookout.look();
        assertThat(lookout.read()).isEqualTo(number);
        // once more, since a time is coarse
        lookout.look();
        assertThat(lookout.read()).isEqualTo(number);

        int turns = (number + Lookout.ANYHOW - 1) / Lookout.ANYHOW;
        int all = 0;
        for (int i = 0; i < turns; i++) {
            lookout.look();
            assertThat(lookout.read()).isEqualTo(Math.min(number, Lookout.ANYHOW));
            all += lookout.read();
        }
        assertThat(all).isEqualTo(number);
    }

    /** Of one processor a twenty-fifth at most. */
    @ParameterizedTest
    @CsvSource({"0, 250", "10, 250", "11, 264", "40, 960", "1000, 10000", "9223372036854775807, 10000", "-5000, 250"})
    void who_looks_at_very_many_rests_longer(long took, long rest) {
        assertThat(Lookout.restMillis(took, 250)).isEqualTo(rest);
    }

    @Test
    void same_is_seen_as_by_who_looks_once() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            services.sleeper("web");
            Path logged = services.sleeper("logged");
            Path log = Files.createDirectory(logged.resolve("log"));
            Scripts.write(log.resolve("run"), "#!/bin/sh\nexec cat\n");
            Files.createDirectory(services.directory().resolve("empty"));
            services.start();
            services.awaitRun("web");
            services.awaitRun("logged");
            services.awaitRun("logged/log");
            Lookout lookout = new Lookout(services.path());

            patiently().until(() -> lookout.look().equals(ScanReport.of(services.path())));

            assertThat(Objects.requireNonNull(of(lookout.look(), "logged").log())
                            .state())
                    .isEqualTo("run");
            Lookout one = new Lookout(services.path().plus("/web"));
            assertThat(one.look().services())
                    .singleElement()
                    .extracting(ServiceReport::state)
                    .isEqualTo("run");
        }
    }

    @Test
    void a_directory_that_is_gone_is_told_and_seen_again_when_it_is_back() throws Exception {
        Path services = Files.createDirectories(temp.resolve("services"));
        Files.createDirectory(services.resolve("web"));
        Lookout lookout = new Lookout(OsString.of(services.toString()));
        assertThat(lookout.look().services()).hasSize(1);

        Path away = Files.move(services, temp.resolve("away"));

        assertThatThrownBy(lookout::look)
                .isInstanceOf(FatalException.class)
                .hasMessage("unable to read services directory " + services + ": file does not exist");

        Files.move(away, services);

        assertThat(lookout.look().services()).hasSize(1);
    }

    @Test
    void no_order_is_written_into_what_is_no_fifo() throws Exception {
        Path supervise = Files.createDirectories(temp.resolve("web/supervise"));
        Path control = Files.writeString(supervise.resolve("control"), "kept");
        Files.writeString(supervise.resolve("ok"), "");

        Optional<String> why = Order.DOWN.give(OsString.of(temp + "/web"));

        assertThat(why).contains("its supervise/control is no FIFO");
        assertThat(Files.readAllLines(control)).isEqualTo(List.of("kept"));
        assertThat(Order.DOWN.give(OsString.of(temp + "/none"))).contains("it is not supervised");
    }
}
