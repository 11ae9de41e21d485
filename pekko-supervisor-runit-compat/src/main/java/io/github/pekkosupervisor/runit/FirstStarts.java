package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * When a child that is service directories has started, by what is told of them: as soon as each that was found has had
 * its first try. Of many one that cannot be started keeps nobody waiting; one by itself is then a failed start.
 */
final class FirstStarts {

    /** How it is said of one that is late. */
    static final String NOT_STARTED = "not started after ";

    private static final String UNOPENED =
            "it has not been opened; another process may hold log/supervise/lock, or it is"
                    + " not clear yet what runs there";

    private static final String DUE = "run is being started";

    private static final String UNSEEN = "the directory has not been looked at yet";

    private final boolean ofOne;

    /** By path: what it waits for, as far as that is known. */
    private final Map<String, String> awaited = new TreeMap<>();

    private boolean allKnown;

    /** Of one by itself: whether it has been opened. */
    private boolean begun;

    private String lastWarning = "";
    private Optional<String> failure = Optional.empty();

    private FirstStarts(boolean ofOne) {
        this.ofOne = ofOne;
    }

    /** Of a directory of service directories. */
    static FirstStarts ofMany() {
        return new FirstStarts(false);
    }

    /**
     * Of one service directory, whose {@code run} has been ordered.
     *
     * @param begun whether it has been opened
     */
    static FirstStarts ofOne(String path, boolean begun) {
        FirstStarts starts = new FirstStarts(true);
        starts.begun = begun;
        starts.awaited.put(path, begun ? DUE : UNOPENED);
        starts.allKnown();
        return starts;
    }

    /** No more will be waited for. */
    void allKnown() {
        allKnown = true;
    }

    /**
     * Who has had no first try after a while, by path, and what it waits for, in words; of many they keep nobody else
     * waiting from now on.
     */
    Map<String, String> late() {
        Map<String, String> late = new TreeMap<>(awaited);
        if (!ofOne) {
            awaited.clear();
        }
        return late;
    }

    /**
     * What its start waits for: the first look, or the first of those that have had no try, by name if there are many.
     */
    Optional<String> waitsFor() {
        if (!allKnown) {
            return Optional.of(lastWarning.isEmpty() ? UNSEEN : lastWarning);
        }
        return awaited.entrySet().stream().findFirst().map(this::words);
    }

    private String words(Map.Entry<String, String> first) {
        if (ofOne) {
            return first.getValue();
        }
        int others = awaited.size() - 1;
        return TreePath.lastId(first.getKey()) + ": " + first.getValue() + (others == 0 ? "" : "; " + others + " more");
    }

    /** Whether it has started. */
    boolean areOver() {
        return allKnown && awaited.isEmpty();
    }

    /** Why it cannot start. */
    Optional<String> failure() {
        return failure;
    }

    /** After one more event. */
    void after(ServiceEvent event) {
        if (event instanceof ServiceEvent.Found found && !allKnown) {
            awaited.put(found.path(), UNOPENED);
        } else if (event instanceof ServiceEvent.Warned warned) {
            if (!warned.text().startsWith(NOT_STARTED)) {
                lastWarning = warned.text();
                // what keeps it from being opened; later on it may be anything
                awaited.computeIfPresent(event.path(), (path, before) -> begun ? before : warned.text());
            }
            settle(!ofOne, event);
        } else if (event instanceof ServiceEvent.NotRun notRun && notRun.program() == Program.RUN) {
            fail("run cannot be run: " + notRun.cause().getMessage());
            settle(true, event);
        } else if (event instanceof ServiceEvent.SupervisionEnded) {
            fail("it cannot be supervised: " + lastWarning);
            settle(true, event);
        } else if (ofOne && event instanceof ServiceEvent.StartRefused refused && refused.program() == Program.RUN) {
            fail("run cannot be started: " + refused.cause().getMessage());
            settle(true, event);
        } else {
            begun |= event instanceof ServiceEvent.SupervisionBegan;
            awaited.computeIfPresent(event.path(), (path, before) -> waitsFor(event, before));
            settle(settles(event), event);
        }
    }

    private static String waitsFor(ServiceEvent event, String before) {
        if (event instanceof ServiceEvent.ScriptStarted script) {
            return "control/" + script.letter() + ", pid " + script.pid() + ", goes on";
        } else if (event instanceof ServiceEvent.StartRefused refused) {
            return refused.program().file() + " cannot be started: "
                    + refused.cause().getMessage();
        } else if (event instanceof ServiceEvent.AwaitsReady awaits) {
            return "run, pid " + awaits.pid() + ", is not ready: " + awaits.sign();
        } else if (event instanceof ServiceEvent.Adopted left && left.program() == Program.FINISH && left.runs()) {
            return "finish, pid " + left.pid() + ", goes on";
        }
        boolean isDue = event instanceof ServiceEvent.SupervisionBegan
                || event instanceof ServiceEvent.ScriptEnded
                || (event instanceof ServiceEvent.Ended ended && ended.program() == Program.FINISH);
        return isDue ? DUE : before;
    }

    private void settle(boolean settles, ServiceEvent event) {
        if (settles) {
            awaited.remove(event.path());
        }
    }

    private void fail(String why) {
        if (ofOne && failure.isEmpty()) {
            failure = Optional.of(why);
        }
    }

    private boolean settles(ServiceEvent event) {
        if (event instanceof ServiceEvent.SupervisionBegan began) {
            return !ofOne && began.service().want() != Want.UP;
        }
        if (event instanceof ServiceEvent.StartRefused refused) {
            return refused.program() == Program.RUN;
        }
        if (event instanceof ServiceEvent.Ended ended && ended.program() == Program.RUN) {
            // of many one that ends before it is ready has had its try
            return !ofOne;
        }
        // one that failed through a defect of ours is taken up again
        return event instanceof ServiceEvent.Ready
                || event instanceof ServiceEvent.Forgotten
                || (!ofOne && event instanceof ServiceEvent.SupervisionFailed);
    }
}
