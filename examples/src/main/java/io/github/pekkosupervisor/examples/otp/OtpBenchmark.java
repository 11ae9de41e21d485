package io.github.pekkosupervisor.examples.otp;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Compares our supervisor with Erlang/OTP's and with bare Pekko: 100,000 children started and stopped, memory, crashes
 * one after another, a group restart.
 *
 * <p>All run on the same machine in the same minutes, so read the ratios. {@code examples/otp-benchmark.sh --help}
 * lists the options.
 */
public final class OtpBenchmark {

    private static final int MEASURED = 0;
    private static final int TARGET_MISSED = 1;
    private static final int BAD_USAGE = 2;
    private static final int NOT_MEASURED = 3;

    /** Without the log of failures that bare Pekko writes: nobody else writes one here. */
    private static final String CONFIG =
            "pekko.loglevel = OFF\npekko.stdout-loglevel = OFF\npekko.log-dead-letters = off";

    private static final Path ERLANG_SOURCE = Path.of("examples", "src", "main", "erlang", "otp_benchmark.erl");

    private final Options options;
    private final Results otp = new Results();
    private final Results bare = new Results();
    private final Results ours = new Results();
    private boolean missed;

    private OtpBenchmark(Options options) {
        this.options = options;
    }

    /** Exits with 0, 1, 2 or 3, as the help text says. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.print(Options.HELP);
                return MEASURED;
            }
            return new OtpBenchmark(options).compare();
        } catch (Options.UsageException e) {
            System.err.println("otp-benchmark: " + e.getMessage());
            return BAD_USAGE;
        } catch (IOException e) {
            System.err.println("otp-benchmark: " + e);
            return NOT_MEASURED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NOT_MEASURED;
        }
    }

    private int compare() throws IOException, InterruptedException {
        if (ErlangOtp.isInstalled()) {
            Path home = Path.of(System.getProperty("benchmark.home", "."));
            ErlangOtp.measure(home.resolve(ERLANG_SOURCE), options, otp);
        } else {
            System.err.println("otp-benchmark: no erl and erlc in PATH; OTP is left out");
        }
        ActorSystem<Object> system = ActorSystem.create(Behaviors.empty(), "benchmark", config());
        try {
            for (int round = 0; round < options.rounds(); round++) {
                round(system);
            }
        } finally {
            system.terminate();
        }
        System.out.print(heading() + table());
        return missed && options.strict() ? TARGET_MISSED : MEASURED;
    }

    /** For both contenders the settings of a tree's own actor system. */
    private static Config config() {
        Config standard = ConfigFactory.load();
        return ConfigFactory.parseString(CONFIG)
                .withFallback(standard.getConfig("pekko-supervisor.own-system"))
                .withFallback(standard);
    }

    private void round(ActorSystem<?> system) throws InterruptedException {
        BarePekko pekko = new BarePekko(system);
        Ours supervisor = new Ours(system);
        pekko.startStop(options.children(), bare);
        supervisor.startStop(options.children(), ours);
        pekko.restarts(options.cycles(), bare);
        supervisor.restarts(options.cycles(), ours);
        supervisor.sustained(options.sustained(), ours);
        pekko.oneForAll(options.group(), bare);
        supervisor.oneForAll(options.group(), ours);
    }

    private String heading() {
        return "%d children, %d sustained cycles, a group of %d, %d rounds; %d processors, JDK %s%n%n"
                .formatted(
                        options.children(),
                        options.sustained(),
                        options.group(),
                        options.rounds(),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version"));
    }

    // ---- table

    private static final String FORMAT = "%-30s %14s %14s %14s %9s %9s  %s";

    private String table() {
        StringBuilder table = new StringBuilder();
        line(table, FORMAT.formatted("measurement", "OTP", "bare Pekko", "ours", "by OTP", "by bare", "target"));
        for (Metric metric : Metric.values()) {
            row(table, metric);
        }
        return table.toString();
    }

    private static void line(StringBuilder table, String line) {
        table.append(line.stripTrailing()).append('\n');
    }

    private void row(StringBuilder table, Metric metric) {
        OptionalDouble of = ours.median(metric);
        OptionalDouble byOtp = ratio(of, otp.median(metric));
        OptionalDouble byBare = ratio(of, bare.median(metric));
        String target = target(metric, "OTP", byOtp, metric.otpTarget)
                + target(metric, "bare", byBare, metric.bareTarget)
                + limit(metric, of);
        line(
                table,
                FORMAT.formatted(
                        metric.text,
                        value(otp.median(metric), metric),
                        value(bare.median(metric), metric),
                        value(of, metric),
                        times(byOtp),
                        times(byBare),
                        target));
    }

    private String target(Metric metric, String peer, OptionalDouble ratio, double target) {
        if (target == 0 || ratio.isEmpty()) {
            return "";
        }
        return verdict(
                (metric.isRate() ? ">= " : "<= ") + target + "x " + peer, metric.reaches(ratio.getAsDouble(), target));
    }

    /** Memory, and that the rate does not fall, are judged by our own values. */
    private String limit(Metric metric, OptionalDouble of) {
        if (of.isEmpty()) {
            return "";
        }
        return switch (metric) {
            case MEMORY -> verdict("<= 2500 B", of.getAsDouble() <= 2500);
            case SUSTAINED_LAST ->
                verdict(
                        ">= 0.8x the first",
                        of.getAsDouble()
                                >= 0.8 * ours.median(Metric.SUSTAINED_FIRST).orElse(0));
            default -> "";
        };
    }

    private String verdict(String target, boolean reached) {
        missed |= !reached;
        return target + (reached ? " ok; " : " MISSED; ");
    }

    private static OptionalDouble ratio(OptionalDouble of, OptionalDouble by) {
        return of.isEmpty() || by.isEmpty() || by.getAsDouble() <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(of.getAsDouble() / by.getAsDouble());
    }

    private static String times(OptionalDouble ratio) {
        return ratio.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2fx", ratio.getAsDouble());
    }

    private static String value(OptionalDouble value, Metric metric) {
        if (value.isEmpty()) {
            return "-";
        }
        String digits = value.getAsDouble() < 100 ? "%.2f %s" : "%,.0f %s";
        return String.format(Locale.ROOT, digits, value.getAsDouble(), metric.unit);
    }
}
