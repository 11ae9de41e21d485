package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ToldEvents.NOON;
import static io.github.pekkosupervisor.runit.export.ToldEvents.offender;
import static io.github.pekkosupervisor.runit.export.ToldEvents.spec;
import static io.github.pekkosupervisor.runit.export.ToldEvents.started;
import static io.github.pekkosupervisor.runit.export.ToldEvents.up;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which links there are after what has happened to the child, and what it has told of what is below it. */
final class ShownLinksTest {

    private final ShownGroups groups = new ShownGroups(
            new ShownGroups.Terms(Optional.of("app"), 9, false), SupervisorSpec.oneForOne(), 4711, NOON, place -> {});

    /** A kind with service directories in this one. */
    private record Services(String directory) implements ChildKind, ServicesHolder {
        @Override
        public String name() {
            return "services";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.empty();
        }

        @Override
        public OsString servicesDirectory() {
            return OsString.of(directory);
        }
    }

    private record Entry(String path, Optional<String> entryGone, Optional<String> entryThere)
            implements ServiceEntry {}

    @BeforeEach
    void begin() {
        starts("/sv");
        found("web", "ssh");
        isUp();
    }

    private void starts(String directory) {
        starts("/", ChildSpec.of("services", new Services(directory)));
    }

    private void starts(String supervisor, ChildSpec child) {
        groups.mayStart(new StartGate.Start(supervisor, child, StartGate.Cause.START_UP), false);
    }

    private void isUp() {
        told(started("/", offender("services", 1)));
    }

    private void told(SupervisorEvent event) {
        groups.happened(event, NOON);
    }

    private void stops() {
        told(new SupervisorEvent.ChildStopping(
                "/", offender("services", 1), Optional.of(Duration.ofSeconds(7)), StopCause.Call.INSTANCE));
    }

    private void found(String... services) {
        for (String service : services) {
            groups.happened(new Entry("/services/" + service, Optional.empty(), Optional.of(service)));
        }
    }

    private void lost(String service) {
        groups.happened(new Entry("/services/" + service, Optional.of(service), Optional.empty()));
    }

    private @Nullable ShownPlace find(String name) {
        return groups.all().stream()
                .filter(place -> place.name.toString().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<String> links() {
        return groups.all().stream()
                .filter(place -> place.leadsTo != null && !groups.view(place).isForgotten())
                .map(place -> place + " -> " + place.leadsTo)
                .sorted()
                .toList();
    }

    @Test
    void each_leads_to_its_entry() {
        assertThat(links()).containsExactly("app.services.ssh -> /sv/./ssh", "app.services.web -> /sv/./web");
    }

    @Test
    void one_that_has_lost_its_entry_goes() {
        lost("web");
        ShownPlace link = find("app.services.web");

        assertThat(links()).containsExactly("app.services.ssh -> /sv/./ssh");
        assertThat(link).isNotNull();
        assertThat(groups.vanishes(link)).isTrue();
        assertThat(find("app.services.web")).isNull();
    }

    @Test
    void one_that_comes_back_in_time_does_not() {
        lost("web");
        ShownPlace link = find("app.services.web");
        found("web");

        assertThat(link).isNotNull();
        assertThat(groups.vanishes(link)).isFalse();
        assertThat(links()).hasSize(2);
    }

    @Test
    void they_stay_while_the_child_is_down_and_those_go_that_are_not_found_again() {
        stops();
        lost("web");
        lost("ssh");
        assertThat(links()).hasSize(2);

        starts("/sv");
        found("web");
        assertThat(links()).hasSize(2);
        isUp();

        assertThat(links()).containsExactly("app.services.web -> /sv/./web");
    }

    @Test
    void another_directory_is_led_to_from_the_next_start_on() {
        stops();
        starts("/etc/sv/");
        found("web");
        isUp();

        assertThat(links()).containsExactly("app.services.web -> /etc/sv//./web");
    }

    @Test
    void they_go_when_the_child_is_of_another_kind() {
        starts("/", spec("services"));
        found("late");

        assertThat(links()).isEmpty();
    }

    @Test
    void they_go_with_the_child_and_may_come_back_with_it() {
        told(new SupervisorEvent.ChildDeleted("/", offender("services", 1)));
        assertThat(links()).isEmpty();
        groups.all().forEach(groups::vanishes);

        starts("/sv");
        found("web");
        assertThat(links()).containsExactly("app.services.web -> /sv/./web");
    }

    @Test
    void names_are_written_so_that_none_is_taken_for_another() {
        found("a.b", "-x", "ö", "not \uFFFD text");

        assertThat(links())
                .contains(
                        "app.services.a%2Eb -> /sv/./a.b", "app.services.%2Dx -> /sv/./-x", "app.services.ö -> /sv/./ö")
                .hasSize(5);
    }

    @Test
    void below_a_dynamic_supervisor_there_are_none() {
        told(up("/pool", Strategy.SIMPLE_ONE_FOR_ONE));
        starts("/pool", ChildSpec.of("services", new Services("/sv")));
        starts("/pool/services/deep", ChildSpec.of("services", new Services("/sv")));
        groups.happened(new Entry("/pool/services/web", Optional.empty(), Optional.of("web")));
        groups.happened(new Entry("/pool/services/deep/services/web", Optional.empty(), Optional.of("web")));

        assertThat(links()).hasSize(2);
    }

    @Test
    void one_whose_entry_is_renamed_has_another_name() {
        groups.happened(new Entry("/services/web", Optional.of("web"), Optional.of("www")));

        assertThat(links()).containsExactlyInAnyOrder("app.services.www -> /sv/./www", "app.services.ssh -> /sv/./ssh");
    }

    /** Its name is that of another by now. */
    @Test
    void two_that_have_changed_their_names_have_both() {
        groups.happened(new Entry("/services/web", Optional.empty(), Optional.of("ssh")));
        groups.happened(new Entry("/services/ssh", Optional.empty(), Optional.of("web")));

        assertThat(links()).containsExactlyInAnyOrder("app.services.web -> /sv/./web", "app.services.ssh -> /sv/./ssh");
    }

    // ---- a child that is a service directory itself

    /** A kind that is the service directory here. */
    private record Service(String directory) implements ChildKind, LinkedService {
        @Override
        public String name() {
            return "service";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.empty();
        }

        @Override
        public OsString serviceDirectory() {
            return OsString.of(directory);
        }
    }

    private static SupervisorEvent changed(ChildSpec... children) {
        return new SupervisorEvent.SupervisorChanged("/", ToldEvents.by(Strategy.ONE_FOR_ONE), List.of(children));
    }

    @Test
    void a_child_that_is_one_is_a_link_and_goes_with_it() {
        ChildSpec services = ChildSpec.of("services", new Services("/sv"));
        told(changed(services, ChildSpec.of("one", new Service("/sv/one"))));
        assertThat(links()).hasSize(3).contains("app.one -> /sv/one/./.");

        told(changed(services));
        ShownPlace one = find("app.one");

        assertThat(links()).hasSize(2);
        assertThat(one).isNotNull();
        assertThat(groups.vanishes(one)).isTrue();
        assertThat(find("app.one")).isNull();
    }

    @Test
    void a_child_becomes_one_and_none_with_its_kind() {
        told(changed(spec("one")));
        assertThat(find("app.one")).extracting(place -> place.leadsTo).isNull();

        told(changed(ChildSpec.of("one", new Service("/sv/one"))));
        assertThat(links()).contains("app.one -> /sv/one/./.");
        told(changed(ChildSpec.of("one", new Service("/sv/two"))));
        assertThat(links()).contains("app.one -> /sv/two/./.");

        told(changed(spec("one")));
        assertThat(find("app.one")).extracting(place -> place.leadsTo).isNull();
    }
}
