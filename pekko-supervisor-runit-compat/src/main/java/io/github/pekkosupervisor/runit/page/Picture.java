package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tree at one time, a row for each place, and what is different from another time. Rows that are the same are the
 * same objects, so that many pictures cost little more than one. Immutable, but for a text that is kept.
 */
final class Picture {

    private final Instant at;
    private final boolean commands;
    private final Optional<String> end;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, List<String>> below = new HashMap<>();
    private volatile @Nullable Change last;

    /** From a picture to this one, which several ask for. */
    private record Change(Picture from, String text) {}

    /** A place without what is below it. */
    static final class Row {
        private final String key;
        private final String parent;
        private final Node node;
        private final List<Long> deaths;
        private final Set<Command> possible;

        private Row(String key, String parent, Node node, List<Long> deaths, Set<Command> possible) {
            this.key = key;
            this.parent = parent;
            this.node = node;
            this.deaths = deaths;
            this.possible = possible;
        }

        private boolean isAs(@Nullable Row other) {
            return other != null
                    && parent.equals(other.parent)
                    && node.equals(other.node)
                    && deaths.equals(other.deaths)
                    && possible.equals(other.possible);
        }

        Node node() {
            return node;
        }

        Set<Command> possible() {
            return possible;
        }

        String parent() {
            return parent;
        }

        private String json() {
            StringBuilder text = new StringBuilder("{\"key\":").append(Json.quoted(key));
            if (!parent.isEmpty()) {
                text.append(",\"parent\":").append(Json.quoted(parent));
            }
            if (!deaths.isEmpty()) {
                text.append(",\"deaths\":").append(deaths.toString().replace(" ", ""));
            }
            if (!possible.isEmpty()) {
                text.append(",\"can\":")
                        .append(Json.strings(
                                possible.stream().map(Command::word).toList()));
            }
            return text.append(",\"node\":").append(node.toJson()).append('}').toString();
        }
    }

    private Picture(Instant at, boolean commands, Optional<String> end) {
        this.at = at;
        this.commands = commands;
        this.end = end;
    }

    /**
     * A tree as it is.
     *
     * @param before an earlier picture, whose rows are used again
     * @param deaths when there were some, by path
     * @param commands whether what is possible is allowed
     * @param end how the tree has ended
     */
    static Picture of(
            TreeSnapshot present,
            Optional<Picture> before,
            Map<String, List<Long>> deaths,
            boolean commands,
            Optional<String> end) {
        Picture picture = new Picture(present.at(), commands, end);
        Deque<Visit> left = new ArrayDeque<>();
        left.push(new Visit(present.top().path(), "", present.top(), Optional.empty()));
        while (!left.isEmpty()) {
            Visit visit = left.pop();
            Node bare = visit.node.withChildren(List.of());
            Set<Command> possible = commands && end.isEmpty() ? Command.possible(bare, visit.above) : Set.of();
            picture.add(
                    new Row(visit.key, visit.parent, bare, deaths.getOrDefault(bare.path(), List.of()), possible),
                    before);
            List<String> keys = keys(visit.key, visit.node.children());
            if (!keys.isEmpty()) {
                picture.below.put(visit.key, keys);
            }
            for (int i = keys.size() - 1; i >= 0; i--) {
                left.push(
                        new Visit(keys.get(i), visit.key, visit.node.children().get(i), Optional.of(bare)));
            }
        }
        return picture;
    }

    private record Visit(String key, String parent, Node node, Optional<Node> above) {}

    private void add(Row row, Optional<Picture> before) {
        Row known = before.map(picture -> picture.rows.get(row.key)).orElse(null);
        rows.put(row.key, known != null && row.isAs(known) ? known : row);
    }

    /** By their paths, and where several have the same by their incarnations too. */
    private static List<String> keys(String parent, List<Node> children) {
        Map<String, Integer> number = new HashMap<>();
        children.forEach(child -> number.merge(child.path(), 1, Integer::sum));
        List<String> keys = new ArrayList<>(children.size());
        Set<String> taken = new HashSet<>();
        for (Node child : children) {
            String plain = TreePath.below(parent, TreePath.lastId(child.path()));
            String key = number.getOrDefault(child.path(), 1) == 1 ? plain : plain + "#" + incarnation(child);
            while (!taken.add(key)) {
                key += "'";
            }
            keys.add(key);
        }
        return keys;
    }

    private static String incarnation(Node child) {
        if (child.incarnation().isPresent()) {
            return String.valueOf(child.incarnation().getAsLong());
        }
        return child.former().isPresent() ? String.valueOf(child.former().getAsLong()) : "";
    }

    // ---- what it shows

    Optional<Row> row(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    int size() {
        return rows.size();
    }

    /** Whether nothing is different, whenever that was. */
    boolean isAs(Picture other) {
        return end.equals(other.end) && below.equals(other.below) && sameRows(other);
    }

    private boolean sameRows(Picture other) {
        return rows.size() == other.rows.size()
                && rows.values().stream().allMatch(row -> other.rows.get(row.key) == row);
    }

    /**
     * All of it, each place before those below it.
     *
     * @param now when it is told, which may be long after it was drawn
     */
    String whole(Instant now) {
        return head(now) + ",\"commands\":" + commands + ",\"signals\":"
                + Json.strings(Command.SIGNALS.stream().map(Enum::name).toList())
                + ",\"rows\":" + json(rows.values()) + "}";
    }

    private String head(Instant when) {
        return "{\"at\":" + Json.quoted(when.toString())
                + end.map(how -> ",\"ended\":" + Json.quoted(how)).orElse("");
    }

    private static String json(Collection<Row> some) {
        return Json.array(some.stream().map(Row::json).toList());
    }

    /**
     * What is different: rows that are new, or not as before, the keys of those that are gone, and the order of what is
     * below a place where it does not follow from that, since new ones come last.
     */
    String since(Picture before) {
        Change known = last;
        if (known != null && known.from == before) {
            return known.text;
        }
        List<Row> changed = rows.values().stream()
                .filter(row -> before.rows.get(row.key) != row)
                .toList();
        List<String> gone = before.rows.keySet().stream()
                .filter(key -> !rows.containsKey(key))
                .toList();
        String text = head(at) + ",\"rows\":" + json(changed) + ",\"gone\":" + Json.strings(gone) + ",\"order\":"
                + Json.array(orders(before)) + "}";
        last = new Change(before, text);
        return text;
    }

    private List<String> orders(Picture before) {
        List<String> orders = new ArrayList<>();
        below.forEach((parent, keys) -> {
            List<String> were = before.below.getOrDefault(parent, List.of());
            if (!keys.equals(were) && !keys.equals(withoutSaying(were, keys, before))) {
                orders.add("{\"parent\":" + Json.quoted(parent) + ",\"keys\":" + Json.strings(keys) + "}");
            }
        });
        return orders;
    }

    /** The order that who knows the rows alone would come to. */
    private List<String> withoutSaying(List<String> were, List<String> keys, Picture before) {
        Set<String> here = new HashSet<>(keys);
        List<String> order =
                new ArrayList<>(were.stream().filter(here::contains).toList());
        keys.stream()
                .filter(key -> !before.rows.containsKey(key)
                        || !Objects.requireNonNull(before.rows.get(key))
                                .parent
                                .equals(Objects.requireNonNull(rows.get(key)).parent))
                .forEach(order::add);
        return order;
    }
}
