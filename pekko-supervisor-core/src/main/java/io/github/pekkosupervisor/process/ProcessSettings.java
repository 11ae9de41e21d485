package io.github.pekkosupervisor.process;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** The settings under {@code pekko-supervisor.process}; {@code reference.conf} says what each means. */
final class ProcessSettings {

    private static final String BACKEND = "pekko-supervisor.process.backend";
    private static final String SPAWN_THREAD = "pekko-supervisor.process.own-spawn-thread";
    private static final String PASSED_ON = "pekko-supervisor.process.passed-on-descriptors";
    private static final String OPEN_FILES = "pekko-supervisor.process.open-files-limit";

    private ProcessSettings() {}

    /**
     * Reads and checks.
     *
     * @throws ConfigException with path and origin of the setting that is wrong
     */
    static PosixSettings from(Config config) {
        return new PosixSettings(
                backend(config), openFilesLimit(config), config.getBoolean(SPAWN_THREAD), passedOn(config));
    }

    private static Backend backend(Config config) {
        String name = config.getString(BACKEND);
        try {
            return Backend.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue(
                    config.getValue(BACKEND).origin(),
                    BACKEND,
                    "must be auto, native or portable, was \"" + name + "\"",
                    e);
        }
    }

    private static Set<Integer> passedOn(Config config) {
        Set<Integer> numbers = Set.copyOf(config.getIntList(PASSED_ON));
        final int firstFurther = 3;
        if (numbers.stream().anyMatch(number -> number < firstFurther)) {
            throw new ConfigException.BadValue(
                    config.getValue(PASSED_ON).origin(), PASSED_ON, "must be numbers above 2, was " + numbers);
        }
        return numbers;
    }

    private static OptionalLong openFilesLimit(Config config) {
        if (config.getString(OPEN_FILES).equals("inherit")) {
            return OptionalLong.empty();
        }
        long limit = config.getLong(OPEN_FILES);
        final int standardStreams = 3;
        if (limit < standardStreams) {
            throw new ConfigException.BadValue(
                    config.getValue(OPEN_FILES).origin(),
                    OPEN_FILES,
                    "must be \"inherit\" or at least 3, was " + limit);
        }
        return OptionalLong.of(limit);
    }
}
