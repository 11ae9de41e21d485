package io.github.pekkosupervisor.process;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with what the {@code with} methods of a value were given. They take everything and throw nothing: who
 * uses the value tells all that is wrong together, before it begins anything. What a method was given wrongly leaves
 * the value as it was before, and is no mistake any more when the method is given something right.
 *
 * @param byMethod a sentence for each method, in the order of the mistakes
 */
public record Mistakes(Map<String, String> byMethod) {

    /** None, shared by all that are right. */
    public static final Mistakes NONE = new Mistakes(Map.of());

    /** Said of a null. */
    public static final String OF_NULL = "must not be null; leave it out for the default";

    /** Copies. */
    public Mistakes {
        byMethod = byMethod.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(byMethod));
    }

    /**
     * After a method was given something.
     *
     * @param method its name
     * @param mistake what is wrong with that and what is allowed; null if nothing is
     */
    public Mistakes after(String method, @Nullable String mistake) {
        if (mistake == null && !byMethod.containsKey(method)) {
            return this;
        }
        Map<String, String> changed = new LinkedHashMap<>(byMethod);
        changed.remove(method);
        if (mistake != null) {
            changed.put(method, mistake);
        }
        return changed.isEmpty() ? NONE : new Mistakes(changed);
    }

    /** The same after a method that adds to what it was given before, whose earlier mistakes stay. */
    public Mistakes plus(String method, @Nullable String mistake) {
        if (mistake == null) {
            return this;
        }
        String before = byMethod.get(method);
        return after(method, before == null || before.equals(mistake) ? mistake : before + "; " + mistake);
    }

    /** What is wrong with a value that may be anything but null, or contain one. */
    public static @Nullable String ofNull(@Nullable Object given) {
        boolean isNull = given == null
                || (given instanceof Collection<?> all && hasNull(all))
                || (given instanceof Map<?, ?> map && (hasNull(map.keySet()) || hasNull(map.values())))
                || (given instanceof Object[] all && hasNull(Arrays.asList(all)));
        return isNull ? OF_NULL : null;
    }

    private static boolean hasNull(Collection<?> all) {
        for (Object one : all) {
            if (one == null) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing is wrong. */
    public boolean isEmpty() {
        return byMethod.isEmpty();
    }

    /** A sentence each, which begins with the name of the method. */
    public List<String> sentences() {
        return byMethod.entrySet().stream()
                .map(mistake -> mistake.getKey() + ": " + mistake.getValue())
                .toList();
    }
}
