package io.github.pekkosupervisor.runit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.pekkosupervisor.runit.rule.ImpureRule;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UpwardsFromSupervise;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages point one way, and what decides neither waits, nor looks at a clock, nor touches the system. */
@AnalyzeClasses(
        packages = "io.github.pekkosupervisor",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {

    private static final String RUNIT = "io.github.pekkosupervisor.runit..";
    private static final String LAUNCHER = "io.github.pekkosupervisor.runit.launcher..";
    private static final String IMPORTS = "io.github.pekkosupervisor.runit.imports..";
    private static final String SVLOGD = "io.github.pekkosupervisor.runit.svlogd..";
    private static final String LOOK = "io.github.pekkosupervisor.runit.look..";
    private static final String PAGE = "io.github.pekkosupervisor.runit.page..";
    private static final String TOP = "io.github.pekkosupervisor.runit.top..";
    private static final String TOOLS = "io.github.pekkosupervisor.runit.tools..";
    private static final String RULE = "io.github.pekkosupervisor.runit.rule..";
    private static final String SUPERVISE = "io.github.pekkosupervisor.runit.supervise..";
    private static final String ACTORS = "io.github.pekkosupervisor.runit";
    private static final String PROCESS = "io.github.pekkosupervisor.process..";
    private static final String POSIX = "io.github.pekkosupervisor.posix..";

    /** A name here is a promise to users: it stays. */
    private static final List<String> PROMISED = List.of(
            "NotObeyedException",
            "Runsvdir",
            "RunsvdirSettings",
            "RunsvdirSnapshot",
            "ServiceControl",
            "ServiceDirectories",
            "ServiceEvent",
            "ServiceSnapshot",
            "export.ServiceExport",
            "page.LivePage",
            "page.PageSettings",
            "supervise.ServiceStatus");

    /** Public for our own packages alone: an application has no need of them, and they may change. */
    private static final List<String> FOR_OURSELVES = List.of(
            "LauncherLock",
            "LauncherSettings",
            "SingleService",
            "StreamPlace",
            "export.ApplicationDirectory",
            "export.Call",
            "export.CallRequests",
            "export.ExportEvent",
            "export.ExportRule",
            "export.LinkedService",
            "export.ServiceEntry",
            "export.ServicesHolder",
            "export.ShownChild",
            "export.ShownKind",
            "export.ShownOrScanned",
            "imports.ForeignFile",
            "imports.ForeignFileException",
            "imports.ForeignFormat",
            "imports.Translation",
            "launcher.Main",
            "launcher.Start",
            "look.Inside",
            "look.Lookout",
            "look.Order",
            "look.ScanReport",
            "look.ServiceReport",
            "look.ServiceTree",
            "look.TreePlace",
            "rule.AdoptionRule",
            "rule.Awaited",
            "rule.NeedsRule",
            "rule.PipeRule",
            "rule.RestartPolicy",
            "rule.Restarting",
            "rule.Role",
            "rule.RunsvAction",
            "rule.RunsvEvent",
            "rule.RunsvPause",
            "rule.RunsvRule",
            "rule.RunsvState",
            "rule.ScanRule",
            "rule.StopOrder",
            "rule.UnrecordedRule",
            "supervise.ErrorText",
            "supervise.FatalException",
            "supervise.Grants",
            "supervise.ListPlace",
            "supervise.ListedLauncher",
            "supervise.ListedRun",
            "supervise.ListedService",
            "supervise.Modes",
            "supervise.Printable",
            "supervise.ReadyFiles",
            "supervise.Reporter",
            "supervise.Shortcomings",
            "supervise.ShownTree",
            "supervise.StateFile",
            "supervise.StatusBytes",
            "supervise.Stranger",
            "supervise.SuperviseDirectory",
            "supervise.Tai64n",
            "supervise.UnitRecord",
            "svlogd.Ledger",
            "svlogd.LogMark",
            "svlogd.LogOptions",
            "svlogd.LogPlace",
            "svlogd.LogReports",
            "svlogd.LogSpool",
            "svlogd.LogWriter",
            "svlogd.Processors",
            "svlogd.Progress",
            "svlogd.SvlogdCommandLine",
            "svlogd.SvlogdReports",
            "svlogd.Timestamps",
            "tools.Svlogd",
            "tools.Tool",
            "tools.Tools",
            "top.Top");

    /** What decides in the export of a tree, and the values that it decides in. */
    private static final List<String> RULES_OF_THE_EXPORT =
            List.of("Call", "ChildEvents", "ExportEvent", "ExportRule", "Shown", "ShownChild", "ShownKind");

    /** The same for a service directory by OTP's rules. */
    private static final List<String> RULES_OF_THE_KEEPER =
            List.of("KeeperAction", "KeeperEvent", "KeeperRule", "KeeperRun", "KeeperState");

    /** The rules, and of the formats what they decide in, with everything that is nested in them. */
    private static final DescribedPredicate<JavaClass> A_RULE = DescribedPredicate.describe(
            "a rule, or a value that it decides in",
            type -> type.getPackageName().equals("io.github.pekkosupervisor.runit.rule")
                    || Stream.concat(
                                    Stream.of(ServiceStatus.class, UnitRecord.class, ErrorText.class)
                                            .map(Class::getName),
                                    Stream.concat(
                                            RULES_OF_THE_EXPORT.stream().map(name -> ACTORS + ".export." + name),
                                            RULES_OF_THE_KEEPER.stream().map(name -> ACTORS + "." + name)))
                            .anyMatch(name -> type.getName().equals(name)
                                    || type.getName().startsWith(name + "$")));

    /** What a rule may know of the system: values without a deed. */
    private static final DescribedPredicate<JavaClass> A_DEED_OF_POSIX = DescribedPredicate.describe(
            "a type of posix that does something",
            type -> type.getPackageName().equals("io.github.pekkosupervisor.posix")
                    && !Set.of(
                                    "DurationText",
                                    "ExitStatus",
                                    "FifoUse",
                                    "Signal",
                                    "OsString",
                                    "PosixException",
                                    "ProcessIdentity")
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

    /** Who uses the JDK's files, sockets or processes, whose calls no test could make fail, and why that is well. */
    private static final Map<String, String> BY_THE_JDK = Map.of(
            "svlogd.Datagrams",
            "passes JdkCall before each call",
            "page.UnixDoor",
            "a door to a page: whatever fails closes one connection, or is told by who opens it",
            "ForeignHocon",
            "refuses files: it names them in a signature only",
            "imports.ForeignFile",
            "reads one file when nothing runs, and whatever fails is told",
            "launcher.TrainingGround",
            "at work when the distribution is built, not when it is used",
            "launcher.ArchiveTraining",
            "the same",
            "launcher.ToolsTraining",
            "the same");

    private static final DescribedPredicate<JavaClass> EXCUSED = DescribedPredicate.describe(
            "of the list",
            type -> BY_THE_JDK.keySet().stream()
                    .anyMatch(name -> (type.getName() + "$").startsWith(ACTORS + "." + name + "$")));

    @ArchTest
    static final ArchRule THE_SYSTEM_IS_REACHED_THROUGH_POSIX = noClasses()
            .that()
            .resideInAPackage(RUNIT)
            .and(not(EXCUSED))
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.nio.channels..")
                    .or(belongToAnyOf(
                            Files.class,
                            File.class,
                            FileInputStream.class,
                            FileOutputStream.class,
                            RandomAccessFile.class,
                            Socket.class,
                            ProcessBuilder.class,
                            Process.class)));

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

    /** The tools do as runit's do, each for itself, and the launcher has the actors decide. */
    @ArchTest
    static final ArchRule THE_RULES_ARE_NOBODY_ELSES = noClasses()
            .that()
            .resideOutsideOfPackages(RULE, ACTORS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(RULE);

    /** What is read of others' files becomes text, by nobody's help. */
    @ArchTest
    static final ArchRule IMPORTS_KNOW_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage(IMPORTS)
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.github.pekkosupervisor..")
                    .and(not(resideInAnyPackage(IMPORTS)))
                    .or(resideInAnyPackage("org.apache.pekko..")));

    /** And runit's time stamps, which are the same everywhere. */
    @ArchTest
    static final ArchRule SVLOGD_KNOWS_ONLY_POSIX = noClasses()
            .that()
            .resideInAPackage(SVLOGD)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "org.apache.pekko..", "com.typesafe..", PROCESS, LAUNCHER, TOOLS, RULE, SUPERVISE, ACTORS)
                    .and(not(type(Tai64n.class))));

    @ArchTest
    static final ArchRule TOOLS_LOAD_NEITHER_ACTORS_NOR_CONFIGURATION_NOR_LOGGING = noClasses()
            .that()
            .resideInAnyPackage(TOOLS, TOP, LOOK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "scala..", "org.slf4j..", PROCESS, LAUNCHER);

    /**
     * {@code launcher -> tools, top, page -> look -> supervise}, and {@code launcher -> runit -> rule -> supervise}.
     */
    @ArchTest
    static final ArchRule FLOORS_USE_THOSE_BELOW_THEM_ONLY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("launcher")
            .definedBy(LAUNCHER)
            .layer("tools")
            .definedBy(TOOLS)
            .layer("top")
            .definedBy(TOP)
            .layer("page")
            .definedBy(PAGE)
            .layer("look")
            .definedBy(LOOK)
            .layer("runit")
            .definedBy(ACTORS)
            .layer("rule")
            .definedBy(RULE)
            .layer("svlogd")
            .definedBy(SVLOGD)
            .layer("supervise")
            .definedBy(SUPERVISE)
            .whereLayer("launcher")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("tools")
            .mayOnlyBeAccessedByLayers("launcher")
            .whereLayer("top")
            .mayOnlyBeAccessedByLayers("launcher")
            .whereLayer("look")
            .mayOnlyBeAccessedByLayers("launcher", "page", "tools", "top")
            .whereLayer("page")
            .mayOnlyBeAccessedByLayers("launcher")
            .whereLayer("runit")
            .mayOnlyBeAccessedByLayers("launcher", "page")
            .whereLayer("rule")
            .mayOnlyBeAccessedByLayers("runit")
            .whereLayer("svlogd")
            .mayOnlyBeAccessedByLayers("runit", "tools");

    @Test
    void a_planted_use_of_the_rule_by_the_format_is_reported() {
        JavaClasses planted = new ClassFileImporter().importClasses(UpwardsFromSupervise.class, Role.class);

        assertThatThrownBy(() -> FLOORS_USE_THOSE_BELOW_THEM_ONLY.check(planted))
                .hasMessageContaining("UpwardsFromSupervise.role");
        assertThatThrownBy(() -> THE_RULES_ARE_NOBODY_ELSES.check(planted))
                .hasMessageContaining("UpwardsFromSupervise.role");
    }

    @Test
    void a_planted_clock_and_a_planted_file_in_a_rule_are_reported() {
        JavaClasses planted = new ClassFileImporter().importClasses(ImpureRule.class);

        assertThatThrownBy(() -> RULES_LOOK_AT_NO_CLOCK_AND_TOUCH_NO_SYSTEM.check(planted))
                .hasMessageContaining("ImpureRule.clock");
        assertThatThrownBy(() -> RULES_USE_NEITHER_PEKKO_NOR_THREADS_NOR_FILES.check(planted))
                .hasMessageContaining("ImpureRule.file");
        assertThatThrownBy(() -> RULES_KNOW_ONLY_VALUES_OF_POSIX.check(planted))
                .hasMessageContaining("ImpureRule.directory");
    }

    @ArchTest
    static void PUBLIC_TOP_LEVEL_TYPES_ARE_THOSE_THAT_ARE_LISTED(JavaClasses classes) {
        List<String> listed = Stream.of(PROMISED, FOR_OURSELVES)
                .flatMap(List::stream)
                .map(name -> ACTORS + "." + name)
                .toList();

        assertThat(classes.stream()
                        .filter(type -> type.isTopLevelClass()
                                && type.getModifiers().contains(JavaModifier.PUBLIC)
                                && type.getPackageName().startsWith(ACTORS))
                        .map(JavaClass::getName))
                .containsExactlyInAnyOrderElementsOf(listed);
    }
}
