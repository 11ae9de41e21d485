package io.github.pekkosupervisor.runit.adoption;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * In the short form of these tests, each of whose rows starts several JVMs, one row of a table is played, another one
 * each time; in the long form all are. What is left out is shown as skipped, with this reason. The table of a method is
 * always played whole.
 */
final class OneRow implements ExecutionCondition {

    private static final long SEED = Long.getLong("pekko-supervisor.test.seed", System.nanoTime());

    private static final Pattern INVOCATION = Pattern.compile("\\[test-template-invocation:#(\\d+)]$");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Matcher invocation = INVOCATION.matcher(context.getUniqueId());
        Optional<Method> method = context.getTestMethod();
        if (InEstate.LONG || method.isEmpty() || !invocation.find()) {
            return ConditionEvaluationResult.enabled("no row of several");
        }
        int row = Integer.parseInt(invocation.group(1));
        OptionalInt rows = rows(method.get());
        int chosen = rows.isPresent() ? chosen(method.get().toString(), rows.getAsInt(), SEED) : row;
        return row == chosen
                ? ConditionEvaluationResult.enabled("row " + row)
                : ConditionEvaluationResult.disabled("row " + chosen + " of " + rows.getAsInt() + " is played this time"
                        + " (seed " + SEED + "); all are with -Dpekko-supervisor.test.adoption=long");
    }

    /** From 1 to the number of rows. */
    static int chosen(String method, int rows, long seed) {
        return 1 + Math.floorMod(Long.hashCode(seed * 31 + method.hashCode()), rows);
    }

    /** Empty where that is not written down. */
    static OptionalInt rows(Method method) {
        Optional<OptionalInt> known = Stream.of(
                        AnnotationSupport.findAnnotation(method, CsvSource.class)
                                .map(OneRow::of),
                        AnnotationSupport.findAnnotation(method, ValueSource.class)
                                .map(OneRow::of),
                        AnnotationSupport.findAnnotation(method, EnumSource.class)
                                .map(source -> of(source, method)))
                .flatMap(Optional::stream)
                .findFirst();
        return known.orElse(OptionalInt.empty());
    }

    private static OptionalInt of(CsvSource source) {
        return source.value().length == 0 ? OptionalInt.empty() : OptionalInt.of(source.value().length);
    }

    private static OptionalInt of(ValueSource source) {
        int rows = source.booleans().length + source.strings().length + source.ints().length;
        return rows == 0 ? OptionalInt.empty() : OptionalInt.of(rows);
    }

    private static OptionalInt of(EnumSource source, Method method) {
        int named = List.of(source.names()).size();
        int all = method.getParameterTypes()[0].getEnumConstants().length;
        return switch (source.mode()) {
            case INCLUDE -> OptionalInt.of(named == 0 ? all : named);
            case EXCLUDE -> OptionalInt.of(all - named);
            default -> OptionalInt.empty();
        };
    }
}
