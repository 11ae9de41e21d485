package io.github.pekkosupervisor.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server that the tests of a class use: a command, or what a {@link ServerRecipe} makes. Its {@link TestServer} is a
 * parameter of the class's methods or its constructor; where the annotation is at a field of that type it is put there:
 * before the first {@code @BeforeAll} if the field is static, else before each test.
 *
 * <pre>{@code
 * @Server(command = {"python3", "-m", "http.server", "{port}"}, http = "/")
 * class PagesTest {
 *     @Test
 *     void is_there(TestServer server) { … server.port() … }
 * }
 * }</pre>
 *
 * <p>In {@code command} and {@code http} <code>{port}</code> stands for a port that is free, <code>{port.NAME}</code>
 * for further ones, and <code>{directory}</code> for a directory that is empty at first. The server is up when it
 * answers at {@code http}, or has written {@code line}, or, if neither is said, accepts connections at <code>{port}
 * </code>; if that does not come, the tests of the class fail with what it has written.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Servers.class)
@ExtendWith(ServersExtension.class)
public @interface Server {
    /** By which it is told from others, with {@link FromServer} for instance. */
    String id() default "server";

    /** The program and its arguments; empty if {@link #recipe} says what it is. */
    String[] command() default {};

    /** A path, with {@code /} in front, that is answered with a status of 200 to 299 when it is up. */
    String http() default "";

    /** A regular expression that is found in a line that it writes when it is up. */
    String line() default "";

    /** What says more than a command does: has a constructor without parameters. */
    Class<? extends ServerRecipe> recipe() default ServerRecipe.OfCommand.class;

    /** How long it runs. */
    Lifetime lifetime() default Lifetime.CLASS;

    /** Whether the class is skipped, and not failed, where the program is not installed. */
    boolean optional() default false;
}
