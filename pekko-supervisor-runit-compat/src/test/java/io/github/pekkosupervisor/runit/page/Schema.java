package io.github.pekkosupervisor.runit.page;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The part of JSON Schema that {@code docs/page.schema.json} uses; any other word in it is a mistake. */
final class Schema {

    private static final Path FILE = Path.of("../docs/page.schema.json");
    private static final List<String> WORDS =
            List.of("type", "enum", "$ref", "required", "additionalProperties", "properties", "items", "description");
    private static final String DEFS = "#/$defs/";

    private final Map<String, Object> definitions;

    Schema() {
        Map<String, Object> all = ConfigFactory.parseFile(
                        FILE.toFile(),
                        ConfigParseOptions.defaults()
                                .setSyntax(ConfigSyntax.JSON)
                                .setAllowMissing(false))
                .root()
                .unwrapped();
        definitions = object(Objects.requireNonNull(all.get("$defs")));
    }

    List<String> names() {
        return List.copyOf(definitions.keySet());
    }

    /** What is wrong with a text, which is to be as one of the definitions says. */
    List<String> problems(String definition, String json) {
        List<String> problems = new ArrayList<>();
        check(rule(definition), Known.parsed(json).root().unwrapped(), definition, problems);
        return problems;
    }

    private Map<String, Object> rule(String name) {
        return object(Objects.requireNonNull(definitions.get(name), name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private void check(Map<String, Object> rule, Object value, String at, List<String> problems) {
        rule.keySet().stream()
                .filter(word -> !WORDS.contains(word))
                .forEach(word -> problems.add(at + ": the schema says \"" + word + "\", which is not looked at"));
        if (rule.get("$ref") instanceof String ref) {
            check(rule(ref.substring(DEFS.length())), value, at, problems);
            return;
        }
        if (rule.get("enum") instanceof List<?> values && !values.contains(value)) {
            problems.add(at + ": " + value + " is none of " + values);
        }
        if (rule.get("type") instanceof String type && !isOfType(type, value)) {
            problems.add(at + ": " + value + " is no " + type);
            return;
        }
        if (value instanceof Map<?, ?>) {
            checkObject(rule, object(value), at, problems);
        } else if (value instanceof List<?> list && rule.get("items") != null) {
            Map<String, Object> items = object(Objects.requireNonNull(rule.get("items")));
            for (int i = 0; i < list.size(); i++) {
                check(items, list.get(i), at + "[" + i + "]", problems);
            }
        }
    }

    private static boolean isOfType(String type, Object value) {
        return switch (type) {
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            default -> false;
        };
    }

    private void checkObject(Map<String, Object> rule, Map<String, Object> value, String at, List<String> problems) {
        if (rule.get("required") instanceof List<?> needed) {
            needed.stream()
                    .filter(name -> !value.containsKey(String.valueOf(name)))
                    .forEach(name -> problems.add(at + ": " + name + " is missing"));
        }
        Map<String, Object> known = rule.get("properties") == null ? Map.of() : object(rule.get("properties"));
        value.forEach((name, member) -> {
            Object its = known.getOrDefault(name, rule.getOrDefault("additionalProperties", false));
            if (its instanceof Map<?, ?>) {
                check(object(its), member, at + "." + name, problems);
            } else if (!Boolean.TRUE.equals(its)) {
                problems.add(at + ": " + name + " is not known");
            }
        });
    }
}
