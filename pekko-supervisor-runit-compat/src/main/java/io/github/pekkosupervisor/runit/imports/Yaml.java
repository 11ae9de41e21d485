package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in a file of YAML, and its line. No object is ever made of it: it is text, a list, or a mapping. */
final class Yaml {

    private static final String MERGE = "<<";
    private static final int DEEPEST_MERGE = 20;

    /** A key and its value. */
    record Entry(String key, int line, Yaml value) {}

    private final Node node;
    private final Conversion to;

    private Yaml(Node node, Conversion to) {
        this.node = node;
        this.to = to;
    }

    /** The one document in it. */
    static Yaml read(String text, Conversion to) throws ForeignFileException {
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(text)
                    .orElseThrow(() -> to.mistake(1, "it is empty"));
            return new Yaml(root, to);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw to.mistake(line, "this is no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw to.mistake(1, "this is no YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            // the parser goes down with the text, and has no bound of its own
            throw to.mistake(1, "its lists and mappings are too deep in each other; is this the right file?");
        }
    }

    int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isNull() {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    /** A number or a truth value is what is written. */
    String text() throws ForeignFileException {
        if (node instanceof ScalarNode scalar) {
            return isNull() ? "" : scalar.getValue();
        }
        throw to.mistake(line(), "here must be one value, and is a " + (isList() ? "list" : "mapping"));
    }

    /** Of one value a list of that; of nothing an empty one. */
    List<Yaml> items() {
        if (node instanceof SequenceNode list) {
            return list.getValue().stream().map(item -> new Yaml(item, to)).toList();
        }
        return isNull() ? List.of() : List.of(this);
    }

    /** With what is merged into it; of nothing none. */
    List<Entry> entries() throws ForeignFileException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        collect(entries, 0);
        return new ArrayList<>(entries.values());
    }

    private void collect(Map<String, Entry> entries, int depth) throws ForeignFileException {
        if (isNull()) {
            return;
        }
        if (depth > DEEPEST_MERGE) {
            throw to.mistake(line(), "this is merged into itself");
        }
        if (!(node instanceof MappingNode mapping)) {
            throw to.mistake(line(), "here must be a mapping, KEY: VALUE");
        }
        List<Yaml> merged = new ArrayList<>();
        Map<String, Integer> own = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Yaml key = new Yaml(tuple.getKeyNode(), to);
            Yaml value = new Yaml(tuple.getValueNode(), to);
            if (key.text().equals(MERGE)) {
                merged.addAll(value.items());
                continue;
            }
            Integer before = own.put(key.text(), key.line());
            if (before != null) {
                throw to.mistake(key.line(), key.text() + " is there in line " + before + " too");
            }
            entries.putIfAbsent(key.text(), new Entry(key.text(), key.line(), value));
        }
        for (Yaml other : merged) {
            other.collect(entries, depth + 1);
        }
    }

    /** Under a key; empty if it is not there, or nothing. */
    Optional<Yaml> get(String key) throws ForeignFileException {
        return entries().stream()
                .filter(entry -> entry.key().equals(key) && !entry.value().isNull())
                .map(Entry::value)
                .findFirst();
    }
}
