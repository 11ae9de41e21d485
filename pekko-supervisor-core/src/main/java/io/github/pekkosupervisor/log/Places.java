package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.spec.TreePath;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which incarnation of each supervisor tells. A supervisor that was restarted counts its children from 1 again, so its
 * own number is shown with its path, from its second incarnation on: {@code /storage#2}. What it and those below it say
 * is then new, and counted with nothing that an earlier incarnation has said, unless its restarts are a flood
 * themselves.
 *
 * <p>A rule: it has no clock. Times are nanoseconds.
 */
final class Places {

    /** Of so many supervisors that were restarted it is known which incarnation they are. */
    private static final int MOST = Repeats.MOST_TOPICS;

    private final Map<String, Restarted> restarted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Restarted> eldest) {
            return size() > MOST;
        }
    };

    /** One that is not the first incarnation of its supervisor. */
    private static final class Restarted {
        private long incarnation;

        /** The one from which on what is said is new. */
        private long newSince;

        private long window;
        private int begun;
    }

    /** Another incarnation of a supervisor is at work. */
    void begins(String path, long incarnation, boolean isFirst, long now) {
        // what is below begins with its first ones
        restarted.keySet().removeIf(other -> isBelow(path, other));
        if (isFirst) {
            restarted.remove(path);
            return;
        }
        Restarted place = restarted.computeIfAbsent(path, unknown -> new Restarted());
        place.incarnation = incarnation;
        if (place.begun == 0 || now - place.window >= Repeats.WINDOW.toNanos()) {
            place.window = now;
            place.begun = 0;
        }
        place.begun++;
        if (place.begun <= Repeats.LINES) {
            place.newSince = incarnation;
        }
    }

    private static boolean isBelow(String path, String other) {
        return other.length() > path.length() && isWithin(path, other);
    }

    /** Whether one path is another or below it: the top is a slash, and all others have none at their end. */
    static boolean isWithin(String path, String other) {
        return other.equals(path) || other.startsWith(path.endsWith("/") ? path : path + "/");
    }

    /** A path as a reader is to see it. */
    String shown(String path) {
        return restarted.isEmpty() ? path : with(path, false);
    }

    /** What stands for a path where repeats are counted. */
    String counted(String path) {
        return restarted.isEmpty() ? path : with(path, true);
    }

    private String with(String path, boolean counts) {
        if (path.equals(TreePath.TOP) || !path.startsWith("/")) {
            return path;
        }
        StringBuilder text = new StringBuilder();
        int done = 0;
        while (done < path.length()) {
            int slash = path.indexOf('/', done + 1);
            int end = slash < 0 ? path.length() : slash;
            text.append(path, done, end);
            Restarted place = restarted.get(path.substring(0, end));
            if (place != null) {
                text.append('#').append(counts ? place.newSince : place.incarnation);
            }
            done = end;
        }
        return text.toString();
    }
}
