package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** A snapshot for readers and for programs. Loops instead of recursion, since a tree may be deeper than a stack. */
final class SnapshotText {

    private SnapshotText() {}

    // ---- for readers

    static String tree(TreeSnapshot snapshot) {
        StringBuilder text = new StringBuilder();
        int above = TreePath.level(snapshot.top().path());
        walk(
                snapshot.top(),
                node -> {
                    text.append("  ".repeat(TreePath.level(node.path()) - above));
                    text.append(Excerpt.line(line(node, text.length() == 0))).append('\n');
                },
                node -> {});
        return text.toString();
    }

    private static String line(Node node, boolean isFirst) {
        StringBuilder text = new StringBuilder();
        text.append(isFirst ? node.path() : TreePath.lastId(node.path()));
        node.incarnation().ifPresent(number -> text.append('#').append(number));
        text.append("  ").append(node.kind()).append("  ").append(name(node.state()));
        if (node.state() == TreeSnapshot.State.RUNNING && !node.ready()) {
            text.append(", not ready");
        }
        node.process().ifPresent(process -> text.append("  pid ").append(process.pid()));
        node.since().ifPresent(since -> text.append("  since ").append(since));
        if (node.restarts() > 0) {
            text.append("  restarts ").append(node.restarts());
        }
        node.lastExit()
                .ifPresent(last -> text.append("  last exit: ")
                        .append(last.reason())
                        .append(" at ")
                        .append(last.at()));
        node.nextRestart().ifPresent(next -> text.append("  next restart at ").append(next));
        node.supervision().ifPresent(by -> supervision(text, by));
        node.details()
                .forEach((name, value) ->
                        text.append("  ").append(name).append(' ').append(value));
        return text.toString();
    }

    private static void supervision(StringBuilder text, Supervision by) {
        text.append("  ").append(name(by.strategy())).append("  ").append(by.recent());
        by.limit().ifPresent(limit -> text.append(" of ").append(limit));
        text.append(" restarts in ").append(DurationText.of(by.period()));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Calls one before what is below a node, and the other after. */
    private static void walk(Node top, Consumer<Node> before, Consumer<Node> after) {
        Deque<Node> open = new ArrayDeque<>();
        Deque<Iterator<Node>> below = new ArrayDeque<>();
        before.accept(top);
        open.push(top);
        below.push(top.children().iterator());
        while (!open.isEmpty()) {
            if (below.element().hasNext()) {
                Node node = below.element().next();
                before.accept(node);
                open.push(node);
                below.push(node.children().iterator());
            } else {
                below.pop();
                after.accept(open.pop());
            }
        }
    }

    // ---- for programs

    static String json(TreeSnapshot snapshot) {
        return "{\"at\":" + quoted(snapshot.at().toString()) + ",\"top\":" + json(snapshot.top()) + "}";
    }

    static String json(Node top) {
        StringBuilder text = new StringBuilder();
        walk(top, node -> begin(text, node), node -> end(text));
        // the last one has no other after it
        text.setLength(text.length() - 1);
        return text.toString();
    }

    private static void begin(StringBuilder text, Node node) {
        text.append("{\"path\":").append(quoted(node.path()));
        member(text, "kind", quoted(node.kind()));
        member(text, "state", quoted(name(node.state())));
        member(text, "ready", String.valueOf(node.ready()));
        node.incarnation().ifPresent(number -> member(text, "incarnation", String.valueOf(number)));
        node.former().ifPresent(number -> member(text, "former", String.valueOf(number)));
        node.process().ifPresent(process -> member(text, "pid", String.valueOf(process.pid())));
        node.since().ifPresent(since -> member(text, "since", quoted(since.toString())));
        member(text, "restarts", String.valueOf(node.restarts()));
        node.lastExit()
                .ifPresent(last -> member(
                        text,
                        "lastExit",
                        "{\"reason\":" + quoted(last.reason().toString()) + ",\"at\":" + quoted(last.at() + "") + "}"));
        node.nextRestart().ifPresent(next -> member(text, "nextRestart", quoted(next.toString())));
        node.supervision().ifPresent(by -> member(text, "supervision", object(by)));
        if (!node.details().isEmpty()) {
            member(text, "details", object(node.details()));
        }
        text.append(",\"children\":[");
    }

    private static void end(StringBuilder text) {
        if (text.charAt(text.length() - 1) == ',') {
            text.setLength(text.length() - 1);
        }
        text.append("]},");
    }

    private static void member(StringBuilder text, String name, String value) {
        text.append(',').append(quoted(name)).append(':').append(value);
    }

    private static String object(Supervision by) {
        StringBuilder text = new StringBuilder("{\"strategy\":").append(quoted(name(by.strategy())));
        member(text, "recent", String.valueOf(by.recent()));
        by.limit().ifPresent(limit -> member(text, "limit", String.valueOf(limit)));
        member(text, "period", quoted(by.period().toString()));
        return text.append('}').toString();
    }

    private static String object(Map<String, String> details) {
        List<String> members = details.entrySet().stream()
                .map(detail -> quoted(detail.getKey()) + ":" + quoted(detail.getValue()))
                .toList();
        return "{" + String.join(",", members) + "}";
    }

    /** As RFC 8259 has strings. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
