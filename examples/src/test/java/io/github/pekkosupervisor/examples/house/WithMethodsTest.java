package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ListeningSocket;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule of {@code docs/design.md} for what a {@code with…} method is given wrongly, for all that there are. */
@SuppressWarnings("NullAway") // what is given as null, as somebody without it may, is told
final class WithMethodsTest {

    private static final String OURS = "io.github.pekkosupervisor.";

    /** A value to begin with, and all that is wrong with one. */
    private record Kind<T>(T right, Function<T, List<String>> problems) {
        List<String> problemsOf(Object value) {
            return problems.apply(type().cast(value));
        }

        @SuppressWarnings("unchecked")
        private Class<T> type() {
            return (Class<T>) right.getClass();
        }
    }

    private static List<String> inATree(ChildSpec child) {
        return told(SpecCheck.problems(SupervisorSpec.oneForOne().withChild(child)));
    }

    private static List<String> told(List<InvalidSpecException.Problem> problems) {
        return problems.stream().map(InvalidSpecException.Problem::message).toList();
    }

    private static List<String> atTheStart(SupervisionTree.Options options) {
        InvalidSpecException refused = catchThrowableOfType(
                InvalidSpecException.class,
                () -> SupervisionTree.begin(SupervisorSpec.oneForOne(), options).close());
        return told(refused.problems());
    }

    private static List<String> ofRun(ProcessRun run) {
        return told(catchThrowableOfType(InvalidSpecException.class, run::start).problems());
    }

    private static final Map<Class<?>, Kind<?>> KINDS = Map.of(
            ChildSpec.class, new Kind<>(ChildSpec.actor("a", Behaviors.empty()), WithMethodsTest::inATree),
            SupervisorSpec.class, new Kind<>(SupervisorSpec.dynamic(), spec -> told(SpecCheck.problems(spec))),
            ProcessSpec.class, new Kind<>(ProcessSpec.of("true"), spec -> inATree(ChildSpec.process("p", spec))),
            ListeningSocket.class,
                    new Kind<>(
                            ListeningSocket.of("unix:/nowhere/s"),
                            socket -> inATree(ChildSpec.process(
                                    "p", ProcessSpec.of("true").withSockets(socket)))),
            SupervisionTree.Options.class, new Kind<>(SupervisionTree.Options.defaults(), WithMethodsTest::atTheStart),
            ProcessRun.class, new Kind<>(ProcessRun.of("true"), WithMethodsTest::ofRun),
            ServiceExport.class,
                    new Kind<>(
                            ServiceExport.to(Path.of("/nowhere")),
                            export -> atTheStart(
                                    SupervisionTree.Options.defaults().withExport(export))),
            RunsvdirSettings.class,
                    new Kind<>(
                            RunsvdirSettings.of(Path.of("/nowhere")),
                            settings -> inATree(ServiceDirectories.scanned("s", settings))));

    /** Public in the sense of Java, but no application says anything by them. */
    private static final Set<String> NOT_SAID_BY_AN_APPLICATION = Set.of(
            "actor.TreeContext",
            "posix.Conditions",
            "posix.PosixSettings",
            "process.KeptProcess",
            "protocol.TreeSnapshot$Node",
            "runit.svlogd.LogOptions");

    /** Values of their own, also as parts of a specification, that cannot be made wrongly. */
    private static final Set<String> CHECKED_WHEN_MADE =
            Set.of("posix.CgroupLimits", "process.Liveness", "process.Readiness$Http", "runit.page.PageSettings");

    @Test
    void each_value_that_an_application_describes_something_by_is_looked_at() {
        Set<String> found = new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.github.pekkosupervisor")
                        .stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(WithMethodsTest::hasWithMethods)
                        .map(type -> type.getName().substring(OURS.length()))
                        .filter(name -> !NOT_SAID_BY_AN_APPLICATION.contains(name))
                        .filter(name -> !CHECKED_WHEN_MADE.contains(name))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(KINDS.keySet().stream()
                        .map(type -> type.getName().substring(OURS.length()))
                        .toList());
    }

    private static boolean hasWithMethods(JavaClass type) {
        return type.getMethods().stream()
                .anyMatch(method -> method.getName().matches("with[A-Z].*")
                        && method.getModifiers().contains(JavaModifier.PUBLIC)
                        && !method.getModifiers().contains(JavaModifier.STATIC)
                        && method.getRawReturnType().equals(type));
    }

    /** Each parameter of each method once, with each value that it cannot have. */
    static Stream<Arguments> wrongly() {
        return KINDS.keySet().stream()
                .flatMap(type -> Arrays.stream(type.getMethods())
                        .filter(method ->
                                method.getName().matches("with[A-Z].*") && !Modifier.isStatic(method.getModifiers()))
                        .flatMap(method -> IntStream.range(0, method.getParameterCount())
                                .boxed()
                                .flatMap(at -> wrong(method.getParameterTypes()[at]).stream()
                                        .map(value -> Arguments.of(
                                                type.getSimpleName() + "." + method.getName() + " #" + at + " = "
                                                        + text(value),
                                                type,
                                                method,
                                                at,
                                                value)))));
    }

    private static String text(Object value) {
        return value instanceof int[] numbers ? Arrays.toString(numbers) : String.valueOf(value);
    }

    private static List<Object> wrong(Class<?> type) {
        if (type == boolean.class) {
            return List.of();
        }
        if (type == int.class) {
            // some may be negative
            return List.of(-2000);
        }
        List<Object> values = new ArrayList<>();
        values.add(null);
        if (type == Duration.class) {
            values.add(Duration.ofSeconds(-1));
            values.add(Duration.ZERO);
        }
        if (type == int[].class) {
            values.add(new int[] {-1});
        }
        if (type == List.class) {
            values.add(Arrays.asList((Object) null));
        }
        if (type.isArray() && !type.getComponentType().isPrimitive()) {
            values.add(java.lang.reflect.Array.newInstance(type.getComponentType(), 1));
        }
        return values;
    }

    /** Of those methods that have another parameter beside. */
    private static Object right(Class<?> type) throws PosixException {
        return Map.<Class<?>, Object>of(
                        int.class,
                        1,
                        String.class,
                        "NAME",
                        Duration.class,
                        Duration.ofSeconds(1),
                        Directory.class,
                        Directory.open(OsString.of("/")),
                        OsString.class,
                        OsString.of("name"),
                        Signal.class,
                        Signal.HUP,
                        Object.class,
                        "message",
                        ServiceExport.Access.class,
                        ServiceExport.Access.OWNER)
                .get(type);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongly")
    void what_it_is_given_wrongly_is_taken_and_told_later_with_all_the_rest(
            String what, Class<?> type, Method method, int at, Object value) throws Exception {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i == at ? value : right(method.getParameterTypes()[i]);
        }
        Kind<?> kind = KINDS.get(type);

        Object wrong = method.invoke(kind.right(), arguments);

        assertThat(kind.problemsOf(wrong))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem)
                        .as("says what is wrong, and what to do or what is allowed")
                        .containsAnyOf(";", "must be", "needs", " is 0 to "));
    }

    @Test
    void all_of_a_tree_is_told_at_once() {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(-1, Duration.ZERO)
                .withChild(ChildSpec.process("p", ProcessSpec.of("true").withStop(null))
                        .withRestart(null)
                        .withExplicitReady())
                .withChild(null);

        InvalidSpecException refused = catchThrowableOfType(
                InvalidSpecException.class,
                () -> SupervisionTree.start(
                        spec,
                        SupervisionTree.Options.defaults()
                                .withOwner(null)
                                .withExport(
                                        ServiceExport.to(Path.of("/nowhere")).withDynamicChildren(-1))));

        assertThat(refused.problems())
                .extracting(problem -> problem.path() + " " + problem.error())
                .containsExactlyInAnyOrder(
                        "/ invalid_intensity",
                        "/ invalid_period",
                        "/p bad_combination",
                        "/p invalid_process",
                        "/p invalid_restart_type",
                        "/[1] invalid_child_spec",
                        "options invalid_options",
                        "export to /nowhere invalid_export");
    }
}
