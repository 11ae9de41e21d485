package io.github.pekkosupervisor.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A PostgreSQL for the tests of a class, as it is installed on this machine, with an empty database: a
 * {@link PostgresServer} as a parameter, or in a field that has this annotation.
 *
 * <p>Its programs are looked for in the directory that the system property {@code pekko-supervisor.junit.postgres}
 * names; else in {@code PATH}, {@code /usr/lib/postgresql} and where other distributions have them, the newest first.
 * It listens on a loopback address alone, trusts whoever connects, and does not wait for the disk, so what is in it is
 * lost when the machine fails. Since it refuses to run as root it is started as the user {@code postgres} there, or
 * {@code nobody}.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ServersExtension.class)
public @interface Postgres {
    /** By which it is told from others. */
    String id() default "postgres";

    /** Settings of its own, each {@code name=value} as in {@code postgresql.conf}. */
    String[] settings() default {};

    /** How long it runs. */
    Lifetime lifetime() default Lifetime.CLASS;

    /** Whether the class is skipped, and not failed, where it is not installed. */
    boolean optional() default false;
}
