package io.github.pekkosupervisor.examples.otp;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Erlang/OTP's own supervisor, in an Erlang node of its own. */
final class ErlangOtp {

    private static final int NODE_SECONDS = 300;

    private ErlangOtp() {}

    static boolean isInstalled() {
        return program("erl").isPresent() && program("erlc").isPresent();
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static void measure(Path source, Options options, Results results) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("otp-benchmark");
        try {
            run(List.of("erlc", "-o", work.toString(), source.toString()), results);
            String arguments = Stream.of(
                            options.children(),
                            Math.max(2, options.rounds() / 2),
                            options.cycles(),
                            options.sustained(),
                            options.group())
                    .map(number -> "\"" + number + "\"")
                    .reduce((one, other) -> one + "," + other)
                    .orElseThrow();
            run(
                    List.of(
                            "erl",
                            "+P",
                            "2000000",
                            "-noshell",
                            "-pa",
                            work.toString(),
                            "-eval",
                            "otp_benchmark:main([" + arguments + "])"),
                    results);
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void run(List<String> command, Results results) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                take(line, results);
            }
            if (!process.waitFor(NODE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command.get(0) + " failed");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static void take(String line, Results results) throws IOException {
        String[] words = line.split(" ", 2);
        Metric metric = Arrays.stream(Metric.values())
                .filter(any -> any.word.equals(words[0]))
                .findFirst()
                .orElseThrow(() -> new IOException("Erlang says: " + line));
        results.add(metric, Double.parseDouble(words[1]));
    }
}
