package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The ranges that the table of keys tells are those of the reader: the ends are taken, and what is next to them is not.
 */
final class KeyRangesTest {

    private static final Pattern BOTH = Pattern.compile("(-?\\d+) to (-?\\d+)");
    private static final Pattern LOWEST = Pattern.compile("\\bfrom (-?\\d+)");
    private static final Pattern HIGHEST = Pattern.compile("\\bat most (\\d+)");

    /** A tree in which the key has a value; what is not here is a range that nobody looks at. */
    private static final Map<String, LongFunction<String>> TREES = Map.ofEntries(
            Map.entry("intensity", n -> "children = [], intensity = " + n + ", period = 5s"),
            Map.entry("max-children", n -> "strategy = dynamic, max-children = " + n),
            Map.entry("id", n -> child("id = \"" + "x".repeat((int) n) + "\"")),
            Map.entry("max", n -> child("id = a, restart-delay { min = 1s, max = " + n + "d }")),
            Map.entry("factor", n -> child("id = a, restart-delay { min = 1s, max = 2s, factor = " + n + " }")),
            Map.entry("jitter", n -> child("id = a, restart-delay { min = 1s, max = 2s, jitter = " + n + " }")),
            Map.entry("normal-exit-codes", n -> process("normal-exit-codes = [" + n + "]")),
            Map.entry("ignore-exit-codes", n -> process("ignore-exit-codes = [" + n + "], ready { tcp = 1 }")),
            Map.entry("nice", n -> process("nice = " + n)),
            Map.entry("backlog", n -> process("sockets = [ { listen = \"tcp:127.0.0.1:80\", backlog = " + n + " } ]")),
            Map.entry("oom-score-adj", n -> process("oom-score-adj = " + n)),
            Map.entry("tcp", n -> process("ready { tcp = " + n + " }")),
            Map.entry("unix-socket", n -> process("ready { unix-socket = \"/" + "x".repeat((int) n - 1) + "\" }")),
            Map.entry("failures", n -> process("live { tcp = 1, failures = " + n + " }")),
            Map.entry("every", n -> process("live { tcp = 1, every = " + n + "d }")),
            Map.entry("timeout", n -> process("live { tcp = 1, timeout = " + n + "d }")),
            Map.entry("grace", n -> process("live { tcp = 1, grace = " + n + "d }")),
            Map.entry("pids-max", n -> process("cgroup { pids-max = " + n + " }")),
            Map.entry("notification-fd", n -> process("ready { notification-fd = " + n + " }")));

    /** What another module reads; {@code ServiceConfTest} and others there look at these. */
    private static final List<String> ELSEWHERE = List.of("line-length", "after", "cool-down", "dynamic-children");

    private record Range(OptionalLong low, OptionalLong high) {
        static Range of(String values) {
            Matcher both = BOTH.matcher(values);
            if (both.find()) {
                return new Range(number(both.group(1)), number(both.group(2)));
            }
            Matcher low = LOWEST.matcher(values);
            Matcher high = HIGHEST.matcher(values);
            return new Range(
                    low.find() ? number(low.group(1)) : OptionalLong.empty(),
                    high.find() ? number(high.group(1)) : OptionalLong.empty());
        }

        private static OptionalLong number(String text) {
            return OptionalLong.of(Long.parseLong(text));
        }

        boolean isNone() {
            return low.isEmpty() && high.isEmpty();
        }
    }

    private static String child(String keys) {
        return "children = [ { process { command = [sleep, 1] }, " + keys + " } ]";
    }

    private static String process(String keys) {
        return "children = [ { id = a, process { command = [sleep, 1], " + keys + " } } ]";
    }

    private static boolean isTaken(String tree) {
        return catchThrowableOfType(
                        InvalidSpecException.class, () -> ConfiguredTree.read(ConfigFactory.parseString(tree)))
                == null;
    }

    static Stream<Arguments> ranges() {
        return Vocabulary.keys().stream()
                .filter(key -> key.uses().values().stream().anyMatch(Key.Use::isBuilt))
                .filter(key -> !Range.of(key.values()).isNone() && !ELSEWHERE.contains(key.name()))
                // those of the same name have the same range wherever they stand
                .collect(Collectors.toMap(Key::name, Key::values, (one, same) -> one, TreeMap::new))
                .entrySet()
                .stream()
                .map(key -> Arguments.of(key.getKey(), key.getValue()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("ranges")
    void what_the_table_says_is_what_is_taken(String key, String values) {
        LongFunction<String> tree = TREES.get(key);
        assertThat(tree).as("nobody looks at the range of " + key).isNotNull();
        assertThat(wrong(Range.of(values), tree)).isEmpty();
    }

    private static List<String> wrong(Range range, LongFunction<String> tree) {
        List<String> wrong = new ArrayList<>();
        range.low().ifPresent(low -> {
            if (!isTaken(tree.apply(low))) {
                wrong.add(low + " is refused");
            }
            if (isTaken(tree.apply(low - 1))) {
                wrong.add((low - 1) + " is taken");
            }
        });
        range.high().ifPresent(high -> {
            if (!isTaken(tree.apply(high))) {
                wrong.add(high + " is refused");
            }
            if (isTaken(tree.apply(high + 1))) {
                wrong.add((high + 1) + " is taken");
            }
        });
        return wrong;
    }

    @Test
    void a_range_that_is_not_so_is_reported() {
        LongFunction<String> tcp = n -> process("ready { tcp = " + n + " }");

        assertThat(wrong(Range.of("PORT, 0 to 65534"), tcp)).containsExactly("0 is refused", "65535 is taken");
        assertThat(ranges()).hasSize(TREES.size());
    }
}
