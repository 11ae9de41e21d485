package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.ACCESS;
import static io.github.pekkosupervisor.config.Place.EXPORT;
import static io.github.pekkosupervisor.config.Place.EXPORT_ACCESS;
import static io.github.pekkosupervisor.config.Place.RUN;

import java.util.List;

/** The keys of a tree that is shown as service directories, and of who may use them. */
final class ExportKeys {

    private static final String NO_STATUS =
            "owner; group where control is, or where there is a group and neither status nor control is set";
    private static final String NO_CONTROL =
            "owner; group where there is a group and neither status nor control is set";

    static final List<Key> ALL = List.of(
            Key.of("export", "How the tree is shown to sv. What is not said in it is as below.")
                    .values("a block, or none")
                    .example("{ group = ops, status = all }")
                    .orElse(RUN, "shown under the name of the file, without its .conf"),
            Key.of(
                            "state-directory",
                            "What the next start needs to take over those that are kept. It is made if only the last part of"
                                    + " it is missing.")
                    .values("a path, or none")
                    .example("/var/lib/app/state")
                    .orElse(
                            RUN,
                            "BASE/NAME/state, where NAME is the name of the file without its .conf, and BASE is /run for"
                                    + " root and $XDG_RUNTIME_DIR for others"),
            Key.of("directory", "Where the tree is shown. It is made if only the last part of it is missing.")
                    .values("a path")
                    .example("/run/app/service")
                    .like("SVDIR")
                    .orElse(
                            EXPORT,
                            "BASE/NAME/service, where NAME is the name, and BASE is /run for root and"
                                    + " $XDG_RUNTIME_DIR for others"),
            Key.of(
                            "name",
                            "Without a directory: the application's, for the place where it is shown. With one: the tree's,"
                                    + " where several are shown in the same; its top is then called so.")
                    .values("text")
                    .example("app")
                    .orElse(EXPORT, "the top is called @tree; without a directory it is needed"),
            Key.of(
                            "dynamic-children",
                            "How many children of each dynamic supervisor are shown, the first that there are.")
                    .values("a number from 0 to 1000000")
                    .limits("Too low: what is done by commands reaches the first only.", "Too high: a descriptor each.")
                    .in(EXPORT, "0"),
            Key.of("down-files", "What a file down in a child's directory means.")
                    .values("obey (it is not started by itself), ignore")
                    .like("down")
                    .in(EXPORT, "obey"),
            Key.of("required", "Whether a tree that cannot be shown is not started.")
                    .values("true or false")
                    .in(EXPORT, "false"),
            Key.of(
                            "access",
                            "By whom some children may be used, instead of what status and control say; of several blocks"
                                    + " the first counts that names a child.")
                    .values("a list of blocks with names, status and control")
                    .example("[ { names = \"workers.*\", status = group, control = owner } ]")
                    .orElse(EXPORT, "all alike"),
            Key.of("names", "Of which children, as they are shown: * is any text, ? any character.")
                    .values("text")
                    .example("\"workers.*\"")
                    .orElse(EXPORT_ACCESS, Key.NEEDED),
            Key.of("group", "Who else may use it, beside the owner and root.")
                    .values("a name, or a number")
                    .example("ops")
                    .orElse(ACCESS, "nobody")
                    .orElse(EXPORT, "nobody"),
            Key.of("status", "Who may look: sv status, sv check.")
                    .values("owner, group, all")
                    .example("all")
                    .like("s6-svperms")
                    .orElse(ACCESS, NO_STATUS)
                    .orElse(EXPORT, NO_STATUS)
                    .orElse(EXPORT_ACCESS, NO_STATUS),
            Key.of("control", "Who may command: sv restart.")
                    .values("owner, group")
                    .example("group")
                    .like("s6-svperms")
                    .orElse(ACCESS, NO_CONTROL)
                    .orElse(EXPORT, NO_CONTROL)
                    .orElse(EXPORT_ACCESS, NO_CONTROL));

    private ExportKeys() {}
}
