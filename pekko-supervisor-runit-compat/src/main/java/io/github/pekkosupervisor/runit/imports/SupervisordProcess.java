package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One process of a program of supervisord's, as a child, key by key. */
final class SupervisordProcess {

    private static final int MOST_RETRIES = 100;
    private static final int MOST_CODE = 255;

    private static final Set<String> KNOWN = Set.of(
            "command",
            "process_name",
            "numprocs",
            "numprocs_start",
            "priority",
            "autostart",
            "startsecs",
            "startretries",
            "autorestart",
            "exitcodes",
            "stopsignal",
            "stopwaitsecs",
            "stopasgroup",
            "killasgroup",
            "user",
            "redirect_stderr",
            "stdout_logfile",
            "stdout_logfile_maxbytes",
            "stdout_logfile_backups",
            "stderr_logfile",
            "stderr_logfile_maxbytes",
            "stderr_logfile_backups",
            "environment",
            "directory",
            "umask");

    private static final String EVENTS = "events are for event listeners, which are not there";
    private static final String SYSLOG =
            "nothing is sent to syslog; give the command to logger(1) for that, with a" + " pipe in a line of shell";

    /** Of keys without a counterpart: why, or what to do. */
    private static final Map<String, String> OTHERS = Map.of(
            "stdout_capture_maxbytes", EVENTS,
            "stderr_capture_maxbytes", EVENTS,
            "stdout_events_enabled", EVENTS,
            "stderr_events_enabled", EVENTS,
            "stdout_syslog", SYSLOG,
            "stderr_syslog", SYSLOG,
            "serverurl", "there is no XML-RPC that a program could be told of");

    private final SupervisordKeys keys;
    private final SupervisordDefaults defaults;
    private final Child child;
    private final Expansion expansion;
    private final boolean hasSocket;

    SupervisordProcess(
            SupervisordKeys keys, SupervisordDefaults defaults, Child child, Expansion expansion, boolean hasSocket) {
        this.keys = keys;
        this.defaults = defaults;
        this.child = child;
        this.expansion = expansion;
        this.hasSocket = hasSocket;
    }

    /** All of it. */
    void write() throws ForeignFileException {
        others();
        command();
        where();
        environment();
        asWhom();
        output();
        restarts();
        stop();
        if (!keys.flag("autostart", true)) {
            tell("autostart", "it is not to be started by itself, and so a comment; take the # away if it is");
            child.leaveOut();
        }
    }

    private void tell(String key, String what) {
        child.tell(keys.lineOf(key), key + ": " + what);
    }

    private Text expanded(String key, String text) {
        return expansion.expand(text, wrong -> tell(key, wrong));
    }

    private @Nullable Value own(String key) {
        Value value = keys.get(key);
        return value == null ? defaults.get(key) : value;
    }

    private void others() {
        keys.section().values().forEach((key, value) -> {
            if (OTHERS.containsKey(key)) {
                tell(key, OTHERS.get(key));
            } else if (!KNOWN.contains(key) && !(hasSocket && SupervisordSocket.KEYS.contains(key))) {
                tell(key, "this is no key of a program that is known here");
            }
        });
    }

    private void command() throws ForeignFileException {
        Value value = keys.get("command");
        if (value == null || value.text().isBlank()) {
            throw keys.mistake("command", "is not there, and there is nothing to run without it");
        }
        List<Text> words = new ArrayList<>();
        try {
            ShellWords.split(value.text()).forEach(word -> words.add(expanded("command", word)));
        } catch (IllegalArgumentException e) {
            throw keys.mistake("command", "cannot be split into words: " + e.getMessage());
        }
        if (words.stream().anyMatch(SupervisordProcess::isOneVariable)) {
            tell("command", "%(ENV_X)s is one word here, whatever is in it; supervisord splits it at blanks");
        }
        child.process().set("command", Text.list(words));
    }

    private void where() {
        Value directory = own("directory");
        if (directory != null) {
            child.process().set("directory", expanded("directory", directory.text()));
            if (directory.text().startsWith("~")) {
                tell("directory", "~ means nothing here; write the path down");
            }
        }
    }

    private void environment() throws ForeignFileException {
        Block variables = new Block();
        try {
            Map<String, String> all = new LinkedHashMap<>(defaults.environment());
            Value value = keys.get("environment");
            if (value != null) {
                all.putAll(EnvironmentPairs.read(value.text()));
            }
            all.forEach((key, value2) -> variables.set(Hocon.word(key), expanded("environment", value2)));
        } catch (IllegalArgumentException e) {
            throw keys.mistake("environment", "cannot be read: " + e.getMessage());
        }
        child.process().put("environment", variables);
    }

    private void asWhom() throws ForeignFileException {
        Value user = keys.get("user");
        if (user != null) {
            if (user.text().matches("\\d+")) {
                tell("user", "it is a number; write the user's name, or \":UID:GID\"");
            }
            child.process().set("user", expanded("user", user.text()));
        }
        Value umask = own("umask");
        if (umask != null) {
            child.process().set("umask", Hocon.word(umask.text()));
        }
        Block limits = new Block();
        if (defaults.get("minfds") != null) {
            limits.set("open-files", Hocon.word(defaults.get("minfds").text()));
        }
        if (defaults.get("minprocs") != null) {
            limits.set("processes", Hocon.word(defaults.get("minprocs").text()));
        }
        child.process().put("limits", limits);
    }

    // ---- what it writes

    private void output() throws ForeignFileException {
        String out = stream("stdout_logfile");
        if (keys.flag("redirect_stderr", false)) {
            child.process().set("output", out);
            return;
        }
        String err = stream("stderr_logfile");
        if (out.equals(err)) {
            child.process().set("output", out);
        } else {
            child.process().set("stdout", out).set("stderr", err);
        }
    }

    private String stream(String key) {
        Value value = keys.get(key);
        String place = value == null ? "auto" : value.text();
        return switch (place.toLowerCase(Locale.ROOT)) {
            case "auto" -> "prefix";
            case "none", "off" -> "discard";
            case "syslog" -> {
                tell(key, SYSLOG);
                yield "prefix";
            }
            case "/dev/stdout", "/dev/fd/1", "/dev/stderr", "/dev/fd/2" -> {
                if (key.startsWith("stdout") != (place.endsWith("stdout") || place.endsWith("1"))) {
                    tell(key, "each stream goes to its own here, output to output and errors to errors");
                }
                yield "inherit";
            }
            default -> {
                Value most = keys.get(key + "_maxbytes");
                if (most == null || !most.text().strip().equals("0")) {
                    tell(
                            key,
                            "it is not rotated here (maxbytes, backups); have logrotate do that, with"
                                    + " copytruncate");
                }
                yield "{ file = " + expanded(key, place).hocon() + " }";
            }
        };
    }

    // ---- its end

    private void restarts() throws ForeignFileException {
        int seconds = keys.number("startsecs", 1);
        int retries = keys.number("startretries", 3);
        if (seconds < 0 || retries < 0) {
            throw keys.mistake(seconds < 0 ? "startsecs" : "startretries", "must not be negative");
        }
        switch (autorestart()) {
            case "true" -> {}
            case "unexpected" -> {
                normalCodes();
                child.rules().set("restart", "transient");
            }
            default -> {
                child.rules().set("restart", "temporary");
                return;
            }
        }
        Block delay = new Block().set("min", "1s");
        if (seconds > 0) {
            int longest = Math.max(1, Math.min(retries, MOST_RETRIES));
            delay.set("max", longest + "s").set("jitter", "0").set("reset-after", seconds + "s");
            if (retries > MOST_RETRIES) {
                tell("startretries", "so many are no limit here");
            } else {
                child.limit(new Child.Limit(
                        retries,
                        Duration.ofSeconds(waits(retries, longest) + (retries + 1L) * seconds),
                        "startretries = " + retries + ", startsecs = " + seconds
                                + ": after more restarts than that it is left alone, as in FATAL"));
            }
        }
        child.rules().put("restart-delay", delay);
    }

    private String autorestart() throws ForeignFileException {
        Value value = keys.get("autorestart");
        if (value == null || value.text().equalsIgnoreCase("unexpected")) {
            return "unexpected";
        }
        return Boolean.toString(keys.flag("autorestart", true));
    }

    private void normalCodes() throws ForeignFileException {
        Value value = keys.get("exitcodes");
        if (value == null) {
            return;
        }
        List<String> codes = Arrays.stream(value.text().split(",", -1))
                .map(String::strip)
                .filter(code -> !code.isEmpty())
                .toList();
        if (!codes.stream().allMatch(code -> code.matches("\\d{1,3}") && Integer.parseInt(code) <= MOST_CODE)) {
            throw keys.mistake("exitcodes", "must be numbers from 0 to 255, was " + value.text());
        }
        if (!codes.equals(List.of("0"))) {
            child.process().set("normal-exit-codes", Hocon.list(codes));
        }
    }

    private void stop() throws ForeignFileException {
        Value value = keys.get("stopsignal");
        String signal = value == null ? "TERM" : StopSignal.named(value.text().strip());
        if (signal.equals("KILL")) {
            child.rules().set("shutdown", "brutal-kill");
            return;
        }
        if (!signal.equals("TERM")) {
            child.process().set("stop", Hocon.list(List.of(Hocon.word(signal))));
        }
        int wait = keys.number("stopwaitsecs", 10);
        child.rules().set("shutdown", wait <= 0 ? "brutal-kill" : Hocon.time(Duration.ofSeconds(wait)));
    }

    /** How long its restarts wait all together: twice as long each time, until the longest. */
    private static long waits(int restarts, int longest) {
        long all = 0;
        long next = 1;
        for (int at = 0; at < restarts; at++) {
            all += Math.min(next, longest);
            next = Math.min(2 * next, longest);
        }
        return all;
    }

    private static boolean isOneVariable(Text word) {
        return word.parts().size() == 1
                && word.parts().get(0) instanceof Text.Reference variable
                && variable.path().indexOf('.') < 0;
    }
}
