package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.statusIfThere;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The acceptance cases of many services in few descriptors, by their numbers. 10,000 within 20,000 with
 * {@code -Dpekko-supervisor.test.adoption=long}; it says then what it has measured.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ScaleCasesTest extends InEstate {

    private static final int MANY = LONG ? 10_000 : 300;
    private static final int LIMIT = LONG ? 20_000 : 700;

    /** One more for each lock, where a mapping does not hold it. */
    private static final int LIMIT_IN_OVERLAY = LIMIT * 2;

    private static final Duration ADOPTED_WITHIN = Duration.ofSeconds(10);
    private static final int MOST_AWAKE = 32;
    private static final String USED_UP = " open files, and they are used up: ";

    private static ConditionFactory veryPatiently() {
        return patiently().atMost(LONG ? Duration.ofMinutes(5) : Duration.ofMinutes(2));
    }

    private static final int ROOM_FOR_HALF = Integer.getInteger("pekko-supervisor.test.room", 40);

    private boolean isOverlay() throws IOException {
        return Files.getFileStore(temp).type().equals("overlay");
    }

    private void limitDescriptors(int limit) {
        estate.startedBy("sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh");
    }

    private long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + estate.launcher().pid() + "/fd"))) {
            return open.count();
        }
    }

    /** Whether it is supervised, by the FIFO that tells, and runs, by its status; much cheaper than sv. */
    private static boolean isUp(Path directory) {
        ServiceStatus status = statusIfThere(directory);
        return status != null
                && status.state() == ServiceStatus.State.RUN
                && ProcessHandle.of(status.pid()).isPresent();
    }

    private List<Path> up() {
        return estate.all().stream().filter(ScaleCasesTest::isUp).toList();
    }

    /** Those that are up, and are other processes than then. */
    private boolean areAllUpAnew(Map<Path, Integer> then) {
        return estate.all().stream()
                .allMatch(service -> isUp(service) && status(service).pid() != then.getOrDefault(service, 0));
    }

    private <T> T timed(String what, Supplier<T> deed) {
        long begun = System.nanoTime();
        T result = deed.get();
        if (LONG) {
            System.err.printf("case 35: %s in %d ms%n", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        }
        return result;
    }

    /** Kills as many at once as fit on a command line. */
    private static void killAll(List<Integer> pids) {
        final int atOnce = 5000;
        for (int from = 0; from < pids.size(); from += atOnce) {
            List<String> words = new ArrayList<>(List.of("kill", "-KILL"));
            pids.subList(from, Math.min(from + atOnce, pids.size())).forEach(pid -> words.add(pid.toString()));
            Estate.run(words.toArray(String[]::new));
        }
    }

    @Test
    void case_35_ten_thousand_services_within_twice_as_many_descriptors() throws Exception {
        for (int i = 0; i < MANY; i++) {
            estate.sleeper("s" + i);
        }
        int limit = isOverlay() ? LIMIT_IN_OVERLAY : LIMIT;
        limitDescriptors(limit);
        estate.start();
        timed("all up", () -> veryPatiently().until(() -> up().size(), up -> up == MANY));
        assertThat(descriptors()).isLessThan(limit);
        Map<Path, Integer> first = new HashMap<>(estate.pids());

        killAll(List.copyOf(first.values()));
        timed("all up again after all were killed", () -> veryPatiently().until(() -> areAllUpAnew(first), is -> is));
        assertThat(estate.complaints()).isEmpty();
        Map<Path, Integer> second = new HashMap<>(estate.pids());

        estate.killLauncher();
        estate.start();
        long begun = System.nanoTime();
        timed("all adopted", () -> veryPatiently().until(this::supervised, many -> many == MANY));
        Duration took = Duration.ofNanos(System.nanoTime() - begun);

        assertThat(estate.pids()).isEqualTo(second);
        assertThat(estate.complaints()).isEmpty();
        assertThat(took).isLessThan(LONG ? ADOPTED_WITHIN : Estate.PATIENCE);
        // whoever had no descriptor of his own is seen to end too
        killAll(List.copyOf(second.values()));
        timed("all up again as adopted ones", () -> veryPatiently().until(() -> areAllUpAnew(second), is -> is));
        timed("all stopped", () -> {
            stop();
            return true;
        });
        assertThat(estate.marked()).isEmpty();
    }

    private void stop() {
        Estate.kill("HUP", estate.launcher().pid());
        veryPatiently().until(() -> !estate.launcher().isAlive());
    }

    /** The FIFO that tells can be opened to write when somebody supervises, and not before. */
    private int supervised() {
        return Integer.parseInt(Estate.run(
                "perl",
                "-MFcntl",
                "-e",
                "my $up = 0; for (glob \"$ARGV[0]/*\") {"
                        + " $up++ if sysopen(my $f, \"$_/supervise/ok\", O_WRONLY | O_NONBLOCK) } print $up",
                estate.services().toString()));
    }

    /** Those that are taken over have a pidfd each, until there is no room for others. */
    @Test
    void case_35_who_has_found_room_finds_it_after_a_takeover_too() throws Exception {
        int wanted = 90;
        for (int i = 0; i < wanted; i++) {
            estate.sleeper("s" + i);
        }
        limitDescriptors(isOverlay() ? 290 : 200);
        estate.start();
        veryPatiently().until(() -> up().size() == wanted);
        Map<Path, Integer> pids = new HashMap<>(estate.pids());

        estate.killLauncher();
        estate.start();
        veryPatiently().until(() -> supervised() == wanted);

        assertThat(estate.pids()).isEqualTo(pids);
        assertThat(estate.complaints()).doesNotContain(USED_UP);
        // who has given up his pidfd is seen to end too
        killAll(List.copyOf(pids.values()));
        veryPatiently().until(() -> areAllUpAnew(pids));
    }

    @Test
    void case_36_who_had_no_room_after_a_takeover_is_stopped_at_the_end() throws Exception {
        int wanted = 70;
        estate.sleeper("s0");
        estate.start();
        estate.awaitAllUp();
        // its jars are more or fewer
        long ofItsOwn = descriptors();
        for (int i = 1; i < wanted; i++) {
            estate.sleeper("s" + i);
        }
        veryPatiently().until(() -> up().size() == wanted);
        Map<Path, Integer> pids = new HashMap<>(estate.pids());

        estate.killLauncher();
        limitDescriptors(Math.toIntExact(ofItsOwn + ROOM_FOR_HALF));
        estate.start();
        patiently().until(() -> estate.complaints().contains(" not supervised, "));
        assertThat(supervised()).isLessThan(wanted);
        assertThat(estate.pids()).isEqualTo(pids);
        stop();

        assertThat(estate.marked()).isEmpty();
        assertThat(usedUp()).hasSize(1);
        assertThat(estate.complaints()).doesNotContain("the next launcher takes");
    }

    @Test
    void case_35_service_needs_two_descriptors() throws Exception {
        // those whose directories have a descriptor for a while
        for (int i = 0; i < 2 * MOST_AWAKE; i++) {
            estate.sleeper("first" + i);
        }
        estate.start();
        estate.awaitAllUp();
        long before = descriptors();
        int more = 50;
        for (int i = 0; i < more; i++) {
            estate.sleeper("more" + i);
        }
        estate.awaitAllUp();

        long most = before + (isOverlay() ? 3L : 2L) * more + 1;
        patiently().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(most));
    }

    @Test
    void case_36_one_more_than_fits_is_named_and_starts_when_another_has_gone() throws Exception {
        int wanted = 150;
        for (int i = 0; i < wanted; i++) {
            estate.sleeper("s" + i);
        }
        limitDescriptors(200);
        estate.start();
        patiently().until(() -> !usedUp().isEmpty());
        List<Path> running = patiently().until(this::settled, up -> up.size() > 40);
        assertThat(running).hasSizeLessThan(wanted);
        Map<Path, Integer> pids = new HashMap<>();
        running.forEach(service -> pids.put(service, status(service).pid()));

        assertThat(usedUp())
                .singleElement()
                .asString()
                .startsWith("runsvdir " + estate.services() + ": warning: this process may have 200" + USED_UP)
                .contains(" not supervised, ", "; raise the limit (LimitNOFILE=");
        assertThat(ofNames(usedUp().get(0))).isNotEmpty();

        List<Path> gone = running.subList(0, 10);
        for (Path service : gone) {
            estate.unlink(service.getFileName().toString());
        }
        patiently().until(() -> up().size() >= running.size());
        List<Path> staying = running.subList(10, running.size());

        assertThat(staying)
                .allSatisfy(service -> assertThat(status(service).pid()).isEqualTo(pids.get(service)));
        // told once while there are some
        assertThat(usedUp()).hasSize(1);
    }

    /** What is said of those left out; what somebody could not do for a moment, and does later, may be told too. */
    private List<String> usedUp() {
        return estate.complaints()
                .lines()
                .filter(line -> line.contains(USED_UP))
                .toList();
    }

    private static List<String> ofNames(String complaint) {
        String names =
                complaint.replaceFirst("(?s).* not supervised, ", "").replaceFirst("(?s)( and .* more)?; .*", "");
        return List.of(names.split(", ", -1));
    }

    /** Those that are up, when no more come. */
    private List<Path> settled() {
        List<Path> before = up();
        patiently().pollDelay(Duration.ofSeconds(6)).until(() -> true);
        List<Path> now = up();
        return now.equals(before) ? now : List.of();
    }
}
