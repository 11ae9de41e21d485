package io.github.pekkosupervisor.runit.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * One run of svlogd, made at random: options, configuration, an earlier {@code current}, input. What the original
 * leaves undefined is left out.
 *
 * @param options the words before the directories
 * @param config of each directory
 * @param earlier what is in {@code current} before
 * @param earlierIsClean whether it has the mode of a clean end
 * @param directories how many
 * @param input what svlogd reads
 */
record SvlogdCase(
        List<String> options,
        Optional<String> config,
        Optional<String> earlier,
        boolean earlierIsClean,
        int directories,
        String input) {

    private static final int LONGEST = 1023;

    static SvlogdCase random(long seed) {
        Random random = new Random(seed);
        List<String> options = options(random);
        List<String> lines = random.nextInt(100) < 85 ? configLines(random) : List.of();
        boolean plus = lines.stream().anyMatch(line -> "+-eE".indexOf(line.charAt(0)) >= 0 && line.indexOf('+', 1) > 0);
        String end = random.nextInt(5) > 0 ? "\n" : "";
        Optional<String> config = lines.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", lines) + end);
        return new SvlogdCase(
                options,
                config,
                pick(
                        random,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("old\n"),
                        Optional.of("old"),
                        Optional.of("")),
                random.nextBoolean(),
                random.nextInt(4) == 0 ? 2 : 1,
                input(random, plus));
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static List<String> options(Random random) {
        List<String> options = new ArrayList<>();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            options.addAll(
                    switch (random.nextInt(9)) {
                        case 0 -> List.of("-t");
                        case 1 -> List.of(pick(random, "-tt", "-ttt", "-tttt"));
                        case 2 ->
                            pick(random, List.of("-r", "X"), List.of("-r."), List.of("-r", "ab"), List.of("-vr_"));
                        case 3 -> pick(random, List.of("-R", "ab"), List.of("-Ra"), List.of("-R", "\\x c"));
                        case 4 -> List.of("-l", pick(random, "10", "5", "1", "0", "1000", "50x", "1023", "1024", "x"));
                        case 5 -> List.of("-b", pick(random, "32", "11", "2048", "0", "1000", "1001", "4096"));
                        case 6 -> List.of("-v");
                        case 7 ->
                            random.nextInt(3) == 0
                                    ? pick(
                                            random,
                                            List.of("-x"),
                                            List.of("--any"),
                                            List.of("-tz"),
                                            List.of("-V"),
                                            List.of("-"))
                                    : List.of("-t");
                        default -> List.of("-l", "20");
                    });
        }
        return options;
    }

    private static List<String> configLines(Random random) {
        List<String> lines = new ArrayList<>();
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            lines.add(
                    switch (random.nextInt(12)) {
                        case 0 ->
                            "s" + pick(random, "50", "100", "20", "0", "", "1k", "1m", "2kx", "300", "4294967297");
                        case 1 -> "n" + pick(random, "0", "1", "2", "3", "", "5x", "18446744073709551617");
                        case 2 -> pick(random, "N0", "N1", "t0", "t1000", "t5h", "t99999999999999999999");
                        case 3 -> "p" + pick(random, "", "pre: ", "\u00ff\u0001");
                        case 4 -> pick(random, "#foo", "q", "z9", " s5");
                        case 5 ->
                            random.nextInt(3) > 0
                                    ? "#"
                                    : pick(
                                            random,
                                            "!",
                                            "!cat",
                                            "!tr a-z A-Z",
                                            "!cat; cat <&4 >&5; echo x >&5",
                                            "!kill -9 $$");
                        case 6 ->
                            random.nextInt(3) > 0
                                    ? "#"
                                    : pick(
                                            random,
                                            "ubad",
                                            "U",
                                            "u1.2.3",
                                            "u1.2.3.4:",
                                            "u127.0.0.1:0",
                                            "u1.2.3.4:65536",
                                            "U127.0.0.1:9");
                        default -> pick(random, "+", "-", "e", "E") + text(random, "abc ** +", random.nextInt(7));
                    });
        }
        return lines;
    }

    private static String input(Random random, boolean afterLongLines) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        boolean plain = random.nextInt(10) < 6;
        int count = random.nextInt(60);
        for (int i = 0; i < count; i++) {
            if (afterLongLines) {
                // a plus at the end of a line looks at what an earlier line has left in memory
                input.writeBytes(("~".repeat(LONGEST) + "\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            byte[] line = plain
                    ? text(random, "abc ", length(random)).getBytes(StandardCharsets.ISO_8859_1)
                    : bytes(random, length(random));
            input.writeBytes(line);
            input.write('\n');
        }
        if (random.nextInt(20) == 0) {
            input.writeBytes("q".repeat(1_000_000).getBytes(StandardCharsets.ISO_8859_1));
        }
        input.writeBytes(pick(random, "", "\n", "no end").getBytes(StandardCharsets.ISO_8859_1));
        return input.toString(StandardCharsets.ISO_8859_1);
    }

    private static int length(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 7, 8 -> 13 + random.nextInt(70);
            case 9 -> 900 + random.nextInt(200);
            default -> 1 + random.nextInt(12);
        };
    }

    private static String text(Random random, String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
