package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A key of a tree is a method {@code with…} in Java, spelt the same; which are not is written down here. */
final class KeysInJavaTest {

    /** By key: what it is in Java instead. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "strategy", "SupervisorSpec.of",
            "period", "SupervisorSpec.withIntensity",
            "process", "ChildSpec.process",
            "supervisor", "ChildSpec.supervisor",
            "service-directory", "ChildSpec.of",
            "services-directory", "ChildSpec.of",
            "from-code", "ChildSpec.of",
            "command", "ProcessSpec.of",
            "oneshot-again", "ProcessSpec.withOneshot");

    /** In Java only: what a file cannot say, or says in the value of another key. */
    private static final Set<String> OF_JAVA = Set.of(
            "ChildSpec.withExplicitReady",
            "ChildSpec.withProps",
            "ChildSpec.withStopMessage",
            "ChildSpec.withSignalMessage",
            "SupervisorSpec.withChild",
            "SupervisorSpec.withUnlimitedRestarts",
            "SupervisorSpec.withExtraArguments",
            "ProcessSpec.withConnection",
            "ProcessSpec.withGrouping",
            "ProcessSpec.withOwnerLost",
            "ProcessSpec.withCgroupName",
            "ProcessSpec.withHeldSockets",
            "ProcessSpec.withIdentityFile",
            "ProcessSpec.withSigns",
            "ProcessSpec.withLogContext");

    static Stream<Arguments> places() {
        return Stream.of(
                Arguments.of(Place.SUPERVISOR, SupervisorSpec.class),
                Arguments.of(Place.CHILD, ChildSpec.class),
                Arguments.of(Place.PROCESS, ProcessSpec.class));
    }

    private static String camelCase(String key) {
        return Arrays.stream(key.split("-", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
    }

    private static String inJava(Class<?> spec, String key) {
        return ELSEWHERE.getOrDefault(key, spec.getSimpleName() + ".with" + camelCase(key));
    }

    private static Set<String> methods(Class<?> spec) {
        return Arrays.stream(spec.getMethods())
                .filter(method -> method.getDeclaringClass() == spec)
                .map(method -> spec.getSimpleName() + "." + method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> all() {
        return Stream.of(SupervisorSpec.class, ChildSpec.class, ProcessSpec.class)
                .flatMap(spec -> methods(spec).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("places")
    void each_key_is_a_method(Place place, Class<?> spec) {
        List<String> expected =
                Vocabulary.readIn(place).stream().map(key -> inJava(spec, key)).toList();

        assertThat(expected).isNotEmpty().isSubsetOf(all());
    }

    @ParameterizedTest
    @MethodSource("places")
    void each_method_is_a_key(Place place, Class<?> spec) {
        Set<String> keys =
                Vocabulary.readIn(place).stream().map(key -> inJava(spec, key)).collect(Collectors.toSet());

        List<String> others = Arrays.stream(spec.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> name.matches("with[A-Z].*"))
                .map(name -> spec.getSimpleName() + "." + name)
                .filter(name -> !keys.contains(name))
                .distinct()
                .toList();

        assertThat(others).isSubsetOf(OF_JAVA);
        assertThat(all()).containsAll(OF_JAVA);
    }

    /** Those of a block are the components of its record. */
    @Test
    void keys_of_restart_delay_are_its_components() {
        Set<String> components = Arrays.stream(RestartDelay.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());

        assertThat(Vocabulary.readIn(Place.RESTART_DELAY)).isEqualTo(components);
    }
}
