package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.rule.Role;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Something of a service and of its logger, where there is any. There are thousands of these, so it is no map. */
final class PerRole<T> {

    private @Nullable T service;
    private @Nullable T log;

    /** That of this one; null if there is none. */
    @Nullable
    T get(Role role) {
        return role == Role.SERVICE ? service : log;
    }

    /** It is this one's from now on. */
    void put(Role role, T what) {
        set(role, what);
    }

    /** This one has none any more; what it was, or null. */
    @Nullable
    T remove(Role role) {
        T what = get(role);
        set(role, null);
        return what;
    }

    private void set(Role role, @Nullable T what) {
        if (role == Role.SERVICE) {
            service = what;
        } else {
            log = what;
        }
    }

    /** Those that are there, that of the service first. */
    List<T> values() {
        return Stream.of(Role.SERVICE, Role.LOG)
                .flatMap(role -> Stream.ofNullable(get(role)))
                .toList();
    }
}
