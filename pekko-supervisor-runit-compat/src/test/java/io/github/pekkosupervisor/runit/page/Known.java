package io.github.pekkosupervisor.runit.page;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What somebody knows of a tree who has been told it by events alone: the rules of {@code docs/page.md}, once more. */
final class Known {

    private final Map<String, Config> rows = new HashMap<>();
    private final Map<String, List<String>> below = new HashMap<>();
    private String top = "";
    private Optional<String> ended = Optional.empty();

    static Config parsed(String json) {
        return ConfigFactory.parseString(json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    /** Takes an event. */
    Known hear(String name, String json) {
        Config told = parsed(json);
        if (name.equals("tree")) {
            rows.clear();
            below.clear();
        } else {
            told.getStringList("gone").forEach(this::forget);
        }
        told.getConfigList("rows").forEach(this::put);
        if (told.hasPath("order")) {
            told.getConfigList("order")
                    .forEach(order ->
                            below.put(order.getString("parent"), new ArrayList<>(order.getStringList("keys"))));
        }
        ended = told.hasPath("ended") ? Optional.of(told.getString("ended")) : Optional.empty();
        return this;
    }

    private void forget(String key) {
        Config row = rows.remove(key);
        if (row != null && row.hasPath("parent")) {
            below.getOrDefault(row.getString("parent"), new ArrayList<>()).remove(key);
        }
        below.remove(key);
    }

    private void put(Config row) {
        String key = row.getString("key");
        Config before = rows.put(key, row);
        if (!row.hasPath("parent")) {
            top = key;
            return;
        }
        String parent = row.getString("parent");
        if (before == null || !before.getString("parent").equals(parent)) {
            if (before != null) {
                below.getOrDefault(before.getString("parent"), new ArrayList<>())
                        .remove(key);
            }
            below.computeIfAbsent(parent, first -> new ArrayList<>()).add(key);
        }
    }

    /** Each place before those below it, as it was told. */
    List<ConfigValue> all() {
        List<ConfigValue> all = new ArrayList<>();
        add(top, all);
        return all;
    }

    private void add(String key, List<ConfigValue> all) {
        all.add(Objects.requireNonNull(rows.get(key), key).root());
        below.getOrDefault(key, List.of()).forEach(child -> add(child, all));
    }

    int size() {
        return rows.size();
    }

    Optional<String> ended() {
        return ended;
    }

    Optional<Config> row(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    Optional<Config> node(String key) {
        return row(key).map(row -> row.getConfig("node"));
    }

    String state(String key) {
        return node(key).map(node -> node.getString("state")).orElse("nowhere");
    }
}
