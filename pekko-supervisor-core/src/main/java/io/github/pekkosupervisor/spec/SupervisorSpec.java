package io.github.pekkosupervisor.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor supervises, and by which rules. As OTP {@code supervisor}, supervisor flags, with OTP's defaults:
 * one for one, at most one restart within five seconds, never shut down by itself.
 *
 * <p>Immutable; the {@code with} methods return changed copies. Nothing is checked by them, and they throw nothing:
 * {@link SpecCheck} lists all that is wrong in the whole tree, and so does whatever starts it, before it starts
 * anything.
 */
public final class SupervisorSpec {

    /** OTP's default for how many restarts are allowed within the period. */
    public static final int DEFAULT_INTENSITY = 1;

    /** OTP's default for the period. */
    public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(5);

    static final SupervisorSpec IGNORE =
            new SupervisorSpec(Strategy.ONE_FOR_ONE, 0, DEFAULT_PERIOD, AutoShutdown.NEVER, List.of(), null, List.of());

    private final @Nullable Strategy strategy;

    /** Null for no limit. */
    private final @Nullable Integer intensity;

    private final @Nullable Duration period;
    private final @Nullable AutoShutdown autoShutdown;
    private final List<ChildSpec> children;
    private final @Nullable Integer maxChildren;
    private final List<Object> extraArguments;

    /** Checked and found right; it cannot change. */
    private volatile boolean checked;

    /** Which children are restarted when one has died. As OTP's restart strategies. */
    public enum Strategy {
        /** Only the dead one. */
        ONE_FOR_ONE,
        /** All: the others are stopped in reverse order, then all are started in order. */
        ONE_FOR_ALL,
        /** The dead one and those after it. */
        REST_FOR_ONE,
        /** Any number of children of one template, which are addressed by handle; each restarted alone. */
        SIMPLE_ONE_FOR_ONE,
        /** Any number of children, each with a specification of its own; Elixir's {@code DynamicSupervisor}. */
        DYNAMIC;

        /** Whether children are addressed by handle and not by id, and stopped all at once and not in order. */
        public boolean isDynamic() {
            return this == SIMPLE_ONE_FOR_ONE || this == DYNAMIC;
        }
    }

    /** Whether a supervisor ends when significant children have ended by themselves. As OTP's automatic shutdown. */
    public enum AutoShutdown {
        /** It does not. */
        NEVER,
        /** When one has. */
        ANY_SIGNIFICANT,
        /** When the last active one has. */
        ALL_SIGNIFICANT
    }

    private SupervisorSpec(
            @Nullable Strategy strategy,
            @Nullable Integer intensity,
            @Nullable Duration period,
            @Nullable AutoShutdown autoShutdown,
            List<ChildSpec> children,
            @Nullable Integer maxChildren,
            List<Object> extraArguments) {
        this.strategy = strategy;
        this.intensity = intensity;
        this.period = period;
        this.autoShutdown = autoShutdown;
        this.children = children;
        this.maxChildren = maxChildren;
        this.extraArguments = extraArguments;
    }

    /** With this strategy, everything else as by default. */
    public static SupervisorSpec of(Strategy strategy) {
        return new SupervisorSpec(
                strategy, DEFAULT_INTENSITY, DEFAULT_PERIOD, AutoShutdown.NEVER, List.of(), null, List.of());
    }

    /** Only the dead child is restarted. */
    public static SupervisorSpec oneForOne() {
        return of(Strategy.ONE_FOR_ONE);
    }

    /** All children are restarted if one dies. */
    public static SupervisorSpec oneForAll() {
        return of(Strategy.ONE_FOR_ALL);
    }

    /** The dead child and those after it are restarted. */
    public static SupervisorSpec restForOne() {
        return of(Strategy.REST_FOR_ONE);
    }

    /** Any number of children of one template. */
    public static SupervisorSpec simpleOneForOne(ChildSpec template) {
        return of(Strategy.SIMPLE_ONE_FOR_ONE).withChildren(Arrays.asList(template));
    }

    /** Any number of children, each started with its own specification: at most three restarts in five seconds. */
    public static SupervisorSpec dynamic() {
        return of(Strategy.DYNAMIC).withIntensity(3, DEFAULT_PERIOD);
    }

    /** Returned by an init to say that the supervisor need not run. */
    public static SupervisorSpec ignore() {
        return IGNORE;
    }

    // ---- copies

    /**
     * How many restarts are allowed; one more within the period, and the supervisor stops its children and ends. For no
     * limit see {@link #withUnlimitedRestarts()}.
     *
     * @param restarts at least 0
     * @param within more than zero
     */
    public SupervisorSpec withIntensity(int restarts, Duration within) {
        return new SupervisorSpec(strategy, restarts, within, autoShutdown, children, maxChildren, extraArguments);
    }

    /**
     * It never gives up, however often its children have to be started again. So that none is started in a tight loop,
     * each child that is started again at all must wait: {@link ChildSpec#withRestartDelay}.
     *
     * <p>Differs: OTP has no such thing.
     */
    public SupervisorSpec withUnlimitedRestarts() {
        return new SupervisorSpec(strategy, null, period, autoShutdown, children, maxChildren, extraArguments);
    }

    /** Whether it ends when significant children have ended. */
    public SupervisorSpec withAutoShutdown(AutoShutdown newAutoShutdown) {
        return new SupervisorSpec(strategy, intensity, period, newAutoShutdown, children, maxChildren, extraArguments);
    }

    /** With one more child, the last. For thousands use {@link #withChildren}. */
    public SupervisorSpec withChild(ChildSpec child) {
        List<ChildSpec> all = new ArrayList<>(children);
        all.add(child);
        return withChildren(all);
    }

    /** With these children, in this order, instead of those before. */
    public SupervisorSpec withChildren(List<ChildSpec> newChildren) {
        return new SupervisorSpec(
                strategy,
                intensity,
                period,
                autoShutdown,
                // as given, for the check: a null in it is no more than another problem
                newChildren == null
                        ? Collections.singletonList(null)
                        : Collections.unmodifiableList(new ArrayList<>(newChildren)),
                maxChildren,
                extraArguments);
    }

    /**
     * Dynamic supervisors only: how many children there may be, restarting ones included; default no limit.
     *
     * @param limit at least 1
     */
    public SupervisorSpec withMaxChildren(int limit) {
        return new SupervisorSpec(strategy, intensity, period, autoShutdown, children, limit, extraArguments);
    }

    /** Dynamic supervisors only: what every child finds first among its {@link ChildContext#arguments()}. */
    public SupervisorSpec withExtraArguments(Object... arguments) {
        List<Object> given =
                new ArrayList<>(arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments));
        return new SupervisorSpec(
                strategy,
                intensity,
                period,
                autoShutdown,
                children,
                maxChildren,
                given.isEmpty() ? List.of() : Collections.unmodifiableList(given));
    }

    // ---- values

    /** Which children are restarted when one has died. */
    public Strategy strategy() {
        return strategy == null ? Strategy.ONE_FOR_ONE : strategy;
    }

    /** How many restarts are allowed within the period; {@link Integer#MAX_VALUE} if there is no limit. */
    public int intensity() {
        return intensity == null ? Integer.MAX_VALUE : intensity;
    }

    /** Whether it never gives up. */
    public boolean hasUnlimitedRestarts() {
        return intensity == null;
    }

    /** The length of the sliding window that restarts are counted in; without a limit for what is reported alone. */
    public Duration period() {
        return period == null ? DEFAULT_PERIOD : period;
    }

    /** Whether it ends when significant children have ended. */
    public AutoShutdown autoShutdown() {
        return autoShutdown == null ? AutoShutdown.NEVER : autoShutdown;
    }

    /** The children that it starts with, in order; for simple one for one the template. */
    public List<ChildSpec> children() {
        return children;
    }

    /** How many children there may be; empty for no limit. */
    public OptionalInt maxChildren() {
        return maxChildren == null ? OptionalInt.empty() : OptionalInt.of(maxChildren);
    }

    /** What every child finds first among its arguments. */
    public List<Object> extraArguments() {
        return extraArguments;
    }

    /** It has been checked with all below it. */
    void isRight() {
        checked = true;
    }

    /** Whether nothing is wrong in the whole tree, as far as that has been looked at. */
    public boolean isChecked() {
        return checked;
    }

    // ---- as given, for the check

    @Nullable
    Strategy givenStrategy() {
        return strategy;
    }

    @Nullable
    Duration givenPeriod() {
        return period;
    }

    @Nullable
    AutoShutdown givenAutoShutdown() {
        return autoShutdown;
    }
}
