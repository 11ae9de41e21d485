package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an export was asked for.
 *
 * @param directory that children are shown in
 * @param name of the tree, where several are shown in one directory
 * @param group that is let in
 * @param modes of all whom no rule names
 * @param rules of some, by their names; the first that matches counts
 * @param dynamicChildren how many children of each dynamic supervisor are shown
 * @param obeysDownFiles whether a file {@code down} keeps a child from being started by itself
 * @param isRequired whether a tree that cannot be shown is not started
 * @param stopsByCommand whether a command may stop the tree
 */
record ExportSettings(
        Path directory,
        Optional<String> name,
        Optional<String> group,
        Modes modes,
        List<Rule> rules,
        int dynamicChildren,
        boolean obeysDownFiles,
        boolean isRequired,
        boolean stopsByCommand) {

    /** Who may use the files of children whose names match. */
    record Rule(String glob, Modes modes) {}

    ExportSettings {
        rules = List.copyOf(rules);
    }

    ExportTable.Terms terms() {
        return new ExportTable.Terms(name, dynamicChildren, stopsByCommand);
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
        return "the tree is not shown in " + directory + ", which is tried again every five seconds";
    }
}
