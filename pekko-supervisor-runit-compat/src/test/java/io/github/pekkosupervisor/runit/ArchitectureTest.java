package io.github.pekkosupervisor.runit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Set;

/** Packages point one way, and what decides neither waits, nor looks at a clock, nor touches the system. */
@AnalyzeClasses(
        packages = "io.github.pekkosupervisor",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {

    private static final String RUNIT = "io.github.pekkosupervisor.runit..";
    private static final String LAUNCHER = "io.github.pekkosupervisor.runit.launcher..";
    private static final String SVLOGD = "io.github.pekkosupervisor.runit.svlogd..";
    private static final String TOOLS = "io.github.pekkosupervisor.runit.tools..";
    private static final String PROCESS = "io.github.pekkosupervisor.process..";
    private static final String POSIX = "io.github.pekkosupervisor.posix..";

    private static final Set<Class<?>> RULES = Set.of(
            RunsvRule.class,
            RunsvState.class,
            RunsvEvent.class,
            RunsvAction.class,
            ScanRule.class,
            Awaited.class,
            ServiceStatus.class,
            ErrorText.class);

    /** The rules with everything that is nested in them. */
    private static final DescribedPredicate<JavaClass> A_RULE = DescribedPredicate.describe(
            "a rule or nested in one",
            type -> RULES.stream()
                    .anyMatch(rule -> type.getName().equals(rule.getName())
                            || type.getName().startsWith(rule.getName() + "$")));

    /** What a rule may know of the system: values without a deed. */
    private static final DescribedPredicate<JavaClass> A_DEED_OF_POSIX = DescribedPredicate.describe(
            "a type of posix that does something",
            type -> type.getPackageName().equals("io.github.pekkosupervisor.posix")
                    && !Set.of("ExitStatus", "Signal", "OsString", "PosixException")
                            .contains(type.getSimpleName())
                    && !type.getName().startsWith("io.github.pekkosupervisor.posix.FileStatus"));

    @ArchTest
    static final ArchRule ONLY_THE_LAUNCHER_KNOWS_THE_LAUNCHER = noClasses()
            .that()
            .resideOutsideOfPackage(LAUNCHER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LAUNCHER);

    @ArchTest
    static final ArchRule PROCESS_DOES_NOT_KNOW_RUNIT = noClasses()
            .that()
            .resideInAPackage(PROCESS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(RUNIT);

    @ArchTest
    static final ArchRule POSIX_KNOWS_NEITHER_PROCESS_NOR_RUNIT = noClasses()
            .that()
            .resideInAPackage(POSIX)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROCESS, RUNIT);

    @ArchTest
    static final ArchRule RUNIT_DOES_NOT_USE_JNR = noClasses()
            .that()
            .resideInAPackage(RUNIT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jnr..");

    @ArchTest
    static final ArchRule RULES_USE_NEITHER_PEKKO_NOR_THREADS_NOR_FILES = noClasses()
            .that(A_RULE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.pekko..",
                    "com.typesafe..",
                    "java.io..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.concurrent..",
                    PROCESS,
                    LAUNCHER);

    @ArchTest
    static final ArchRule RULES_LOOK_AT_NO_CLOCK_AND_TOUCH_NO_SYSTEM = noClasses()
            .that(A_RULE)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Clock.class, System.class, Thread.class, Runtime.class, ProcessHandle.class, ProcessBuilder.class);

    @ArchTest
    static final ArchRule RULES_KNOW_ONLY_VALUES_OF_POSIX =
            noClasses().that(A_RULE).should().dependOnClassesThat(A_DEED_OF_POSIX);

    @ArchTest
    static final ArchRule NOBODY_SLEEPS = noClasses()
            .that()
            .resideInAPackage(RUNIT)
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class);

    @ArchTest
    static final ArchRule THE_TIME_COMES_FROM_A_CLOCK_THAT_WAS_GIVEN = noClasses()
            .that()
            .resideInAPackage(RUNIT)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    /** The words for errors are the tools' too. */
    @ArchTest
    static final ArchRule THE_RULES_ARE_NOBODY_ELSES = classes()
            .that(A_RULE)
            .and()
            .areTopLevelClasses()
            .and()
            // its words are those of the tools too
            .doNotHaveSimpleName("ErrorText")
            .should()
            .bePackagePrivate();

    @ArchTest
    static final ArchRule SVLOGD_KNOWS_ONLY_POSIX = noClasses()
            .that()
            .resideInAPackage(SVLOGD)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.pekko..",
                    "com.typesafe..",
                    PROCESS,
                    LAUNCHER,
                    TOOLS,
                    "io.github.pekkosupervisor.runit");

    @ArchTest
    static final ArchRule TOOLS_LOAD_NEITHER_ACTORS_NOR_CONFIGURATION_NOR_LOGGING = noClasses()
            .that()
            .resideInAPackage(TOOLS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "scala..", "org.slf4j..", PROCESS, LAUNCHER);
}
