package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.process.NotifyAccess;
import io.github.pekkosupervisor.process.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;

/** Reads the sign by which a process is ready: a block {@code ready} of a tree or of {@code service.conf}. */
public final class ConfiguredReadiness {

    private static final Set<String> HTTP_KEYS = Set.of("url", "status", "body");
    private static final String HTTP_EXAMPLE = "{ url = \"http://127.0.0.1:8080/health\", status = 200, body = ok }";

    private ConfiguredReadiness() {}

    /** The sign that a block names; empty if it is not right, which is noted. */
    public static Optional<Readiness> read(ConfigSection section) {
        List<Optional<Readiness>> signs = new ArrayList<>();
        Optional<Duration> pause = section.get("pause", ConfigValues::positive);
        if (section.reads("line")) {
            sign(section, "line", signs, ConfiguredReadiness::line);
        }
        sign(section, "tcp", signs, ConfiguredSigns::tcp);
        sign(section, "unix-socket", signs, value -> Readiness.unixSocket(ConfigValues.path(value)));
        sign(
                section,
                "command",
                signs,
                value -> new Readiness.Command(ConfiguredSigns.words(value), pause.orElse(Duration.ofMillis(200))));
        sign(section, "notification-fd", signs, value -> Readiness.notification(ConfigValues.integer(value)));
        sign(section, "http", signs, ConfiguredReadiness::http);
        sign(section, "sd-notify", signs, ConfiguredReadiness::sdNotify);
        if (signs.isEmpty() && section.hasOthers()) {
            // which is told by itself
            section.end();
            return Optional.empty();
        }
        if (signs.size() != 1) {
            section.problem("\"ready\" needs one of " + (section.reads("line") ? "line, " : "")
                    + "tcp, unix-socket, command, notification-fd, http and sd-notify, has " + signs.size());
        } else if (pause.isPresent() && !section.has("command")) {
            section.problem("\"ready.pause\" is for \"ready.command\" only");
        }
        section.end();
        return signs.size() == 1 ? signs.get(0) : Optional.empty();
    }

    private static void sign(
            ConfigSection section,
            String key,
            List<Optional<Readiness>> signs,
            ConfigValues.Reading<Readiness> reading) {
        if (section.has(key)) {
            signs.add(section.get(key, reading));
        }
    }

    private static Readiness line(ConfigValue value) {
        try {
            return Readiness.line(ConfigValues.string(value));
        } catch (PatternSyntaxException e) {
            throw noRegex(value, e);
        }
    }

    private static IllegalArgumentException noRegex(ConfigValue value, PatternSyntaxException e) {
        return new IllegalArgumentException(
                "must be a regular expression, was " + ConfigValues.text(value) + ": " + e.getDescription(), e);
    }

    // ---- http

    /** An address, or a block. */
    static Readiness http(ConfigValue value) {
        if (!(value instanceof ConfigObject block)) {
            return url(value);
        }
        ConfigValue url = block.get("url");
        if (url == null || !HTTP_KEYS.containsAll(block.keySet())) {
            throw new IllegalArgumentException("must be an address, or a block with url, and status or body if need be,"
                    + " as in " + HTTP_EXAMPLE + ", was " + ConfigValues.text(value));
        }
        Readiness.Http http = url(url);
        ConfigValue status = block.get("status");
        if (status != null) {
            http = http.withStatus(statuses(status));
        }
        ConfigValue body = block.get("body");
        if (body == null) {
            return http;
        }
        try {
            return http.withBody(ConfigValues.string(body));
        } catch (PatternSyntaxException e) {
            throw noRegex(body, e);
        }
    }

    private static Readiness.Http url(ConfigValue value) {
        try {
            return Readiness.http(ConfigValues.string(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not right: " + e.getMessage(), e);
        }
    }

    private static int[] statuses(ConfigValue value) {
        List<ConfigValue> elements = value instanceof ConfigList list ? list : List.of(value);
        Set<Integer> all = new TreeSet<>();
        for (ConfigValue element : elements) {
            int[] ends = Arrays.stream(ConfigValues.string(element).split("\\.\\.", 2))
                    .mapToInt(ConfiguredReadiness::status)
                    .toArray();
            if (ends[0] < 100 || ends[ends.length - 1] > 599 || ends[0] > ends[ends.length - 1]) {
                throw new IllegalArgumentException(
                        "must have status codes from 100 to 599, as in 200 or \"200..299\", was "
                                + ConfigValues.text(value));
            }
            IntStream.rangeClosed(ends[0], ends[ends.length - 1]).forEach(all::add);
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException("must have a status code, was " + ConfigValues.text(value));
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int status(String text) {
        return text.matches("[0-9]{3}") ? Integer.parseInt(text) : 0;
    }

    // ---- sd-notify

    private static Readiness sdNotify(ConfigValue value) {
        if (Boolean.TRUE.equals(value.unwrapped())) {
            return Readiness.sdNotify();
        }
        if (Boolean.FALSE.equals(value.unwrapped())) {
            throw new IllegalArgumentException("is false; leave \"ready\" out");
        }
        try {
            return Readiness.sdNotify(
                    ConfigValues.oneOf(List.of(NotifyAccess.values())).of(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be true, main, group or all, was " + ConfigValues.text(value), e);
        }
    }
}
