package io.github.pekkosupervisor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.Excerpt;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What values may be; an {@link IllegalArgumentException} says what is wrong with one, in the words of a file. */
public final class ConfigValues {

    private static final String KEY = "v";
    private static final int LONGEST_VALUE = 100;

    /** What is said of a value that is another one's; what to do depends on the file. */
    static final String NOT_KNOWN = "uses another value (by ${ } or +=), which is not known here";

    /**
     * Reads one value; an {@link IllegalArgumentException} says what is wrong with it.
     *
     * @param <T> what it becomes
     */
    public interface Reading<T> {
        /** What this value means. */
        T of(ConfigValue value);
    }

    /** What is wrong with parts of one value, at least one. */
    static final class Mistakes extends IllegalArgumentException {
        private final transient List<Mistake> all;

        private Mistakes(List<Mistake> all) {
            super(all.get(0).sentence());
            this.all = List.copyOf(all);
        }

        /** A part, and a sentence without its subject. */
        record Mistake(ConfigValue part, String sentence) {}

        List<Mistake> all() {
            return all;
        }
    }

    /** Parts of one value while they are read: what is wrong with one does not hide what is wrong with another. */
    static final class Parts {
        private final List<Mistakes.Mistake> wrong = new ArrayList<>();

        /** What a part means; empty if it is wrong. */
        <T> Optional<T> read(ConfigValue part, Reading<T> reading) {
            try {
                return Optional.of(reading.of(part));
            } catch (IllegalArgumentException | ConfigException e) {
                wrong.add(new Mistakes.Mistake(part, sentence(e)));
                return Optional.empty();
            }
        }

        /** All have been read; refuses them if one was wrong. */
        void end() {
            if (!wrong.isEmpty()) {
                throw new Mistakes(wrong);
            }
        }
    }

    private ConfigValues() {}

    /** Whether it is another value, or is put together from others, and none of that is known. */
    static boolean isUnresolved(ConfigValue value) {
        try {
            value.valueType();
            return value instanceof ConfigObject object && object.size() < 0;
        } catch (ConfigException.NotResolved e) {
            return true;
        }
    }

    /** What kind of value it is, and nothing of it. */
    static String kind(ConfigValue value) {
        if (isUnresolved(value)) {
            return "another value";
        }
        return switch (value.valueType()) {
            case OBJECT -> "a block";
            case LIST -> "a list";
            case NULL -> "null";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case STRING -> "text";
        };
    }

    /** As it is written; of an object only the keys, for its values may be secrets. */
    public static String text(ConfigValue value) {
        if (isUnresolved(value)) {
            return "another value";
        }
        String text = value instanceof ConfigObject object
                ? "{" + String.join(", ", new TreeSet<>(object.keySet())) + "}"
                : value.render(ConfigRenderOptions.concise());
        return Excerpt.of(text, LONGEST_VALUE);
    }

    /** What an exception says of a value, in the words of a file. */
    static String sentence(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof ConfigException.NotResolved) {
            return NOT_KNOWN;
        }
        return e instanceof ConfigException
                // the library's own messages begin with origin and path, which are said already
                ? "is not right: " + message.replaceFirst("^.*?: " + KEY + " ", "it ")
                : message.replaceFirst("^process spec: ", "is not right: ");
    }

    private static Config alone(ConfigValue value) {
        return value.atKey(KEY);
    }

    /** Text, or a number or truth as it is written. */
    public static String string(ConfigValue value) {
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            throw new IllegalArgumentException("must be text, was " + text(value));
        }
        if (value.valueType() == ConfigValueType.NULL) {
            throw new IllegalArgumentException("must be text, was null");
        }
        return alone(value).getString(KEY);
    }

    /** Text that is there, and that the system takes. */
    static String name(ConfigValue value) {
        String text = string(value);
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("must not be empty or have a NUL character, was " + text(value));
        }
        return text;
    }

    /** A whole number. */
    public static int integer(ConfigValue value) {
        try {
            double exact = alone(value).getDouble(KEY);
            if (exact != Math.rint(exact)) {
                throw new IllegalArgumentException("must be a whole number, was " + text(value));
            }
            if (Math.abs(exact) > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("must be at most " + Integer.MAX_VALUE + ", was " + text(value));
            }
            return alone(value).getInt(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be a whole number, was " + text(value), e);
        }
    }

    static double number(ConfigValue value) {
        try {
            double number = alone(value).getDouble(KEY);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be a number, was " + text(value), e);
        }
        throw new IllegalArgumentException("must be a number, was " + text(value));
    }

    /** True or false. */
    public static boolean bool(ConfigValue value) {
        try {
            return alone(value).getBoolean(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be true or false, was " + text(value), e);
        }
    }

    static Duration duration(ConfigValue value) {
        boolean withUnit = value.unwrapped() instanceof String text
                && !text.isEmpty()
                && !Character.isDigit(text.charAt(text.length() - 1));
        try {
            if (withUnit) {
                return alone(value).getDuration(KEY);
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(noTime(value), e);
        }
        throw new IllegalArgumentException(noTime(value));
    }

    /** A size. */
    static long bytes(ConfigValue value) {
        try {
            long bytes = alone(value).getBytes(KEY);
            if (bytes >= 0) {
                return bytes;
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(noSize(value), e);
        }
        throw new IllegalArgumentException(noSize(value));
    }

    private static String noSize(ConfigValue value) {
        return "must be a size in bytes, such as 1048576 or 512MiB, was " + text(value);
    }

    private static String noTime(ConfigValue value) {
        return "must be a time with its unit, such as 5s or 200ms, was " + text(value);
    }

    /** A time that may not be zero. */
    public static Duration positive(ConfigValue value) {
        Duration time = duration(value);
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("must be more than zero, was " + text(value));
        }
        return time;
    }

    /** The same, or {@code infinite}, which is empty. */
    public static Optional<Duration> positiveOrInfinite(ConfigValue value) {
        return "infinite".equals(value.unwrapped()) ? Optional.empty() : Optional.of(positive(value));
    }

    /** A path, as it is given. */
    public static Path path(ConfigValue value) {
        try {
            return Path.of(name(value));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path, was " + text(value), e);
        }
    }

    static ConfigList list(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list;
        }
        throw new IllegalArgumentException("must be a list in brackets, was " + text(value));
    }

    /** Elements that are text. */
    public static List<String> strings(ConfigValue value) {
        return each(value, ConfigValues::string);
    }

    /** What the elements of a list mean; the mistakes of all of them are told. */
    static <T> List<T> each(ConfigValue value, Reading<T> reading) {
        Parts parts = new Parts();
        List<T> all = new ArrayList<>();
        list(value).forEach(element -> parts.read(element, reading).ifPresent(all::add));
        parts.end();
        return all;
    }

    /** One of an enum's constants, written with hyphens and in any case. */
    public static <E extends Enum<E>> Reading<E> oneOf(List<E> constants) {
        return value -> {
            String text = string(value);
            return constants.stream()
                    .filter(constant -> hyphened(constant).equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be one of "
                            + constants.stream().map(ConfigValues::hyphened).collect(Collectors.joining(", "))
                            + ", was "
                            + text(value)));
        };
    }

    static String hyphened(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
