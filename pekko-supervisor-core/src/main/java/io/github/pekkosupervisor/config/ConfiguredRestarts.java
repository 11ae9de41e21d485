package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Wording;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what both files say of when something is started again, and after which ends. */
public final class ConfiguredRestarts {

    private static final int LAST_CODE = 255;

    private ConfiguredRestarts() {}

    /** After which ends; empty if nothing is said of that. */
    public static Optional<RestartType> type(ConfigSection section) {
        return section.get("restart", ConfigValues.oneOf(List.of(RestartType.values())));
    }

    /** Exit codes; empty if nothing is said of them. */
    public static Optional<Set<Integer>> codes(ConfigSection section, String key) {
        return section.get(key, value -> Set.copyOf(codes(value)));
    }

    /** Signals that may be a normal end; empty if nothing is said of them. */
    public static Optional<Set<Signal>> signals(ConfigSection section, String key) {
        return section.get(key, value -> Set.copyOf(signals(value)));
    }

    /** How long a restart waits; empty if nothing is said of that, or wrongly, which is noted. */
    public static Optional<RestartDelay> checkedDelay(ConfigSection section, String key, Place place) {
        Optional<ConfigSection> block = section.section(key, place);
        Optional<RestartDelay> delay = block.flatMap(ConfiguredRestarts::delay);
        Optional<String> mistake = delay.flatMap(said -> said.wrong(Wording.FILE));
        mistake.ifPresent(wrong -> block.orElseThrow().problem("\"" + key + "\": " + wrong));
        return mistake.isPresent() ? Optional.empty() : delay;
    }

    /** The same where others look whether it can be. */
    static Optional<RestartDelay> delay(ConfigSection section) {
        Optional<Duration> min = section.get("min", ConfigValues::duration);
        Optional<Duration> max = section.get("max", ConfigValues::duration);
        Optional<Double> factor = section.get("factor", ConfigValues::number);
        Optional<Double> jitter = section.get("jitter", ConfigValues::number);
        Optional<Duration> resetAfter = section.get("reset-after", ConfigValues::duration);
        if (section.lacks("min")) {
            section.problem("\"restart-delay\" needs \"min\", the first wait, such as 200ms");
        }
        section.end();
        return min.map(first -> {
            RestartDelay usual = RestartDelay.exponential(first, max.orElse(first));
            return new RestartDelay(
                    first,
                    usual.max(),
                    factor.orElse(usual.factor()),
                    jitter.orElse(usual.jitter()),
                    resetAfter.orElse(usual.resetAfter()));
        });
    }

    static List<Integer> codes(ConfigValue value) {
        return ConfigValues.each(value, ConfiguredRestarts::code);
    }

    private static int code(ConfigValue value) {
        int code = ConfigValues.integer(value);
        if (code < 0 || code > LAST_CODE) {
            throw new IllegalArgumentException("must be exit codes from 0 to " + LAST_CODE + ", was " + code);
        }
        return code;
    }

    static List<Signal> signals(ConfigValue value) {
        return ConfigValues.each(value, ConfiguredRestarts::normalSignal);
    }

    private static Signal normalSignal(ConfigValue value) {
        Signal signal = ConfiguredStop.signal(value);
        if (signal == Signal.KILL) {
            throw new IllegalArgumentException("must not have KILL, which never counts as a normal end");
        }
        return signal;
    }
}
