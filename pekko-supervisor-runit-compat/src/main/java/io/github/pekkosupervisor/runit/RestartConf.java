package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.ConfiguredRestarts;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RestartPolicy;
import io.github.pekkosupervisor.runit.rule.RestartPolicy.GiveUp;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Retries;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code service.conf} says of when {@code run} is started again.
 *
 * @param keys those that it has
 * @param policy what they say; empty if there are none
 */
record RestartConf(List<String> keys, Optional<RestartPolicy> policy) {

    /** As runit has it. */
    static final RestartConf RUNIT = new RestartConf(List.of(), Optional.empty());

    private static final String TYPE = "restart";
    private static final String DELAY = "restart-delay";
    private static final String GIVE_UP = "give-up";
    private static final String IGNORED = "ignore-exit-codes";

    static RestartConf read(ConfigSection top) {
        Optional<RestartType> type = ConfiguredRestarts.type(top);
        Optional<Set<Integer>> codes = ConfiguredRestarts.codes(top, "normal-exit-codes");
        Optional<Set<Signal>> signals = ConfiguredRestarts.signals(top, "normal-exit-signals");
        Optional<Set<Integer>> ignored = ConfiguredRestarts.codes(top, IGNORED);
        Optional<RestartDelay> delay = ConfiguredRestarts.checkedDelay(top, DELAY, Place.SERVICE_RESTART_DELAY);
        Optional<GiveUp> giveUp = top.section(GIVE_UP, Place.GIVE_UP).flatMap(RestartConf::giveUp);
        if (ignored.filter(some -> !some.isEmpty()).isPresent() && !top.has("ready")) {
            top.problem(
                    IGNORED,
                    "\"ignore-exit-codes\" needs a \"ready\", since they count before that; name a sign by ready { }, or"
                            + " say restart = transient and normal-exit-codes");
        }
        if (type.isPresent() && top.has("oneshot")) {
            top.problem(TYPE, "\"restart\" is for what goes on, and not for a oneshot; leave out one of them");
        }
        List<String> keys = Stream.of(TYPE, "normal-exit-codes", "normal-exit-signals", IGNORED, DELAY, GIVE_UP)
                .filter(top::has)
                .toList();
        if (keys.isEmpty()) {
            return RUNIT;
        }
        boolean isPermanent = type.orElse(RestartType.PERMANENT) == RestartType.PERMANENT;
        return new RestartConf(
                keys,
                Optional.of(new RestartPolicy(
                        type.orElse(RestartType.PERMANENT),
                        codes.orElse(isPermanent ? Set.of() : Set.of(0)),
                        signals.orElse(Set.of()),
                        ignored.orElse(Set.of()),
                        delay,
                        giveUp)));
    }

    private static Optional<GiveUp> giveUp(ConfigSection block) {
        Optional<Integer> after = block.get("after", value -> {
            int number = ConfigValues.integer(value);
            if (number < 1 || number > Retries.MOST) {
                throw new IllegalArgumentException("must be 1 to " + Retries.MOST + ", was " + number);
            }
            return number;
        });
        Optional<Duration> within = block.get("within", ConfigValues::positive);
        Optional<Then> then = block.get("then", ConfigValues.oneOf(List.of(Then.values())));
        Optional<Duration> coolDown = block.get("cool-down", value -> {
            Duration time = ConfigValues.positive(value);
            if (time.compareTo(RestartDelay.LONGEST) > 0) {
                throw new IllegalArgumentException("must be at most " + RestartDelay.LONGEST.toDays() + " days");
            }
            return time;
        });
        for (String needed : List.of("after", "within")) {
            if (block.lacks(needed)) {
                block.problem("\"give-up\" needs \"" + needed + "\", as in give-up { after = 5, within = 1m }");
            }
        }
        boolean coolsDown = then.filter(Then.COOL_DOWN::equals).isPresent();
        if (coolsDown && block.lacks("cool-down")) {
            block.problem("\"give-up\" needs \"cool-down\", how long it waits until it is tried again, such as 5m");
        } else if (!coolsDown && block.has("cool-down")) {
            block.problem("cool-down", "\"give-up.cool-down\" is for then = cool-down; set that too, or leave it out");
        }
        block.end();
        return after.flatMap(
                number -> within.map(time -> new GiveUp(number, time, coolsDown ? coolDown : Optional.empty())));
    }

    private enum Then {
        DOWN,
        COOL_DOWN
    }
}
