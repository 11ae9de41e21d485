package io.github.pekkosupervisor;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;

/** What may use what, and what is promised to users. */
@AnalyzeClasses(packages = "io.github.pekkosupervisor", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String ROOT = "io.github.pekkosupervisor";
    private static final String PROCESS = ROOT + ".process..";
    private static final String POSIX = ROOT + ".posix..";

    /** A name here is a promise: it stays. */
    private static final String[] PUBLIC_TYPES = {
        "ApplicationType",
        "ChildContext",
        "ChildHandle",
        "ChildSpec",
        "ExitReason",
        "InvalidSpecException",
        "PartitionSupervisor",
        "RestartDelay",
        "RestartType",
        "Shutdown",
        "SupervisionTree",
        "Supervisor",
        "SupervisorEvent",
        "SupervisorRef",
        "SupervisorSpec",
        "TaskSupervisor",
        "TreeEnd",
        "posix.ChildProcess",
        "posix.Custody",
        "posix.Descriptor",
        "posix.Directory",
        "posix.DirectoryWatch",
        "posix.EventLoop",
        "posix.Exec",
        "posix.ExitStatus",
        "posix.FileLocks",
        "posix.FileStatus",
        "posix.InheritedDescriptors",
        "posix.Intake",
        "posix.Launch",
        "posix.OsString",
        "posix.NativeLibrary",
        "posix.NativeLibraryException",
        "posix.OwnProcess",
        "posix.Posix",
        "posix.PosixException",
        "posix.PosixSettings",
        "posix.ProcessIdentity",
        "posix.Signal",
        "posix.SignalPipe",
        "posix.SpawnRequest",
        "posix.TransferBuffer",
        "posix.UserDatabase",
        "process.NormalExits",
        "process.ProcessActor",
        "process.ProcessConnection",
        "process.ProcessSpec",
        "process.ProcessStreams",
        "process.Processes",
        "process.Readiness",
        "process.Stdio",
        "process.StopSequence",
    };

    @ArchTest
    static final ArchRule only_posix_uses_jnr = noClasses()
            .that()
            .resideOutsideOfPackage(POSIX)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai.jffi..");

    @ArchTest
    static final ArchRule posix_knows_neither_actors_nor_configuration_nor_logging = noClasses()
            .that()
            .resideInAPackage(POSIX)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "scala..", "org.slf4j..", PROCESS, ROOT);

    @ArchTest
    static final ArchRule process_does_not_know_supervision = noClasses()
            .that()
            .resideInAPackage(PROCESS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT);

    @ArchTest
    static final ArchRule nothing_is_declared_in_a_package_of_pekko =
            noClasses().should().resideInAPackage("org.apache.pekko..");

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule nobody_reads_a_clock = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    @ArchTest
    static final ArchRule only_the_event_loop_has_a_thread = noClasses()
            .that()
            .resideOutsideOfPackage(POSIX)
            .should()
            .callConstructor(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ScheduledExecutorService.class);

    @ArchTest
    static final ArchRule classes_are_made_for_use_not_for_extension = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areTopLevelClasses()
            .should()
            .haveModifier(FINAL)
            .orShould()
            .haveSimpleName("package-info");

    @ArchTest
    static void public_top_level_types_are_those_that_are_promised(JavaClasses classes) {
        String[] promised =
                Arrays.stream(PUBLIC_TYPES).map(name -> ROOT + "." + name).toArray(String[]::new);

        assertThat(classes.stream()
                        .filter(type ->
                                type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
                        .map(JavaClass::getName))
                .containsExactlyInAnyOrder(promised);
    }
}
