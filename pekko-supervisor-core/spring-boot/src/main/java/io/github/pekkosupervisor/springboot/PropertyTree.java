package io.github.pekkosupervisor.springboot;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.TreePath;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.util.PlaceholderResolutionException;

/**
 * The properties below one of them, as the block of a file that they would be, so that the reader of files reads them.
 * Each value knows its property and where that stands, as far as Spring does, for what may be wrong with it.
 *
 * <p>As everywhere in Spring Boot: a source with precedence replaces single values of a block, and lists as a whole;
 * {@code ${ }} is resolved; {@code restartDelay} and {@code restart_delay} are {@code restart-delay}. Names of
 * variables stay as they are. Differs: what a {@code ${ }} names must be known, since it would reach a command as it
 * is.
 */
final class PropertyTree {

    /** The block whose keys are not ours. */
    private static final String VARIABLES = "environment";

    /** The list that may be empty, which a YAML file says and Spring makes an empty text of. */
    private static final String CHILDREN = "children";

    private final Environment environment;
    private final List<Problem> problems = new ArrayList<>();

    /** A source, and the names in it that are looked at. */
    private record Part(ConfigurationPropertySource source, List<ConfigurationPropertyName> names) {
        Part below(ConfigurationPropertyName at) {
            return new Part(source, names.stream().filter(at::isAncestorOf).toList());
        }
    }

    private PropertyTree(Environment environment) {
        this.environment = environment;
    }

    /** Whether anything is said there. */
    static boolean isThere(Environment environment, String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(name) != null
                    || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                return true;
            }
        }
        return false;
    }

    /**
     * The block below a property.
     *
     * @throws InvalidSpecException if it cannot be one; with all that is wrong
     */
    static Config read(Environment environment, String property) {
        PropertyTree tree = new PropertyTree(environment);
        ConfigurationPropertyName top = ConfigurationPropertyName.of(property);
        ConfigValue value = tree.value(top, tree.parts(top));
        if (tree.problems.isEmpty() && !(value instanceof ConfigObject)) {
            tree.problem(property, "must be a block of keys, as a tree in a file is");
        }
        if (!tree.problems.isEmpty()) {
            throw new InvalidSpecException(tree.problems);
        }
        return ((ConfigObject) value).toConfig();
    }

    private List<Part> parts(ConfigurationPropertyName top) {
        List<Part> parts = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            List<ConfigurationPropertyName> names = source instanceof IterableConfigurationPropertySource iterable
                    ? iterable.stream().filter(top::isAncestorOf).toList()
                    : List.of();
            parts.add(new Part(source, names));
        }
        return parts;
    }

    // ---- values

    /** What stands at a name: the first source that has something there decides of what sort it is. */
    private ConfigValue value(ConfigurationPropertyName at, List<Part> parts) {
        for (Part part : parts) {
            ConfigurationProperty single = part.source().getConfigurationProperty(at);
            Part below = part.below(at);
            if (single != null && !below.names().isEmpty()) {
                problem(
                        described(single),
                        "is a single value, and there is " + below.names().get(0) + " too; leave one of them out");
            }
            if (single != null) {
                return single(at, single);
            }
            if (!below.names().isEmpty()) {
                return below.names().get(0).isNumericIndex(at.getNumberOfElements())
                        ? list(at, below)
                        : block(at, parts.stream().map(one -> one.below(at)).toList());
            }
        }
        return ConfigValueFactory.fromMap(Map.of());
    }

    private ConfigValue single(ConfigurationPropertyName at, ConfigurationProperty property) {
        Object value = property.getValue();
        ConfigOrigin origin = ConfigOriginFactory.newSimple(described(property));
        if (value instanceof Number || value instanceof Boolean) {
            return ConfigValueFactory.fromAnyRef(value).withOrigin(origin);
        }
        String text = resolved(property, String.valueOf(value));
        boolean isEmptyList =
                text.isEmpty() && uniform(at.getLastElement(Form.ORIGINAL)).equals(CHILDREN);
        return ConfigValueFactory.fromAnyRef(isEmptyList ? List.of() : text).withOrigin(origin);
    }

    private String resolved(ConfigurationProperty property, String text) {
        try {
            return environment.resolveRequiredPlaceholders(text);
        } catch (PlaceholderResolutionException unknown) {
            String name = "${" + unknown.getPlaceholder() + "}";
            problem(
                    described(property),
                    "has " + name + ", which nobody has set; set it, give it a default as in ${"
                            + unknown.getPlaceholder() + ":value}, or write \\" + name
                            + " if this is to be left to a shell");
            return text;
        }
    }

    private ConfigValue list(ConfigurationPropertyName at, Part part) {
        int level = at.getNumberOfElements();
        // an index may be larger than any list
        Map<BigInteger, ConfigurationPropertyName> elements = new TreeMap<>();
        for (ConfigurationPropertyName name : part.names()) {
            if (name.isNumericIndex(level)) {
                elements.putIfAbsent(new BigInteger(name.getElement(level, Form.ORIGINAL)), name.chop(level + 1));
            } else {
                problem(described(part, name), "is a key in what is a list; leave one of them out");
            }
        }
        List<ConfigValue> values = new ArrayList<>();
        for (Map.Entry<BigInteger, ConfigurationPropertyName> element : elements.entrySet()) {
            if (!element.getKey().equals(BigInteger.valueOf(values.size()))) {
                problem(described(part, part.names().get(0)), "is in a list that has no [" + values.size() + "]");
                break;
            }
            values.add(value(element.getValue(), List.of(part.below(element.getValue()))));
        }
        return ConfigValueFactory.fromIterable(values).withOrigin(originOf(at, List.of(part)));
    }

    private ConfigValue block(ConfigurationPropertyName at, List<Part> parts) {
        int level = at.getNumberOfElements();
        boolean areVariables = uniform(at.getLastElement(Form.ORIGINAL)).equals(VARIABLES);
        Map<String, String> keys = new LinkedHashMap<>();
        Map<String, ConfigurationPropertyName> names = new LinkedHashMap<>();
        for (Part part : parts) {
            for (ConfigurationPropertyName name : part.names()) {
                String given = name.getElement(level, Form.ORIGINAL);
                String same = areVariables ? given : uniform(given);
                String key = areVariables ? given : dashed(given);
                // a variable of the environment has lost its hyphens
                keys.merge(same, key, (one, other) -> other.length() > one.length() ? other : one);
                names.putIfAbsent(same, name.chop(level + 1));
            }
        }
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        names.forEach((same, name) -> values.put(keys.getOrDefault(same, same), value(name, parts)));
        return ConfigValueFactory.fromMap(values).withOrigin(originOf(at, parts));
    }

    /** As it is compared: {@code restartDelay} is {@code restart-delay}. */
    private static String uniform(String key) {
        return key.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }

    /** As keys are written here. */
    private static String dashed(String key) {
        return key.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    // ---- where things stand

    /** Of a block or list: where the first thing in it stands. */
    private static ConfigOrigin originOf(ConfigurationPropertyName at, List<Part> parts) {
        Optional<Origin> first = parts.stream()
                .flatMap(part -> part.names().stream()
                        .map(name -> Optional.ofNullable(part.source().getConfigurationProperty(name))))
                .flatMap(Optional::stream)
                .flatMap(property -> Optional.ofNullable(property.getOrigin()).stream())
                .findFirst();
        return ConfigOriginFactory.newSimple(described(at, first.orElse(null)));
    }

    private static String described(Part part, ConfigurationPropertyName name) {
        ConfigurationProperty property = part.source().getConfigurationProperty(name);
        return property == null ? name.toString() : described(property);
    }

    private static String described(ConfigurationProperty property) {
        return described(property.getName(), property.getOrigin());
    }

    private static String described(ConfigurationPropertyName name, @Nullable Origin origin) {
        return origin == null ? name.toString() : name + " (" + origin + ")";
    }

    private void problem(String where, String message) {
        problems.add(new Problem(TreePath.TOP, "invalid_property", "", where + ": " + message));
    }
}
