package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.GIVE_UP;
import static io.github.pekkosupervisor.config.Place.LOG;
import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICES;
import static io.github.pekkosupervisor.config.Place.USER_TREE;

import java.util.List;

/** The keys that service directories have already. */
final class ServiceKeys {

    private static final String IN_ORDER = "children start in order, each when the one before it is ready";

    static final List<Key> ALL = List.of(
            Key.of("log", "The log is written without a logger process, as svlogd does.")
                    .values("a block")
                    .example("{ directory = main }")
                    .like("svlogd, log/run")
                    .orElse(SERVICE, "runit's way: log/run if it is there")
                    .notYet(PROCESS, "no log of its own", "output = log, or output { file = PATH }"),
            Key.of(
                            "directory",
                            "Where the log is written, from the directory log; both are made if they are not there.")
                    .values("a path")
                    .example("main")
                    .orElse(LOG, Key.NEEDED),
            Key.of("timestamps", "What stands before each line.")
                    .values("none, tai64n (svlogd's -t), utc (-tt), iso (-ttt)")
                    .like("svlogd -t")
                    .in(LOG, "none"),
            Key.of("line-length", "Bytes of a line that patterns see; all of it is written.")
                    .values("1 to 1048576 bytes")
                    .limits("Too low: patterns miss what stands behind.", "Too high: memory for each log.")
                    .like("svlogd -l")
                    .in(LOG, "1000"),
            Key.of(
                            "access",
                            "Who else may look at it and command it, by the files in supervise/. A file .service.conf in a"
                                    + " services directory says it for all in it that do not say it themselves. In a tree the export"
                                    + " says it.")
                    .values("a block")
                    .example("{ group = ops, status = all, control = group }")
                    .like("s6-svperms")
                    .instead("pekko-supervisor.export")
                    .orElse(
                            SERVICE,
                            "modes as runit makes them, for the owner alone, and as they are where they are there")
                    .orElse(SERVICES, "the same")
                    .notYet(
                            PROCESS,
                            "nobody, since it has no supervise/",
                            "the export has access, which names children"),
            Key.of(
                            "needs",
                            "Service directories in the same services directory that must be ready before it is started by"
                                    + " itself; a oneshot is when it has ended well. They are stopped after it when all are. sv"
                                    + " on one changes nothing of what is wanted of another; sv once does not wait for them.")
                    .values("a list of names")
                    .example("[db]")
                    .like("Requires, depends_on")
                    .orElse(SERVICE, "none")
                    .notYet(CHILD, "not so", IN_ORDER),
            Key.of(
                            "after",
                            "The same of those that need not be there: it waits for one that is to be started for the first"
                                    + " time, and not for one that is not wanted up, has failed, or waits in vain itself.")
                    .values("a list of names")
                    .example("[db]")
                    .like("After")
                    .orElse(SERVICE, "none")
                    .notYet(CHILD, "not so", IN_ORDER),
            Key.of("when-need-dies", "What becomes of it, if it runs, when one that it needs has ended.")
                    .values(
                            "ignore, restart (when that is ready again), wait (it is stopped, and started when that is ready"
                                    + " again)")
                    .example("restart")
                    .like("BindsTo, PartOf")
                    .in(SERVICE, "ignore")
                    .notYet(CHILD, "ignore", "strategy = rest-for-one restarts those after it"),
            Key.of(
                            "give-up",
                            "When it is enough of restarts. In a tree its supervisor's intensity and period say that.")
                    .values("a block")
                    .example("{ after = 5, within = 1m }")
                    .like("StartLimit*, startretries")
                    .instead("intensity and period of a supervisor")
                    .orElse(SERVICE, "never, as runit"),
            Key.of(
                            "after",
                            "With which failure it is enough. A failure is an end of run that nobody has asked for, and that is"
                                    + " not normal; one that could not be run is one, too.")
                    .values("a number from 1 to 1000")
                    .example("5")
                    .limits("Too low: a hiccup ends it.", "Too high: what cannot run is started for a long time.")
                    .like("StartLimitBurst")
                    .orElse(GIVE_UP, Key.NEEDED),
            Key.of("within", "In how long they follow each other.")
                    .values("a time with its unit")
                    .example("1m")
                    .limits("Too short: slow failures are never noticed.", "Too long: failures of hours ago count.")
                    .like("StartLimitIntervalSec")
                    .orElse(GIVE_UP, Key.NEEDED),
            Key.of(
                            "tree",
                            "A services directory that is supervised in the place of run, within the launcher's JVM and with"
                                    + " the rights of its user: its services run as that user, and its files are touched with that"
                                    + " user's rights only. sv down stops its services in order.")
                    .values("a block")
                    .example("{ directory = /home/app/service, user = app }")
                    .like("exec chpst -u app runsvdir")
                    .instead("a child that is a services directory")
                    .orElse(SERVICE, "run is started"),
            Key.of("directory", "The services directory.")
                    .values("an absolute path")
                    .example("/home/app/service")
                    .orElse(USER_TREE, Key.NEEDED),
            Key.of("user", "Whose rights it has, in chpst's form. For a launcher of root.")
                    .values("\"USER\", \"USER:GROUP:GROUP\", \":UID:GID:GID\"")
                    .example("app")
                    .orElse(USER_TREE, "the launcher's own"),
            Key.of(
                            "open-files",
                            "How many of the launcher's descriptors the tree may have open, so that a user who makes thousands"
                                    + " of services leaves the others theirs: a service takes one to three, and about eight with a logger."
                                    + " All trees of other users together have at most half of the launcher's limit.")
                    .values("a whole number, at least 32")
                    .example("500")
                    .limits(
                            "Too low: services are left out, which is said.",
                            "Too high: others of these trees are left out.")
                    .orElse(USER_TREE, "an eighth of the launcher's limit"),
            Key.of("then", "What follows.")
                    .values(
                            "down (as after sv down, until sv up or sv once), cool-down (a wait, then it is tried again)")
                    .in(GIVE_UP, "down"),
            Key.of("cool-down", "How long that wait is; needed with it.")
                    .values("a time with its unit, at most 100 days")
                    .example("5m")
                    .limits("Too short: tries cost CPU.", "Too long: it stays down when it could run.")
                    .orElse(GIVE_UP, "none"),
            Key.of(
                            "essential",
                            "Its end ends the launcher, with its code, or 128 more than the signal that ended it, after all have"
                                    + " been stopped as by HUP. An end that a command of sv has asked for, or that follows"
                                    + " from when it was hung, is not meant.")
                    .values("true or false")
                    .example("true")
                    .like("s6-overlay's CMD")
                    .in(SERVICE, "false")
                    .notYet(CHILD, "not so", "significant = true and auto-shutdown = any-significant"));

    private ServiceKeys() {}
}
