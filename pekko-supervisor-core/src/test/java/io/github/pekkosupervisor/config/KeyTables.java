package io.github.pekkosupervisor.config;

import io.github.pekkosupervisor.config.Key.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written for readers, made from the declarations that the reader reads by. */
final class KeyTables {

    private static final int WIDTH = 116;
    private static final String SINCE = "0.1";

    private final List<Key> keys;

    KeyTables(List<Key> keys) {
        this.keys = keys;
    }

    // ---- docs/keys.md

    String page() {
        StringBuilder page = new StringBuilder("""
            # Keys of trees and of `service.conf`

            The same key, spelt the same, means the same in a tree in HOCON, in `service.conf` of a service directory, and in
            Java, where most are a method `with…` of `ChildSpec`, `SupervisorSpec` or `ProcessSpec`. Made from the declarations in
            `config` that the reader goes by; a key that is not in a table is refused, and so is one where it is "not yet".

            * A tree is read by `ConfiguredTree.read`, with all of HOCON, and how it is shown by `ServiceExport.read`.
              `service.conf` is read without `include`, `${…}` and environment, and bounded in size and nesting, since others
              may be able to write it.
            * All that is wrong is told at once, with file, line and key. A time needs its unit: `5s`, `200ms`, `1m`.
            * `reference.conf` has an entry for each key that is read too, with what happens when it is set too low or too high.
            """);
        for (Map.Entry<String, List<Key>> section : sections().entrySet()) {
            page.append("\n## ").append(section.getKey()).append("\n\n");
            page.append("| key | meaning | values | default in a tree | default in `service.conf` | where | since |"
                    + " elsewhere |\n|---|---|---|---|---|---|---|---|\n");
            section.getValue().forEach(key -> page.append(row(key)));
        }
        page.append("\n## Old names\n\n| before | now |\n|---|---|\n");
        keys.forEach(
                key -> key.formerNames().forEach(old -> page.append("| `" + old + "` | `" + key.name() + "` |\n")));
        return page.toString();
    }

    private Map<String, List<Key>> sections() {
        Map<String, List<Key>> sections = new LinkedHashMap<>();
        for (Key key : keys) {
            sections.computeIfAbsent(section(key), first -> new ArrayList<>()).add(key);
        }
        return sections;
    }

    private static String section(Key key) {
        Place first = places(key).stream().filter(key::isBuiltIn).findFirst().orElse(null);
        if (first == null) {
            return "Not yet";
        }
        return switch (first) {
            case SUPERVISOR -> "A supervisor";
            case CHILD -> "A child of any kind";
            case RESTART_DELAY, SERVICE_RESTART_DELAY -> "`restart-delay { }` of a child, and of a service directory";
            case GIVE_UP -> "`give-up { }` of a service directory";
            case PROCESS -> "A process";
            case READY, SERVICE_READY -> "`ready { }` of a process, and of a service directory";
            case LIVE, SERVICE_LIVE -> "`live { }` of a process, and of a service directory";
            case LIMITS, SERVICE_LIMITS -> "`limits { }` of a process, and of a service directory";
            case CGROUP, SERVICE_CGROUP -> "`cgroup { }` of a process, and of a service directory";
            case SOCKET, SERVICE_SOCKET -> "`sockets = [ { } ]` of a process, and of a service directory";
            case SERVICE, LOG, SERVICES, USER_TREE -> "A service directory";
            case ACCESS -> "Who may use it: `access { }` of a service directory, and `pekko-supervisor.export { }`";
            case PAGE -> "A tree in a browser: `pekko-supervisor.page { }`";
            case RUN -> "The program that runs it: `pekko-supervisor { }` in a file for `pekko-supervisor run`";
            case EXPORT, EXPORT_ACCESS -> "A tree that is shown as service directories: `pekko-supervisor.export { }`";
        };
    }

    private static List<Place> places(Key key) {
        return Stream.of(Place.values())
                .filter(place -> key.use(place).isPresent())
                .toList();
    }

    private static String row(Key key) {
        List<String> cells = List.of(
                "`" + key.name() + "`",
                key.meaning(),
                key.values(),
                defaults(key, Place.File.TREE, Place.File.EXPORT_CONF, Place.File.PAGE_CONF, Place.File.RUN_CONF),
                defaults(key, Place.File.SERVICE_CONF),
                places(key).stream()
                        .filter(place -> key.isBuiltIn(place) || !isBuilt(key))
                        .map(Place::title)
                        .collect(Collectors.joining(", ")),
                since(key),
                key.elsewhere().isEmpty() ? "–" : key.elsewhere());
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static boolean isBuilt(Key key) {
        return places(key).stream().anyMatch(key::isBuiltIn);
    }

    private static String defaults(Key key, Place.File... files) {
        Set<String> defaults = new LinkedHashSet<>();
        for (Place place : places(key)) {
            if (List.of(files).contains(place.file())) {
                Use use = key.use(place).orElseThrow();
                defaults.add(use.value().isEmpty() ? use.otherwise() : "`" + use.value() + "`");
            }
        }
        return defaults.isEmpty() ? "–" : String.join(", ", defaults);
    }

    private static String since(Key key) {
        List<String> parts = new ArrayList<>(isBuilt(key) ? List.of(SINCE) : List.of());
        Map<String, Set<String>> later = new LinkedHashMap<>();
        for (Place place : places(key)) {
            Use use = key.use(place).orElseThrow();
            if (!use.isBuilt()) {
                later.computeIfAbsent(use.meanwhile(), first -> new LinkedHashSet<>())
                        .add(place.file().title());
            }
        }
        later.forEach((meanwhile, files) -> parts.add("not yet in " + String.join(" and ", files)
                + (meanwhile.isEmpty() ? "" : " (meanwhile " + meanwhile + ")")));
        return String.join("; ", parts);
    }

    // ---- reference.conf

    /** The part of {@code reference.conf} that shows the keys. */
    String reference() {
        StringBuilder text = new StringBuilder();
        comment(
                text,
                "  ",
                "What config.ConfiguredTree.read reads, key by key, each with its default. Nothing reads it here: it"
                        + " is to be copied. What begins with \"Not yet\" is refused.");
        text.append("  tree-reference {\n");
        Map<Place, String> trees = new EnumMap<>(Place.class);
        trees.put(Place.SUPERVISOR, "supervisor");
        trees.put(Place.CHILD, "child");
        trees.put(Place.RESTART_DELAY, "restart-delay");
        trees.put(Place.PROCESS, "process");
        trees.put(Place.READY, "ready");
        trees.put(Place.LIVE, "live");
        trees.put(Place.LIMITS, "limits");
        trees.put(Place.CGROUP, "cgroup");
        trees.forEach((place, name) -> block(text, "    ", name, place));
        text.append("  }\n\n");
        comment(text, "  ", "What service.conf in a service directory may say, with its defaults; to be copied too.");
        text.append("  service-conf-reference {\n");
        entries(text, "    ", Place.SERVICE);
        block(text, "    ", "ready", Place.SERVICE_READY);
        block(text, "    ", "live", Place.SERVICE_LIVE);
        block(text, "    ", "limits", Place.SERVICE_LIMITS);
        block(text, "    ", "cgroup", Place.SERVICE_CGROUP);
        block(text, "    ", "restart-delay", Place.SERVICE_RESTART_DELAY);
        block(text, "    ", "give-up", Place.GIVE_UP);
        block(text, "    ", "log", Place.LOG);
        block(text, "    ", "access", Place.ACCESS);
        text.append("  }\n\n");
        comment(
                text,
                "  ",
                "What ServiceExport.read of pekko-supervisor-runit-compat reads, of how a tree is shown to sv; to be"
                        + " copied, as pekko-supervisor.export, or under any other name.");
        text.append("  export-reference {\n");
        entries(text, "    ", Place.EXPORT);
        text.setLength(text.length() - 1);
        text.append("  }\n\n");
        comment(
                text,
                "  ",
                "What PageSettings.read of pekko-supervisor-runit-compat reads, of a page that shows a tree; to be"
                        + " copied, as pekko-supervisor.page, or under any other name.");
        text.append("  page-reference {\n");
        entries(text, "    ", Place.PAGE);
        text.setLength(text.length() - 1);
        text.append("  }\n\n");
        comment(
                text,
                "  ",
                "What pekko-supervisor run reads beside the tree, as pekko-supervisor { } in the same file.");
        text.append("  run-reference {\n");
        entries(text, "    ", Place.RUN);
        text.setLength(text.length() - 1);
        text.append("  }\n}\n");
        return text.toString();
    }

    private void block(StringBuilder text, String indent, String name, Place place) {
        text.append(indent).append(name).append(" {\n");
        entries(text, indent + "  ", place);
        text.setLength(text.length() - 1);
        text.append(indent).append("}\n");
    }

    private void entries(StringBuilder text, String indent, Place place) {
        for (Key key : keys) {
            Use use = key.use(place).orElse(null);
            if (use == null || (place != Place.SERVICE && !use.isBuilt() && isBuilt(key))) {
                continue;
            }
            comment(text, indent, comment(key, use));
            text.append(indent)
                    .append(use.value().isEmpty() ? "# " + shown(key) : key.name() + " = " + use.value())
                    .append("\n\n");
        }
    }

    /** One that has no example has a default somewhere. */
    private static String shown(Key key) {
        return key.example().isEmpty()
                ? key.name() + " = "
                        + key.uses().values().stream()
                                .map(Use::value)
                                .filter(value -> !value.isEmpty())
                                .findFirst()
                                .orElseThrow()
                : key.line();
    }

    private static String comment(Key key, Use use) {
        return Stream.of(
                        use.isBuilt() ? "" : "Not yet: ",
                        key.meaning(),
                        " Values: " + key.values() + ".",
                        byDefault(use.otherwise()),
                        key.tooLow().isEmpty() ? "" : " " + key.tooLow() + " " + key.tooHigh(),
                        use.meanwhile().isEmpty() ? "" : " Meanwhile: " + use.meanwhile() + ".")
                .collect(Collectors.joining());
    }

    private static String byDefault(String otherwise) {
        if (otherwise.isEmpty()) {
            return "";
        }
        return otherwise.equals("needed") ? " It is needed." : " By default: " + otherwise + ".";
    }

    private static void comment(StringBuilder text, String indent, String comment) {
        StringBuilder line = new StringBuilder(indent + "#");
        for (String word : Arrays.asList(comment.split(" "))) {
            if (line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append("\n");
                line = new StringBuilder(indent + "#");
            }
            line.append(" ").append(word);
        }
        text.append(line).append("\n");
    }
}
