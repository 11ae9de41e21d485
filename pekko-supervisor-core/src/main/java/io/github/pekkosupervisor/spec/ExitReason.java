package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.PosixException;

/**
 * Why a child, or a supervisor, has ended. As OTP's exit reasons: {@link Normal}, {@link Shutdown} and
 * {@link ShutdownWith} are expected, everything else is abnormal.
 */
public sealed interface ExitReason {

    /** Finished by itself. */
    enum Normal implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "normal";
        }
    }

    /** Told to stop, or a supervisor that gave up or ended because a significant child did. */
    enum Shutdown implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "shutdown";
        }
    }

    /**
     * A deliberate stop with an explanation.
     *
     * @param detail the explanation, a {@link FailedToStartChild} for a supervisor that could not start
     */
    record ShutdownWith(Object detail) implements ExitReason {
        @Override
        public String toString() {
            return "shutdown("
                    + (detail instanceof FailedToStartChild ours ? ours.toString() : ApplicationText.of(detail)) + ")";
        }
    }

    /** Killed: it did not stop in time, or somebody killed it. */
    enum Killed implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "killed";
        }
    }

    /**
     * It threw.
     *
     * @param cause what
     */
    record Crash(Throwable cause) implements ExitReason {
        @Override
        public String toString() {
            return "crash(" + said() + ")";
        }

        private String said() {
            // what the system has refused says all in its own words
            return ApplicationText.of(cause instanceof PosixException ? String.valueOf(cause.getMessage()) : cause);
        }
    }

    /**
     * It ended abnormally and says why in its own words; OTP's arbitrary term.
     *
     * @param detail why
     */
    record Failed(Object detail) implements ExitReason {
        @Override
        public String toString() {
            return "failed(" + ApplicationText.of(detail) + ")";
        }
    }

    /**
     * A process that exited with a code that does not count as normal.
     *
     * @param code 0 to 255
     */
    record ExitCode(int code) implements ExitReason {
        @Override
        public String toString() {
            return "exit code " + code;
        }
    }

    /**
     * A process that was ended by a signal that does not count as normal.
     *
     * @param name of the signal, for example {@code SEGV} or {@code RTMIN+3}; the number of one that has no name
     */
    record Signalled(String name) implements ExitReason {
        @Override
        public String toString() {
            return "signal " + name;
        }
    }

    /**
     * It ran and did not work any more, so it was stopped: nothing of what it should have answered or told has come in
     * time. Abnormal, as a crash is.
     *
     * @param why in words
     */
    record Hung(String why) implements ExitReason {
        @Override
        public String toString() {
            return "hung: " + why;
        }
    }

    /** It did not acknowledge its start in time. */
    enum StartTimeout implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "timeout";
        }
    }

    /**
     * The same of one that has said what it waits for.
     *
     * @param waitsFor what, in words
     */
    record StartTimeoutWith(String waitsFor) implements ExitReason {
        @Override
        public String toString() {
            return "timeout(" + waitsFor + ")";
        }
    }

    /** It did not end, not even when killed; its supervisor goes on without it. */
    enum Abandoned implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "abandoned";
        }
    }

    /** Too many restarts: the reason in the report of a supervisor that gives up. Its own exit reason is shutdown. */
    enum ReachedMaxRestartIntensity implements ExitReason {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "reached_max_restart_intensity";
        }
    }

    /**
     * Which child kept a supervisor from starting.
     *
     * @param id the child's
     * @param reason why it did not start; nested again if it is a supervisor
     */
    record FailedToStartChild(String id, ExitReason reason) {
        private static final int LEVELS_SHOWN = 20;

        /** Why in the end, whatever supervisors are between. */
        public FailedToStartChild innermost() {
            FailedToStartChild at = this;
            while (at.reason instanceof ShutdownWith with && with.detail() instanceof FailedToStartChild below) {
                at = below;
            }
            return at;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            FailedToStartChild at = this;
            int levels = 1;
            while (at.reason instanceof ShutdownWith with && with.detail() instanceof FailedToStartChild below) {
                if (levels < LEVELS_SHOWN) {
                    text.append("failed_to_start_child(").append(at.id).append(", shutdown(");
                }
                at = below;
                levels++;
            }
            if (levels > LEVELS_SHOWN) {
                text.append("[").append(levels - LEVELS_SHOWN).append(" more levels] ");
            }
            text.append("failed_to_start_child(").append(at.id).append(", ").append(at.reason);
            return text.append(")".repeat(2 * Math.min(levels, LEVELS_SHOWN) - 1))
                    .toString();
        }
    }

    /**
     * The same for who reads it: without the names that OTP has for it. Of a supervisor that could not start it begins
     * with where the child is that kept it from that, as in {@code [/storage/db] exit code 3}.
     */
    default String inWords() {
        final int levelsShown = 20;
        StringBuilder place = new StringBuilder();
        ExitReason at = this;
        int levels = 0;
        while (at instanceof ShutdownWith with && with.detail() instanceof FailedToStartChild failed) {
            levels++;
            if (levels <= levelsShown) {
                place.append('/').append(failed.id());
            }
            at = failed.reason();
        }
        String more = levels > levelsShown ? "/[" + (levels - levelsShown) + " more levels]" : "";
        return (levels == 0 ? "" : "[" + place + more + "] ") + at.ownWords();
    }

    private String ownWords() {
        if (this instanceof Crash crash) {
            return crash.said();
        } else if (this instanceof Failed failed) {
            return ApplicationText.of(failed.detail());
        }
        return this instanceof StartTimeoutWith timeout ? "timeout: " + timeout.waitsFor() : toString();
    }

    /** Whether this is normal, shutdown or shutdown with a detail: no restart of a transient child. */
    default boolean isExpected() {
        return this == Normal.INSTANCE || this == Shutdown.INSTANCE || this instanceof ShutdownWith;
    }

    /** Finished by itself. */
    static ExitReason normal() {
        return Normal.INSTANCE;
    }

    /** Told to stop. */
    static ExitReason shutdown() {
        return Shutdown.INSTANCE;
    }

    /** A deliberate stop with an explanation. */
    static ExitReason shutdown(Object detail) {
        return new ShutdownWith(detail);
    }

    /** Killed. */
    static ExitReason killed() {
        return Killed.INSTANCE;
    }

    /** It threw. */
    static ExitReason crash(Throwable cause) {
        return new Crash(cause);
    }

    /** Abnormal, in the child's own words. */
    static ExitReason failed(Object detail) {
        return new Failed(detail);
    }
}
