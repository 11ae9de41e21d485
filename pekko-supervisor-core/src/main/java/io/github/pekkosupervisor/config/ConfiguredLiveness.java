package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Reads a block {@code live}, of a process in a tree or of {@code service.conf}. */
public final class ConfiguredLiveness {

    private static final Duration LONGEST = Duration.ofDays(100);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private ConfiguredLiveness() {}

    /** What it says; empty if it is wrong, which is noted. */
    public static Optional<Liveness> read(ConfigSection section) {
        List<Optional<Liveness>> signs = new ArrayList<>();
        sign(section, "tcp", signs, ConfiguredSigns::tcp);
        sign(section, "unix-socket", signs, value -> Readiness.unixSocket(ConfigValues.path(value)));
        sign(section, "command", signs, ConfiguredSigns::check);
        sign(section, "http", signs, ConfiguredReadiness::http);
        if (section.has("watchdog")) {
            signs.add(section.get("watchdog", ConfiguredLiveness::watchdog));
            refuseProbing(section, "every");
            refuseProbing(section, "failures");
        }
        Optional<Liveness> live = signs.size() == 1 ? signs.get(0) : Optional.empty();
        // what is wrong with these is noted although the sign is
        Liveness with = live.orElseGet(() -> Liveness.by(Readiness.tcp(1)));
        boolean isProbed = !with.isWatchdog();
        with = isProbed ? changed(section, "every", ConfiguredLiveness::positive, with, Liveness::withEvery) : with;
        with = changed(section, "timeout", ConfiguredLiveness::positive, with, Liveness::withTimeout);
        with = isProbed
                ? changed(section, "failures", ConfiguredLiveness::failures, with, Liveness::withFailures)
                : with;
        with = changed(section, "grace", ConfiguredLiveness::grace, with, Liveness::withGrace);
        with = changed(section, "then", ConfigValues.oneOf(List.of(Liveness.Then.values())), with, Liveness::withThen);
        if (signs.size() != 1 && !(signs.isEmpty() && section.hasOthers())) {
            section.problem("\"live\" needs one of tcp, unix-socket, command, http and watchdog, has " + signs.size());
        }
        section.end();
        return live.isPresent() ? Optional.of(with) : Optional.empty();
    }

    private static Liveness watchdog(ConfigValue value) {
        if (!ConfigValues.bool(value)) {
            throw new IllegalArgumentException("is false; leave it out");
        }
        return Liveness.watchdog(SILENCE);
    }

    private static void refuseProbing(ConfigSection section, String key) {
        if (section.has(key)) {
            section.problem(key, "\"live." + key + "\" is not for a watchdog, which nobody asks; use \"live.timeout\"");
        }
    }

    private static void sign(
            ConfigSection section,
            String key,
            List<Optional<Liveness>> signs,
            ConfigValues.Reading<Readiness> reading) {
        if (section.has(key)) {
            signs.add(section.get(key, reading).map(Liveness::by));
        }
    }

    private static <T> Liveness changed(
            ConfigSection section,
            String key,
            ConfigValues.Reading<T> reading,
            Liveness live,
            BiFunction<Liveness, T, Liveness> change) {
        return section.get(key, reading).map(value -> change.apply(live, value)).orElse(live);
    }

    private static Duration positive(ConfigValue value) {
        return notTooLong(ConfigValues.positive(value), value);
    }

    private static Duration grace(ConfigValue value) {
        Duration time = ConfigValues.duration(value);
        if (time.isNegative()) {
            throw new IllegalArgumentException("must not be less than zero, was " + ConfigValues.text(value));
        }
        return notTooLong(time, value);
    }

    private static Duration notTooLong(Duration time, ConfigValue value) {
        if (time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be at most 100 days, was " + ConfigValues.text(value));
        }
        return time;
    }

    private static int failures(ConfigValue value) {
        int number = ConfigValues.integer(value);
        if (number < 1) {
            throw new IllegalArgumentException("must be at least 1, was " + ConfigValues.text(value));
        }
        return number;
    }
}
