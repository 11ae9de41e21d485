package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.event.Level;

/**
 * A child that is a process has said how it is, by {@code sd_notify(3)}: told when that has changed. That it is ready
 * shows as with other children too.
 *
 * @param path of the child
 * @param incarnation which of the child
 * @param notice all that it has said so far
 */
public record ProcessNotified(String path, long incarnation, ProcessNotice notice) implements TreeEvent {

    @Override
    public Optional<LogEntry> logEntry() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("event", "process_notified");
        fields.put("supervisor", TreePath.above(path));
        fields.put("child", TreePath.lastId(path));
        fields.put("incarnation", incarnation);
        return Optional.of(LogEntry.of(
                Level.DEBUG,
                "child [" + TreePath.lastId(path) + "#" + incarnation + "] says: " + notice.description(),
                fields));
    }

    @Override
    public Node applyTo(Node child) {
        return seen(child, notice);
    }

    /** With what it says among the details. */
    public static Node seen(Node child, ProcessNotice notice) {
        Map<String, String> details = new TreeMap<>(child.details());
        // what it has taken back is not shown any more
        details.keySet().removeAll(ProcessNotice.DETAILS);
        details.putAll(notice.details());
        return child.withDetails(details);
    }
}
