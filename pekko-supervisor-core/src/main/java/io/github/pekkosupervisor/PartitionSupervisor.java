package io.github.pekkosupervisor;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Several copies of one child, so that a single one is no bottleneck, and a way to the right one by key. As Elixir's
 * {@code PartitionSupervisor}: the ids are {@code 0} to {@code n-1}, one for one, at most three restarts in five
 * seconds.
 */
public final class PartitionSupervisor {

    private static final int INTENSITY = 3;

    private final Supplier<CompletionStage<SupervisorRef>> supervisor;
    private final Places addresses;
    private final int most;
    private volatile int partitions;

    /** Where a partition is, by its id. */
    private interface Places {
        <T> ActorRef<T> of(Class<T> type, String id);
    }

    private PartitionSupervisor(Supplier<CompletionStage<SupervisorRef>> supervisor, Places addresses, int partitions) {
        this.supervisor = supervisor;
        this.addresses = addresses;
        this.most = partitions;
        this.partitions = partitions;
    }

    /** What to start: a supervisor of one copy for each processor. */
    public static SupervisorSpec spec(IntFunction<ChildSpec> child) {
        return spec(Runtime.getRuntime().availableProcessors(), child);
    }

    /**
     * What to start: a supervisor of so many copies.
     *
     * @param partitions at least 1
     * @param child makes the child for a partition; its id is replaced by the partition's number
     */
    public static SupervisorSpec spec(int partitions, IntFunction<ChildSpec> child) {
        if (partitions < 1) {
            throw new IllegalArgumentException("there must be at least one partition, was " + partitions);
        }
        List<ChildSpec> children = new ArrayList<>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            children.add(child.apply(partition).withId(Integer.toString(partition)));
        }
        return SupervisorSpec.oneForOne()
                .withIntensity(INTENSITY, SupervisorSpec.DEFAULT_PERIOD)
                .withChildren(children);
    }

    /**
     * The way to the partitions of a supervisor that was started from {@link #spec}. It is good for this incarnation of
     * the supervisor; where that may be restarted use {@link #of(SupervisionTree, int, String...)}.
     */
    public static PartitionSupervisor of(SupervisorRef supervisor, int partitions) {
        return new PartitionSupervisor(
                () -> CompletableFuture.completedFuture(supervisor), supervisor::ref, partitions);
    }

    /**
     * The same for whichever incarnation runs.
     *
     * @param path the ids that lead to the supervisor from the top of the tree
     */
    public static PartitionSupervisor of(SupervisionTree tree, int partitions, String... path) {
        String[] place = path.clone();
        return new PartitionSupervisor(
                () -> tree.supervisor(place)
                        .thenApply(found -> found.orElseThrow(() -> new IllegalStateException(
                                "there is no supervisor at " + String.join("/", place) + " just now"))),
                new Places() {
                    @Override
                    public <T> ActorRef<T> of(Class<T> type, String id) {
                        String[] below = Arrays.copyOf(place, place.length + 1);
                        below[place.length] = id;
                        return tree.ref(type, below);
                    }
                },
                partitions);
    }

    /** How many partitions are in use now. */
    public int partitions() {
        return partitions;
    }

    /** Which partition a key belongs to: a whole number by its remainder, anything else by its hash. */
    public int partitionOf(Object key) {
        int now = partitions;
        if (now == 0) {
            throw new IllegalStateException("no partition is in use; resize to at least one");
        }
        if (key instanceof Long || key instanceof Integer || key instanceof Short || key instanceof Byte) {
            return (int) Math.abs(((Number) key).longValue() % now);
        }
        return Math.floorMod(key.hashCode(), now);
    }

    /** The address of the partition that a key belongs to; it stays the same while that is restarted. */
    public <T> ActorRef<T> ref(Class<T> type, Object key) {
        return addresses.of(type, Integer.toString(partitionOf(key)));
    }

    /**
     * Uses fewer partitions, or more again: those that are not needed are stopped. After a restart of the supervisor,
     * which starts them all, the same number again does what is missing.
     *
     * @param wanted from 0 to the number that it was started with
     * @return completes when that has been done; fails if a partition could not be stopped or started
     */
    public CompletionStage<Integer> resize(int wanted) {
        if (wanted < 0 || wanted > most) {
            throw new IllegalArgumentException(
                    "there can be from 0 to " + most + " partitions, as it was started with, was " + wanted);
        }
        partitions = Math.min(wanted, partitions);
        return supervisor.get().thenCompose(running -> resize(running, wanted)).thenApply(done -> {
            partitions = wanted;
            return wanted;
        });
    }

    private CompletionStage<Void> resize(SupervisorRef running, int wanted) {
        List<CompletableFuture<?>> steps = new ArrayList<>();
        for (int partition = most - 1; partition >= wanted; partition--) {
            steps.add(running.terminateChild(Integer.toString(partition))
                    .thenAccept(result -> check(result == SupervisorResult.Ok.INSTANCE, "stopped", result))
                    .toCompletableFuture());
        }
        for (int partition = 0; partition < wanted; partition++) {
            steps.add(running.restartChild(Integer.toString(partition))
                    .thenAccept(result -> check(isThere(result), "started again", result))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new));
    }

    private static boolean isThere(SupervisorResult.RestartResult result) {
        return result instanceof SupervisorResult.Started
                || result == SupervisorResult.Running.INSTANCE
                || result == SupervisorResult.Restarting.INSTANCE;
    }

    private static void check(boolean done, String what, Object result) {
        if (!done) {
            throw new IllegalStateException("a partition could not be " + what + ": " + result);
        }
    }
}
