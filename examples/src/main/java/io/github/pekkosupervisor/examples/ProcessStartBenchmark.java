package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Resource;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * How long one supervisor takes to start many processes, each acknowledged before the next, beside a loop of
 * {@code posix_spawn} in C that waits for nothing; in turns, in one run. Then how much later a program begins that is
 * started under conditions, or by the portable backend: from the time that a program takes that ends at once, until its
 * end.
 *
 * <p>Arguments: how many processes (1,000), how many rounds that count (9). Run in the examples directory, with a C
 * compiler: {@code process-start-benchmark.sh}.
 */
final class ProcessStartBenchmark {

    /** Until the JVM has compiled what a start needs. */
    private static final int WARM_UP_ROUNDS = 20;

    /** A tenth of the processes, for programs that end at once. */
    private static final int SHARE = 10;

    private static final int UMASK = 027;
    private static final String PLAIN = "as it is";
    private static final String NOBODY = ":65534:65534";
    private static final String[] COMMAND = {"/bin/sleep", "100000"};

    private final int count;
    private final Path floor;
    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "benchmark");
    private final ActorSystem<Void> portable = ActorSystem.create(
            Behaviors.empty(),
            "portable",
            ConfigFactory.parseString("pekko-supervisor.process.backend = portable")
                    .withFallback(ConfigFactory.load()));

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
        Map<String, List<Double>> held = heldMillis(rounds);
        system.terminate();
        portable.terminate();
        System.out.printf("%d processes, medians of %d rounds%n", count, rounds);
        System.out.printf("posix_spawn in C        %8.1f ms%n", median(floors));
        System.out.printf("one supervisor          %8.1f ms  started and acknowledged%n", median(ours));
        System.out.printf(
                "ratio                   %8.2f     (%.2f to %.2f)%n",
                median(ratios), Collections.min(ratios), Collections.max(ratios));
        System.out.printf("threads of this JVM     %8d     before: %d%n", threadsWhile, threadsBefore);
        double plain = median(held.getOrDefault(PLAIN, List.of(0.0)));
        held.forEach((name, millis) -> System.out.printf(
                "true, %-19s %8.2f ms  a start to its end; %+.2f%n", name, median(millis), median(millis) - plain));
    }

    /** Of one start each, by what is asked for. */
    private Map<String, List<Double>> heldMillis(int rounds) {
        ProcessSpec program = ProcessSpec.of("/bin/true").withOneshot();
        Map<String, Start> kinds = new LinkedHashMap<>();
        kinds.put(PLAIN, new Start(system, program));
        kinds.put("umask", new Start(system, program.withUmask(UMASK)));
        kinds.put("nice, limits", new Start(system, program.withNice(1).withLimits(Map.of(Resource.OPEN_FILES, 100L))));
        if ("root".equals(System.getProperty("user.name"))) {
            kinds.put("user", new Start(system, program.withUser(NOBODY)));
            kinds.put(
                    "user, limits",
                    new Start(system, program.withUser(NOBODY).withLimits(Map.of(Resource.OPEN_FILES, 100L))));
        }
        if (canMakeGroups()) {
            kinds.put("cgroup", new Start(system, program.withCgroup(CgroupLimits.none())));
        }
        kinds.put("portable", new Start(portable, program));
        kinds.put("portable, elsewhere", new Start(portable, program.withDirectory(Path.of("/"))));
        Map<String, List<Double>> millis = new LinkedHashMap<>();
        for (int i = 0; i < rounds; i++) {
            kinds.forEach((name, start) ->
                    millis.computeIfAbsent(name, first -> new ArrayList<>()).add(oneByOne(start)));
        }
        return millis;
    }

    private static boolean canMakeGroups() {
        try {
            Cgroup.prepare(Cgroup.nameOf("benchmark", "benchmark"), CgroupLimits.none())
                    .remove();
            return true;
        } catch (PosixException e) {
            System.out.println("without " + e.getMessage());
            return false;
        }
    }

    /** One of a program that ends at once, by the backend of an actor system. */
    private record Start(ActorSystem<Void> system, ProcessSpec oneshot) {}

    private double oneByOne(Start one) {
        int starts = Math.max(1, count / SHARE);
        long start = System.nanoTime();
        SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.oneForOne()
                        .withChildren(IntStream.range(0, starts)
                                .mapToObj(i -> ChildSpec.process("p" + i, one.oneshot()))
                                .toList()),
                Options.defaults().withSystem(one.system()).withLogging(false));
        double millis = (System.nanoTime() - start) / 1e6 / starts;
        tree.close();
        return millis;
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
