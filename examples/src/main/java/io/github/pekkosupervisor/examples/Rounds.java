package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/** Lets the contenders do the same things in turns and keeps what was measured. */
final class Rounds {
    /** Over all rounds; runsvdir takes seconds for each. */
    private static final int LINKS_OF_RUNIT = 5;

    private static final int LINKS_OF_OURS = 20;

    private static final int KILLS_UNTIL_WARM = 1_000;
    private static final int KILLS_IF_QUICK = 50;

    private final BenchmarkOptions options;
    private final Path directory;
    private final MarkedProcesses marked;
    private final Bystanders bystanders = new Bystanders();
    private int trees;

    Rounds(BenchmarkOptions options, Path directory, MarkedProcesses marked) {
        this.options = options;
        this.directory = directory;
        this.marked = marked;
    }

    /**
     * Small and not counted: the contenders' files get into the page cache, ours may make its class-data archive, and
     * this JVM compiles the loops that look for changes.
     */
    void warmUp(List<Contender> contenders) throws IOException {
        BenchmarkOptions small = new BenchmarkOptions(
                20, 20, 1, Optional.empty(), options.on(), Set.of(Measurement.LATENCY), true, false, false);
        Rounds rounds = new Rounds(small, directory.resolve("warm-up"), marked);
        for (Contender contender : contenders) {
            rounds.one(new Results(contender), false, 0);
        }
    }

    Bystanders bystanders() {
        return bystanders;
    }

    void all(Optional<Results> runit, Results ours, Optional<ForkExecFloor> floor) throws IOException {
        List<Results> order = new ArrayList<>();
        runit.ifPresent(order::add);
        order.add(ours);
        for (int round = 1; round <= options.rounds(); round++) {
            if (floor.isPresent() && options.wants(Measurement.LAUNCH)) {
                ours.of(Metric.FLOOR).add(floor(floor.get()));
            }
            for (Results results : order) {
                RunitBenchmark.say("round %d of %d: %s"
                        .formatted(round, options.rounds(), results.contender().name()));
                bystanders.look();
                one(results, results == ours, round);
            }
            Collections.reverse(order); // the next round begins with the other: being first must not matter
        }
    }

    /**
     * Each run gets a tree of its own, and none is deleted before the end: for a minute after a mass deletion ext4
     * looks at every inode that was freed whenever it creates a file, which multiplies all times several times over.
     */
    private Path freshTree() {
        trees++;
        return directory.resolve("tree-" + trees);
    }

    private double floor(ForkExecFloor floor) throws IOException {
        ServiceTree services = ServiceTree.create(freshTree(), options.services(), 0);
        try {
            return floor.millis(services, marked);
        } finally {
            marked.killAll();
        }
    }

    /** Who could not launch that many services once is not asked again, for each time costs minutes. */
    private void one(Results results, boolean isOurs, int round) throws IOException {
        if (results.of(Metric.LAUNCH).failed()) {
            return;
        }
        OptionalDouble kilobytes = measure(results, isOurs ? LINKS_OF_OURS : LINKS_OF_RUNIT, round);
        if (isOurs
                && kilobytes.isPresent()
                && !results.of(Metric.MEMORY_PER_FURTHER_SERVICE).failed()) {
            twice(results, kilobytes.getAsDouble());
        }
    }

    /** Returns the memory, if it was wanted. */
    private OptionalDouble measure(Results results, int linksOverAll, int round) throws IOException {
        int links = options.wants(Measurement.LINK) ? (linksOverAll + options.rounds() - 1) / options.rounds() : 0;
        ServiceTree services = ServiceTree.create(freshTree(), options.services(), links);
        try {
            SupervisorRun run = SupervisorRun.launch(results.contender(), services, marked);
            OptionalDouble kilobytes = OptionalDouble.empty();
            try {
                List<SupervisedService> up = services.services().subList(0, options.services());
                results.of(Metric.LAUNCH).add(run.awaitAllUp(up, Metric.LAUNCH));
                Await.pass(Latency.OUT_OF_THROTTLE);
                Costs costs = new Costs(run, results);
                if (options.wants(Measurement.MEMORY)) {
                    kilobytes = OptionalDouble.of(costs.memory());
                }
                if (options.wants(Measurement.IDLE)) {
                    costs.idle(options.quick());
                }
                if (options.wants(Measurement.LATENCY)) {
                    latency(up, results, round);
                }
                if (options.wants(Measurement.LINK)) {
                    links(
                            services,
                            services.services().subList(options.services(), options.services() + links),
                            results);
                }
            } catch (ContenderFailedException e) {
                results.failed(e);
            }
            stop(run, results);
            return kilobytes;
        } finally {
            marked.killAll();
        }
    }

    /** Only for ours: real runsvdir stops at 1000 services. */
    private void twice(Results results, double kilobytesBefore) throws IOException {
        int count = 2 * options.services();
        RunitBenchmark.say(
                "    %s with %d services".formatted(results.contender().name(), count));
        ServiceTree services = ServiceTree.create(freshTree(), count, 0);
        try {
            SupervisorRun run = SupervisorRun.launch(results.contender(), services, marked);
            try {
                run.awaitAllUp(services.services(), Metric.MEMORY_PER_FURTHER_SERVICE);
                Await.pass(Latency.OUT_OF_THROTTLE);
                new Costs(run, results).memoryOfFurther(options.services(), kilobytesBefore);
            } catch (ContenderFailedException e) {
                results.failed(e);
            }
            stop(run, results);
        } finally {
            marked.killAll();
        }
    }

    /** A contender that fails here can still be asked for links. */
    private void latency(List<SupervisedService> up, Results results, int round) {
        Random random = new Random(round); // the same services for both contenders
        try {
            Latency.cold(results).measure(some(up, random), some(up, random));
            Latency.warmUp(results.contender(), up, options.quick() ? KILLS_IF_QUICK : KILLS_UNTIL_WARM);
            Latency.warm(results).measure(some(up, random), some(up, random));
        } catch (ContenderFailedException e) {
            results.failed(e);
        }
    }

    private static void links(ServiceTree services, List<SupervisedService> waiting, Results results)
            throws IOException {
        try {
            new Links(services, results).measure(waiting);
        } catch (ContenderFailedException e) {
            results.failed(e);
        }
    }

    private static void stop(SupervisorRun run, Results results) throws IOException {
        try {
            results.of(Metric.STOP).add(run.stop());
        } catch (ContenderFailedException e) {
            results.failed(e);
        }
    }

    private List<SupervisedService> some(List<SupervisedService> all, Random random) {
        List<SupervisedService> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, options.samples());
    }
}
