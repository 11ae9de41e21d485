package io.github.pekkosupervisor.testing;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import java.util.ArrayList;
import java.util.List;

/** What OTP would report at level error, and what only the JVM can have to report. */
public final class Reports {

    private Reports() {}

    /** A line for each. */
    public static List<String> of(List<SupervisorEvent> events) {
        List<String> reports = new ArrayList<>();
        for (SupervisorEvent event : events) {
            if (event instanceof SupervisorEvent.ChildTerminated e) {
                reports.add("child_terminated " + of(e.child()) + " " + e.reason());
            } else if (event instanceof SupervisorEvent.StartError e) {
                reports.add("start_error " + of(e.child()) + " " + e.reason());
            } else if (event instanceof SupervisorEvent.ShutdownError e) {
                reports.add("shutdown_error " + of(e.child()) + " " + e.reason());
            } else if (event instanceof SupervisorEvent.GaveUp e) {
                reports.add("shutdown " + of(e.child()) + " " + e.reason());
            } else if (event instanceof SupervisorEvent.ChildAbandoned e) {
                reports.add("abandoned " + of(e.child()));
            } else if (event instanceof SupervisorEvent.UnexpectedMessage e) {
                reports.add("unexpected " + e.message());
            }
        }
        return reports;
    }

    private static String of(Offender child) {
        return child.count() > 1 ? child.id() + " x" + child.count() : child.id();
    }
}
