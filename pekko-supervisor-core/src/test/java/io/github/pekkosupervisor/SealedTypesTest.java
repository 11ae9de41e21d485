package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Java 17 does not see whether each case of a sealed type is handled. So each must be named by who handles the type;
 * what is not named falls to an {@code IllegalStateException} there.
 */
final class SealedTypesTest {

    private static final String ROOT = "io.github.pekkosupervisor.";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "protocol.SupervisorCommand | actor.RuleEvents",
                "actor.SupervisorMessage    | actor.RuleEvents",
                "protocol.Request           | rule.CallRule rule.OperatorRule rule.UrgentRule",
                "rule.RuleEvent             | rule.SupervisorRule rule.Starting rule.Asking rule.AtGate rule.CallRule rule.HangRule",
                "rule.SupervisorAction      | actor.SupervisorActor actor.CheckedInit",
                "rule.Plan$Purpose          | rule.SupervisorRule rule.RuleState rule.Starting rule.Stopping",
                "protocol.SupervisorEvent   | log.SupervisorWords",
                "protocol.SupervisorNotice  | TreeTop",
            })
    void each_case_is_handled(String sealed, String handlers) throws ClassNotFoundException {
        Class<?>[] types = Stream.of(handlers.split(" ", -1))
                .map(name -> named(ROOT + name))
                .toArray(Class<?>[]::new);

        assertThat(unhandled(Class.forName(ROOT + sealed), types)).isEmpty();
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void a_case_that_nobody_names_is_reported() {
        assertThat(unhandled(Planted.class, Handler.class)).containsExactly(Forgotten.class.getName());
    }

    private sealed interface Planted {}

    private record Known() implements Planted {}

    private sealed interface Group extends Planted {}

    private record Grouped() implements Group {}

    private record Forgotten() implements Group {}

    private static final class Handler {
        @SuppressWarnings("unused")
        static boolean handles(Planted planted) {
            return planted instanceof Known || planted instanceof Grouped;
        }
    }

    /** Those that no handler names. */
    private static List<String> unhandled(Class<?> sealed, Class<?>... handlers) {
        JavaClasses classes = new ClassFileImporter().importClasses(handlers);
        Set<String> named = Arrays.stream(handlers)
                .flatMap(handler -> classes.get(handler).getDirectDependenciesFromSelf().stream())
                .map(Dependency::getTargetClass)
                .map(type -> type.getName())
                .collect(Collectors.toSet());
        return cases(sealed).stream()
                .map(Class::getName)
                .filter(name -> !named.contains(name))
                .sorted()
                .toList();
    }

    /** Without the types that only group others, and without those that are open. */
    private static List<Class<?>> cases(Class<?> sealed) {
        List<Class<?>> cases = new ArrayList<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                cases.addAll(cases(permitted));
            } else if (!permitted.isInterface()) {
                cases.add(permitted);
            }
        }
        return cases;
    }
}
