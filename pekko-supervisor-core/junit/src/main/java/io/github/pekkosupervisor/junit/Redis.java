package io.github.pekkosupervisor.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A Redis for the tests of a class, as it is installed on this machine, empty: a {@link RedisServer} as a parameter, or
 * in a field that has this annotation.
 *
 * <p>Its program is what the system property {@code pekko-supervisor.junit.redis} names, else {@code redis-server} or
 * {@code valkey-server} in {@code PATH}. It listens on a loopback address alone, and saves nothing.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ServersExtension.class)
public @interface Redis {
    /** By which it is told from others. */
    String id() default "redis";

    /** Further arguments, {@code --maxmemory} and {@code 64mb} for instance. */
    String[] arguments() default {};

    /** How long it runs. */
    Lifetime lifetime() default Lifetime.CLASS;

    /** Whether the class is skipped, and not failed, where it is not installed. */
    boolean optional() default false;
}
