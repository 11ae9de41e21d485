package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;

/** What is wrong with the flags of a supervisor. As OTP {@code supervisor}, {@code check_flags}. */
final class FlagsCheck {

    private final String path;
    private final Findings found;

    /** For the supervisor at this place. */
    FlagsCheck(String path, Findings found) {
        this.path = path;
        this.found = found;
    }

    /** All that is wrong with them. */
    void check(SupervisorSpec spec) {
        if (spec.givenStrategy() == null) {
            found.add(
                    path, "invalid_strategy", "null", "the strategy is missing; use for example Strategy.ONE_FOR_ONE");
        }
        if (spec.intensity() < 0) {
            found.add(
                    path,
                    "invalid_intensity",
                    spec.intensity(),
                    "the intensity must not be negative, was " + spec.intensity()
                            + "; use 0 to allow no restart at all");
        }
        Duration period = spec.givenPeriod();
        if (RestartDelay.isNotPositive(period)) {
            found.add(
                    path,
                    "invalid_period",
                    period,
                    "the period must be more than zero, was " + found.words().of(period) + "; OTP uses "
                            + found.words().of(SupervisorSpec.DEFAULT_PERIOD));
        }
        if (spec.givenAutoShutdown() == null) {
            found.add(path, "invalid_auto_shutdown", "null", "auto shutdown is missing; use AutoShutdown.NEVER");
        }
        if (!spec.extraArguments().isEmpty() && Mistakes.ofNull(spec.extraArguments()) != null) {
            found.add(path, "invalid_extra_arguments", "null", "an extra argument is null; leave it out");
        }
        if (spec.strategy().isDynamic()) {
            dynamicFlags(spec);
        } else {
            orderedFlags(spec);
        }
    }

    private void dynamicFlags(SupervisorSpec spec) {
        if (spec.autoShutdown() != AutoShutdown.NEVER) {
            found.add(
                    path,
                    "bad_combination",
                    spec.autoShutdown(),
                    found.words().of("auto shutdown ", "auto-shutdown ")
                            + found.words().of(spec.autoShutdown()) + " is not possible with strategy "
                            + found.words().of(spec.strategy()) + "; use "
                            + found.words().of("AutoShutdown.NEVER", "never"));
        }
        int most = spec.maxChildren().orElse(1);
        if (most < 1) {
            found.add(
                    path,
                    "invalid_max_children",
                    most,
                    "the most children must be at least 1, was " + most + "; leave it out for no limit");
        }
        int given = spec.children().size();
        if (spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE && given != 1) {
            found.add(
                    path,
                    "bad_start_spec",
                    given + " specifications",
                    "simple one for one needs exactly one template, has " + given);
        }
        if (spec.strategy() == Strategy.DYNAMIC && given != 0) {
            found.add(
                    path,
                    "bad_start_spec",
                    given + " specifications",
                    "a dynamic supervisor begins without children, has " + given + "; start them by calls");
        }
    }

    private void orderedFlags(SupervisorSpec spec) {
        if (spec.maxChildren().isPresent()) {
            found.add(
                    path,
                    "bad_combination",
                    spec.maxChildren().getAsInt(),
                    "only dynamic supervisors have a limit of children, this one is "
                            + found.words().of(spec.strategy())
                            + "; remove it");
        }
        if (!spec.extraArguments().isEmpty()) {
            found.add(
                    path,
                    "bad_combination",
                    spec.extraArguments().size() + " arguments",
                    "only children of dynamic supervisors have extra arguments, this one is " + spec.strategy()
                            + "; remove them");
        }
    }
}
