package io.github.pekkosupervisor.actor;

import java.util.HashSet;
import java.util.Set;

/**
 * The types of messages that were refused. Of each type the first is told of, so that who sends many floods neither the
 * log nor a supervisor. Used by one actor.
 */
final class Refusals {

    /** Nobody sends more by mistake; what is made to flood is not told of any more. */
    private static final int MOST = 100;

    private final Set<Class<?>> types = new HashSet<>();

    /** Notes one; true if it is to be told of. */
    boolean isNews(Object message) {
        return types.size() < MOST && types.add(message.getClass());
    }

    boolean had(Object message) {
        return types.contains(message.getClass());
    }
}
