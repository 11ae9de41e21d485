package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.Processes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * A directory of service directories under supervision, as {@code runsvdir(8)}: an entry that appears is started, one
 * that disappears is stopped, one runsv for each.
 *
 * <p>Spawn it with {@link #dispatcher()}. It notices changes at once, through inotify, and looks for itself every five
 * seconds. If it is stopped without {@link Stop}, the services go on, unattended.
 */
public final class Runsvdir {

    private static final Duration RESCAN = Duration.ofSeconds(5);
    private static final Duration RETRY_UNREADABLE = Duration.ofSeconds(1);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 5;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final FileStatus.Id NO_DIRECTORY = new FileStatus.Id(-1, -1);
    private static final OsString FORCED_RESCAN = OsString.of(".forced-rescan");
    private static final int FORCED_RESCAN_MODE = 0644;

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final RunsvdirSettings settings;
    private final RunsvSettings runsvSettings;
    private final Reporter reporter;
    private final Processes processes;
    private final ScanRule rule = new ScanRule();
    private final Map<FileStatus.Id, Runs> runs = new HashMap<>();
    /** What each entry led to in the last scan. */
    private final Map<OsString, FileStatus.Id> targets = new HashMap<>();

    private final Map<OsString, String> complaints = new HashMap<>();
    private final List<ScanRule.Action> undone = new ArrayList<>();
    private final AtomicBoolean changeSignalled = new AtomicBoolean();
    private final LauncherLock lock;
    private boolean lockedOut;
    private Optional<Scanned> scanned = Optional.empty();
    private Optional<ActorRef<Done>> stopper = Optional.empty();

    /** What a runsvdir can be asked to do. */
    public sealed interface Command {}

    /**
     * End all services in the way of HUP, and then this actor.
     *
     * @param replyTo told when the last one is gone
     */
    public record Stop(ActorRef<Done> replyTo) implements Command {}

    /** Scan now, and write {@code .forced-rescan} when done, as Debian's runsvdir does on ALRM. */
    public enum Rescan implements Command {
        /** The only one. */
        INSTANCE
    }

    private enum Changed implements Command {
        INSTANCE
    }

    private enum LookAgain implements Command {
        INSTANCE
    }

    private record RunsvFailed(ActorPath runsv, Throwable cause) implements Command {}

    private enum PerformRest implements Command {
        INSTANCE
    }

    private record TryAgain(Command command, int attempt) implements Command {}

    private record RunsvEnded(FileStatus.Id id) implements Command {}

    private record RunsvWaited(FileStatus.Id id) implements Command {}

    /** One service's runsv, and what survives it if it fails. */
    private static final class Runs {
        private ServiceDirectory directory;
        private ActorRef<Runsv.Command> runsv;
        private Instant since;
        private int endsInARow;

        Runs(ServiceDirectory directory, ActorRef<Runsv.Command> runsv, Instant since) {
            this.directory = directory;
            this.runsv = runsv;
            this.since = since;
        }

        /** One second after the first end, one more after each that follows soon, five at the most. */
        Duration pause(Instant now) {
            boolean heldOut = Duration.between(since, now).compareTo(LONGEST_PAUSE) > 0;
            endsInARow = heldOut ? 1 : endsInARow + 1;
            Duration pause = Duration.ofSeconds(endsInARow);
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    /**
     * The directory as it was when it was looked at last.
     *
     * @param directory held open
     * @param status its own
     * @param watch tells of changes; empty if none could be had
     * @param read whether its entries have been read
     * @param again whether they must be read again though nothing seems changed
     */
    private record Scanned(
            Directory directory, FileStatus status, Optional<EventLoop.Watch> watch, boolean read, boolean again) {
        void close() {
            watch.ifPresent(EventLoop.Watch::close);
            directory.close();
        }
    }

    private Runsvdir(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RunsvdirSettings settings,
            LauncherLock lock) {
        this.lock = lock;
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.runsvSettings = new RunsvSettings(settings.ownSessions(), settings.messages(), settings.clock());
        this.reporter = new Reporter("runsvdir", settings.directory(), settings.messages());
        this.processes = Processes.get(context.getSystem());
    }

    /** Supervises a directory of service directories. */
    public static Behavior<Command> create(RunsvdirSettings settings) {
        return create(settings, new LauncherLock());
    }

    /**
     * Supervises a directory of service directories.
     *
     * @param lock held on the directory already, or taken when it can be had; released at the end
     */
    public static Behavior<Command> create(RunsvdirSettings settings, LauncherLock lock) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Runsvdir(context, timers, settings, lock).supervising()));
    }

    /** Where to spawn it: it reads directories. */
    public static DispatcherSelector dispatcher() {
        return Processes.dispatcher();
    }

    private Behavior<Command> supervising() {
        handle(Changed.INSTANCE, 1);
        return Behaviors.receive(Command.class)
                .onMessage(TryAgain.class, again -> handle(again.command(), again.attempt()))
                .onMessage(Command.class, command -> handle(command, 1))
                .onSignal(
                        ChildFailed.class,
                        failed -> handle(new RunsvFailed(failed.getRef().path(), failed.cause()), 1))
                .onSignal(Terminated.class, ended -> Behaviors.same())
                .onSignal(PostStop.class, stopped -> close())
                .build();
    }

    /** Whatever goes wrong with one service or one look: the others are not to notice. */
    private Behavior<Command> handle(Command command, int attempt) {
        try {
            return obey(command);
        } catch (RuntimeException | Error e) {
            boolean again = attempt < ATTEMPTS;
            report((again ? "an internal failure, tried again" : "an internal failure") + ", please report this: " + e);
            if (again) {
                timers.startSingleTimer(command, new TryAgain(command, attempt + 1), RETRY);
            }
            return Behaviors.same();
        }
    }

    private void report(String what) {
        try {
            reporter.warnOfOurs(what);
        } catch (RuntimeException | Error e) {
            // there is nobody to be told
        }
    }

    private Behavior<Command> obey(Command command) {
        if (command == Changed.INSTANCE) {
            return look(true);
        } else if (command == LookAgain.INSTANCE) {
            return look(false);
        } else if (command == Rescan.INSTANCE) {
            return forcedRescan();
        } else if (command instanceof RunsvEnded ended) {
            return runsvEnded(ended);
        } else if (command instanceof RunsvFailed failed) {
            return runsvFailed(failed);
        } else if (command instanceof RunsvWaited waited) {
            return perform(rule.waited(waited.id()));
        } else if (command == PerformRest.INSTANCE) {
            return performRest();
        } else if (command instanceof Stop stop) {
            return stop(stop);
        }
        throw new IllegalStateException("unknown: " + command);
    }

    // ---- scanning

    private Behavior<Command> look(boolean changed) {
        if (stopper.isPresent()) {
            return Behaviors.same();
        }
        changeSignalled.set(false);
        // if this look fails, there is the next
        timers.startSingleTimer(LookAgain.INSTANCE, LookAgain.INSTANCE, RESCAN);
        try {
            if (reopenIfReplaced() || changed) {
                scan();
            }
        } catch (PosixException e) {
            boolean isThere = e.is("ENOTDIR") || e.is("EACCES");
            reporter.warn(isThere ? "unable to change directory to" : "unable to stat", settings.directory(), e);
        }
        timers.startSingleTimer(LookAgain.INSTANCE, LookAgain.INSTANCE, nextLook());
        return Behaviors.same();
    }

    private Duration nextLook() {
        if (scanned.isEmpty()) {
            return RETRY_UNREADABLE;
        }
        return scanned.get().again() ? SETTLING : RESCAN;
    }

    /** Whether there is something to be seen that the last scan did not see. */
    private boolean reopenIfReplaced() throws PosixException {
        Directory current = Directory.open(settings.directory());
        FileStatus status = current.status();
        if (scanned.isPresent() && scanned.get().status().id().equals(status.id())) {
            current.close();
            Scanned last = scanned.get();
            return last.again()
                    || !complaints.isEmpty()
                    || !last.status().modified().equals(status.modified())
                    || leadsElsewhere(last.directory());
        }
        if (!lock.take(current)) {
            current.close();
            complainOfTheHolder();
            return false;
        }
        lockedOut = false;
        scanned.ifPresent(Scanned::close);
        scanned = Optional.empty();
        Optional<EventLoop.Watch> watch = watch(current);
        scanned = Optional.of(new Scanned(current, status, watch, false, true));
        return true;
    }

    /**
     * Whether behind an entry that is the same there is another directory: removed and made again, or a link switched.
     */
    private boolean leadsElsewhere(Directory directory) {
        for (Map.Entry<OsString, FileStatus.Id> entry : targets.entrySet()) {
            try {
                if (!target(directory.statusIfPresent(entry.getKey())).equals(entry.getValue())) {
                    return true;
                }
            } catch (PosixException e) {
                if (leadsNowhere(e)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static FileStatus.Id target(Optional<FileStatus> entry) {
        return entry.filter(FileStatus::isDirectory).map(FileStatus::id).orElse(NO_DIRECTORY);
    }

    /** Else it is not known what it leads to, as when a file server does not answer. */
    private static boolean leadsNowhere(PosixException e) {
        return switch (e.errno()) {
            case "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG" -> true;
            default -> false;
        };
    }

    /** Once: what was there before goes on until the other launcher has gone. */
    private void complainOfTheHolder() {
        if (!lockedOut) {
            lockedOut = true;
            reporter.warn(LauncherLock.holder(settings.directory()) + " supervises this directory already");
        }
    }

    private Optional<EventLoop.Watch> watch(Directory directory) {
        ActorRef<Command> self = context.getSelf();
        try {
            return Optional.of(processes.posix().loop().changes(directory, () -> {
                if (changeSignalled.compareAndSet(false, true)) {
                    self.tell(Changed.INSTANCE);
                }
            }));
        } catch (PosixException e) {
            // out of watches: the look every five seconds remains
            context.getLog().warn("changes in [{}] are noticed late: {}", settings.directory(), e.getMessage());
            return Optional.empty();
        }
    }

    private void scan() throws PosixException {
        Scanned last = scanned.orElseThrow();
        FileStatus status = last.directory().status();
        List<OsString> names;
        try {
            names = last.directory().list();
        } catch (PosixException e) {
            reporter.warn("unable to open directory", settings.directory(), e);
            scanned = Optional.of(new Scanned(last.directory(), status, last.watch(), last.read(), true));
            return;
        }
        Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
        Map<OsString, FileStatus.Id> targetsNow = new HashMap<>();
        Map<OsString, String> complaintsNow = new HashMap<>();
        boolean again = false;
        for (OsString name : names) {
            if (name.startsWith(".")) {
                continue;
            }
            FileStatus.Id before = targets.getOrDefault(name, NO_DIRECTORY);
            try {
                FileStatus entry = last.directory().status(name);
                targetsNow.put(name, target(Optional.of(entry)));
                if (!entry.isDirectory()) {
                    continue;
                }
                if (last.read() && isBeingMade(last.directory(), name, entry)) {
                    again = true;
                    targetsNow.put(name, before);
                } else {
                    seen.putIfAbsent(entry.id(), name);
                }
            } catch (PosixException e) {
                complaintsNow.put(name, e.errno());
                if (!e.errno().equals(complaints.get(name))) {
                    reporter.warn("unable to stat", name, e);
                }
                targetsNow.put(name, leadsNowhere(e) ? NO_DIRECTORY : before);
                if (runs.containsKey(targetsNow.get(name))) {
                    seen.putIfAbsent(before, name);
                }
            }
        }
        targets.clear();
        targets.putAll(targetsNow);
        complaints.clear();
        complaints.putAll(complaintsNow);
        scanned = Optional.of(new Scanned(last.directory(), status, last.watch(), true, again));
        perform(rule.scanned(seen));
        // those that had ended and have lost their entry; another directory may come to have the same id
        runs.keySet().removeIf(id -> !rule.knows(id));
    }

    /**
     * Whether an unknown entry is a directory of its own (no link), or behind a link that led elsewhere, and was
     * changed within the last second: whoever makes it may still be at it, and a {@code down} file not be there yet.
     */
    private boolean isBeingMade(Directory directory, OsString name, FileStatus entry) throws PosixException {
        Instant now = settings.clock().instant();
        Duration age = Duration.between(entry.modified(), now);
        return !runs.containsKey(entry.id())
                && !age.isNegative()
                && age.compareTo(SETTLING) < 0
                && (targets.containsKey(name) || directory.linkStatus(name).isDirectory());
    }

    private Behavior<Command> forcedRescan() {
        look(true);
        if (scanned.isPresent()) {
            try (Descriptor mark = scanned.get().directory().openNew(FORCED_RESCAN, FORCED_RESCAN_MODE)) {
                mark.write(ServiceStatus.tai64nText(settings.clock().instant()).getBytes(StandardCharsets.US_ASCII));
            } catch (PosixException e) {
                reporter.warn("failed to " + (e.call().equals("write") ? "write" : "open") + " " + FORCED_RESCAN, e);
            }
        }
        return Behaviors.same();
    }

    // ---- the runsv actors

    private Behavior<Command> perform(List<ScanRule.Action> actions) {
        actions.forEach(this::performIfNothingIsBefore);
        runs.keySet().removeIf(id -> !rule.knows(id));
        if (stopper.isPresent() && rule.isEmpty()) {
            stopper.get().tell(Done.getInstance());
            return Behaviors.stopped();
        }
        return Behaviors.same();
    }

    /** What could not be done for one service keeps nobody else waiting, and what follows for this one waits for it. */
    private void performIfNothingIsBefore(ScanRule.Action action) {
        boolean inTurn = undone.stream().noneMatch(earlier -> earlier.id().equals(action.id()));
        try {
            if (inTurn) {
                perform(action);
                return;
            }
        } catch (RuntimeException | Error e) {
            report("an internal failure, tried again, please report this: " + e);
        }
        undone.add(action);
        timers.startSingleTimer(PerformRest.INSTANCE, PerformRest.INSTANCE, RETRY);
    }

    private Behavior<Command> performRest() {
        List<ScanRule.Action> rest = List.copyOf(undone);
        undone.clear();
        return perform(rest.stream().filter(action -> rule.knows(action.id())).toList());
    }

    private void perform(ScanRule.Action action) {
        if (action instanceof ScanRule.Start start) {
            start(start.id(), start.name());
        } else if (action instanceof ScanRule.Terminate terminate) {
            runs(terminate.id()).runsv.tell(Runsv.Terminate.INSTANCE);
        } else if (action instanceof ScanRule.Wait wait) {
            RunsvWaited waited = new RunsvWaited(wait.id());
            timers.startSingleTimer(
                    waited, waited, runs(wait.id()).pause(settings.clock().instant()));
        }
    }

    private void start(FileStatus.Id id, OsString name) {
        Runs known = runs.get(id);
        // a failed runsv has left its directory open; after an end it is closed and its entry may have another name
        ServiceDirectory directory = known != null && !known.directory.isClosed()
                ? known.directory
                : new ServiceDirectory(name, settings.directory().plus("/").plus(name));
        Instant now = settings.clock().instant();
        ActorRef<Runsv.Command> runsv = context.spawnAnonymous(
                Runsv.create(directory, runsvSettings, context.getSelf(), ended -> new RunsvEnded(id)),
                Processes.dispatcher());
        context.watch(runsv);
        if (known == null) {
            runs.put(id, new Runs(directory, runsv, now));
        } else {
            known.directory = directory;
            known.runsv = runsv;
            known.since = now;
        }
    }

    private Behavior<Command> runsvEnded(RunsvEnded ended) {
        runs(ended.id()).directory.close();
        return perform(rule.ended(ended.id()));
    }

    private Behavior<Command> runsvFailed(RunsvFailed failed) {
        for (Map.Entry<FileStatus.Id, Runs> entry : runs.entrySet()) {
            if (entry.getValue().runsv.path().equals(failed.runsv())) {
                reporter.warnOfOurs(
                        "the supervision of " + entry.getValue().directory.name()
                                + " failed and is taken up again, please report this: " + failed.cause());
                return perform(rule.failed(entry.getKey()));
            }
        }
        throw new IllegalStateException("an unknown child failed", failed.cause());
    }

    private Runs runs(FileStatus.Id id) {
        Runs service = runs.get(id);
        if (service == null) {
            throw new IllegalStateException("no runsv for service " + id);
        }
        return service;
    }

    private Behavior<Command> stop(Stop command) {
        if (stopper.isEmpty()) {
            stopper = Optional.of(command.replyTo());
            timers.cancel(LookAgain.INSTANCE);
        }
        return perform(rule.stop());
    }

    private Behavior<Command> close() {
        scanned.ifPresent(Scanned::close);
        lock.close();
        runs.values().forEach(service -> service.directory.close());
        return Behaviors.same();
    }
}
