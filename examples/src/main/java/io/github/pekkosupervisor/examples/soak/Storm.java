package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Disturbs services and launcher, by chance; knows what goes on, and ends it. */
final class Storm {

    /** Of those that are of the launcher, each is played in one round of so many; of its death fewer. */
    private static final int ROUNDS_OF_FAULT = 2;

    private static final int ROUNDS_OF_DEATH = 4;
    /** In which a command may not have been acted upon, with a stop of the launcher before that. */
    private static final Duration HEARING = Duration.ofSeconds(8);

    /** The same without a stop. */
    private static final Duration SOON_HEARD = Duration.ofSeconds(4);

    /** For what is sure to come. */
    private static final Duration UPGRADED = Duration.ofMinutes(5);

    private static final Duration A_SCRIPT_RUNS = Duration.ofMillis(60);
    private static final int REMEMBERED = 150;

    /** As often as they stand here. */
    private static final List<String> LETTERS = List.of(
            "u", "u", "u", "d", "d", "du", "du", "du", "ud", "dudu", "o", "t", "t", "tu", "h", "k", "i", "a", "1", "2",
            "p", "pc", "c", "dc");

    private static final List<String> LETTERS_TO_LOGGERS = List.of("t", "h", "k");

    private final List<SoakService> services;
    private final Path scan;
    private final Launcher launcher;
    private final SmallDisk disk;
    private final Random random;
    private final Set<Fault> faults;
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private final List<Going> going = new ArrayList<>();
    private final Deque<String> journal = new ArrayDeque<>();
    private final long begun = Await.now();
    private Set<Fault> now = Set.of();
    private boolean isUnattended;

    /** A fault that goes on until it is ended, which is due some time. */
    private record Going(Fault fault, BooleanSupplier due, End end) {}

    /** Ends a fault. */
    private interface End {
        void end() throws IOException;
    }

    /**
     * A storm over some services.
     *
     * @param faults those that can be played here
     */
    Storm(
            List<SoakService> services,
            Path scan,
            Launcher launcher,
            SmallDisk disk,
            Random random,
            Collection<Fault> faults) {
        this.services = List.copyOf(services);
        this.scan = scan;
        this.launcher = launcher;
        this.disk = disk;
        this.random = random;
        this.faults = EnumSet.copyOf(faults);
    }

    /** Chooses the faults of the next round: those of the services always, of the others some, if there are several. */
    void nextRound() {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (Fault fault : faults) {
            int rounds = fault == Fault.LAUNCHER_KILLED ? ROUNDS_OF_DEATH : ROUNDS_OF_FAULT;
            if (!fault.isOfLauncher() || faults.size() == 1 || random.nextInt(rounds) == 0) {
                chosen.add(fault);
            }
        }
        now = chosen;
    }

    /** Whether the launcher cannot do its work now. */
    boolean isOfLauncher() {
        return !going.isEmpty();
    }

    /** Ends what has gone on long enough. */
    void endThoseThatAreDue() throws IOException {
        endIf(one -> one.due.getAsBoolean());
    }

    /** Ends all that goes on. */
    void endAll() throws IOException {
        // a launcher that is stopped answers nobody
        endIf(one -> one.fault != Fault.UPGRADE);
        endIf(one -> true);
    }

    private void endIf(Predicate<Going> isOver) throws IOException {
        for (Going one : List.copyOf(going)) {
            if (isOver.test(one)) {
                going.remove(one);
                one.end.end();
                note(one.fault.word() + " is over");
            }
        }
    }

    /** Does the next thing, whatever it is. */
    void act() throws IOException {
        List<Fault> weighted = new ArrayList<>();
        for (Fault fault : now) {
            for (int i = 0; i < fault.weight(); i++) {
                weighted.add(fault);
            }
        }
        if (weighted.isEmpty()) {
            return;
        }
        Fault fault = weighted.get(random.nextInt(weighted.size()));
        if (act(fault)) {
            done.merge(fault, 1, Integer::sum);
        }
    }

    private boolean act(Fault fault) throws IOException {
        if (going.stream().anyMatch(one -> one.fault == fault)) {
            return false;
        }
        SoakService service = services.get(random.nextInt(services.size()));
        return switch (fault) {
            case SERVICE_KILLED -> killRun(service);
            case LOGGER_KILLED -> isSupervised(service) && kill(fault, service, service.logger());
            case SCRIPT_KILLED -> killScript(service);
            case COMMANDS -> command(service);
            case LINKS -> changeLink(service);
            case LAUNCHER_KILLED -> killLauncher();
            case LAUNCHER_STOPPED -> stopLauncher();
            case UPGRADE -> upgrade();
            case EMFILE -> limitFiles();
            case EAGAIN -> limitProcesses();
            case ENOSPC -> fillDisk();
            case EROFS -> makeReadOnly();
        };
    }

    // ---- of services

    /**
     * What nobody has read is in the pipe for as long as one of service, logger and launcher has it open. That one of
     * them outlives the others is the promise; so of two that are alone one is left.
     */
    private boolean killRun(SoakService service) throws IOException {
        boolean isLast = service.log().isPresent()
                && !isSupervised(service)
                && service.logger().isEmpty();
        return !isLast && kill(Fault.SERVICE_KILLED, service, service.run());
    }

    private boolean kill(Fault fault, SoakService service, Optional<Seen> process) {
        process.ifPresent(victim -> {
            service.disturbed();
            MarkedProcesses.kill(victim.pid());
            note(fault.word() + " " + service.name() + ", " + victim.pid());
        });
        return process.isPresent();
    }

    /** Has it begin one, and kills whatever of it is there then. */
    private boolean killScript(SoakService service) throws IOException {
        if (random.nextBoolean()) {
            killRun(service);
        } else if (service.isLinked()) {
            say(service, "t");
        }
        Await.pass(A_SCRIPT_RUNS);
        List<Seen> scripts = service.scripts();
        scripts.forEach(script -> kill(Fault.SCRIPT_KILLED, service, Optional.of(script)));
        return !scripts.isEmpty();
    }

    private boolean command(SoakService service) throws IOException {
        if (!service.isLinked()) {
            return false;
        }
        if (service.log().isPresent() && random.nextInt(8) == 0) {
            String letter = LETTERS_TO_LOGGERS.get(random.nextInt(LETTERS_TO_LOGGERS.size()));
            note("to the logger of " + service.name() + ": " + letter);
            return service.commandLogger(letter);
        }
        return say(service, LETTERS.get(random.nextInt(LETTERS.size())));
    }

    private boolean say(SoakService service, String letters) throws IOException {
        note("to " + service.name() + ": " + letters);
        return service.command(letters, Await.now(), !isUnattended && isSupervised(service));
    }

    private boolean changeLink(SoakService service) throws IOException {
        if (!service.isLinked()) {
            service.link(scan, service.name());
            note("link of " + service.name() + " added");
        } else if (!mayLoseItsLink(service)) {
            return false;
        } else if (random.nextBoolean()) {
            service.unlink(scan);
            note("link of " + service.name() + " removed");
        } else {
            service.rename(scan);
            note("link of " + service.name() + " renamed");
        }
        return true;
    }

    /** Not while an "up" may be heard after the link has gone: as with runit, that lets it go on. */
    private boolean mayLoseItsLink(SoakService service) throws IOException {
        return isUnattended
                || (!isGoing(Fault.LAUNCHER_STOPPED)
                        && !isGoing(Fault.UPGRADE)
                        && (isSupervised(service) || isGoing(Fault.EROFS))
                        && !service.wasToldSince(Await.now() - SOON_HEARD.toNanos()));
    }

    /** All have one again. */
    void linkAll() throws IOException {
        for (SoakService service : services) {
            if (!service.isLinked()) {
                service.link(scan, service.name());
                note("link of " + service.name() + " added");
            }
        }
    }

    // ---- of the launcher

    private boolean killLauncher() throws IOException {
        boolean cannotRecord = isGoing(Fault.ENOSPC) || isGoing(Fault.EROFS);
        services.forEach(service -> service.launcherDies(Await.now(), HEARING.toNanos(), cannotRecord));
        launcher.kill();
        for (SoakService service : services) {
            service.pipeMayBeGone();
        }
        isUnattended = true;
        note("the launcher is killed");
        // these have gone with it
        going.removeIf(
                one -> one.fault == Fault.LAUNCHER_STOPPED || one.fault == Fault.EMFILE || one.fault == Fault.EAGAIN);
        goOn(Fault.LAUNCHER_KILLED, 700, () -> {
            launcher.startAgain();
            isUnattended = false;
        });
        return true;
    }

    private boolean stopLauncher() throws IOException {
        if (isUnattended) {
            return false;
        }
        launcher.stop();
        goOn(Fault.LAUNCHER_STOPPED, 3000, launcher::goOn);
        return true;
    }

    /** It may be refused while others of these go on; but no limit comes for the next JVM to start with. */
    private boolean upgrade() throws IOException {
        if (!isAtWork()) {
            return false;
        }
        Process asker = launcher.askForUpgrade();
        note("upgrade is asked for");
        going.add(new Going(Fault.UPGRADE, () -> !asker.isAlive(), () -> {
            boolean isAnswered = Await.reached(() -> !asker.isAlive(), UPGRADED);
            note("upgrade: " + (isAnswered ? "exit code " + asker.exitValue() : "no answer"));
        }));
        return true;
    }

    private boolean limitFiles() throws IOException {
        if (!isAtWork() || isGoing(Fault.UPGRADE)) {
            return false;
        }
        launcher.limitFiles(random.nextInt(4));
        goOn(Fault.EMFILE, 4000, launcher::unlimited);
        return true;
    }

    private boolean limitProcesses() throws IOException {
        if (!isAtWork() || isGoing(Fault.UPGRADE)) {
            return false;
        }
        launcher.limitProcesses();
        goOn(Fault.EAGAIN, 4000, launcher::unlimited);
        return true;
    }

    private boolean isSupervised(SoakService service) throws IOException {
        return service.hasControl() && launcher.holds(service.control());
    }

    /** Its limits are those that its services get if they are lowered before. */
    private boolean isAtWork() throws IOException {
        for (SoakService service : services) {
            if (isSupervised(service)) {
                return true;
            }
        }
        return false;
    }

    private boolean fillDisk() throws IOException {
        if (isGoing(Fault.EROFS)) {
            return false;
        }
        disk.fill();
        goOn(Fault.ENOSPC, 4000, disk::empty);
        return true;
    }

    private boolean makeReadOnly() throws IOException {
        if (isGoing(Fault.ENOSPC) || !disk.becomesReadOnly()) {
            return false;
        }
        goOn(Fault.EROFS, 4000, disk::becomeWritable);
        return true;
    }

    private boolean isGoing(Fault fault) {
        return going.stream().anyMatch(one -> one.fault == fault);
    }

    private void goOn(Fault fault, int atMostMillis, End end) {
        Duration length = Duration.ofMillis(random.nextInt(atMostMillis));
        note(fault.word() + " for " + length.toMillis() + " ms");
        long until = Await.now() + length.toNanos();
        going.add(new Going(fault, () -> until <= Await.now(), end));
    }

    // ---- what is told of it

    private void note(String what) {
        journal.add(String.format(Locale.ROOT, "%.3f %s", Await.millisSince(begun) / 1000, what));
        if (journal.size() > REMEMBERED) {
            journal.remove();
        }
    }

    /** The last that was done, a line each. */
    String journal() {
        return journal.stream().map(line -> "  " + line + "\n").collect(Collectors.joining());
    }

    /** How often what was done. */
    Map<Fault, Integer> done() {
        return Map.copyOf(done);
    }

    /** All that are played, in order. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    Set<Fault> ofThisRound() {
        return Set.copyOf(now);
    }
}
