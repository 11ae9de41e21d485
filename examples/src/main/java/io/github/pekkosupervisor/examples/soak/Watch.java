package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Looks, has all judges say what is wrong, and tells what is wrong for longer than it may be. */
final class Watch {

    private final List<SoakService> services;
    private final Launcher launcher;
    private final Consumer<String> violations;
    private final Lasting atOnce = new Lasting(0);
    private final Lasting lasting;
    private List<String> wrong = List.of();
    private boolean isWrongForTooLong;
    private long looks;

    Watch(List<SoakService> services, Launcher launcher, Duration patience, Consumer<String> violations) {
        this.services = List.copyOf(services);
        this.launcher = launcher;
        this.violations = violations;
        this.lasting = new Lasting(patience.toNanos());
    }

    /**
     * Looks once.
     *
     * @param isDisturbed whether the launcher cannot do its work now
     */
    void look(boolean isDisturbed) throws IOException {
        looks++;
        Look look = look();
        atOnce.tooLong(Judge.COPIES.wrongs(look), Await.now()).forEach(violations);
        List<String> wrongs = new ArrayList<>();
        wrongs.addAll(Judge.UP.wrongs(look));
        wrongs.addAll(Judge.STATUS.wrongs(look));
        wrongs.addAll(Judge.ZOMBIES.wrongs(look));
        for (ServiceLog log : logs()) {
            log.grown().forEach(violations);
            wrongs.addAll(log.missing());
        }
        if (isDisturbed) {
            lasting.restart();
        } else {
            List<String> tooLong = lasting.tooLong(wrongs, Await.now());
            isWrongForTooLong = !tooLong.isEmpty();
            tooLong.forEach(violations);
        }
        wrong = wrongs;
    }

    private Look look() throws IOException {
        List<Seen> all = Seen.all();
        return new Look(
                launcher.pid(),
                services.stream().map(service -> service.look(all)).toList(),
                all);
    }

    private List<ServiceLog> logs() {
        return services.stream().flatMap(service -> service.log().stream()).toList();
    }

    /**
     * Looks until nothing is wrong, or has been for too long: whether nothing is.
     *
     * @param isSaid says what is wanted before each look: whether that has been heard
     */
    boolean awaitsAllWell(BooleanSupplier isSaid) throws IOException {
        lasting.restart();
        long begun = Await.now();
        isWrongForTooLong = false;
        boolean isWell;
        do {
            Await.pass(Duration.ofMillis(100));
            isWell = isSaid.getAsBoolean();
            look(false);
            isWell &= wrong.isEmpty();
        } while (!isWell && !isWrongForTooLong && Await.now() - begun <= lasting.nanosAllowed() * 2);
        return isWell;
    }

    /** Keeps nothing of writers that have ended. */
    void forget() throws IOException {
        Map<ServiceLog, Set<Long>> ended = new HashMap<>();
        for (ServiceLog log : logs()) {
            ended.put(log, new HashSet<>(log.writers()));
        }
        // one that is started now is not among those
        for (Standing service : look().services()) {
            for (Seen run : service.runs()) {
                ended.values().forEach(writers -> writers.remove(SoakService.writer(run)));
            }
        }
        for (Map.Entry<ServiceLog, Set<Long>> each : ended.entrySet()) {
            each.getKey().forget(each.getValue());
        }
    }

    /** What was wrong in the last look. */
    Collection<String> wrong() {
        return wrong;
    }

    long looks() {
        return looks;
    }

    /** Bytes of logs that were read. */
    long bytes() {
        return logs().stream().mapToLong(ServiceLog::read).sum();
    }
}
