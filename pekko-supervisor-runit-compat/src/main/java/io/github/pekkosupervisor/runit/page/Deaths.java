package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.runit.ServiceEvent;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How incarnations have ended since somebody looks, and starts that have failed: the last {@value #MOST_OF_ONE} of each
 * place, and of the {@value #MOST_PLACES} places that had one last.
 */
final class Deaths {

    static final int MOST_OF_ONE = 20;
    static final int MOST_PLACES = 2_000;

    private final InstantSource calendar;
    private final Map<String, Deque<Death>> byPath = new LinkedHashMap<>();

    /** What each place's last one had written, where that is known. */
    private final Map<String, List<String>> lastLines = new HashMap<>();

    /**
     * One of them.
     *
     * @param at when it was told
     * @param reason in words
     * @param ran how long it had lasted, or was tried
     * @param what whether it ended by itself, was stopped, or did not start
     */
    record Death(Instant at, String reason, Duration ran, What what) {
        String json() {
            return "{\"at\":" + Json.quoted(at.toString()) + ",\"reason\":" + Json.quoted(reason) + ",\"ranMillis\":"
                    + ran.toMillis() + ",\"what\":" + Json.quoted(what.word) + "}";
        }
    }

    enum What {
        ENDED("ended"),
        STOPPED("stopped"),
        NOT_STARTED("not started");

        private final String word;

        What(String word) {
            this.word = word;
        }
    }

    Deaths(InstantSource calendar) {
        this.calendar = calendar;
    }

    /** Something has happened, which may be one. */
    void event(TreeEvent event) {
        if (event instanceof SupervisorEvent.ChildEnd end) {
            boolean stopped = end instanceof SupervisorEvent.ChildStopped;
            add(path(end), end.reason().inWords(), end.ran(), stopped ? What.STOPPED : What.ENDED);
            keepLines(end);
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            add(path(done), done.reason().inWords(), done.ran(), What.ENDED);
            keepLines(done);
        } else if (event instanceof SupervisorEvent.StartError error) {
            add(path(error), error.reason().inWords(), error.took(), What.NOT_STARTED);
            keepLines(error);
        } else if (event instanceof SupervisorEvent.ChildNotStarted failed) {
            add(path(failed), failed.reason().inWords(), Duration.ZERO, What.NOT_STARTED);
        } else if (event instanceof ServiceEvent.Ended ended && ended.program() != Program.FINISH) {
            String path = ended.program() == Program.LOG ? TreePath.below(ended.path(), "log") : ended.path();
            String reason = ended.hung().map(why -> "hung: " + why).orElseGet(() -> String.valueOf(ended.status()));
            add(path, reason, ended.ran(), ended.asked() ? What.STOPPED : What.ENDED);
        }
    }

    private static String path(SupervisorEvent.OfChild event) {
        return TreePath.below(event.supervisor(), event.child().id());
    }

    /** One that somebody has seen. */
    synchronized void add(String path, String reason, Duration ran, What what) {
        Instant now = calendar.instant();
        // the place that had one last comes last
        Deque<Death> known = byPath.remove(path);
        Deque<Death> all = known == null ? new ArrayDeque<>() : known;
        if (all.size() == MOST_OF_ONE) {
            all.removeFirst();
        }
        all.addLast(new Death(now, LastExit.of(reason, now).reason(), ran, what));
        byPath.put(path, all);
        if (byPath.size() > MOST_PLACES) {
            String longest = byPath.keySet().iterator().next();
            byPath.remove(longest);
            lastLines.remove(longest);
        }
    }

    private synchronized void keepLines(SupervisorEvent.OfChild event) {
        List<String> lines = event.child().handle().map(ChildHandle::lastLines).orElse(List.of());
        if (!lines.isEmpty()) {
            lastLines.put(path(event), lines);
        }
    }

    /** What the one that ended last, and had written anything, had written last. */
    synchronized List<String> lastLinesOf(String path) {
        return lastLines.getOrDefault(path, List.of());
    }

    /** The oldest first. */
    synchronized List<Death> of(String path) {
        return new ArrayList<>(Optional.ofNullable(byPath.get(path)).orElse(new ArrayDeque<>()));
    }

    /** When those were that nobody had asked for, in milliseconds since 1970, of each place that had some. */
    synchronized Map<String, List<Long>> times() {
        Map<String, List<Long>> times = new LinkedHashMap<>();
        byPath.forEach((path, deaths) -> {
            List<Long> ofOne = deaths.stream()
                    .filter(death -> death.what() != What.STOPPED)
                    .map(death -> death.at().toEpochMilli())
                    .toList();
            if (!ofOne.isEmpty()) {
                times.put(path, ofOne);
            }
        });
        return times;
    }
}
