package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What a runsv does and shows, as short lines that a table can hold; times are milliseconds since {@link #START}. */
final class InWords {

    /** When the clocks of these tests begin. */
    static final Instant START = Instant.parse("2031-05-17T06:00:00Z");

    private InWords() {}

    static String of(RunsvAction action) {
        if (action instanceof RunsvAction.RunScript run) {
            return "script " + run.letter();
        } else if (action instanceof RunsvAction.StartRun start) {
            return "run " + of(start.role());
        } else if (action instanceof RunsvAction.StartFinish finish) {
            return "finish " + finish.code() + " " + finish.status();
        } else if (action instanceof RunsvAction.SendSignal send) {
            return "signal " + of(send.role()) + " " + send.signal();
        } else if (action instanceof RunsvAction.Publish publish) {
            return "publish " + of(publish.role()) + " " + of(publish.status());
        } else if (action instanceof RunsvAction.Throttle throttle) {
            return "pause " + of(throttle.role()) + " "
                    + throttle.length().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        } else if (action instanceof RunsvAction.ReadCommand read) {
            return "read " + of(read.role());
        } else if (action instanceof RunsvAction.ClosePipe) {
            return "close pipe";
        } else if (action instanceof RunsvAction.OpenPipe) {
            return "open pipe";
        } else if (action instanceof RunsvAction.Exit) {
            return "exit";
        }
        throw new AssertionError("no words for " + action);
    }

    /** State, pid, what is wanted, time stamp, flags: {@code run 7 up @0 paused term}. */
    static String of(ServiceStatus status) {
        return lower(status.state()) + " " + status.pid() + " " + lower(status.want()) + " @"
                + Duration.between(START, status.stamp()).toMillis()
                + (status.paused() ? " paused" : "")
                + (status.gotTerm() ? " term" : "");
    }

    static String of(Role role) {
        return lower(role);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
