package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WhenNeedDies;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code service.conf} says of the service directories beside it that are to be ready before it.
 *
 * @param keys those that it has
 * @param needs what they say; empty if there are none
 */
record NeedsConf(List<String> keys, Optional<Needs> needs) {

    /** As runit has it. */
    static final NeedsConf RUNIT = new NeedsConf(List.of(), Optional.empty());

    private static final String NEEDS = "needs";
    private static final String AFTER = "after";
    private static final String WHEN_NEED_DIES = "when-need-dies";

    static NeedsConf read(ConfigSection top) {
        Optional<Set<String>> needs = names(top, NEEDS);
        Optional<Set<String>> after = names(top, AFTER);
        Optional<WhenNeedDies> whenNeedDies =
                top.get(WHEN_NEED_DIES, ConfigValues.oneOf(List.of(WhenNeedDies.values())));
        if (whenNeedDies.isPresent() && !top.has(NEEDS)) {
            top.problem(WHEN_NEED_DIES, "\"when-need-dies\" is for one that has needs; say needs = [NAME] too");
        }
        List<String> keys =
                Stream.of(NEEDS, AFTER, WHEN_NEED_DIES).filter(top::has).toList();
        return keys.isEmpty()
                ? RUNIT
                : new NeedsConf(
                        keys,
                        Optional.of(new Needs(
                                needs.orElse(Set.of()),
                                after.orElse(Set.of()),
                                whenNeedDies.orElse(WhenNeedDies.IGNORE))));
    }

    private static Optional<Set<String>> names(ConfigSection top, String key) {
        return top.get(key, value -> {
            Set<String> names = new HashSet<>();
            for (String name : ConfigValues.strings(value)) {
                if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException(
                            "must be names of service directories in the same services directory, was "
                                    + ConfigValues.text(value));
                }
                names.add(name);
            }
            return names;
        });
    }
}
