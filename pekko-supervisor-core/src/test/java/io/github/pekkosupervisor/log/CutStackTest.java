package io.github.pekkosupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.PosixException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which frames are left of a stack. */
final class CutStackTest {

    private static StackTraceElement[] frames(String classes) {
        return Arrays.stream(classes.trim().split(" +", -1))
                .map(name -> new StackTraceElement(name, "m", "F.java", 1))
                .toArray(StackTraceElement[]::new);
    }

    private static <T extends Throwable> T thrown(T thrown, String classes) {
        thrown.setStackTrace(frames(classes));
        return thrown;
    }

    private static String text(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().replace(".m(F.java:1)", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "an application's actor   | app.A org.apache.pekko.X scala.Y java.lang.Thread           | app.A, 3",
                "a Java service           | app.A io.github.pekkosupervisor.actor.S java.util.concurrent.T | app.A, 2",
                "by reflection            | app.A jdk.internal.reflect.M java.lang.reflect.M scala.Y     | app.A, 3",
                "one frame                | app.A java.lang.Thread                                       | app.A, 1",
                "what it has called stays | java.util.concurrent.F org.apache.pekko.P app.A scala.Y      | java.util.concurrent.F org.apache.pekko.P app.A, 1",
                "what is between stays    | app.A java.lang.Thread app.B scala.Y                         | app.A java.lang.Thread app.B, 1",
                "other parts of the JDK   | app.A java.util.ArrayList scala.Y                            | app.A java.util.ArrayList, 1",
                "of an example            | io.github.pekkosupervisor.examples.E scala.Y                 | io.github.pekkosupervisor.examples.E, 1",
                "of the door              | app.A io.github.pekkosupervisor.SupervisionTree              | app.A, 1",
                "its own thread           | app.A                                                        | app.A",
                "Pekko's own              | org.apache.pekko.X scala.Y java.lang.Thread                  | org.apache.pekko.X scala.Y java.lang.Thread",
                "our own                  | io.github.pekkosupervisor.rule.R org.apache.pekko.X          | io.github.pekkosupervisor.rule.R org.apache.pekko.X",
            })
    void who_calls_the_application_is_cut_from_the_bottom_up(String name, String classes, String expected) {
        Throwable cut = CutStack.of(thrown(new IllegalStateException("boom"), classes));

        StackTraceElement[] left = cut.getStackTrace();
        String[] parts = expected.split(", ", -1);
        assertThat(Arrays.stream(left)
                        .map(StackTraceElement::getClassName)
                        .filter(each -> !each.equals("pekko-supervisor")))
                .containsExactly(parts[0].split(" ", -1));
        assertThat(parts.length == 1 ? "none" : left[left.length - 1].toString())
                .isEqualTo(
                        parts.length == 1
                                ? "none"
                                : "pekko-supervisor.cut(" + parts[1] + (parts[1].equals("1") ? " frame" : " frames")
                                        + " of Pekko and pekko-supervisor)");
    }

    @Test
    void it_reads_as_what_was_thrown() {
        IllegalStateException thrown = thrown(new IllegalStateException("boom"), "app.A scala.Y java.lang.Thread");

        assertThat(text(CutStack.of(thrown))).isEqualToNormalizingNewlines("""
                        java.lang.IllegalStateException: boom
                        \tat app.A
                        \tat pekko-supervisor.cut(2 frames of Pekko and pekko-supervisor)
                        """);
        assertThat(thrown.getStackTrace()).as("and that stays as it was").hasSize(3);
        assertThat(((CutStack) CutStack.of(thrown)).whole()).isSameAs(thrown);
    }

    @Test
    void causes_and_suppressed_ones_are_cut_too() {
        Throwable root = thrown(new RuntimeException("root"), "app.Deep app.A scala.Y");
        Throwable thrown = thrown(new IllegalStateException("boom", root), "app.A scala.Y");
        thrown.addSuppressed(thrown(new RuntimeException("beside"), "app.Close scala.X scala.Y"));

        assertThat(text(CutStack.of(thrown))).isEqualToNormalizingNewlines("""
                        java.lang.IllegalStateException: boom
                        \tat app.A
                        \tat pekko-supervisor.cut(1 frame of Pekko and pekko-supervisor)
                        \tSuppressed: java.lang.RuntimeException: beside
                        \t\tat app.Close
                        \t\tat pekko-supervisor.cut(2 frames of Pekko and pekko-supervisor)
                        Caused by: java.lang.RuntimeException: root
                        \tat app.Deep
                        \t... 2 more
                        """);
    }

    @Test
    void what_has_nothing_to_be_cut_is_left_as_it_is() {
        Throwable thrown = thrown(new IllegalStateException("boom"), "app.A app.B");

        assertThat(CutStack.of(thrown)).isSameAs(thrown);
        assertThat(CutStack.of(thrown(new Error(), "org.apache.pekko.X"))).isInstanceOf(Error.class);
    }

    @Test
    void what_the_system_has_refused_needs_no_stack() {
        PosixException refused = thrown(
                new PosixException("spawn", "/no/such", "ENOENT", "No such file or directory"),
                "io.github.pekkosupervisor.posix.P scala.Y");

        assertThat(text(CutStack.of(refused)))
                .isEqualToNormalizingNewlines(
                        refused + "\n\tat pekko-supervisor.cut(2 frames of Pekko and" + " pekko-supervisor)\n");
    }

    @Test
    void a_circle_of_causes_ends() {
        RuntimeException one = thrown(new RuntimeException("one"), "app.A scala.Y");
        RuntimeException two = thrown(new RuntimeException("two", one), "app.B scala.Y");
        one.initCause(two);
        two.addSuppressed(one);

        assertThat(text(CutStack.of(one))).startsWith("java.lang.RuntimeException: one\n\tat app.A\n");
    }

    @Test
    void a_long_chain_is_no_trouble() {
        Throwable thrown = Stream.iterate(
                        (Throwable) thrown(new RuntimeException("root"), "app.A scala.Y"),
                        below -> thrown(new RuntimeException("above", below), "app.A scala.Y"))
                .skip(10_000)
                .findFirst()
                .orElseThrow();

        assertThat(CutStack.of(thrown).getStackTrace()).hasSize(2);
    }

    @Test
    void an_exception_that_cannot_be_shown_is_none_of_ours() {
        RuntimeException unspeakable = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no");
            }
        };

        assertThat(CutStack.of(thrown(unspeakable, "app.A scala.Y")).toString())
                .isEqualTo(unspeakable.getClass().getName());
    }
}
