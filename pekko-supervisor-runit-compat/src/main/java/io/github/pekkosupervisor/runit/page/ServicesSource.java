package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeHealth.NotReady;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.runit.look.Lookout;
import io.github.pekkosupervisor.runit.look.Order;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.page.Picture.Row;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The services of a directory, whoever supervises them, looked at again and again on a thread of its own. A command is
 * written to {@code supervise/control}, and is done when that is seen.
 */
final class ServicesSource implements Source {

    private static final long PACE_MILLIS = 250;

    /** While nobody watches: ends are counted all the same. */
    private static final long PACE_ALONE_MILLIS = 2_000;

    private final OsString services;
    private final InstantSource calendar;
    private final Lookout lookout;
    private final ReportedNodes nodes = new ReportedNodes();
    private final Queue<Awaited> awaited = new ConcurrentLinkedQueue<>();
    private @Nullable Watch watch;
    private @Nullable ScheduledExecutorService looking;
    private @Nullable Future<?> next;

    /** Of the look that is planned; one that was planned before and is taken up late is none any more. */
    private long turn;

    private volatile Seen seen;

    /**
     * What was seen last.
     *
     * @param places which service is shown where
     */
    private record Seen(ScanReport report, Optional<String> trouble, Map<String, OsString> places) {}

    /** Somebody who waits until a service is so. */
    private record Awaited(OsString name, Predicate<ServiceReport> isSo, CompletableFuture<Answered> answer) {}

    private ServicesSource(OsString services, InstantSource calendar, Lookout lookout, ScanReport first) {
        this.services = services;
        this.calendar = calendar;
        this.lookout = lookout;
        this.seen = new Seen(first, Optional.empty(), Map.of());
    }

    /**
     * Looks for the first time.
     *
     * @throws IOException they cannot be looked at
     */
    static ServicesSource of(OsString services, InstantSource calendar) throws IOException {
        try {
            Lookout lookout = new Lookout(services);
            return new ServicesSource(services, calendar, lookout, lookout.look());
        } catch (FatalException e) {
            throw new IOException(Printable.onTerminal(e.text()), e);
        }
    }

    /** What is seen goes there. */
    ServicesSource seenBy(Watch who) {
        watch = who;
        show(seen.report, Optional.empty());
        return this;
    }

    /** @param timer of one thread, which is shut down at the end */
    void begin(ScheduledExecutorService timer) {
        looking = timer;
        soon(PACE_MILLIS);
    }

    void close() {
        if (looking != null) {
            looking.shutdownNow();
        }
    }

    @Override
    public Watch watch() {
        return Objects.requireNonNull(watch, "nobody sees it yet");
    }

    // ---- looks

    /** There is one next look. */
    private synchronized void soon(long millis) {
        try {
            if (next != null) {
                next.cancel(false);
            }
            turn++;
            long mine = turn;
            next = Objects.requireNonNull(looking).schedule(() -> lookOnce(mine), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // it is being closed
        }
    }

    /** The next look at once, whatever is planned. */
    void hurry() {
        soon(0);
    }

    /** Unless one has been asked for meanwhile, which comes earlier. */
    private synchronized void later(long millis) {
        if (next == null) {
            soon(millis);
        }
    }

    /** False if another one has been planned in its place meanwhile. */
    private synchronized boolean begun(long mine) {
        if (mine != turn) {
            return false;
        }
        next = null;
        return true;
    }

    private void lookOnce(long mine) {
        if (!begun(mine)) {
            return;
        }
        long began = calendar.millis();
        try {
            look();
        } finally {
            long took = calendar.millis() - began;
            boolean isWatched = watch().watchers() > 0 || !awaited.isEmpty();
            later(Lookout.restMillis(took, isWatched ? PACE_MILLIS : PACE_ALONE_MILLIS));
        }
    }

    /** By one thread at a time. */
    private synchronized void look() {
        Seen before = seen;
        ScanReport now = before.report;
        Optional<String> trouble = Optional.empty();
        try {
            now = lookout.look();
        } catch (FatalException e) {
            trouble = Optional.of(Printable.onTerminal(e.text()));
        }
        if (!now.equals(before.report) || !trouble.equals(before.trouble)) {
            show(now, trouble);
            died(before.report, now);
        }
        answer(now);
    }

    private void show(ScanReport report, Optional<String> trouble) {
        Map<String, OsString> places = new HashMap<>();
        TreeSnapshot snapshot = new TreeSnapshot(calendar.instant(), nodes.top(report, trouble, places));
        seen = new Seen(report, trouble, places);
        watch().see(snapshot);
    }

    /** What ran and does not any more, or is another one now, has ended in between. */
    private void died(ScanReport before, ScanReport now) {
        Map<OsString, ServiceReport> byNameBefore = byName(before);
        Map<OsString, ServiceReport> byNameNow = byName(now);
        seen.places.forEach((path, name) -> {
            ServiceReport was = byNameBefore.get(name);
            ServiceReport is = byNameNow.get(name);
            if (was != null && is != null && !is.equals(was) && hasEnded(was, is)) {
                watch().died(path, reason(is), ran(was, is), isAsked(was, is));
            }
        });
    }

    private static Map<OsString, ServiceReport> byName(ScanReport report) {
        Map<OsString, ServiceReport> byName = new HashMap<>();
        report.services().forEach(service -> byName.put(service.name(), service));
        return byName;
    }

    private static Optional<ServiceReport> byName(ScanReport report, OsString name) {
        return report.services().stream()
                .filter(service -> service.name().equals(name))
                .findFirst();
    }

    private static boolean hasEnded(ServiceReport was, ServiceReport is) {
        StatusBytes before = was.status();
        StatusBytes after = is.status();
        return before != null
                && after != null
                && before.isRunning()
                && (!after.isRunning() || after.pid() != before.pid() || after.label() != before.label());
    }

    private static String reason(ServiceReport is) {
        return is.record() == null ? "ended; runit does not say how" : is.lastExit();
    }

    private static Duration ran(ServiceReport was, ServiceReport is) {
        return is.record() != null && is.record().past().lastEnd().isPresent()
                ? is.record().past().lastEnd().get().ran()
                : Duration.ofSeconds(Objects.requireNonNull(was.status())
                        .ageAt(Objects.requireNonNull(is.status()).label()));
    }

    /** What somebody else asks for in another way, as by {@code sv restart}, may have passed unseen. */
    private Deaths.What isAsked(ServiceReport was, ServiceReport is) {
        boolean isByUs = awaited.stream().anyMatch(one -> one.name.equals(is.name()));
        boolean isAsked = isByUs
                || Objects.requireNonNull(was.status()).gotTerm()
                || Objects.requireNonNull(is.status()).want() == 'd';
        return isAsked ? Deaths.What.STOPPED : Deaths.What.ENDED;
    }

    // ---- what is asked

    @Override
    public CompletionStage<TreeHealth> health() {
        Seen now = seen;
        List<NotReady> notReady = new ArrayList<>();
        now.trouble.ifPresent(why -> notReady.add(new NotReady("/", why)));
        Map<OsString, ServiceReport> byName = byName(now.report);
        now.places.forEach((path, name) -> {
            ServiceReport service = byName.get(name);
            if (service != null && !service.isAllAsWanted()) {
                notReady.add(new NotReady(
                        path,
                        service.state() + ", "
                                + service.allNotes(
                                        Tai64n.label(calendar.instant().getEpochSecond()))));
            }
        });
        return CompletableFuture.completedFuture(new TreeHealth(now.trouble.isEmpty(), notReady.isEmpty(), notReady));
    }

    @Override
    public Optional<List<String>> lastLines(Row row) {
        OsString name = seen.places.get(row.node().path());
        return name == null ? Optional.empty() : LogTail.of(directory(name));
    }

    private OsString directory(OsString name) {
        return name.equals(OsString.of(".")) ? services : services.plus("/").plus(name);
    }

    @Override
    public CompletionStage<Answered> command(Row row, Row above, Command command, Optional<Signal> signal) {
        OsString name = seen.places.get(row.node().path());
        if (name == null) {
            return now(Answered.nobody("there is no such service any more"));
        }
        Optional<ServiceReport> before = byName(seen.report, name);
        Optional<String> refused = order(command, signal).give(directory(name));
        if (refused.isPresent()) {
            return now(Answered.notNow(refused.get()));
        }
        if (command == Command.SIGNAL) {
            return now(Answered.done(signal.orElseThrow() + " has been sent"));
        }
        CompletableFuture<Answered> answer = new CompletableFuture<>();
        awaited.add(new Awaited(name, goal(command, before), answer));
        hurry();
        return answer.completeOnTimeout(
                Answered.goesOn("it has been asked for and is not so yet; it goes on"),
                TreeSource.PATIENCE.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private static CompletionStage<Answered> now(Answered answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Order order(Command command, Optional<Signal> signal) {
        return switch (command) {
            case RESTART -> Order.RESTART;
            case START -> Order.UP;
            case STOP -> Order.DOWN;
            case SIGNAL -> Order.of(signal.orElseThrow()).orElseThrow();
        };
    }

    private static Predicate<ServiceReport> goal(Command command, Optional<ServiceReport> before) {
        String process = before.map(ServiceReport::pid).orElse("-");
        return switch (command) {
            case STOP -> service -> service.status() != null && service.status().isDown();
            case RESTART -> service -> isUp(service) && !service.pid().equals(process);
            case START, SIGNAL -> ServicesSource::isUp;
        };
    }

    private static boolean isUp(ServiceReport service) {
        StatusBytes status = service.status();
        return status != null
                && status.isRunning()
                && !status.gotTerm()
                && service.ready().orElse(true);
    }

    private void answer(ScanReport now) {
        for (Awaited one : awaited) {
            boolean isSo = byName(now, one.name).filter(one.isSo).isPresent();
            if (isSo) {
                one.answer.complete(Answered.done("it is so"));
            }
        }
        awaited.removeIf(one -> one.answer.isDone());
    }
}
