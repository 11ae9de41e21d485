package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.StopSequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what both files say of the end of a process: how it is stopped, who with it, and who dies with whom. */
public final class ConfiguredStop {

    private static final String STOP_EXAMPLE = "[\"TERM 10s\", \"INT 5s\", KILL]";
    private static final Set<Object> GROUPS_TO_COME = Set.of("session");

    private ConfiguredStop() {}

    /** The signals that ask it to end; empty if nothing is said of them. */
    public static Optional<StopSequence> sequence(ConfigSection section) {
        return section.get("stop", ConfiguredStop::stop);
    }

    /** Who belongs to it; empty if nothing is said of that. */
    public static Optional<ProcessGroup> group(ConfigSection section) {
        return section.get("process-group", ConfiguredStop::group);
    }

    /** What becomes of it when its supervisor's JVM is killed; empty if nothing is said of that. */
    public static Optional<WhenSupervisorDies> whenSupervisorDies(ConfigSection section) {
        return section.get("when-supervisor-dies", ConfigValues.oneOf(List.of(WhenSupervisorDies.values())));
    }

    /** Signals, each with the wait until the next. */
    private static StopSequence stop(ConfigValue value) {
        List<StopSequence.Step> steps = new ArrayList<>();
        Optional<Duration> wait = Optional.of(Duration.ZERO);
        String before = "";
        for (ConfigValue element : ConfigValues.list(value)) {
            String[] words = step(element, value).trim().split("\\s+", 2);
            if (words[0].matches("[0-9].*")) {
                throw new IllegalArgumentException(
                        "has each wait behind its signal, as in " + STOP_EXAMPLE + ", was " + ConfigValues.text(value));
            }
            String last = before;
            Duration after = wait.orElseThrow(() -> new IllegalArgumentException(
                    "needs a wait behind " + last + ", as in " + STOP_EXAMPLE + ", was " + ConfigValues.text(value)));
            steps.add(new StopSequence.Step(after, signal(ConfigValueFactory.fromAnyRef(words[0]))));
            wait = words.length == 1
                    ? Optional.empty()
                    : Optional.of(waitBehind(ConfigValueFactory.fromAnyRef(words[1]), value));
            before = words[0];
        }
        if (steps.isEmpty() || wait.isPresent()) {
            throw new IllegalArgumentException("must end with a signal that has no wait behind it, as in "
                    + STOP_EXAMPLE + ", was " + ConfigValues.text(value));
        }
        return new StopSequence(steps);
    }

    private static String step(ConfigValue element, ConfigValue all) {
        try {
            return ConfigValues.string(element);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be a list of signals and waits, as in " + STOP_EXAMPLE + ", was " + ConfigValues.text(all),
                    e);
        }
    }

    private static Duration waitBehind(ConfigValue given, ConfigValue all) {
        Duration wait;
        try {
            wait = ConfigValues.duration(given);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "needs each wait with its unit, as in " + STOP_EXAMPLE + ", was " + ConfigValues.text(all), e);
        }
        if (wait.isNegative()) {
            throw new IllegalArgumentException("must not have a wait below zero, was " + ConfigValues.text(all));
        }
        return wait;
    }

    static Signal signal(ConfigValue value) {
        try {
            return Signal.parse(ConfigValues.string(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must name a signal, such as TERM, HUP or RTMIN+3, was " + ConfigValues.text(value), e);
        }
    }

    private static ProcessGroup group(ConfigValue value) {
        if (GROUPS_TO_COME.contains(value.unwrapped())) {
            throw new IllegalArgumentException(
                    "is not yet possible as " + ConfigValues.text(value) + "; meanwhile whole");
        }
        return ConfigValues.oneOf(List.of(ProcessGroup.values())).of(value);
    }
}
