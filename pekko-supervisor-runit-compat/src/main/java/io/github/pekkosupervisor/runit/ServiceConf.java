package io.github.pekkosupervisor.runit;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.svlogd.LogOptions;
import io.github.pekkosupervisor.runit.svlogd.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code service.conf} in a service directory says; ours, runit does not look at it. Without it a service is
 * exactly as runit has it.
 *
 * @param log where we write the service's log ourselves; empty for runit's way
 */
record ServiceConf(Optional<Log> log) {

    static final OsString FILE = OsString.of("service.conf");

    /** As if there were no file. */
    static final ServiceConf NONE = new ServiceConf(Optional.empty());

    private static final String LOG = "log";
    private static final String DIRECTORY = "directory";
    private static final String TIMESTAMPS = "timestamps";
    private static final String LINE_LENGTH = "line-length";

    /**
     * A log that the launcher writes.
     *
     * @param directory from the directory {@code log}
     * @param options of its lines
     */
    record Log(OsString directory, LogOptions options) {}

    /** The file is of no use; the message lists all that is wrong with it. */
    static final class MistakenException extends Exception {
        private static final long serialVersionUID = 1;

        private static final int MOST_TOLD = 10;
        private static final int LONGEST_TOLD = 300;

        MistakenException(List<String> mistakes) {
            super(told(mistakes) + "; until this is corrected the file is not used");
        }

        /** Whatever the file is full of, the message is one line that can be read. */
        private static String told(List<String> mistakes) {
            String text = mistakes.stream()
                    .limit(MOST_TOLD)
                    .map(MistakenException::shown)
                    .collect(Collectors.joining("; "));
            int more = mistakes.size() - MOST_TOLD;
            return more > 0 ? text + "; and " + more + " more" : text;
        }

        private static String shown(String mistake) {
            StringBuilder shown = new StringBuilder();
            mistake.codePoints().limit(LONGEST_TOLD).forEach(letter -> {
                if (Character.isISOControl(letter)) {
                    shown.append(String.format("\\x%02x", letter));
                } else {
                    shown.appendCodePoint(letter);
                }
            });
            return shown.length() < mistake.length() && mistake.length() > LONGEST_TOLD
                    ? shown + "…"
                    : shown.toString();
        }
    }

    /** Reads the bytes of the file, HOCON in UTF-8. */
    static ServiceConf parse(byte[] file) throws MistakenException {
        ConfigObject root = ForeignHocon.parse(FILE.toString(), file);
        Reading reading = new Reading();
        ServiceConf conf = reading.top(root);
        if (!reading.mistakes.isEmpty()) {
            throw new MistakenException(
                    reading.mistakes.values().stream().flatMap(List::stream).toList());
        }
        return conf;
    }

    /** Collects mistakes by their line, so that all are told at once. */
    private static final class Reading {
        private final Map<Integer, List<String>> mistakes = new TreeMap<>();

        ServiceConf top(ConfigObject root) {
            Optional<Log> log = Optional.empty();
            for (Map.Entry<String, ConfigValue> entry : root.entrySet()) {
                if (!entry.getKey().equals(LOG)) {
                    mistake(entry.getValue(), entry.getKey(), "is not known; known is " + LOG);
                } else if (entry.getValue() instanceof ConfigObject block) {
                    log = Optional.of(log(block));
                } else {
                    mistake(entry.getValue(), LOG, "must be a block, as in log { directory = main }");
                }
            }
            return new ServiceConf(log);
        }

        private Log log(ConfigObject block) {
            OsString directory = OsString.of("");
            LogOptions options = LogOptions.DEFAULT.withKeepUnfinished(true);
            for (Map.Entry<String, ConfigValue> entry : block.entrySet()) {
                ConfigValue value = entry.getValue();
                switch (entry.getKey()) {
                    case DIRECTORY -> directory = directory(value);
                    case TIMESTAMPS -> options = options.withTimestamps(timestamps(value));
                    case LINE_LENGTH -> options = options.withLineLength(lineLength(value));
                    default ->
                        mistake(
                                value,
                                LOG + "." + entry.getKey(),
                                "is not known; known are " + DIRECTORY + ", " + TIMESTAMPS + ", " + LINE_LENGTH);
                }
            }
            if (!block.containsKey(DIRECTORY)) {
                mistake(block, LOG, "needs a directory, as in log { directory = main }");
            }
            return new Log(directory, options);
        }

        private OsString directory(ConfigValue value) {
            String text = text(value);
            if (value.valueType() != ConfigValueType.STRING || text.isEmpty() || text.contains("\0")) {
                mistake(value, LOG + "." + DIRECTORY, "must be the name of a directory, was " + shown(value));
                return OsString.of("");
            }
            return OsString.of(text);
        }

        private Timestamps timestamps(ConfigValue value) {
            for (Timestamps known : Timestamps.values()) {
                if (known.name().toLowerCase(Locale.ROOT).equals(text(value))) {
                    return known;
                }
            }
            mistake(value, LOG + "." + TIMESTAMPS, "must be none, tai64n, utc or iso, was " + shown(value));
            return Timestamps.NONE;
        }

        private int lineLength(ConfigValue value) {
            final int most = 1 << 20;
            if (value.unwrapped() instanceof Integer number && number >= 1 && number <= most) {
                return number;
            }
            mistake(value, LOG + "." + LINE_LENGTH, "must be 1 to " + most + " bytes, was " + shown(value));
            return LogOptions.DEFAULT.lineLength();
        }

        private static String text(ConfigValue value) {
            return String.valueOf(value.unwrapped());
        }

        private static String shown(ConfigValue value) {
            return value.render(com.typesafe.config.ConfigRenderOptions.concise());
        }

        private void mistake(ConfigValue where, String key, String what) {
            mistakes.computeIfAbsent(where.origin().lineNumber(), line -> new ArrayList<>())
                    .add(where.origin().description() + ": " + key + " " + what);
        }
    }
}
