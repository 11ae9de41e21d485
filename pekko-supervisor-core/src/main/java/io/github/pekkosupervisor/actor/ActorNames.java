package io.github.pekkosupervisor.actor;

import java.util.concurrent.atomic.AtomicLong;

/** Names of actors: an id is free text, a name is not, and must never come twice while its first owner may live. */
public final class ActorNames {

    private static final int LONGEST = 40;
    private static final AtomicLong UNIQUE = new AtomicLong();

    private ActorNames() {}

    /** A number that has not been used in this JVM. */
    public static long unique() {
        return UNIQUE.incrementAndGet();
    }

    /**
     * What is fit for a name of the id, then the number of the incarnation, which makes it unique: {@code db-3} for
     * what is {@code db#3} elsewhere. A name may have no {@code #}; Pekko writes a number of its own behind one.
     */
    static String of(String id, long incarnation) {
        int length = Math.min(id.length(), LONGEST);
        StringBuilder name = new StringBuilder(length + 8);
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            name.append(isPlain(c) ? c : '_');
        }
        return name.append('-').append(incarnation).toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    }
}
