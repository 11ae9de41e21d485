package io.github.pekkosupervisor.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a process has said of itself by {@code sd_notify(3)} so far.
 *
 * @param phase how it says it is
 * @param status what it does, in its words: one line of at most 200 characters that does nothing to a terminal; empty
 *     if it has not said
 * @param mainPid the process that it says the work has been handed to, which is noted and not followed
 * @param errno the error that it says it has met
 * @param busError the same as the name of a D-Bus error, as {@link #status}; empty if it has not said
 */
public record ProcessNotice(Phase phase, String status, OptionalInt mainPid, OptionalInt errno, String busError) {

    /** How it says it is. */
    public enum Phase {
        /** It has not said that it is ready. */
        STARTING,
        /** It is ready. */
        READY,
        /** It reads its configuration anew, and will say when that is done. It counts as ready. */
        RELOADING,
        /** It is about to end. */
        STOPPING
    }

    /** The names of {@link #details}. */
    public static final Set<String> DETAILS = Set.of("says", "status", "main-pid", "errno", "bus-error");

    /** Nothing has been said. */
    static final ProcessNotice NOTHING =
            new ProcessNotice(Phase.STARTING, "", OptionalInt.empty(), OptionalInt.empty(), "");

    /** What is known after one more message. */
    ProcessNotice after(NotifyMessage message) {
        return new ProcessNotice(
                phaseAfter(message),
                message.status().orElse(status),
                message.mainPid().isPresent() ? message.mainPid() : mainPid,
                message.errno().isPresent() ? message.errno() : errno,
                message.busError().orElse(busError));
    }

    private Phase phaseAfter(NotifyMessage message) {
        if (message.stopping()) {
            return Phase.STOPPING;
        }
        if (message.reloading()) {
            return phase == Phase.STARTING ? phase : Phase.RELOADING;
        }
        return message.ready() ? Phase.READY : phase;
    }

    /** The same for who looks at a tree, each thing under its name. */
    public Map<String, String> details() {
        Map<String, String> details = new TreeMap<>();
        details.put("says", phase.name().toLowerCase(Locale.ROOT));
        details.put("status", status);
        mainPid.ifPresent(pid -> details.put("main-pid", String.valueOf(pid)));
        errno.ifPresent(number -> details.put("errno", String.valueOf(number)));
        details.put("bus-error", busError);
        details.values().removeIf(String::isEmpty);
        return details;
    }

    /** In words, for a line of a log: empty if nothing has been said. */
    public String description() {
        List<String> parts = new ArrayList<>();
        if (phase != Phase.STARTING) {
            parts.add(phase.name().toLowerCase(Locale.ROOT));
        }
        if (!status.isEmpty()) {
            parts.add(status);
        }
        mainPid.ifPresent(pid -> parts.add("main process " + pid));
        errno.ifPresent(number -> parts.add("error number " + number));
        if (!busError.isEmpty()) {
            parts.add(busError);
        }
        return String.join("; ", parts);
    }
}
