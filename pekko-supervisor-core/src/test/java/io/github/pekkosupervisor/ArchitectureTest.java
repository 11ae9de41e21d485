package io.github.pekkosupervisor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.pekkosupervisor.actor.Audience;
import io.github.pekkosupervisor.process.ReadsByTheJdk;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.UpwardsFromSpec;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What may use what, and what is promised to users. */
@AnalyzeClasses(packages = "io.github.pekkosupervisor", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    private static final String ROOT = "io.github.pekkosupervisor";
    private static final String JFR = ROOT + ".jfr..";
    private static final String ACTOR = ROOT + ".actor..";
    private static final String CONFIG = ROOT + ".config..";
    private static final String LOG = ROOT + ".log..";
    private static final String RULE = ROOT + ".rule..";
    private static final String PROTOCOL = ROOT + ".protocol..";
    private static final String SPEC = ROOT + ".spec..";
    private static final String PROCESS = ROOT + ".process..";
    private static final String POSIX = ROOT + ".posix..";

    /** A name here is a promise to users: it stays. */
    private static final String[] PROMISED = {
        "ApplicationType",
        "FreePort",
        "PartitionSupervisor",
        "ProcessRun",
        "SupervisionTree",
        "Supervisor",
        "TaskSupervisor",
        "TreeExport",
        "config.ConfiguredTree",
        "posix.Account",
        "posix.Cgroup",
        "posix.CgroupLimits",
        "jfr.FlightRecording",
        "posix.ChildProcess",
        "posix.Conditions",
        "posix.ExitStatus",
        "posix.GroupMember",
        "posix.ListenAddress",
        "posix.OsString",
        "posix.PosixException",
        "posix.ProcessIdentity",
        "posix.Resource",
        "posix.Signal",
        "posix.SpawnRequest",
        "process.FramedConnection",
        "process.Framing",
        "process.ListeningSocket",
        "process.Liveness",
        "process.NormalExits",
        "process.NotifyAccess",
        "process.ProcessActor",
        "process.ProcessConnection",
        "process.ProcessEvent",
        "process.ProcessNotice",
        "process.ProcessResult",
        "process.ProcessSpec",
        "process.ProcessStreams",
        "process.Readiness",
        "process.Stdio",
        "process.StopSequence",
        "process.WorkingDirectory",
        "protocol.ChildHandle",
        "protocol.ChildNotStartedException",
        "protocol.ChildState",
        "protocol.Happening",
        "protocol.Happenings",
        "protocol.TreeHappenings",
        "protocol.LogEntry",
        "protocol.ProcessNotified",
        "protocol.Request",
        "protocol.StartGate",
        "protocol.SupervisorCommand",
        "protocol.SupervisorEvent",
        "protocol.SupervisorNotice",
        "protocol.SupervisorRef",
        "protocol.SupervisorResult",
        "protocol.TreeEnd",
        "protocol.TreeEvent",
        "protocol.TreeHealth",
        "protocol.TreeFold",
        "protocol.TreeSnapshot",
        "protocol.TreeSubscriber",
        "protocol.TreeSubscription",
        "spec.ChildContext",
        "spec.ChildSpec",
        "spec.ExitReason",
        "spec.InvalidSpecException",
        "spec.RestartDelay",
        "spec.RestartType",
        "spec.Shutdown",
        "spec.SpecCheck",
        "spec.SupervisorSpec",
    };

    /** Public for our own packages and modules alone: an application has no need of them, and they may change. */
    private static final String[] FOR_OURSELVES = {
        "actor.ActorNames",
        "actor.Addresses",
        "actor.Audience",
        "actor.ChildRunner",
        "actor.ChildRunners",
        "actor.IncarnationContext",
        "actor.Inside",
        "actor.KeeperContext",
        "actor.KeeperNotice",
        "actor.KeptChildren",
        "actor.PendingCalls",
        "actor.ServiceThreads",
        "actor.SnapshotPlace",
        "actor.Subscription",
        "actor.SupervisorActor",
        "actor.SupervisorLog",
        "actor.SupervisorRunner",
        "actor.TreeContext",
        "actor.TreeIdentity",
        "config.ConfigSection",
        "config.ConfigValues",
        "config.ConfiguredConditions",
        "config.ConfiguredLiveness",
        "config.ConfiguredReadiness",
        "config.ConfiguredRestarts",
        "config.ConfiguredSockets",
        "config.ConfiguredStop",
        "config.Oneshots",
        "config.Place",
        "config.Problems",
        "config.Slips",
        "log.CutStack",
        "log.EventLog",
        "posix.BoundSocket",
        "posix.CgroupProcess",
        "posix.Custody",
        "posix.Descriptor",
        "posix.Directory",
        "posix.DurationText",
        "posix.EventLoop",
        "posix.Excerpt",
        "posix.Exec",
        "posix.FifoUse",
        "posix.FileLocks",
        "posix.FileStatus",
        "posix.Foreground",
        "posix.Found",
        "posix.HeldLock",
        "posix.InheritedDescriptors",
        "posix.InotifyWait",
        "posix.Intake",
        "posix.JdkCall",
        "posix.KeptDescriptors",
        "posix.Kinship",
        "posix.Launch",
        "posix.LeftGroup",
        "posix.LimitLook",
        "posix.LimitSight",
        "posix.NativeLibrary",
        "posix.NativeLibraryException",
        "posix.NotifySocket",
        "posix.OpenFiles",
        "posix.Orphans",
        "posix.OtherProcess",
        "posix.OwnProcess",
        "posix.Pipe",
        "posix.Posix",
        "posix.PosixSettings",
        "posix.ProgramLook",
        "posix.ProgramSight",
        "posix.Readers",
        "posix.SignalPipe",
        "posix.Succession",
        "posix.Terminal",
        "posix.TransferBuffer",
        "posix.UserDatabase",
        "posix.UserRights",
        "process.Cases",
        "process.ContainedErrors",
        "process.Countdown",
        "process.ForeseenRefusals",
        "process.HandOver",
        "process.HeldSockets",
        "process.KeptProcess",
        "process.KeptProcesses",
        "process.LogContext",
        "process.Mistakes",
        "process.OneRun",
        "process.ProcessSaid",
        "process.ProcessSigns",
        "process.Processes",
        "process.Standstill",
        "process.TreeLeft",
        "process.UnreadOutput",
        "protocol.ShortText",
        "rule.AtRest",
        "rule.Child",
        "rule.Incarnation",
        "rule.RuleEvent",
        "rule.Scope",
        "rule.Sight",
        "rule.SupervisorAction",
        "rule.SupervisorRule",
        "spec.ActorKind",
        "spec.ChildKind",
        "spec.ProcessKind",
        "spec.RunnableKind",
        "spec.ServiceKind",
        "spec.SupervisorKind",
        "spec.TreePath",
        "spec.Wording",
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
            .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "scala..", "org.slf4j..");

    /**
     * {@code jfr -> root -> actor -> rule -> protocol -> spec -> process -> posix}; {@code log -> protocol} beside the
     * rule, and {@code config -> spec} beside them all.
     */
    @ArchTest
    static final ArchRule floors_use_those_below_them_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("root")
            .definedBy(ROOT)
            .layer("jfr")
            .definedBy(JFR)
            .layer("actor")
            .definedBy(ACTOR)
            .layer("config")
            .definedBy(CONFIG)
            .layer("log")
            .definedBy(LOG)
            .layer("rule")
            .definedBy(RULE)
            .layer("protocol")
            .definedBy(PROTOCOL)
            .layer("spec")
            .definedBy(SPEC)
            .layer("process")
            .definedBy(PROCESS)
            .layer("posix")
            .definedBy(POSIX)
            .whereLayer("jfr")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("root")
            .mayOnlyBeAccessedByLayers("jfr")
            .whereLayer("actor")
            .mayOnlyBeAccessedByLayers("root")
            .whereLayer("config")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("actor")
            .whereLayer("rule")
            .mayOnlyBeAccessedByLayers("actor")
            .whereLayer("protocol")
            .mayOnlyBeAccessedByLayers("jfr", "root", "actor", "log", "rule")
            .whereLayer("spec")
            .mayOnlyBeAccessedByLayers("root", "actor", "config", "log", "rule", "protocol")
            .whereLayer("process")
            .mayOnlyBeAccessedByLayers("root", "actor", "config", "protocol", "spec");

    @Test
    void a_planted_use_of_an_actor_by_a_specification_is_reported() {
        JavaClasses planted = new ClassFileImporter().importClasses(UpwardsFromSpec.class, Audience.class);

        assertThatThrownBy(() -> floors_use_those_below_them_only.check(planted))
                .hasMessageContaining("UpwardsFromSpec.audience");
    }

    @ArchTest
    static final ArchRule process_does_not_know_supervision = noClasses()
            .that()
            .resideInAPackage(PROCESS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT, ACTOR, CONFIG, RULE, PROTOCOL, SPEC);

    /** Files, sockets and processes of the JDK, whose calls no test could make fail. */
    private static final DescribedPredicate<JavaClass> THE_JDKS_WAY_TO_THE_SYSTEM = resideInAnyPackage(
                    "java.nio.channels..")
            .or(belongToAnyOf(
                    Files.class,
                    File.class,
                    FileInputStream.class,
                    FileOutputStream.class,
                    FileReader.class,
                    FileWriter.class,
                    RandomAccessFile.class,
                    Socket.class,
                    ServerSocket.class,
                    DatagramSocket.class,
                    ProcessBuilder.class,
                    Process.class,
                    Runtime.class))
            .as("the JDK's files, sockets and processes");

    /** What is not in the list below passes where a test can refuse it. */
    @ArchTest
    static final ArchRule process_reaches_the_system_through_posix = noClasses()
            .that()
            .resideInAPackage(PROCESS)
            // they pass JdkCall before each call that may be refused
            .and()
            .doNotHaveSimpleName("ConnectProbe")
            .and()
            .doNotHaveSimpleName("HttpProbe")
            .and()
            .haveNameNotMatching(".*ProbeSocket.*")
            .should()
            .dependOnClassesThat(THE_JDKS_WAY_TO_THE_SYSTEM);

    @Test
    void a_planted_use_of_a_file_of_the_jdk_is_reported() {
        JavaClasses planted = new ClassFileImporter().importClasses(ReadsByTheJdk.class);

        assertThatThrownBy(() -> process_reaches_the_system_through_posix.check(planted))
                .hasMessageContaining("ReadsByTheJdk.read");
    }

    /** What is decided follows from state, event and time: there is nothing else that it could look at. */
    @ArchTest
    static final ArchRule the_rule_has_no_actor_no_clock_no_thread_no_file_and_no_log = noClasses()
            .that()
            .resideInAPackage(RULE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "org.apache.pekko..",
                            "scala..",
                            "com.typesafe..",
                            "org.slf4j..",
                            "java.io..",
                            "java.nio..",
                            "java.net..",
                            "java.util.concurrent.atomic..",
                            "java.util.concurrent.locks..")
                    .or(belongToAnyOf(Thread.class, ThreadLocal.class, System.class, Runtime.class, Process.class))
                    .or(type(SpecCheck.class)));

    /** It runs no code of an application: what is asked of one is an action, and the answer an event. */
    @ArchTest
    static final ArchRule the_rule_calls_no_init = noClasses()
            .that()
            .resideInAPackage(RULE)
            .should()
            .callMethod(Callable.class, "call")
            .orShould()
            .callMethod(Consumer.class, "accept", Object.class)
            .orShould()
            .callMethod(Runnable.class, "run");

    @ArchTest
    static final ArchRule specifications_start_no_actor = noClasses()
            .that()
            .resideInAnyPackage(SPEC, PROTOCOL)
            .should()
            .dependOnClassesThat()
            .haveNameMatching(".*\\.(ActorContext|ActorSystem|AbstractBehavior|ExtensibleBehavior)");

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
        String[] promised = Stream.of(PROMISED, FOR_OURSELVES)
                .flatMap(Arrays::stream)
                .map(name -> ROOT + "." + name)
                .toArray(String[]::new);

        assertThat(classes.stream()
                        .filter(type ->
                                type.isTopLevelClass() && type.getModifiers().contains(PUBLIC))
                        .map(JavaClass::getName))
                .containsExactlyInAnyOrder(promised);
    }
}
