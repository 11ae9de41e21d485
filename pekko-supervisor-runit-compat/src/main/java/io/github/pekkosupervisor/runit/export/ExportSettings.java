package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.supervise.Modes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an export was asked for.
 *
 * @param place that children are shown in
 * @param name of the tree, where several are shown in one directory
 * @param group that is let in
 * @param access of all whom no rule names; empty if nobody has said, and it is the usual
 * @param rules of some, by their names; the first that matches counts
 * @param dynamicChildren how many children of each dynamic supervisor are shown
 * @param obeysDownFiles whether a file {@code down} keeps a child from being started by itself
 * @param isRequired whether a tree that cannot be shown is not started
 * @param stopsByCommand whether a command may stop the tree
 */
record ExportSettings(
        ExportPlace place,
        Optional<String> name,
        Optional<String> group,
        Optional<Modes> access,
        List<Rule> rules,
        int dynamicChildren,
        boolean obeysDownFiles,
        boolean isRequired,
        boolean stopsByCommand) {

    static final int MOST_DYNAMIC = 1_000_000;

    /** Who may use the files of children whose names match. */
    record Rule(String glob, Modes modes) {}

    ExportSettings {
        rules = List.copyOf(rules);
    }

    /** There, and all else as it is by default. */
    static ExportSettings of(ExportPlace place) {
        return new ExportSettings(
                place, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), 0, true, false, false);
    }

    ExportSettings withName(Optional<String> changed) {
        return new ExportSettings(
                place, changed, group, access, rules, dynamicChildren, obeysDownFiles, isRequired, stopsByCommand);
    }

    ExportSettings withGroup(Optional<String> changed) {
        return new ExportSettings(
                place, name, changed, access, rules, dynamicChildren, obeysDownFiles, isRequired, stopsByCommand);
    }

    ExportSettings withModes(Modes changed) {
        return new ExportSettings(
                place,
                name,
                group,
                Optional.of(changed),
                rules,
                dynamicChildren,
                obeysDownFiles,
                isRequired,
                stopsByCommand);
    }

    ExportSettings withRule(Rule added) {
        List<Rule> all = new ArrayList<>(rules);
        all.add(added);
        return new ExportSettings(
                place, name, group, access, all, dynamicChildren, obeysDownFiles, isRequired, stopsByCommand);
    }

    ExportSettings withDynamicChildren(int changed) {
        return new ExportSettings(
                place, name, group, access, rules, changed, obeysDownFiles, isRequired, stopsByCommand);
    }

    ExportSettings withObeysDownFiles(boolean changed) {
        return new ExportSettings(
                place, name, group, access, rules, dynamicChildren, changed, isRequired, stopsByCommand);
    }

    ExportSettings withRequired(boolean changed) {
        return new ExportSettings(
                place, name, group, access, rules, dynamicChildren, obeysDownFiles, changed, stopsByCommand);
    }

    ExportSettings withStopsByCommand(boolean changed) {
        return new ExportSettings(
                place, name, group, access, rules, dynamicChildren, obeysDownFiles, isRequired, changed);
    }

    /** Of all whom no rule names: a group that is let in may command, unless somebody has said otherwise. */
    Modes modes() {
        return access.orElse(group.isPresent() ? Modes.CONTROL_FOR_GROUP : Modes.OF_OWNER);
    }

    /** Whether a group is to be let in somewhere, and nobody has said which. */
    boolean lacksGroup() {
        return group.isEmpty()
                && (modes().concernsGroup()
                        || rules.stream().anyMatch(rule -> rule.modes().concernsGroup()));
    }

    Path directory() {
        return place.directory();
    }

    ShownGroups.Terms terms() {
        return new ShownGroups.Terms(name, dynamicChildren, stopsByCommand);
    }

    /** Whether a directory of this name may be one that a tree of this name has made. */
    boolean mayHaveMade(OsString shown) {
        if (name.isEmpty()) {
            return true;
        }
        OsString own = ExportNames.ofId(name.get());
        return shown.equals(own)
                || (shown.length() > own.length()
                        && shown.slice(0, own.length() + 1).equals(own.plus(".")));
    }

    /** What is said when the directory cannot be used. */
    String refusal() {
        return "the tree is not shown in " + place + ", which is tried again every five seconds";
    }
}
