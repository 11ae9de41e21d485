package io.github.pekkosupervisor.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The types of events. Their names and fields are promised; the classes are not. */
final class FlightEvents {

    /** In a tool all of them are in one place. */
    private static final String CATEGORY = "Pekko Supervisor";

    private FlightEvents() {}

    /** One about a place in a tree. */
    @Category(CATEGORY)
    @StackTrace(false)
    abstract static class OfPlace extends Event {
        @Label("Path")
        @Description("The place in the tree")
        String path = "";
    }

    /** Something has started. */
    @Name("io.github.pekkosupervisor.Started")
    @Label("Child Started")
    static final class Started extends OfPlace {
        @Label("Restart")
        @Description("Whether it follows an end, and nobody has asked for it")
        boolean restart;

        @Label("Start Time")
        @Description("From the beginning of the start until it was ready")
        @Timespan(Timespan.MILLISECONDS)
        long took;
    }

    /** Something has ended, or could not be started. */
    @Name("io.github.pekkosupervisor.Ended")
    @Label("Child Ended")
    static final class Ended extends OfPlace {
        @Label("Reason")
        @Description("exit, signal, killed, normal, shutdown, crash, failed, hung, start_timeout, abandoned,"
                + " reached_max_restart_intensity or unknown")
        String reason = "";

        @Label("Exit Code")
        String code = "";

        @Label("Signal")
        String signal = "";

        @Label("Cause of a Restart")
        @Description("Why it is started again, if it is; none if its end was asked for")
        String cause = "";

        @Label("Run Time")
        @Timespan(Timespan.MILLISECONDS)
        long ran;
    }

    /** Something is being stopped. */
    @Name("io.github.pekkosupervisor.Stopping")
    @Label("Child Stopping")
    static final class Stopping extends OfPlace {}

    /** Something did not end. */
    @Name("io.github.pekkosupervisor.Abandoned")
    @Label("Child Abandoned")
    @Description("It did not end, and its supervisor goes on without it")
    static final class Abandoned extends OfPlace {}
}
