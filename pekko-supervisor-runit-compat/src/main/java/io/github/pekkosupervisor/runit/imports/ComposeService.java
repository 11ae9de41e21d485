package io.github.pekkosupervisor.runit.imports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service of a compose file, as a child. */
final class ComposeService {

    /** How long docker waits until it kills. */
    private static final Duration USUAL_GRACE = Duration.ofSeconds(10);

    private static final String HEALTHY = "service_healthy";
    private static final String COMPLETED = "service_completed_successfully";

    /** Limits by compose's names. */
    private static final Map<String, String> LIMITS = Map.of(
            "nofile", "open-files",
            "nproc", "processes",
            "fsize", "file-size",
            "core", "core-size",
            "data", "data",
            "stack", "stack",
            "as", "address-space",
            "memlock", "locked-memory",
            "cpu", "cpu-time");

    /** A service that another one depends on. */
    record Need(String name, int line, String condition, boolean isRequired) {}

    private final String name;
    private final int line;
    private final Yaml said;
    private final ComposeContext context;
    private final Child child;
    private boolean isAwaitedHealthy;
    private boolean isAwaitedDone;

    ComposeService(String name, int line, Yaml said, ComposeContext context) {
        this.name = name;
        this.line = line;
        this.said = said;
        this.context = context;
        child = new Child(name);
    }

    String name() {
        return name;
    }

    int line() {
        return line;
    }

    void isNeeded(Need need) {
        isAwaitedHealthy |= need.condition().equals(HEALTHY);
        isAwaitedDone |= need.condition().equals(COMPLETED);
    }

    /** A list of names, or a mapping of names to conditions. */
    List<Need> needs() throws ForeignFileException {
        List<Need> needs = new ArrayList<>();
        Optional<Yaml> given = said.get("depends_on");
        if (given.isPresent() && given.get().isMapping()) {
            for (Yaml.Entry entry : given.get().entries()) {
                Yaml how = entry.value();
                String condition = how.get("condition").map(this::word).orElse("service_started");
                boolean isRequired =
                        how.get("required").map(this::word).orElse("true").equals("true");
                needs.add(new Need(entry.key(), entry.line(), condition, isRequired));
            }
        } else if (given.isPresent()) {
            for (Yaml item : given.get().items()) {
                needs.add(new Need(item.text(), item.line(), "service_started", true));
            }
        }
        return needs;
    }

    /** What is no word is none that is known. */
    private String word(Yaml value) {
        return value.isList() || value.isMapping() ? "" : uncheckedText(value);
    }

    private static String uncheckedText(Yaml value) {
        try {
            return value.text();
        } catch (ForeignFileException e) {
            throw new IllegalStateException("a scalar has no text", e);
        }
    }

    Child child() throws ForeignFileException {
        for (Yaml.Entry entry : said.entries()) {
            ComposeOthers.of(entry.key()).ifPresent(what -> child.tell(entry.line(), entry.key() + ": " + what));
        }
        command();
        where();
        limits();
        dependencies();
        ComposeHealth health = new ComposeHealth(said.get("healthcheck"), context, child);
        if (isAwaitedDone) {
            child.process().set("oneshot", "true");
        } else {
            health.write(isAwaitedHealthy, line);
        }
        child.process().set("output", "prefix");
        stop();
        restart();
        profiles();
        return child;
    }

    private void command() throws ForeignFileException {
        Optional<Yaml> entrypoint = said.get("entrypoint");
        Optional<Yaml> command = said.get("command");
        List<Text> words = new ArrayList<>();
        if (entrypoint.isPresent()) {
            words.addAll(context.words(entrypoint.get(), child));
        }
        if (command.isPresent()) {
            words.addAll(context.words(command.get(), child));
            if (entrypoint.isEmpty()) {
                child.tell(
                        command.get().line(),
                        "command: if the image has an entrypoint it stands before that; write it down here as well");
            }
        }
        if (words.isEmpty()) {
            child.tell(line, name + ": its command is known to its image alone, and so it is a comment; write it down");
            child.leaveOut();
        } else {
            child.process().set("command", Text.list(words));
        }
    }

    private void where() throws ForeignFileException {
        Optional<Yaml> directory = said.get("working_dir");
        if (directory.isPresent()) {
            child.process().set("directory", context.text(directory.get(), child));
        }
        new ComposeEnvironment(said, context, child).write();
        Optional<Yaml> user = said.get("user");
        if (user.isPresent()) {
            user(user.get());
        }
    }

    private void user(Yaml value) throws ForeignFileException {
        String[] parts = context.fixed(value).split(":", 2);
        boolean isNumber = parts[0].matches("\\d+");
        boolean isGroupNumber = parts.length == 2 && parts[1].matches("\\d+");
        if (isNumber && !isGroupNumber) {
            child.tell(
                    value.line(),
                    "user: the group is that of the image's user; it is to be written down here, as \":UID:GID\"");
        } else if (!isNumber && isGroupNumber) {
            child.tell(value.line(), "user: names and numbers cannot be mixed here: NAME:GROUP, or \":UID:GID\"");
        }
        String group = parts.length == 2 ? parts[1] : parts[0];
        String written = isNumber ? ":" + parts[0] + ":" + group : String.join(":", parts);
        child.process().set("user", Hocon.word(written));
    }

    private void limits() throws ForeignFileException {
        Optional<Yaml> adjust = said.get("oom_score_adj");
        if (adjust.isPresent()) {
            child.process().set("oom-score-adj", Integer.toString(context.number(adjust.get())));
        }
        Optional<Yaml> given = said.get("ulimits");
        Block limits = new Block();
        for (Yaml.Entry entry : given.isPresent() ? given.get().entries() : List.<Yaml.Entry>of()) {
            String key = LIMITS.get(entry.key());
            if (key == null) {
                child.tell(entry.line(), "ulimits." + entry.key() + ": there is no such limit here");
                continue;
            }
            Yaml soft = entry.value().isMapping()
                    ? entry.value()
                            .get("soft")
                            .orElseThrow(() -> context.mistake(entry.line(), "ulimits." + entry.key() + " has no soft"))
                    : entry.value();
            String number = context.fixed(soft);
            if (!number.matches("-1|\\d{1,18}")) {
                throw context.mistake(soft.line(), "this must be a number, or -1 for no limit, was " + number);
            }
            String unit = key.equals("cpu-time") ? "s" : "";
            limits.set(key, number.equals("-1") ? "infinite" : number + unit);
            Optional<Yaml> hard = entry.value().isMapping() ? entry.value().get("hard") : Optional.empty();
            if (hard.isPresent() && !context.fixed(hard.get()).equals(number)) {
                child.tell(
                        hard.get().line(),
                        "ulimits." + entry.key() + ": the hard limit is that of pekko-supervisor run itself, unless the"
                                + " soft one is higher; start that with another");
            }
        }
        child.process().put("limits", limits);
    }

    private void dependencies() throws ForeignFileException {
        Optional<Yaml> given = said.get("depends_on");
        if (given.isEmpty() || !given.get().isMapping()) {
            return;
        }
        for (Yaml.Entry entry : given.get().entries()) {
            Optional<Yaml> restart = entry.value().get("restart");
            if (restart.isPresent() && word(restart.get()).equals("true")) {
                child.tell(
                        restart.get().line(),
                        "restart: for that put both into a supervisor { } of their own with strategy = rest-for-one");
            }
        }
    }

    private void stop() throws ForeignFileException {
        Optional<Yaml> given = said.get("stop_signal");
        String signal = given.isPresent() ? StopSignal.named(context.fixed(given.get())) : "TERM";
        Optional<Yaml> grace = said.get("stop_grace_period");
        Duration wait = grace.isPresent() ? context.time(grace.get()) : USUAL_GRACE;
        if (signal.equals("KILL") || wait.isZero()) {
            child.rules().set("shutdown", "brutal-kill");
            return;
        }
        if (!signal.equals("TERM")) {
            child.process().set("stop", Hocon.list(List.of(Hocon.word(signal))));
        }
        child.rules().set("shutdown", Hocon.time(wait));
    }

    private void restart() throws ForeignFileException {
        Optional<Yaml> given = said.get("restart");
        String policy = given.isPresent() ? context.fixed(given.get()) : "no";
        if (isAwaitedDone) {
            // whoever is to be done is not restarted when it is
            child.rules().put("restart-delay", new Block().set("min", "1s"));
            return;
        }
        if (policy.equals("no") || policy.equals("false")) {
            child.rules().set("restart", "temporary");
            return;
        }
        if (policy.startsWith("on-failure")) {
            child.rules().set("restart", "transient");
            onFailure(
                    policy.substring("on-failure".length()),
                    given.map(Yaml::line).orElse(line));
        } else if (!policy.equals("always") && !policy.equals("unless-stopped")) {
            throw context.mistake(
                    given.map(Yaml::line).orElse(line),
                    "restart must be no, always, unless-stopped or on-failure:N, was " + policy);
        }
        child.rules()
                .put(
                        "restart-delay",
                        new Block().set("min", "100ms").set("max", "1m").set("reset-after", "10s"));
    }

    /** Docker counts anew when it has run for ten seconds, and begins with a tenth of a second, twice that then. */
    private void onFailure(String behind, int at) throws ForeignFileException {
        if (behind.isEmpty()) {
            return;
        }
        if (!behind.matches(":\\d{1,3}")) {
            throw context.mistake(at, "restart must be on-failure, or on-failure:N, was on-failure" + behind);
        }
        int most = Integer.parseInt(behind.substring(1));
        if (most == 0) {
            return;
        }
        final long longest = 60_000;
        long waits = 0;
        long next = 100;
        for (int count = 0; count < most; count++) {
            waits += next;
            next = Math.min(2 * next, longest);
        }
        Duration within = Duration.ofSeconds((most + 1) * 10L + (waits + 999) / 1000);
        child.limit(new Child.Limit(
                most, within, "on-failure:" + most + ": after more restarts than that it is left alone"));
    }

    private void profiles() throws ForeignFileException {
        Optional<Yaml> profiles = said.get("profiles");
        if (profiles.isPresent()) {
            child.tell(
                    profiles.get().line(),
                    "profiles: it is started with a profile alone, and so a comment; take the # away to have it");
            child.leaveOut();
        }
    }
}
