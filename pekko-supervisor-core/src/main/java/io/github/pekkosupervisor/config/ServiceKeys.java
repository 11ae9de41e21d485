package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.LOG;
import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICES;

import java.util.List;

/** The keys that service directories have already. */
final class ServiceKeys {

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
