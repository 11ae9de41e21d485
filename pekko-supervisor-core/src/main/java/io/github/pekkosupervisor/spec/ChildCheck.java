package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the specification of a child, and with the two of them: a child and its supervisor. As OTP
 * {@code supervisor}, {@code check_childspec}.
 */
final class ChildCheck {

    /** Longer ids would make every report unreadable. */
    static final int LONGEST_ID = 1024;

    private final String path;
    private final Findings found;
    private final BiConsumer<ChildKind, String> kinds;

    /**
     * For children of the supervisor at this place.
     *
     * @param kinds looks at what a child is made from, at its place
     */
    ChildCheck(String path, Findings found, BiConsumer<ChildKind, String> kinds) {
        this.path = path;
        this.found = found;
        this.kinds = kinds;
    }

    /**
     * What is wrong with it alone.
     *
     * @param index among its siblings, which names it where it has no id
     */
    void check(@Nullable ChildSpec child, int index, AutoShutdown autoShutdown) {
        if (child == null) {
            found.add(
                    where(null, index),
                    "invalid_child_spec",
                    "null",
                    "child number " + (index + 1) + " is null; remove it or give a specification");
            return;
        }
        String id = child.givenId();
        String where = where(id, index);
        if (isPlain(child)) {
            kinds.accept(child.kind(), where);
            return;
        }
        String name = named(id, index);
        id(id, where, name);
        start(child, where, name);
        restart(child, where, name);
        oneshot(child, where, name);
        significance(child, autoShutdown, where, name);
        shutdown(child.givenShutdown(), where, name);
        delay(child, where, name);
    }

    /** Whether there is nothing to say but what its kind knows; so it is for all but a few of a hundred thousand. */
    private static boolean isPlain(ChildSpec child) {
        String id = child.givenId();
        return id != null
                && !id.isEmpty()
                && id.length() <= LONGEST_ID
                && child.givenKind() != null
                && !RestartDelay.isNotPositive(child.givenStartTimeout())
                && child.givenRestart() != null
                && child.givenOnAbandon() != null
                && child.kind().oneshot().isEmpty()
                && !child.hasKillGrace()
                && !child.significant()
                && !isBad(child.givenShutdown())
                && !child.hasRestartDelay();
    }

    private static boolean isBad(@Nullable Shutdown shutdown) {
        return shutdown == null
                || (shutdown instanceof Shutdown.Timeout timeout && RestartDelay.isNotPositive(timeout.within()));
    }

    /** Its id is that of an earlier one. */
    void comesTwice(String id, int index) {
        found.add(
                where(id, index),
                "duplicate_child_name",
                id,
                named(id) + " comes twice; ids are unique in a supervisor");
    }

    private String where(@Nullable String id, int index) {
        return place(path, id, index);
    }

    /** The path of a child, whatever its id is. */
    static String place(String above, @Nullable String id, int index) {
        return TreePath.below(above, id == null || id.isEmpty() ? "[" + index + "]" : Findings.shortened(id));
    }

    private static String named(@Nullable String id, int index) {
        return id == null ? "child number " + (index + 1) : named(id);
    }

    private static String named(String id) {
        return "child \"" + Findings.shortened(id) + "\"";
    }

    private void id(@Nullable String id, String where, String name) {
        if (id == null) {
            found.add(where, "missing_id", "null", name + " has no id; give it one that is unique in its supervisor");
        } else if (id.isEmpty()) {
            found.add(where, "invalid_id", "", name + ": the id is empty; any text will do");
        } else if (id.length() > LONGEST_ID) {
            found.add(
                    where,
                    "invalid_id",
                    id,
                    name + ": the id has " + id.length() + " characters, " + LONGEST_ID + " are the most; shorten it");
        }
    }

    private void start(ChildSpec child, String where, String name) {
        ChildKind kind = child.givenKind();
        if (kind == null) {
            found.add(
                    where,
                    "missing_start",
                    "null",
                    name + " has nothing to start; give a behavior, a function or a specification and not null");
        } else {
            kinds.accept(kind, where);
        }
        var limit = child.givenStartTimeout();
        if (RestartDelay.isNotPositive(limit)) {
            found.add(
                    where,
                    "invalid_start_timeout",
                    limit,
                    name + ": the start timeout must be more than zero, was "
                            + found.words().of(limit) + "; use "
                            + found.words().of("withoutStartTimeout()", "infinite") + " for no limit");
        }
    }

    private void restart(ChildSpec child, String where, String name) {
        if (child.givenRestart() == null) {
            found.add(
                    where,
                    "invalid_restart_type",
                    "null",
                    name + ": the restart type is missing; use for example PERMANENT");
        }
        Duration grace = child.givenKillGrace();
        if (child.hasKillGrace() && (grace == null || RestartDelay.isNotPositive(grace))) {
            found.add(
                    where,
                    "invalid_kill_grace",
                    grace == null ? "null" : grace,
                    name + ": the time to end after KILL must be more than zero, was "
                            + (grace == null ? "null" : found.words().of(grace)) + "; leave it out for the default");
        }
        if (child.givenOnAbandon() == null) {
            found.add(
                    where,
                    "invalid_on_abandon",
                    "null",
                    name + ": what to do when it is abandoned is missing; use CONTINUE");
        }
    }

    private void oneshot(ChildSpec child, String where, String name) {
        ChildKind kind = child.givenKind();
        if (kind != null && kind.oneshot().isPresent() && child.givenRestart() == RestartType.TEMPORARY) {
            found.add(
                    where,
                    "bad_combination",
                    "restart temporary, oneshot",
                    name
                            + " is a oneshot, which is kept when it is done, and temporary, which is forgotten; leave out the"
                            + " restart type, and use "
                            + found.words().of("OneshotAgain.ONCE", "oneshot-again = once")
                            + " if its group is to be restarted without it");
        }
    }

    private void significance(ChildSpec child, AutoShutdown autoShutdown, String where, String name) {
        if (!child.significant()) {
            return;
        }
        ChildKind kind = child.givenKind();
        if (kind != null && kind.oneshot().isPresent()) {
            found.add(
                    where,
                    "bad_combination",
                    "significant true, oneshot",
                    name + " is a oneshot, which has started when it has ended, so its end cannot end its supervisor;"
                            + " leave out significant, or the oneshot");
        } else if (autoShutdown == AutoShutdown.NEVER) {
            found.add(
                    where,
                    "bad_combination",
                    "auto_shutdown never, significant true",
                    name + " is significant under a supervisor that never shuts down by itself; use "
                            + found.words()
                                    .of(
                                            "withAutoShutdown, or withSignificant(false)",
                                            "auto-shutdown there, or leave it out"));
        } else if (child.restart() == RestartType.PERMANENT) {
            found.add(
                    where,
                    "bad_combination",
                    "restart permanent, significant true",
                    name + " is significant and permanent, so it would never end; make it transient or temporary");
        }
    }

    private void shutdown(@Nullable Shutdown shutdown, String where, String name) {
        if (isBad(shutdown)) {
            Object value = shutdown instanceof Shutdown.Timeout timeout ? timeout.within() : "null";
            found.add(
                    where,
                    "invalid_shutdown",
                    value,
                    name + ": shutdown timeout must be positive, was "
                            + found.words().of(value) + "; use "
                            + found.words().of("Shutdown.brutalKill()", "brutal-kill") + " to kill at once");
        }
    }

    private void delay(ChildSpec child, String where, String name) {
        RestartDelay delay = child.givenRestartDelay();
        if (delay == null) {
            found.add(
                    where,
                    "invalid_restart_delay",
                    "null",
                    name + ": the restart delay is null; leave it out for none");
            return;
        }
        String wrong = child.hasRestartDelay() ? delay.mistake(found.words()) : null;
        if (wrong != null) {
            found.add(
                    where, "invalid_restart_delay", delay.told(found.words()), name + ": the restart delay's " + wrong);
        }
    }

    /** Whether it can be restarted under this supervisor as the two of them say. */
    void restarts(SupervisorSpec spec, @Nullable ChildSpec child, int index) {
        if (child == null) {
            return;
        }
        if (spec.hasUnlimitedRestarts()) {
            waits(child, index);
        } else if (child.hasRestartDelay()) {
            canGiveUp(spec, child, index);
        }
    }

    /** Whether it waits before it is started again, under a supervisor that never gives up. */
    private void waits(ChildSpec child, int index) {
        if (!child.hasRestartDelay() && child.restart() != RestartType.TEMPORARY) {
            found.add(
                    where(child.givenId(), index),
                    "bad_combination",
                    "unlimited restarts, no restart delay",
                    named(child.givenId(), index)
                            + " does not wait before it is started again, and its supervisor never gives up, so it could"
                            + " be started in a tight loop for ever; give it "
                            + found.words().of("withRestartDelay", "a restart-delay")
                            + ", make it temporary, or limit the restarts by "
                            + found.words().of("withIntensity", "intensity"));
        }
    }

    /** Whether so many restarts can fall into one period at all. */
    private void canGiveUp(SupervisorSpec spec, ChildSpec child, int index) {
        RestartDelay delay = child.givenRestartDelay();
        Duration period = spec.givenPeriod();
        if (delay == null || delay.mistake(found.words()) != null || period == null) {
            return;
        }
        if (spec.intensity() > 0 && delay.shortestSum(spec.intensity()) >= nanos(period)) {
            found.add(
                    where(child.givenId(), index),
                    "bad_combination",
                    delay.told(found.words()),
                    named(child.givenId(), index)
                            + " waits so long between restarts that " + (spec.intensity() + 1L) + " never fall into "
                            + found.words().of(period)
                            + ", so its supervisor could never give up; shorten the delay, lower the"
                            + " intensity, lengthen the period, or say so by "
                            + found.words().of("withUnlimitedRestarts()", "intensity = infinite"));
        }
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }
}
