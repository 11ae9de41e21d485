package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Readiness;
import java.time.Duration;
import java.util.List;

/** Reads what a process and the signs that it gives have in common: commands, and places where somebody listens. */
final class ConfiguredSigns {

    private static final int LAST_PORT = 65_535;

    private ConfiguredSigns() {}

    /** Program and arguments. */
    static List<OsString> words(ConfigValue value) {
        if (value.valueType() == ConfigValueType.STRING) {
            throw new IllegalArgumentException("must be a list of program and arguments, was "
                    + ConfigValues.text(value) + "; for a line of shell use [sh, -c, \"exec ...\"]");
        }
        List<OsString> words =
                ConfigValues.strings(value).stream().map(OsString::of).toList();
        if (words.isEmpty() || words.get(0).length() == 0) {
            throw new IllegalArgumentException(
                    "must begin with a program, as in [sleep, 5], was " + ConfigValues.text(value));
        }
        return words;
    }

    /** A command whose exit code tells something. */
    static Readiness check(ConfigValue value) {
        return new Readiness.Command(words(value), Duration.ofMillis(200));
    }

    /** A port, or host and port. */
    static Readiness tcp(ConfigValue value) {
        String text = ConfigValues.string(value);
        int colon = text.lastIndexOf(':');
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a port or HOST:PORT, was " + ConfigValues.text(value), e);
        }
        if (port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException(
                    "must have a port from 1 to " + LAST_PORT + ", was " + ConfigValues.text(value));
        }
        return colon < 0 ? Readiness.tcp(port) : Readiness.tcp(text.substring(0, colon), port);
    }
}
