package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.PROCESS;
import static io.github.pekkosupervisor.config.Place.READY;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICE_READY;

import java.util.List;

/** The keys of operating system processes. */
final class ProcessKeys {

    private static final String TIME = "a time with its unit";
    private static final String AS_RUNIT = "as runit";
    private static final String AS_OUTPUT = "as output, else inherit";
    private static final String NOTHING_ELSE = "no such sign";

    private static final String OUTPUTS =
            "inherit (the JVM's own), discard, log (each line to the logger process.NAME), prefix (the JVM's own, each"
                    + " line behind [NAME]), { file = PATH } (appended to, not through the JVM), { logger = NAME, level ="
                    + " info }";

    static final List<Key> ALL = List.of(
            Key.of(
                            "command",
                            "Program and arguments. A program without a slash is looked up in PATH. No shell is"
                                    + " involved.")
                    .values("a list of text")
                    .example("[redis-server, --port, \"6379\"]")
                    .like("ExecStart")
                    .orElse(PROCESS, Key.NEEDED)
                    .notYet(SERVICE, "./run", "run is what is run"),
            Key.of("name", "Its name in logs.").values("text").example("cache").orElse(PROCESS, "the child's id"),
            Key.of("directory", "Where it begins.")
                    .values("a path")
                    .example("/var/lib/cache")
                    .like("WorkingDirectory, cwd, chdir")
                    .orElse(PROCESS, "where the JVM was started")
                    .notYet(SERVICE, "the service directory", "cd in run"),
            Key.of("environment", "Variables to set beside the JVM's own. They are never logged.")
                    .values("a block; null removes a variable")
                    .example("{ LANG = C }")
                    .like("Environment, env, envdir")
                    .in(PROCESS, "{}")
                    .in(SERVICE, "{}"),
            Key.of("stdin", "What it reads.")
                    .values("inherit (the JVM's own), discard (nothing to read), { file = PATH }")
                    .like("StandardInput")
                    .in(PROCESS, "discard")
                    .notYet(SERVICE, "the launcher's", "exec <FILE in run"),
            Key.of(
                            "stdout",
                            "Where its standard output goes. log and prefix make a slow receiver slow it down; nothing"
                                    + " is lost.")
                    .values(OUTPUTS)
                    .example("inherit")
                    .like("StandardOutput, log/run")
                    .orElse(PROCESS, AS_OUTPUT)
                    .notYet(SERVICE, "the launcher's, or its logger", "exec >FILE in run"),
            Key.of("stderr", "Where its standard error goes, as stdout.")
                    .values("as stdout")
                    .example("inherit")
                    .like("StandardError")
                    .orElse(PROCESS, AS_OUTPUT)
                    .notYet(SERVICE, "the launcher's", "exec 2>FILE in run"),
            Key.of("output", "Sets stdout and stderr; each of them set too has precedence.")
                    .values("as stdout")
                    .example("prefix")
                    .orElse(PROCESS, "inherit, but for what stdout and stderr say")
                    .notYet(SERVICE, AS_RUNIT, "exec 2>&1 in run"),
            Key.of("ready", "When it counts as up, by one sign.")
                    .values("a block")
                    .example("{ line = \"Ready to accept connections\" }")
                    .like("Type=notify, readiness_probe")
                    .orElse(PROCESS, "as soon as it has been loaded")
                    .orElse(
                            SERVICE,
                            "by s6's file notification-fd, if there is one; else as runit: when it has been started"),
            Key.of(
                            "start-timeout",
                            "How long it may take until it is ready; then it is stopped and its start has failed. For a oneshot"
                                    + " how long it may take at all: any time, unless it is set. In service.conf it is not"
                                    + " used without a ready, s6's notification-fd or a oneshot, which is told.")
                    .values(TIME + "; infinite in service.conf")
                    .limits(
                            "Too short: a slow start counts as a failed one.",
                            "Too long: who waits for it waits for one that hangs.")
                    .like("TimeoutStartSec")
                    .in(PROCESS, "60s")
                    .in(SERVICE, "infinite"),
            Key.of(
                            "live",
                            "Whether it still works once it is ready: it is looked at again and again, by one sign."
                                    + " One that is hung is restarted, or only reported.")
                    .values("a block")
                    .example("{ command = [redis-cli, ping], every = 10s, then = restart }")
                    .like("WatchdogSec, liveness_probe")
                    .orElse(PROCESS, "nobody looks")
                    .orElse(SERVICE, "nobody looks, as runit"),
            Key.of(
                            "stop",
                            "The signals that ask it to end, each with the wait until the next; KILL when the child's"
                                    + " shutdown time is over, or earlier if it stands here. In a service directory they are"
                                    + " in the place of the TERM of sv down, restart, exit and the like; each is followed"
                                    + " by CONT, and there is no KILL unless it stands here.")
                    .values("a list of names (TERM, SIGTERM, RTMIN+3), as in [\"TERM 10s\", \"INT 5s\", KILL]")
                    .limits(
                            "Too short: it is asked harder while it still ends well.",
                            "Too long: the later signals never come.")
                    .like("KillSignal")
                    .in(PROCESS, "[TERM]")
                    .orElse(SERVICE, "TERM alone, as runit"),
            Key.of(
                            "process-group",
                            "Who belongs to it: is stopped with it, and must be gone before it is over. Those who outlive it"
                                    + " are asked to end, killed after 5s, and named.")
                    .values("whole (a session and group of its own, over when no member is left), leader (a session of"
                            + " its own, but its end alone counts), none (it is in the JVM's, alone; a Ctrl-C"
                            + " reaches it), cgroup (whole by its control group, whatever sessions and groups they make,"
                            + " for which cgroup v2 is needed); not yet: session")
                    .formerly("group")
                    .like("KillMode")
                    .in(PROCESS, "whole")
                    .orElse(
                            SERVICE,
                            "none, as runit: alone; but leader under runsvdir -P, and with when-supervisor-dies = kill"),
            Key.of(
                            "when-supervisor-dies",
                            "What becomes of it after a kill -9 of the JVM. With keep the next start of the"
                                    + " application takes it over, if the setting pekko-supervisor.state-directory names a"
                                    + " directory; else nobody does. It finds a variable PEKKO_SUPERVISOR_START in its"
                                    + " environment; one that drops it (env -i) is named and not taken over if the JVM was"
                                    + " killed in the middle of its start. A service directory that is kept is taken over by"
                                    + " the next launcher; one that is killed, with its finish and its control scripts,"
                                    + " finds nothing of that in its environment.")
                    .values("kill (within a second), keep")
                    .formerly("when-jvm-dies")
                    .in(PROCESS, "kill")
                    .in(SERVICE, "keep"),
            Key.of("normal-exit-codes", "Exit codes that are no failure.")
                    .values("a list of numbers, 0 to 255")
                    .limits(
                            "Too few: a good end counts as a crash.",
                            "Too many: failures of a transient child go unnoticed.")
                    .like("SuccessExitStatus")
                    .in(PROCESS, "[0]")
                    .orElse(SERVICE, "[0] unless restart is permanent; then none is normal, and all are started again"),
            Key.of("normal-exit-signals", "Signals by which an end is no failure, beside the one it was asked for.")
                    .values("a list of names, never KILL")
                    .like("SuccessExitStatus")
                    .in(PROCESS, "[]")
                    .in(SERVICE, "[]"),
            Key.of(
                            "ignore-exit-codes",
                            "Exit codes by which it says before it is ready that it need not run, as OTP's ignore:"
                                    + " its start has then succeeded without a process. In a service directory it is then"
                                    + " down. It needs a ready.")
                    .values("a list of numbers, 0 to 255")
                    .limits(
                            "Too few: what need not run counts as failed.",
                            "Too many: a start that failed counts as one that was not needed.")
                    .in(PROCESS, "[]")
                    .in(SERVICE, "[]"),
            Key.of(
                            "oneshot",
                            "Whether it is over when it is done, such as a migration. In a tree its start is acknowledged when"
                                    + " it has ended normally, and those after it wait for that; another end is a failed start. It"
                                    + " has no ready, and no start-timeout unless that is set. In a service directory: when run"
                                    + " has exited with 0 it is down, and is started again when sv says so; after another end it"
                                    + " is started again as ever. Where service.conf has a mistake and seems to say that it is"
                                    + " one, run is not started by itself until the file is right.")
                    .values("true or false")
                    .example("true")
                    .like("Type=oneshot, completed_successfully")
                    .in(PROCESS, "false")
                    .in(SERVICE, "false"),
            Key.of(
                            "oneshot-again",
                            "Whether a oneshot that is done is run again by itself. group: with its group, and a service"
                                    + " directory with each start of its supervision, but not when a launcher goes on where another"
                                    + " was killed. once: not until its supervisor is started anew itself, and a service directory"
                                    + " not until the next boot.")
                    .values("group, once")
                    .example("once")
                    .like("RemainAfterExit")
                    .in(PROCESS, "group")
                    .in(SERVICE, "group"),
            // ---- ready
            Key.of("line", "Ready by a line of its output.")
                    .values("a regular expression, found anywhere in a line")
                    .example("\"Ready to accept connections\"")
                    .orElse(READY, NOTHING_ELSE)
                    .notYet(SERVICE_READY, NOTHING_ELSE, "command = [grep, -q, PATTERN, FILE]"),
            Key.of("tcp", "Ready when it accepts connections.")
                    .values("PORT, 1 to 65535, or \"HOST:PORT\"")
                    .example("6379")
                    .like("readiness_probe")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE),
            Key.of("unix-socket", "Ready when it accepts connections.")
                    .values("a path of at most 107 bytes")
                    .example("/run/cache.sock")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE),
            Key.of("command", "Ready when a command exits with 0; it is run again until then.")
                    .values("a list of text")
                    .example("[redis-cli, ping]")
                    .like("exec probe, check")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE),
            Key.of("pause", "For command: the wait from one run to the next.")
                    .values(TIME)
                    .limits("Too short: tries cost CPU.", "Too long: a late start.")
                    .in(READY, "200ms")
                    .in(SERVICE_READY, "200ms"),
            Key.of("notification-fd", "Ready when it has written a newline to this descriptor, as with s6.")
                    .values("a number, 3 to 255")
                    .example("3")
                    .like("s6's notification-fd")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE),
            Key.of(
                            "http",
                            "Ready when a GET is answered well: with one of these status codes, 200 to 399 if none is"
                                    + " given, and with that in its body, if that is given. Each answer has 10s; no"
                                    + " redirect is followed.")
                    .values("an address, or { url, status, body }: status a number, a range as \"200..299\" or a list"
                            + " of these, body a regular expression that is found in the first 64 KiB; no https")
                    .example("\"http://127.0.0.1:8080/health\"")
                    .like("httpGet")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE),
            Key.of(
                            "sd-notify",
                            "Ready when READY=1 is sent to the socket that NOTIFY_SOCKET names, an abstract one;"
                                    + " STATUS= and the like are told too. Says whose messages count.")
                    .values("true or group (those of the process, its descendants and its process group), main (its"
                            + " own), all (those of its user, of ours and of root)")
                    .example("true")
                    .like("Type=notify, NotifyAccess")
                    .orElse(READY, NOTHING_ELSE)
                    .orElse(SERVICE_READY, NOTHING_ELSE));

    private ProcessKeys() {}
}
