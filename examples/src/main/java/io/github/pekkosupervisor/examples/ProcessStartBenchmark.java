package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * How long one supervisor takes to start many processes, each acknowledged before the next, beside a loop of
 * {@code posix_spawn} in C that waits for nothing; in turns, in one run.
 *
 * <p>Arguments: how many processes (1,000), how many rounds that count (9). Run in the examples directory, with a C
 * compiler: {@code process-start-benchmark.sh}.
 */
final class ProcessStartBenchmark {

    /** Until the JVM has compiled what a start needs. */
    private static final int WARM_UP_ROUNDS = 20;

    private static final String[] COMMAND = {"/bin/sleep", "100000"};

    private final int count;
    private final Path floor;
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "benchmark");

    private ProcessStartBenchmark(int count, Path floor) {
        this.count = count;
        this.floor = floor;
    }

    public static void main(String[] arguments) throws IOException {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9;
        Path directory = Files.createTempDirectory("process-start-benchmark");
        Path floor = directory.resolve("posix-spawn-floor");
        try {
            run("cc", "-O2", "-o", floor.toString(), "src/main/c/posix-spawn-floor.c");
            new ProcessStartBenchmark(count, floor).run(rounds);
        } finally {
            Files.deleteIfExists(floor);
            Files.delete(directory);
        }
    }

    private void run(int rounds) throws IOException {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            ourMillis();
        }
        int threadsBefore = threads();
        List<Double> floors = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        int threadsWhile = 0;
        for (int i = 0; i < rounds; i++) {
            double floorMillis = floorMillis();
            Result result = ourMillis();
            floors.add(floorMillis);
            ours.add(result.millis());
            ratios.add(result.millis() / floorMillis);
            threadsWhile = Math.max(threadsWhile, result.threads());
        }
        system.terminate();
        System.out.printf("%d processes, medians of %d rounds%n", count, rounds);
        System.out.printf("posix_spawn in C        %8.1f ms%n", median(floors));
        System.out.printf("one supervisor          %8.1f ms  started and acknowledged%n", median(ours));
        System.out.printf(
                "ratio                   %8.2f     (%.2f to %.2f)%n",
                median(ratios), Collections.min(ratios), Collections.max(ratios));
        System.out.printf("threads of this JVM     %8d     before: %d%n", threadsWhile, threadsBefore);
    }

    private record Result(double millis, int threads) {}

    private Result ourMillis() {
        ProcessSpec process = ProcessSpec.of(COMMAND[0], COMMAND[1]);
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChildren(IntStream.range(0, count)
                        .mapToObj(i -> ChildSpec.process("p" + i, process).withShutdown(Shutdown.brutalKill()))
                        .toList());
        long start = System.nanoTime();
        SupervisionTree tree = SupervisionTree.start(
                spec, Options.defaults().withSystem(system).withLogging(false));
        double millis = (System.nanoTime() - start) / 1e6;
        int threads = threads();
        tree.close();
        return new Result(millis, threads);
    }

    private double floorMillis() throws IOException {
        return Long.parseLong(run(floor.toString(), String.valueOf(count), COMMAND[0], COMMAND[1])) / 1e3;
    }

    private static int threads() {
        return Thread.getAllStackTraces().size();
    }

    private static double median(List<Double> samples) {
        return samples.stream().sorted().toList().get(samples.size() / 2);
    }

    /** What a program that must succeed has written. */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        int exit = process.onExit().join().exitValue();
        if (exit != 0) {
            throw new IOException(command[0] + " exited " + exit + ": " + output);
        }
        return output;
    }
}
