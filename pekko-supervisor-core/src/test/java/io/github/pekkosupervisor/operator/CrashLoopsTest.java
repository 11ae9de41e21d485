package io.github.pekkosupervisor.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.github.pekkosupervisor.Supervisor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The log of each crash loop, as an operator sees it on a terminal and as JSON. */
final class CrashLoopsTest {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Supervisor.class);

    private static String logOf(Encoder<ILoggingEvent> encoder, Level level, Runnable work) {
        LoggerContext context = LOGGER.getLoggerContext();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(bytes);
        appender.start();
        boolean additive = LOGGER.isAdditive();
        LOGGER.setAdditive(false);
        LOGGER.setLevel(level);
        LOGGER.addAppender(appender);
        try {
            work.run();
        } finally {
            LOGGER.detachAppender(appender);
            LOGGER.setLevel(null);
            LOGGER.setAdditive(additive);
            appender.stop();
        }
        return bytes.toString(UTF_8);
    }

    private static PatternLayoutEncoder plain() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern("%-5level %msg%n");
        return encoder;
    }

    /** Without what is another each time. */
    private static String masked(String log) {
        String length = "[0-9.]+ (ms|s|min( [0-9]+ s)?)";
        return log.replaceAll("pid [0-9]+", "pid N")
                .replaceAll("(ran|after) " + length, "$1 T")
                .replaceAll("(times|once) in " + length, "$1 in T")
                .replaceAll(length + " ago", "T ago")
                .replaceAll("java:[0-9]+", "java:N")
                .replaceAll("lambda\\$([a-zA-Z]+)\\$[0-9]+", "lambda")
                .replaceAll("[0-9]+ frames?", "N frames")
                .replaceAll("\\.\\.\\. [0-9]+ (common frames omitted|more)", "... N more");
    }

    private static String expected() throws IOException {
        try (InputStream golden = Objects.requireNonNull(
                CrashLoopsTest.class.getResourceAsStream("crash-loops.txt"), "crash-loops.txt")) {
            return new String(golden.readAllBytes(), UTF_8);
        }
    }

    /** The golden text is in the resources; what was seen is in {@code target/crash-loops.txt}. */
    @Test
    void on_a_terminal() throws IOException {
        StringBuilder seen = new StringBuilder();
        StringBuilder raw = new StringBuilder();
        CrashLoops.all().forEach((name, loop) -> {
            String log = logOf(plain(), Level.INFO, () -> CrashLoops.run(loop));
            raw.append("---- ").append(name).append('\n').append(log);
            seen.append("---- ").append(name).append('\n').append(masked(log));
        });
        Files.writeString(Path.of("target", "crash-loops.raw.txt"), raw);
        Files.writeString(Path.of("target", "crash-loops.txt"), seen);

        assertThat(seen.toString()).isEqualToNormalizingNewlines(expected());
    }

    @Test
    void as_json() throws IOException {
        String log = logOf(
                new JsonEncoder(),
                Level.INFO,
                () -> CrashLoops.run(Objects.requireNonNull(CrashLoops.all().get("a process that fails"))));
        Files.writeString(Path.of("target", "crash-loops.json"), log);

        List<String> ends = log.lines()
                .filter(line -> line.contains("\"event\":\"child_terminated\""))
                .toList();
        assertThat(ends).hasSize(3);
        assertThat(ends.get(1))
                .contains("\"level\":\"ERROR\"")
                .contains("\"mdc\": {\"supervisor\":\"\\/\",\"child\":\"web\"}")
                .contains("{\"supervisor\":\"\\/\"}", "{\"child\":\"web\"}", "{\"incarnation\":\"2\"}")
                .contains("{\"exit\":\"exit code 1\"}", "{\"exit_code\":\"1\"}")
                .contains("{\"restart\":\"2\"}", "{\"restart_limit\":\"2\"}", "{\"restart_period_ms\":\"60000\"}")
                .contains("{\"next_ms\":\"0\"}")
                .containsPattern("\\{\"pid\":\"[0-9]+\"}")
                .containsPattern("\\{\"duration_ms\":\"[0-9]+\"}");
    }

    private static Map<String, String> fields(Config line) {
        Map<String, String> fields = new HashMap<>();
        if (line.hasPath("kvpList")) {
            line.getConfigList("kvpList")
                    .forEach(pair ->
                            pair.root().forEach((key, value) -> fields.put(key, String.valueOf(value.unwrapped()))));
        }
        return fields;
    }

    /** Each line of each loop: what the text says can be read as a field as well. */
    @Test
    void as_json_each_line_has_in_fields_what_its_text_says() {
        CrashLoops.all().forEach((name, loop) -> {
            String log = logOf(new JsonEncoder(), Level.INFO, () -> CrashLoops.run(loop));
            List<Config> lines = log.lines()
                    .map(line -> ConfigFactory.parseString(
                            line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON)))
                    .toList();
            assertThat(lines).as(name).hasSizeGreaterThan(1);
            for (Config line : lines) {
                String text = line.hasPath("formattedMessage")
                        ? line.getString("formattedMessage")
                        : line.getString("message");
                Map<String, String> fields = fields(line);
                assertThat(fields).as("%s: %s", name, text).containsKeys("event", "supervisor");
                Matcher said = Pattern.compile("\\[(\\w+)#(\\d+)\\](?: with \\[.*\\])?, pid (\\d+)")
                        .matcher(text);
                if (said.find()) {
                    assertThat(fields)
                            .as("%s: %s", name, text)
                            .containsEntry("child", said.group(1))
                            .containsEntry("incarnation", said.group(2))
                            .containsEntry("pid", said.group(3));
                }
            }
        });
    }

    @Test
    void at_trace_stacks_are_whole_and_nothing_is_counted() {
        String log = logOf(
                plain(),
                Level.TRACE,
                () -> CrashLoops.run(Objects.requireNonNull(CrashLoops.all().get("a flood"))));

        assertThat(log.lines().filter(line -> line.contains("child_terminated")))
                .hasSize(51);
        assertThat(log)
                .contains("io.github.pekkosupervisor.actor.ServiceThreads")
                .doesNotContain("as before", "pekko-supervisor.cut");
    }

    /** Logback has this level where it is not configured. */
    @Test
    void at_debug_stacks_are_cut_and_what_is_the_same_is_counted() {
        String log = logOf(
                plain(),
                Level.DEBUG,
                () -> CrashLoops.run(Objects.requireNonNull(CrashLoops.all().get("a flood"))));

        assertThat(log.lines().filter(line -> line.contains("child_terminated")))
                .hasSizeLessThan(10);
        assertThat(log)
                .contains("as before", "pekko-supervisor.cut", "DEBUG supervisor [/] restarts [poller#1]")
                .doesNotContain("io.github.pekkosupervisor.actor.ServiceThreads");
    }
}
