package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collection;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Each acceptance case of supervision is a test that carries its number, and none of them is switched off. */
final class CaseNumbersTest {

    private static final int LAST = 116;

    private static final Pattern NAME = Pattern.compile("case((?:_[0-9]{3})+)_.*");

    private static Collection<Integer> covered(JavaClasses classes) {
        return classes.stream()
                .filter(type -> !type.isAnnotatedWith(Disabled.class))
                .flatMap(type -> type.getMethods().stream())
                .filter(CaseNumbersTest::runs)
                .flatMap(method -> numbers(method.getName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean runs(JavaMethod method) {
        boolean isTest = Stream.of(Test.class, ParameterizedTest.class, RepeatedTest.class)
                .anyMatch(method::isAnnotatedWith);
        return isTest && !method.isAnnotatedWith(Disabled.class);
    }

    private static Stream<Integer> numbers(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? Stream.of(matcher.group(1).substring(1).split("_")).map(Integer::valueOf)
                : Stream.empty();
    }

    @Test
    void every_acceptance_case_has_a_test() {
        JavaClasses tests = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("CaseNumbersTest"))
                .importPackages("io.github.pekkosupervisor");

        assertThat(covered(tests))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, LAST).boxed().toList());
    }

    /** Planted: of these only two count. */
    @SuppressWarnings({"unused", "JUnit4TestNotRun", "ClassCanBeStatic"})
    private static final class Planted {
        @Test
        void case_201_204_two_in_one() {}

        @Test
        @Disabled("planted")
        void case_202_switched_off() {}

        void case_203_no_test() {}

        @Test
        void without_a_number() {}
    }

    /** Planted: none of its tests counts. */
    @Disabled("planted")
    private static final class SwitchedOff {
        @Test
        void case_205_with_its_class() {}
    }

    @Test
    void planted_gaps_are_reported() {
        JavaClasses planted = new ClassFileImporter().importClasses(Planted.class, SwitchedOff.class);

        assertThat(covered(planted)).containsExactly(201, 204);
    }
}
