package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import java.util.Optional;

/** What is wrong with a service directory, in words for those who look at it. */
final class Trouble {

    private static final int LONGEST = 200;

    private Trouble() {}

    /**
     * After an event.
     *
     * @param before what was wrong before
     */
    static Optional<String> after(Optional<String> before, ServiceEvent event) {
        if (event instanceof ServiceEvent.Warned warned) {
            return words(warned.text());
        } else if (event instanceof ServiceEvent.StartRefused refused) {
            return words("cannot start " + refused.program().file() + ": " + ErrorText.of(refused.cause()));
        } else if (event instanceof ServiceEvent.NotRun notRun) {
            return words(
                    isOfOurs(notRun)
                            ? unableToStart(notRun)
                            : "cannot run " + notRun.program().file() + ": " + ErrorText.of(notRun.cause()));
        } else if (event instanceof ServiceEvent.SupervisionFailed failed) {
            return words("a defect of ours: " + failed.cause());
        }
        return isOver(event) ? Optional.empty() : before;
    }

    private static Optional<String> words(String text) {
        return Optional.of(Excerpt.of(Excerpt.line(text), LONGEST));
    }

    /** What was wrong has not kept this from happening. */
    private static boolean isOver(ServiceEvent event) {
        return event instanceof ServiceEvent.SupervisionBegan
                || event instanceof ServiceEvent.SupervisionResumed
                || (event instanceof ServiceEvent.Started started && started.program() != ServiceEvent.Program.FINISH);
    }

    /** What runit says that could not be done. */
    static String unableTo(ServiceEvent.NotRun notRun) {
        boolean atDirectory = notRun.cause().call().equals("openat");
        return atDirectory ? "unable to change directory to ./log" : "unable to start " + file(notRun.program());
    }

    /** The same with its cause, without who says it. */
    static String unableToStart(ServiceEvent.NotRun notRun) {
        return isOfOurs(notRun)
                ? "run is not started: " + notRun.cause().getMessage()
                : unableTo(notRun) + ": " + ErrorText.of(notRun.cause());
    }

    /**
     * Whether it is for what {@code service.conf} asks for: runit has no words for that, and its own would be untrue.
     */
    static boolean isOfOurs(ServiceEvent.NotRun notRun) {
        return notRun.cause().call().equals("connect") || Conditions.areRefused(notRun.cause());
    }

    private static String file(ServiceEvent.Program program) {
        return switch (program) {
            case RUN -> "./run";
            case FINISH -> "./finish";
            case LOG -> "log/./run";
        };
    }
}
