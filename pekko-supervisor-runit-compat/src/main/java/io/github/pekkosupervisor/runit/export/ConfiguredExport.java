package io.github.pekkosupervisor.runit.export;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.config.Problems;
import io.github.pekkosupervisor.runit.supervise.Grants;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads from a configuration how a tree is to be shown. */
final class ConfiguredExport {

    private static final String PATH = "export";

    /** What a file {@code down} means, as it is written. */
    private enum DownFiles {
        OBEY,
        IGNORE
    }

    private ConfiguredExport() {}

    /**
     * What the keys of {@code export-reference} in {@code reference.conf} say.
     *
     * @throws InvalidSpecException listing all that is wrong
     */
    static ExportSettings read(Config config) {
        Problems problems = new Problems();
        ConfigSection block = ConfigSection.of(config, Place.EXPORT, PATH, problems);
        ExportSettings settings = read(block);
        if (!problems.all().isEmpty()) {
            throw new InvalidSpecException(problems.all());
        }
        return settings;
    }

    private static ExportSettings read(ConfigSection block) {
        Optional<Path> directory = block.get("directory", ConfigValues::path);
        boolean isPlaced = !block.lacks("directory");
        Optional<String> name = block.get("name", value -> name(value, isPlaced));
        if (!isPlaced && block.lacks("name")) {
            block.problem("there is no \"directory\" to show the tree in, and no \"name\" of an application whose"
                    + " usual one that could be; as in directory = /run/app/service, or name = app");
        }
        Optional<String> group = Grants.readGroup(block);
        boolean isGroupNamed = !block.lacks("group");
        Modes modes = Grants.readModes(block, isGroupNamed);
        List<ExportSettings.Rule> rules = block.sections("access", Place.EXPORT_ACCESS).stream()
                .map(some -> rule(some, isGroupNamed))
                .toList();
        ExportPlace place = directory
                .map(ExportPlace::of)
                .orElseGet(() -> name.filter(given -> !isPlaced)
                        .map(ExportPlace::ofApplication)
                        .orElse(ExportPlace.of(Path.of(""))));
        ExportSettings settings = ExportSettings.of(place)
                .withName(name.filter(given -> isPlaced))
                .withDynamicChildren(block.get("dynamic-children", ConfiguredExport::dynamicChildren)
                        .orElse(0))
                .withObeysDownFiles(block.get("down-files", ConfigValues.oneOf(List.of(DownFiles.values())))
                                .orElse(DownFiles.OBEY)
                        == DownFiles.OBEY)
                .withRequired(block.get("required", ConfigValues::bool).orElse(false));
        block.end();
        boolean isForGroup = modes.concernsGroup()
                || rules.stream().anyMatch(rule -> rule.modes().concernsGroup());
        return with(settings.withGroup(group.filter(given -> isForGroup)), modes, rules);
    }

    private static ExportSettings.Rule rule(ConfigSection some, boolean isGroupNamed) {
        Optional<String> names = some.get("names", ConfiguredExport::names);
        if (some.lacks("names")) {
            some.problem("there are no \"names\" of children; as in names = \"workers.*\"");
        }
        ExportSettings.Rule rule = new ExportSettings.Rule(names.orElse(""), Grants.readModes(some, isGroupNamed));
        some.end();
        return rule;
    }

    private static String names(ConfigValue value) {
        String names = ConfigValues.string(value);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("must not be empty; * is for all");
        }
        return names;
    }

    /** What is the usual need not be said. */
    private static ExportSettings with(ExportSettings settings, Modes modes, List<ExportSettings.Rule> rules) {
        ExportSettings all = settings.modes().equals(modes) ? settings : settings.withModes(modes);
        for (ExportSettings.Rule rule : rules) {
            all = all.withRule(rule);
        }
        return all;
    }

    private static String name(ConfigValue value, boolean isOfTree) {
        String name = ConfigValues.string(value);
        if (isOfTree && name.isEmpty()) {
            throw new IllegalArgumentException("must not be empty; leave it out for none");
        }
        if (!isOfTree) {
            ExportPlace.checkName(name);
        }
        return name;
    }

    private static int dynamicChildren(ConfigValue value) {
        int most = ConfigValues.integer(value);
        if (most < 0 || most > ExportSettings.MOST_DYNAMIC) {
            throw new IllegalArgumentException(
                    "must be 0 to " + ExportSettings.MOST_DYNAMIC + ", was " + ConfigValues.text(value));
        }
        return most;
    }
}
