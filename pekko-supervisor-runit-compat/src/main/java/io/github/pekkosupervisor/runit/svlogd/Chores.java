package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Things to be done one after another, each of which the system may refuse: then it is reported, and it and what
 * follows wait for the next attempt.
 */
final class Chores {

    /** One thing that the system can refuse. */
    interface Deed {
        void perform() throws PosixException;
    }

    /** Something that can be waited for. */
    interface Condition {
        boolean holds();
    }

    private sealed interface Chore {}

    private record Doing(String what, Deed deed) implements Chore {}

    private record Waiting(Condition condition) implements Chore {}

    private final Deque<Chore> due = new ArrayDeque<>();
    private final LogReports reports;
    private final Supplier<OsString> about;

    /** @param about what the reports are about, the name of the log directory */
    Chores(LogReports reports, Supplier<OsString> about) {
        this.reports = reports;
        this.about = about;
    }

    /**
     * To be done after all else.
     *
     * @param what how it is reported when it is refused
     */
    void add(String what, Deed deed) {
        due.addLast(new Doing(what, deed));
    }

    /** To be done after all else, and cannot be refused. */
    void add(Runnable deed) {
        add("", deed::run);
    }

    /** What follows waits for this. */
    void await(Condition condition) {
        due.addLast(new Waiting(condition));
    }

    /** What the task adds is done before all else. */
    void first(Runnable task) {
        Deque<Chore> rest = new ArrayDeque<>(due);
        due.clear();
        task.run();
        due.addAll(rest);
    }

    boolean isEmpty() {
        return due.isEmpty();
    }

    Progress advance() {
        while (!due.isEmpty()) {
            Chore next = due.removeFirst();
            if (next instanceof Waiting waiting) {
                if (!waiting.condition().holds()) {
                    due.addFirst(next);
                    return Progress.PROCESSOR;
                }
            } else if (next instanceof Doing doing && !done(doing)) {
                due.addFirst(next);
                return Progress.PAUSE;
            }
        }
        return Progress.DONE;
    }

    private boolean done(Doing doing) {
        try {
            doing.deed().perform();
            return true;
        } catch (PosixException e) {
            reports.pausing(OsString.of(doing.what() + ": ").plus(about.get()), e);
            return false;
        }
    }
}
