package io.github.pekkosupervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Several copies of one child, so that a single one is no bottleneck, and a way to the right one by key. As Elixir's
 * {@code PartitionSupervisor}: the ids are {@code 0} to {@code n-1}, one for one, at most three restarts in five
 * seconds.
 */
public final class PartitionSupervisor {

    private static final int INTENSITY = 3;

    private final SupervisorRef supervisor;
    private final int most;
    private volatile int partitions;

    private PartitionSupervisor(SupervisorRef supervisor, int partitions) {
        this.supervisor = supervisor;
        this.most = partitions;
        this.partitions = partitions;
    }

    /**
     * What to start: a supervisor of so many copies, one for each processor for example.
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

    /** The way to the partitions of a supervisor that was started from {@link #spec}. */
    public static PartitionSupervisor of(SupervisorRef supervisor, int partitions) {
        return new PartitionSupervisor(supervisor, partitions);
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
    public <T> ActorRef<T> ref(Object key, Class<T> type) {
        return supervisor.ref(Integer.toString(partitionOf(key)), type);
    }

    /**
     * Uses fewer partitions, or more again: those that are not needed are stopped.
     *
     * @param wanted from 0 to the number that it was started with
     * @return completes when that has been done; fails if a partition could not be started again
     */
    public CompletionStage<Integer> resize(int wanted) {
        if (wanted < 0 || wanted > most) {
            throw new IllegalArgumentException(
                    "there can be from 0 to " + most + " partitions, as it was started with, was " + wanted);
        }
        int before = partitions;
        partitions = Math.min(wanted, before);
        List<CompletableFuture<?>> steps = new ArrayList<>();
        for (int partition = before - 1; partition >= wanted; partition--) {
            steps.add(supervisor.terminateChild(Integer.toString(partition)).toCompletableFuture());
        }
        for (int partition = before; partition < wanted; partition++) {
            steps.add(supervisor
                    .restartChild(Integer.toString(partition))
                    .thenAccept(PartitionSupervisor::mustRun)
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).thenApply(done -> {
            partitions = wanted;
            return wanted;
        });
    }

    private static void mustRun(Supervisor.RestartResult result) {
        if (!(result instanceof Supervisor.Started) && result != Supervisor.Running.INSTANCE) {
            throw new IllegalStateException("a partition could not be started again: " + result);
        }
    }
}
