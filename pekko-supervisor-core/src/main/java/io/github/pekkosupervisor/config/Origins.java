package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigOrigin;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where things stand in a file, so that what only the whole tree shows has a line and a key too. */
final class Origins {

    /** By what is wrong: the key that it is about. */
    private static final Map<String, Where> KEYS = Map.of(
            "invalid_intensity", new Where(Place.SUPERVISOR, "intensity"),
            "invalid_period", new Where(Place.SUPERVISOR, "period"),
            "invalid_max_children", new Where(Place.SUPERVISOR, "max-children"),
            "bad_start_spec", new Where(Place.SUPERVISOR, "children"),
            "invalid_start_timeout", new Where(Place.CHILD, "start-timeout"),
            "invalid_shutdown", new Where(Place.CHILD, "shutdown"),
            "invalid_readiness", new Where(Place.PROCESS, "ready"),
            "invalid_ignore_exits", new Where(Place.PROCESS, "ignore-exit-codes"),
            "invalid_oneshot", new Where(Place.PROCESS, "oneshot"));

    private static final Pattern OF_DELAY = Pattern.compile("restart delay's (\\S+) ");

    /** Children that share an id share a path. */
    private final Map<String, List<ConfigOrigin>> blocks = new HashMap<>();

    private final Map<At, ConfigOrigin> keys = new HashMap<>();

    private record Where(Place place, String key) {}

    private record At(String path, Where where) {}

    /** A supervisor or child stands here. */
    void block(String path, ConfigOrigin origin) {
        blocks.computeIfAbsent(path, first -> new ArrayList<>()).add(origin);
    }

    /** A key of one does. */
    void key(String path, Place place, String key, ConfigOrigin origin) {
        keys.put(new At(path, new Where(place, key)), origin);
    }

    /**
     * What has to do with each other: one of these that is wrong by itself may be the reason of what they are together.
     *
     * @param here keys at the place that the mistake is told of
     * @param above of the supervisor that it is a child of
     */
    record Several(Set<String> here, Set<String> above) {}

    /** The keys that a mistake is about; none if it is about one alone. */
    static Several several(Problem problem) {
        return switch (problem.error()) {
            case "bad_start_spec" -> here("strategy", "children");
            case "invalid_readiness" -> here("ready", "output", "stdout", "stderr");
            case "invalid_ignore_exits" -> here("ignore-exit-codes", "ready");
            case "invalid_oneshot" -> here("oneshot", "ready", "live", "ignore-exit-codes");
            case "bad_combination" -> combination(problem.message());
            default -> here();
        };
    }

    private static Several combination(String message) {
        if (message.contains("limit of children")) {
            return here("max-children", "strategy");
        } else if (message.startsWith("auto-shutdown")) {
            return here("auto-shutdown", "strategy");
        } else if (message.contains("never shuts down by itself")) {
            return new Several(Set.of("significant"), Set.of("auto-shutdown"));
        } else if (message.contains("is significant and permanent")) {
            return here("significant", "restart");
        } else if (message.contains("is a oneshot")) {
            return here("oneshot", "significant", "restart");
        } else if (message.contains("waits so long")) {
            return new Several(Set.of("restart-delay"), Set.of("intensity", "period"));
        }
        return message.contains("does not wait before")
                ? new Several(Set.of("restart-delay", "restart"), Set.of("intensity"))
                : here();
    }

    private static Several here(String... keys) {
        return new Several(Set.of(keys), Set.of());
    }

    /** The same with file and line, and with the key where it is about one. */
    Problem located(Problem problem) {
        List<ConfigOrigin> found = blocks.getOrDefault(problem.path(), List.of());
        if (found.size() == 1) {
            Optional<Where> where = where(problem);
            Optional<ConfigOrigin> line = where.map(one -> keys.get(new At(problem.path(), one)));
            if (line.isPresent()) {
                String key = where.map(one -> one.place().named(one.key())).orElse("");
                return said(problem, line.get().description() + ": " + key + ": ");
            }
        }
        return found.isEmpty()
                ? problem
                : said(
                        problem,
                        found.stream().map(ConfigOrigin::description).collect(Collectors.joining(" and ")) + ": ");
    }

    private static Problem said(Problem problem, String before) {
        return new Problem(problem.path(), problem.error(), problem.value(), before + problem.message());
    }

    private static Optional<Where> where(Problem problem) {
        String message = problem.message();
        Matcher delay = OF_DELAY.matcher(message);
        if (problem.error().equals("invalid_restart_delay") && delay.find()) {
            return Optional.of(new Where(Place.RESTART_DELAY, delay.group(1)));
        } else if (!problem.error().equals("bad_combination")) {
            return Optional.ofNullable(KEYS.get(problem.error()));
        } else if (message.contains("limit of children")) {
            return Optional.of(new Where(Place.SUPERVISOR, "max-children"));
        } else if (message.startsWith("auto-shutdown")) {
            return Optional.of(new Where(Place.SUPERVISOR, "auto-shutdown"));
        } else if (message.contains("is significant")) {
            return Optional.of(new Where(Place.CHILD, "significant"));
        } else if (message.contains("is a oneshot")) {
            return Optional.of(new Where(Place.CHILD, message.contains("temporary") ? "restart" : "significant"));
        }
        return message.contains("waits so long")
                ? Optional.of(new Where(Place.CHILD, "restart-delay"))
                : Optional.empty();
    }
}
