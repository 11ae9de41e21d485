package io.github.pekkosupervisor.runit.imports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The health check of a service: when it is ready, if another one waits for that, and whether it still works. */
final class ComposeHealth {

    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final int USUAL_RETRIES = 3;

    private final Optional<Yaml> said;
    private final ComposeContext context;
    private final Child child;

    ComposeHealth(Optional<Yaml> said, ComposeContext context, Child child) {
        this.said = said;
        this.context = context;
        this.child = child;
    }

    /**
     * Writes it into the child.
     *
     * @param isAwaited whether another one waits for it to be healthy
     * @param line of the service
     */
    void write(boolean isAwaited, int line) throws ForeignFileException {
        List<Text> command = said.isPresent() ? command(said.get()) : List.of();
        if (command.isEmpty()) {
            if (isAwaited) {
                child.tell(
                        line,
                        "another one waits for it to be healthy, and how that is seen is not written here; say it with"
                                + " ready { }");
            }
            return;
        }
        Yaml check = said.orElseThrow();
        Duration every = time(check, "interval", USUAL);
        Duration timeout = time(check, "timeout", USUAL);
        Duration grace = time(check, "start_period", Duration.ZERO);
        int given = check.get("retries").isPresent()
                ? context.number(check.get("retries").get())
                : USUAL_RETRIES;
        // docker takes its own default instead of none
        int retries = given > 0 ? given : USUAL_RETRIES;
        if (isAwaited) {
            Block ready = new Block().set("command", Text.list(command));
            if (check.get("start_interval").isPresent()) {
                ready.set("pause", Hocon.time(time(check, "start_interval", USUAL)));
            }
            child.process().put("ready", ready);
            child.process()
                    .set(
                            "start-timeout",
                            Hocon.time(grace.plus(every.plus(timeout).multipliedBy(retries))));
        }
        Block live = new Block()
                .set("command", Text.list(command))
                .set("every", Hocon.time(every))
                .set("timeout", Hocon.time(timeout))
                .set("failures", Integer.toString(retries));
        if (!grace.isZero()) {
            live.set("grace", Hocon.time(grace));
        }
        // as in compose, where one that is unhealthy is only called so
        child.process().put("live", live.set("then", "report"));
    }

    private Duration time(Yaml check, String key, Duration otherwise) throws ForeignFileException {
        Optional<Yaml> value = check.get(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        Duration time = context.time(value.get());
        // docker takes its own default then
        return time.isZero() ? otherwise : time;
    }

    /** Empty if there is none, or it is switched off. */
    private List<Text> command(Yaml check) throws ForeignFileException {
        Optional<Yaml> disable = check.get("disable");
        Optional<Yaml> test = check.get("test");
        boolean isDisabled = disable.isPresent() && disable.get().text().equals("true");
        if (isDisabled || test.isEmpty()) {
            return List.of();
        }
        if (!test.get().isList()) {
            return shell(context.text(test.get(), child));
        }
        List<Text> words = new ArrayList<>(context.words(test.get(), child));
        String kind = words.isEmpty() ? "NONE" : words.remove(0).shown();
        return switch (kind) {
            case "NONE" -> List.of();
            case "CMD" -> words;
            case "CMD-SHELL" -> words.isEmpty() ? List.of() : shell(words.get(0));
            default ->
                throw context.mistake(test.get().line(), "test must begin with CMD, CMD-SHELL or NONE, was " + kind);
        };
    }

    private static List<Text> shell(Text line) {
        return List.of(Text.of("/bin/sh"), Text.of("-c"), line);
    }
}
