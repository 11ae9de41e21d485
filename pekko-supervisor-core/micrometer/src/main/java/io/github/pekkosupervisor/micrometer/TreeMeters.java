package io.github.pekkosupervisor.micrometer;

import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.Happening.Exit;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.TreePath;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one tree in one registry. What is counted is counted when it happens. Gauges show how the tree was when
 * it was last looked at, which happens soon after something has; how soon depends on how long that takes, so that a
 * large tree costs a few per cent of a processor at most.
 */
final class TreeMeters {

    static final String PREFIX = "pekko.supervisor.";

    private static final String PATH = "path";

    /** A cause of a {@link Happening.Ended}. */
    private static final String START_ERROR = "start_error";

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final int PAUSES_PER_LOOK = 20;

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicBoolean isDue = new AtomicBoolean();

    // what follows is this object's

    private final Map<String, Place> places = new HashMap<>();
    private Duration pause = SHORTEST_PAUSE;
    private boolean isClosed;

    TreeMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** One path: how all that have it are, and its meters. */
    private static final class Place {
        private final List<Meter> meters = new ArrayList<>();
        private volatile int up;
        private volatile int ready;
        private volatile @Nullable Instant since;
        /** Of a supervisor that may give up. */
        private volatile @Nullable Supervision by;
        /** When a restart there was counted last; of those from before this was bound, when they were seen. */
        private volatile long counted = System.nanoTime();

        private @Nullable Meter left;
        private @Nullable String cause;
        private @Nullable Instant stops;

        double seconds() {
            Instant then = since;
            return then == null
                    ? 0
                    : Math.max(0, Duration.between(then, Instant.now()).toMillis() / 1000.0);
        }

        /** How many restarts more are allowed: all, when the last one was longer ago than the period. */
        int allowed() {
            Supervision now = by;
            if (now == null || now.limit().isEmpty()) {
                return 0;
            }
            Duration ago = Duration.ofNanos(System.nanoTime() - counted);
            int recent = ago.compareTo(now.period()) >= 0 ? 0 : now.recent();
            return Math.max(0, now.limit().getAsInt() - recent);
        }
    }

    // ---- what is counted

    synchronized void count(Happening happening) {
        if (isClosed) {
            return;
        }
        Place place = place(happening.path());
        Tags here = tags.and(PATH, happening.path());
        if (happening instanceof Happening.Started started) {
            registry.counter(PREFIX + "starts", here).increment();
            if (started.again() && place.cause != null) {
                isCounted(happening.path());
                keep(place, registry.counter(PREFIX + "restarts", here.and("reason", place.cause)))
                        .increment();
            }
            // the cause stays: of several with this path that died together each is a restart
            place.stops = null;
            registry.timer(PREFIX + "start.time", here).record(since(started.at()));
        } else if (happening instanceof Happening.Ended ended) {
            Exit exit = ended.exit();
            keep(
                            place,
                            registry.counter(
                                    PREFIX + "exits",
                                    here.and("reason", exit.reason(), "code", exit.code(), "signal", exit.signal())))
                    .increment();
            place.cause = ended.cause().equals(Exit.NONE) ? null : ended.cause();
            if (ended.cause().equals(START_ERROR)) {
                isCounted(happening.path());
            }
            Instant stops = place.stops;
            if (stops != null) {
                registry.timer(PREFIX + "stop.time", here).record(since(stops));
            }
            place.stops = null;
        } else if (happening instanceof Happening.Stopping) {
            place.stops = Instant.now();
        } else if (happening instanceof Happening.Abandoned) {
            registry.counter(PREFIX + "abandoned", here).increment();
        }
    }

    /** Against the intensity of the supervisor above. */
    private void isCounted(String path) {
        if (!path.equals(TreePath.TOP)) {
            place(TreePath.above(path)).counted = System.nanoTime();
        }
    }

    private static Duration since(Instant then) {
        Duration took = Duration.between(then, Instant.now());
        return took.isNegative() ? Duration.ZERO : took;
    }

    // ---- what is looked at

    /** Soon. */
    void show(Supplier<TreeSnapshot> present) {
        if (isDue.compareAndSet(false, true)) {
            CompletableFuture<Void> look = CompletableFuture.runAsync(() -> look(present), after(pause()));
            assert look != null;
        }
    }

    private static Executor after(Duration pause) {
        return CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized Duration pause() {
        return pause;
    }

    private void look(Supplier<TreeSnapshot> present) {
        isDue.set(false);
        long begin = System.nanoTime();
        synchronized (this) {
            if (!isClosed) {
                // in here, so that nothing is counted of a place that the snapshot has not
                show(byPath(present.get().top()));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin).multipliedBy(PAUSES_PER_LOOK);
            pause = took.compareTo(SHORTEST_PAUSE) > 0 ? took : SHORTEST_PAUSE;
        }
    }

    private static Map<String, List<Node>> byPath(Node top) {
        Map<String, List<Node>> all = new HashMap<>();
        Deque<Node> left = new ArrayDeque<>(List.of(top));
        while (!left.isEmpty()) {
            Node node = left.pop();
            all.computeIfAbsent(node.path(), path -> new ArrayList<>(1)).add(node);
            left.addAll(node.children());
        }
        return all;
    }

    private void show(Map<String, List<Node>> now) {
        places.entrySet().removeIf(known -> {
            boolean isGone = !now.containsKey(known.getKey());
            if (isGone) {
                known.getValue().meters.forEach(registry::remove);
            }
            return isGone;
        });
        now.forEach((path, nodes) -> {
            Place place = place(path);
            place.up = (int) nodes.stream().filter(TreeMeters::isUp).count();
            place.ready = (int)
                    nodes.stream().filter(node -> isUp(node) && node.ready()).count();
            place.since = nodes.stream()
                    .filter(TreeMeters::isUp)
                    .flatMap(node -> node.since().stream())
                    .min(Instant::compareTo)
                    .orElse(null);
            allow(
                    place,
                    path,
                    nodes.get(0).supervision().filter(by -> by.limit().isPresent()));
        });
    }

    private static boolean isUp(Node node) {
        return node.state() == State.RUNNING || node.state() == State.STOPPING;
    }

    private void allow(Place place, String path, Optional<Supervision> by) {
        place.by = by.orElse(null);
        Meter known = place.left;
        if (by.isPresent() && known == null) {
            place.left = keep(place, gauge("intensity.left", path, place::allowed));
        } else if (by.isEmpty() && known != null) {
            // it has ended, or never gives up any more
            place.meters.remove(known);
            registry.remove(known);
            place.left = null;
        }
    }

    private Place place(String path) {
        Place known = places.get(path);
        if (known != null) {
            return known;
        }
        Place place = new Place();
        places.put(path, place);
        keep(place, gauge("up", path, () -> place.up));
        keep(place, gauge("ready", path, () -> place.ready));
        keep(
                place,
                TimeGauge.builder(PREFIX + "uptime", place::seconds, TimeUnit.SECONDS)
                        .tags(tags.and(PATH, path))
                        .register(registry));
        // from the beginning, so that the first increase is seen as one
        Tags here = tags.and(PATH, path);
        keep(place, registry.counter(PREFIX + "starts", here));
        keep(place, registry.counter(PREFIX + "abandoned", here));
        keep(place, Timer.builder(PREFIX + "start.time").tags(here).register(registry));
        keep(place, Timer.builder(PREFIX + "stop.time").tags(here).register(registry));
        return place;
    }

    private Gauge gauge(String name, String path, Supplier<Number> value) {
        return Gauge.builder(PREFIX + name, value).tags(tags.and(PATH, path)).register(registry);
    }

    private static <M extends Meter> M keep(Place place, M meter) {
        if (!place.meters.contains(meter)) {
            place.meters.add(meter);
        }
        return meter;
    }

    synchronized void close() {
        isClosed = true;
        places.values().forEach(place -> place.meters.forEach(registry::remove));
        places.clear();
    }
}
