package io.github.pekkosupervisor.examples.faults;

import io.github.pekkosupervisor.posix.CallSite;
import io.github.pekkosupervisor.posix.Faults;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Says what is wrong with what came of refused calls. Everything that it lets pass is in one of its lists. */
final class Judge {

    /** By a part of the call's description: why nothing need be said when it is refused. */
    private static final Map<String, String> SILENT = Map.ofEntries(
            Map.entry(
                    "ProcessIdentity.ofRunning",
                    "who a process is, is known by its number alone until it is asked again"),
            Map.entry("ProcFs.", "a look at other processes, which is repeated, or whose answer is the cautious one"),
            Map.entry("ProcessCalls.inode", "it is known by its start tick"),
            Map.entry("CutStart.", "a sign less by which the process would be found; a look is told"),
            Map.entry("process.HandOver.goOn", "a sign less by which the process would be found"),
            Map.entry("LogSpool.unwritten", "the next launcher looks again"),
            Map.entry("NativeChild.openPidfd", "its end is looked for every 100 ms"),
            Map.entry("EventLoop.onExit", "its end is looked for every 100 ms"),
            Map.entry(
                    "LoggerRequests.",
                    "a logger that is our svlogd is a JVM then; it is tried again at the next start"),
            Map.entry("LauncherLock.holder", "the other launcher is called another process"),
            Map.entry("LauncherLock.await", "the lock is taken with the first look at the directory"),
            Map.entry("LauncherLock.take", "the same, where it is not told by that look"),
            Map.entry("ServiceDirectory.exists", "asked twice"),
            Map.entry(
                    "ServiceDirectory.lookTwice", "asked twice, and what cannot be seen does not count, as for runsv"),
            Map.entry("ServiceDirectory.finishPresent", "it counts as present and is run"),
            Map.entry("SuperviseDirectory.makeDirectory", "told in runit's words when it is opened"),
            Map.entry("SuperviseDirectory.id", "the record is believed wherever it is found"),
            Map.entry("SuperviseDirectory.makeFifo", "told in runit's words when it is opened"),
            Map.entry("SuperviseDirectory.openLockAgain", "the lock keeps its descriptor; another one tries it"),
            Map.entry("HeldLock.doWithout", "the lock keeps its descriptor; if it is not taken that is told"),
            Map.entry("OkFifo.make", "told in runit's words when it is opened"),
            Map.entry("OkFifo.link", "it is a FIFO of its own then"),
            Map.entry("OkFifo.lookAtRights", "looked at again with the next command"),
            Map.entry("Directory.mayRest", "it keeps its descriptor"),
            Map.entry("Directory.found", "it is looked for in another way; else who uses it tells"),
            Map.entry("posix.OpenFiles.", "what was known a second ago is taken, or that there are plenty"),
            Map.entry("ServicesDirectory.leadsElsewhere", "looked at again with the next look"),
            Map.entry("OwnLog.make", "it is there"),
            Map.entry("OwnLog.nameUnused", "the next launcher looks again"),
            Map.entry("LogPipe.takeOver", "what one of the two does not give the other may; else it is told"),
            Map.entry("ServicesList.add", "told once for each cause, and tried again with the next look"),
            Map.entry("ServicesList.append", "told once for each cause, and tried again with the next look"),
            Map.entry("ServicesList.path", "told once for each cause, and tried again with the next look"),
            Map.entry("ListPlace.open", "told once for each cause, and tried again with the next look"),
            Map.entry("LastRuns.mayRun", "what is not known is kept"),
            Map.entry("OwnRuns.write", "what is in supervise does"),
            Map.entry("OwnRuns.read", "told where it may pass; else what is in supervise does"),
            Map.entry("ShownOrScanned.isOfTree", "its lock keeps it from being supervised, which is told then"),
            Map.entry("OwnRuns.use", "told where it may pass; else what is in supervise does"),
            Map.entry("Handover.place", "it is listed with the next record"),
            Map.entry("Datagrams.send", "told in the log itself, as svlogd does"),
            Map.entry("StateStore.putAgain", "it is done as the first time, and what is wrong with that is told"),
            Map.entry("StatusFiles.exchange", "it is done as the first time, and what is wrong with that is told"),
            Map.entry("Processor.ended", "made empty by the next run, as svlogd does"),
            Map.entry("ShownDirectory.isOurs", "what cannot be looked at is not ours, and is left there"),
            Map.entry("ExportDirectory.hasDownFile", "what cannot be seen does not count, as for runsv"),
            Map.entry("ExportDirectory.withDownFile", "each is looked at by itself then"),
            Map.entry("Intake.", "the bytes are read in another way, or again"),
            Map.entry("Epoll.awake", "the bytes are read again"),
            Map.entry("PipeReader.", "the bytes are read again"),
            Map.entry("PipeWriter.", "the bytes are written again"),
            Map.entry("ConnectProbe.", "tried again: that is what it is for"),
            Map.entry("HttpProbe.", "tried again: that is what it is for"),
            Map.entry("ProbeSocket.", "tried again: that is what it is for"),
            Map.entry("NotifyListener.read", "the messages are read again"),
            Map.entry("FileProbe.isPassed", "tried again: that is what it is for"),
            Map.entry("Kinship.of", "who cannot be looked at counts by his user"),
            Map.entry("Kinship.userOf", "who cannot be looked at counts by his user"),
            Map.entry("ReadyFiles.remove", "a link to it is its owner's, and tells him"),
            Map.entry("ShownTree.remove", "what it tells counts only while there is a tree"),
            Map.entry("ReadyFiles.hide", "of one that has ended who looks sees that; else it is told"),
            Map.entry("AdoptedChild.hasGroup", "what cannot be seen is there, until the next look"),
            Map.entry("NativeChild.groupExists", "what cannot be seen is there, until the next look"),
            Map.entry("SpawnCall.isAvailable", "it only asks whether the C library has such a function"),
            Map.entry("posix.ProgramLook.", "of two explanations the plainer one is given"),
            Map.entry("posix.LimitLook.", "of two explanations the plainer one is given"),
            Map.entry("Directory.remove < posix.Directory.openNew", "told, if it must be, by the attempt to make it"));

    /** Said of a defect of ours, which a refused call is not. */
    private static final Pattern DEFECT = Pattern.compile(
            "please report this|IllegalState(?!Exception: the event loop for processes could not be opened)|uncaught:"
                    + " (?!.*again).*");

    /** By what is found in the call's description: why it is made in some runs only, so that it may not be met. */
    private static final Map<String, String> BY_CHANCE = Map.ofEntries(
            Map.entry(
                    "close in .*ProcFs[.]readBytes.*(Orphans|isRunningMember)",
                    "of a process that ends while it is looked at"),
            Map.entry(
                    "ProcessStreams[.]lookWhetherItRuns",
                    "of a process that has not ended a second after its output has: ProcessConnectionTest"),
            Map.entry("Intake[$]Copy[.]fill", "a pipe for a copy, where another reader is faster"),
            Map.entry("LoggerRequests[.]", "made once in an actor system"),
            Map.entry(
                    "SuperviseDirectory[.]openLockAgain|HeldLock[.]tryIt",
                    "tried once for each device: HeldLockTest, UpgradeCasesTest"),
            Map.entry(
                    "HeldLock[.]close|SuperviseDirectory[.]close -> close #2",
                    "where a mapping does not hold a lock: HeldLockTest"),
            Map.entry(
                    "Directory[.]wake|AwakeDirectories|-> lastingPath",
                    "of a directory that has been at rest while many others were used: DirectoryTest"),
            Map.entry(
                    "OpenFiles[.]|-> (arePlentiful|areScarce|leaveRoom|limit)",
                    "asked once in a JVM, and again near the limit of open files only: ScaleCasesTest"),
            Map.entry("LogDirectory[.]unusable", "where the launcher before has not let go of the lock of the log yet"),
            Map.entry(
                    "close in .*EventLoop[.]run",
                    "at the end of an event loop, which is that of a system that ends meanwhile"),
            Map.entry("EventLoop[.]close", "the same"),
            Map.entry("ShownOrScanned[.]isOfTree", "asked when an entry is new to a scan, and with the next scan"),
            Map.entry("Orphans[.]isTheTopOf", "of the parents of what another launcher of this machine runs meanwhile"),
            Map.entry("firstTick|posix[.]Elders|LeftProcesses[.]hidden", "asked once in a JVM"),
            Map.entry(
                    "AdoptedChild[.]unreaped|close in .*AdoptedChild[.]find",
                    "whether who has ended is seen before its reaper has taken it"),
            Map.entry("AdoptedChild[.]groupExists", "whether others of a group outlive their leader for a moment"),
            Map.entry(
                    "LeftProcesses[.](readers|beside)|LogPipe[.]isRead|LogSpool[.]unwritten",
                    "of what has changed while nobody looked: AdoptionCasesTest, AdoptionWithoutRecordsTest,"
                            + " OwnLogTest"),
            Map.entry(
                    "LeftProcesses[.]where -> runs",
                    "where /proc hides it, or it ends while it is looked at: AdoptionOfHiddenProcessesTest"),
            Map.entry(
                    "close in .*LauncherLock[.]take|LauncherLock[.]take -> close",
                    "by who has waited for a lock in vain, later"));

    /** Who asks again at once, or when the system says so, loses nothing and need not speak of it. */
    private static final Set<String> OF_COURSE = Set.of("EINTR", "EAGAIN");

    private static final String AS_CONNECT = "as those of ConnectProbe: ReadinessTest";

    /** Whoever is not even made in more plays than that may be missed by all that are to hit it. */
    private static final double BY_CHANCE_SHARE = 0.5;

    private static final String NAMES_ANOTHER =
            "of one that has named another process: SdNotifyTest, AdoptionOfReadinessTest";

    private static final String SUPERVISED_ELSEWHERE = "of a launcher with --supervise-in: SuperviseElsewhereTest";

    private static final String NO_DIRECTORY = "of a process that begins where this JVM is: ConditionsTest";

    private static final String NOT_EXECUTED = "where nothing can be executed";

    private static final String TAKEN_BACK = "where a sign has been taken back: ServiceReadinessTest";

    private static final String SHORTCOMINGS = "of a service directory with which something is wrong: RefusedConfTest";

    private static final String AFTER_ANOTHER = "after another refusal";

    private static final String OF_AN_APPLICATION = "of an application: ConfiguredExportTest";

    private static final String REMOVED = "where somebody has removed what children share: ExportHarmTest";

    private static final String BECOMES = "where a tree's launcher becomes another one: RunUpgradeTest";
    private static final String SUCCESSOR = "where this process was another launcher before: UpgradeCasesTest";

    private static final String TWO_FIFOS = "where ok is another FIFO, or cannot be a link: OkFifoTest";

    private static final String RIGHTS_CHANGED = "where others are let in by and by: OkFifoTest";

    private static final String OF_CGROUPS = "of one with a control group: CgroupTest, AdoptionOfCgroupsTest";

    private static final String WITHOUT_LINKS = "where a file cannot have so many names: ExportWithoutLinksTest";

    private static final String WAITING_LOGGER = "of a log/run that is our svlogd: LoggerCasesTest";

    private Judge() {}

    /** All that is wrong, a line each. */
    static List<String> problems(Collection<Walk.Outcome> outcomes) {
        return outcomes.stream()
                .flatMap(outcome -> problem(outcome).stream())
                .sorted()
                .toList();
    }

    private static Optional<String> problem(Walk.Outcome outcome) {
        if (outcome.trouble().isPresent()) {
            return Optional.of((outcome.hit() ? "not mended: " : "in trouble, though nothing was refused: ")
                    + outcome.step() + "\n    " + outcome.trouble().get() + "\n    said: " + outcome.said());
        }
        if (!outcome.hit()) {
            return outcome.step().share() <= BY_CHANCE_SHARE
                            || isByChance(outcome.step().site().toString())
                    ? Optional.empty()
                    : Optional.of("never hit: " + outcome.step());
        }
        if (outcome.said().stream().anyMatch(said -> DEFECT.matcher(said).find())) {
            return Optional.of("taken for a defect: " + outcome.step() + "\n    said: " + outcome.said());
        }
        return isToBeTold(outcome.step()) && !isTold(outcome)
                ? Optional.of("not told: " + outcome.step() + "\n    said: " + outcome.said())
                : Optional.empty();
    }

    private static boolean isByChance(String site) {
        return BY_CHANCE.keySet().stream()
                .anyMatch(part -> Pattern.compile(part).matcher(site).find());
    }

    private static boolean isToBeTold(Walk.Step step) {
        String site = step.site().toString();
        return !OF_COURSE.contains(step.errno())
                && !step.site().function().equals("close")
                && SILENT.keySet().stream().noneMatch(site::contains);
    }

    /** In the words of the C library, or in runit's. */
    private static boolean isTold(Walk.Outcome outcome) {
        String errno = outcome.step().errno();
        String runits = ErrorText.of(new PosixException("", "", errno, ""));
        return outcome.said().stream()
                .anyMatch(said ->
                        Stream.of(errno, runits, Faults.description(errno)).anyMatch(said::contains));
    }

    private static final String TREE = "of a service directory with a tree: UserTreesTest";

    private static final String OF_A_TOOL = "of a tool: ShownTreeTest";

    private static final String FORESEEN =
            "a look before a file of run is taken, whose refusals are what it tells: ForeseenRefusalsTest";

    /**
     * By class, method, what is called and the how manieth of these in the method it is: why a call that no scenario
     * makes is none of its business.
     */
    private static final Map<String, String> EXCUSED = Map.ofEntries(
            Map.entry("process.KeptProcesses.leave -> close", BECOMES),
            Map.entry("process.KeptProcesses.leave -> openNew", BECOMES),
            Map.entry("process.KeptProcesses.leave -> rename", BECOMES),
            Map.entry("process.KeptProcesses.leave -> write", BECOMES),
            Map.entry("process.KeptProcesses.leavesNothing -> remove", BECOMES),
            Map.entry("process.KeptProcesses.open -> inPlaceOf", BECOMES),
            Map.entry("process.KeptProcesses.readTreeLeft -> readFile", BECOMES),
            Map.entry("runit.export.SharedFiles.lock -> inPlaceOf", BECOMES),
            Map.entry("runit.export.ShownDirectory.openControl -> inPlaceOf", BECOMES),
            Map.entry("runit.export.ShownDirectory.openControl -> openReadWrite", BECOMES),
            Map.entry("process.CgroupClearing.<init> -> members", OF_CGROUPS),
            Map.entry("process.CgroupClearing.kill -> kill", OF_CGROUPS),
            Map.entry("process.CgroupClearing.look -> isInhabited", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.leave -> members", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.leave -> remove", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.leftOf -> isInhabited", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.leftOf -> left", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.of -> of", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.outOfMemory -> outOfMemory", OF_CGROUPS),
            Map.entry("process.ProcessCgroup.prepare -> prepare", OF_CGROUPS),
            Map.entry("runit.ServiceDirectory.cgroupName -> status", OF_CGROUPS),
            Map.entry("process.EnvironmentFile.read -> close", NO_DIRECTORY),
            Map.entry("process.EnvironmentFile.read -> open", NO_DIRECTORY),
            Map.entry("process.HeldSockets.keepOnly -> isInPlace", "of a socket with a file: SocketsTest"),
            Map.entry("process.HeldSockets.leave -> leave", "of a process without a supervisor: leaves it open there"),
            Map.entry(
                    "process.HeldSockets.keepOnly -> close",
                    "of one that is wanted no more, or otherwise: SocketsTest"),
            Map.entry("runit.ServiceDirectory.takeUp -> status", "of one with sockets: ServiceSocketsTest"),
            Map.entry("process.HeldSockets.resume -> kept", "of a launcher that has become another: UpgradeCasesTest"),
            Map.entry(
                    "process.HeldSockets.takeFrom -> of", "of a process that an earlier JVM has left: SocketsKeptTest"),
            Map.entry("process.HttpProbe.goOn -> pass", AS_CONNECT),
            Map.entry("process.KeptProcesses.forget -> remove #2", "of one that is kept and ready: KeptReadinessTest"),
            Map.entry("process.NotifyListener.isMain -> ofRunning", NAMES_ANOTHER),
            Map.entry("process.NotifyListener.isPermitted -> ofRunning", NAMES_ANOTHER),
            Map.entry("process.NotifyListener.resume -> exists", NAMES_ANOTHER),
            Map.entry(
                    "process.ProcessStart.place -> realPath",
                    "of a service directory that dies with the launcher: it is known when it has begun"),
            Map.entry(
                    "runit.LeftProcesses.mayPassBy -> hasParent",
                    "of one that stands where a start was cut short: AdoptionOfCutStartsTest"),
            Map.entry("runit.TreeActor.begin -> ofRunning", TREE),
            Map.entry("runit.UserTree$Start.rights -> of", TREE),
            Map.entry(
                    "runit.ServiceDirectory.unread -> readFile", "of a service.conf that is a link: RunConditionsTest"),
            Map.entry("runit.supervise.ShownTree.write -> openNew", TREE),
            Map.entry("runit.supervise.ShownTree.write -> write", TREE),
            Map.entry("runit.supervise.ShownTree.write -> close", TREE),
            Map.entry("runit.supervise.ShownTree.write -> rename", TREE),
            Map.entry("runit.supervise.ShownTree.remove -> remove", TREE),
            Map.entry("runit.supervise.ShownTree.read -> directory", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> linkStatusIfPresent", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> breach", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> breach #2", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> breach #3", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> readFile", OF_A_TOOL),
            Map.entry("runit.supervise.ShownTree.read -> close", OF_A_TOOL),
            Map.entry("runit.OwnLog.here -> realPath", TREE),
            Map.entry("process.ForeseenRefusals.lookFrom -> of", FORESEEN),
            Map.entry("process.ForeseenRefusals.of -> close", FORESEEN),
            Map.entry("process.ForeseenRefusals.of -> open", FORESEEN),
            Map.entry("process.ForeseenRefusals.of -> refuseUnlessReachable", FORESEEN),
            Map.entry("runit.SuperviseLinks.make -> linkStatusIfPresent", SUPERVISED_ELSEWHERE),
            Map.entry("runit.SuperviseLinks.make -> makeLink", SUPERVISED_ELSEWHERE),
            Map.entry("runit.supervise.ReadyFiles.link -> makeLink", NOT_EXECUTED),
            Map.entry("runit.supervise.ReadyFiles.link -> remove", NOT_EXECUTED),
            Map.entry("runit.supervise.ReadyFiles.link -> rename", NOT_EXECUTED),
            Map.entry("runit.supervise.ReadyFiles.remove -> remove", TAKEN_BACK),
            Map.entry("runit.supervise.ReadyFiles.remove -> remove #2", TAKEN_BACK),
            Map.entry("runit.supervise.Shortcomings.write -> openNew", SHORTCOMINGS),
            Map.entry("runit.supervise.Shortcomings.write -> write", SHORTCOMINGS),
            Map.entry("runit.supervise.Shortcomings.write -> close", SHORTCOMINGS),
            Map.entry("runit.supervise.Shortcomings.write -> rename", SHORTCOMINGS),
            Map.entry("runit.supervise.Shortcomings.write -> remove", SHORTCOMINGS),
            Map.entry("runit.supervise.Shortcomings.read -> readFile", "of a tool: RefusedConfTest"),
            Map.entry("runit.export.ExportOpening.makeAbove -> close", OF_AN_APPLICATION),
            Map.entry("runit.export.ExportOpening.open -> close", AFTER_ANOTHER),
            Map.entry("runit.export.SharedFiles.take -> close", AFTER_ANOTHER),
            Map.entry("runit.export.SharedFiles.lock -> close", "where another JVM has it: ExportLifeCasesTest"),
            Map.entry("runit.export.SharedFiles.lock -> holder", "where another JVM has it: ExportLifeCasesTest"),
            Map.entry("runit.export.SharedFiles.lock -> status", "where another JVM has it: ExportLifeCasesTest"),
            Map.entry("runit.export.ExportDirectory.isRemoved -> isRemoved", REMOVED),
            Map.entry("runit.export.SharedFiles.idOf -> linkStatusIfPresent", REMOVED),
            Map.entry("runit.export.SharedFiles.isThere -> status", REMOVED),
            Map.entry("runit.export.SharedFiles.restoreLock -> close", REMOVED),
            Map.entry("runit.export.SharedFiles.restoreLock -> makeHardLink", REMOVED),
            Map.entry("runit.export.SharedFiles.restoreLock -> remove", REMOVED),
            Map.entry("runit.export.SharedFiles.restoreLock -> rename", REMOVED),
            Map.entry("runit.export.SharedFiles.restoreLock -> status", REMOVED),
            Map.entry(
                    "runit.export.FoundDirectory.hasOurCheck -> readLink",
                    "where nothing can be executed: ExportLifeCasesTest"),
            Map.entry(
                    "runit.export.ShownLink.isItself -> statusIfPresent",
                    "of one that lies where it is shown: ExportOneCasesTest"),
            Map.entry(
                    "runit.export.ShownLink.isItself -> statusIfPresent #2",
                    "of one that lies where it is shown: ExportOneCasesTest"),
            Map.entry(
                    "runit.export.ShownOrScanned.hasLock -> statusIfPresent",
                    "of an entry that is shown of a tree: ExportLinksCasesTest"),
            Map.entry("runit.export.ExportPlace.isThere -> exists", "of an application: ConfiguredExportTest"),
            Map.entry("runit.export.SharedNames.copy -> close", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.copy -> openNew", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.copy -> rename", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.copy -> setMode", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.copy -> write", WITHOUT_LINKS),
            Map.entry("runit.export.ShownDirectory.fill -> close #2", AFTER_ANOTHER),
            Map.entry("runit.export.ShownDirectory.make -> setMode", "with another umask: ExportAccessCasesTest"),
            Map.entry("runit.export.ShownDirectory.openControl -> close", AFTER_ANOTHER),
            Map.entry("runit.export.SharedNames.lock -> lock", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.lock -> openAppend", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.lock -> remove", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.close -> close", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> makeFifo", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> openRead", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> remove", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> rename", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> setGroup", WITHOUT_LINKS),
            Map.entry("runit.export.SharedNames.ownOk -> setMode", WITHOUT_LINKS),
            Map.entry("runit.export.ShownDirectory.replace -> setMode", "with another umask: ExportAccessCasesTest"),
            Map.entry(
                    "runit.export.ShownDirectory.showReady -> makeLink",
                    "where nothing can be executed: ExportLifeCasesTest"),
            Map.entry(
                    "runit.export.ShownDirectory.showReady -> remove #2",
                    "where nothing can be executed: ExportLifeCasesTest"),
            Map.entry(
                    "runit.export.ShownDirectory.showReady -> rename",
                    "where nothing can be executed: ExportLifeCasesTest"),
            Map.entry("process.KeptProcesses.open -> close", "of a directory that is refused: KeptChildrenTest"),
            Map.entry("process.KeptProcesses.open -> close #2", "where another tree has it: KeptChildrenTest"),
            Map.entry("process.Processes.adopt -> release", "where two ask for the same one at a time"),
            Map.entry(
                    "runit.supervise.Stranger.mayName -> isAllOf", "where others could have written it: StrangerTest"),
            Map.entry(
                    "runit.Adoption.mustBeSurelyOurs -> runs",
                    "where others could have written it: AdoptionOfHiddenProcessesTest"),
            Map.entry("runit.LauncherLock.take -> inPlaceOf", SUCCESSOR),
            Map.entry("runit.LogPipe.take -> isOpen", SUCCESSOR),
            Map.entry("runit.LogPipe.takeOverKept -> close", SUCCESSOR),
            Map.entry("runit.LogPipe.takeOverKept -> reopenBothWays", SUCCESSOR),
            Map.entry("runit.LogPipe.takeOverKept -> reopenToRead", SUCCESSOR),
            Map.entry("runit.supervise.ListPlace.openIfThere -> directory", SUCCESSOR),
            Map.entry("runit.supervise.SuperviseDirectory.create -> inPlaceOf", SUCCESSOR),
            Map.entry("runit.supervise.SuperviseDirectory.openControl -> isOpen", SUCCESSOR),
            Map.entry("runit.supervise.OkFifo.open -> isOpen", SUCCESSOR),
            Map.entry("runit.supervise.SuperviseDirectory.lasting -> keep", SUCCESSOR),
            Map.entry("runit.supervise.SuperviseDirectory.letGo -> letGo", SUCCESSOR),
            Map.entry("runit.supervise.SuperviseDirectory.openLock -> openAppend", "of a lock that may not be read"),
            Map.entry("runit.supervise.OkFifo.link -> linkStatusIfPresent", TWO_FIFOS),
            Map.entry("runit.supervise.OkFifo.link -> makeFifo", TWO_FIFOS),
            Map.entry("runit.supervise.OkFifo.link -> makeHardLink #2", TWO_FIFOS),
            Map.entry("runit.supervise.OkFifo.link -> remove", TWO_FIFOS),
            Map.entry("runit.supervise.OkFifo.prepare -> close", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> close", AFTER_ANOTHER),
            Map.entry("runit.supervise.OkFifo.separate -> makeFifo", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> openRead", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> remove", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> rename", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> setGroup", RIGHTS_CHANGED),
            Map.entry("runit.supervise.OkFifo.separate -> setMode", RIGHTS_CHANGED),
            Map.entry(
                    "runit.ServiceDirectory.openIfThereIsRoom -> letPidfdsGo",
                    "near the limit of open files: ScaleCasesTest"),
            Map.entry(
                    "runit.LeftServices.mayRun -> runs",
                    "at a stop, of what there was no descriptor for: ScaleCasesTest"),
            Map.entry("runit.Adoption.boot -> exists", "where the JVM could not learn who it is"),
            Map.entry("runit.Adoption.ask -> pidfdInode", "of one that was adopted, which knows it"),
            Map.entry(
                    "runit.Adoption.othersGoOn -> look",
                    "where others of its group have outlived run while nobody was there: DeathPolicyCasesTest"),
            Map.entry(
                    "runit.LeftProcesses.isInAnotherServiceDirectory -> directoriesAfter",
                    "where nothing but an inherited output tells: AdoptionOfRecordsTest"),
            Map.entry(
                    "runit.LeftProcesses.isServiceDirectory -> exists",
                    "where nothing but an inherited output tells: AdoptionOfRecordsTest"),
            Map.entry(
                    "runit.LeftProcesses.isScript -> hasArgument",
                    "of a control script whose start was cut: AdoptionOfCutStartsTest"),
            Map.entry(
                    "runit.LeftProcesses.programs -> readFile",
                    "where it may not be looked into somebody: AdoptionWithoutRecordsTest"),
            Map.entry(
                    "runit.supervise.SuperviseDirectory.endDenial -> remove",
                    "where an operator has said so: AdoptionOfCutStartsTest"),
            Map.entry("runit.LeftPipe.isHidden -> isThere", "where it has closed that, or /proc hides it"),
            Map.entry("runit.LeftPipe.isHidden -> runs", "where it has closed that, or /proc hides it"),
            Map.entry("runit.LogPipe.open -> close", AFTER_ANOTHER),
            Map.entry("runit.LogPipe.openWithoutName -> close #2", AFTER_ANOTHER),
            Map.entry("runit.LogPipe.renew -> close", AFTER_ANOTHER),
            Map.entry("runit.LogPipe.takeOver -> close", "where another pipe is behind the descriptor by now"),
            Map.entry("runit.LogPipe.takeOver -> close #2", AFTER_ANOTHER),
            Map.entry("runit.Records$Ours.<clinit> -> outputs", "asked once in a JVM"),
            Map.entry("runit.Records.known -> pidfdInode", "called by the JDK, so it does not show as the caller"),
            Map.entry("runit.OwnLog.make -> statusIfPresent", AFTER_ANOTHER),
            Map.entry("runit.ServiceDirectory.lookTwice -> statusIfPresent #2", AFTER_ANOTHER),
            Map.entry("runit.ServiceDirectory.reserve -> directory", "near the limit of open files only"),
            Map.entry("runit.ServiceDirectory.useReserve -> close", "near the limit of open files only"),
            Map.entry("runit.LogPipe.take -> close", AFTER_ANOTHER),
            Map.entry("runit.LogActor.done -> done", "where there can be no spool: OwnLogTest"),
            Map.entry("runit.LogActor.read -> next", "where there can be no spool: OwnLogTest"),
            Map.entry("runit.LoggerLog.asked -> catches", WAITING_LOGGER),
            Map.entry("runit.LoggerLog.asked -> descriptor", WAITING_LOGGER),
            Map.entry("runit.LoggerLog.asked -> descriptor #2", WAITING_LOGGER),
            Map.entry("runit.LoggerLog.asked -> mayWhatWeMay", WAITING_LOGGER),
            Map.entry("runit.LoggerLog.asked -> status", WAITING_LOGGER),
            Map.entry("runit.LoggerLog.asked -> workingDirectory", WAITING_LOGGER),
            Map.entry("runit.OwnLog$SmallLogger.environment -> environmentEntries", WAITING_LOGGER),
            Map.entry("runit.RunsvProcesses.write -> reopenToRead", WAITING_LOGGER),
            Map.entry("runit.svlogd.LogSpool.open -> lock", WAITING_LOGGER),
            Map.entry("runit.svlogd.LogSpool.beginAnew -> readAt", "after 64 KiB: LogSpoolTest, LogKilledTest"),
            Map.entry("runit.svlogd.LogSpool.beginAnew -> writeAt", "after 64 KiB: LogSpoolTest, LogKilledTest"),
            Map.entry("runit.LastRuns.begin -> close", AFTER_ANOTHER),
            Map.entry("runit.svlogd.LogSpool.open -> close", AFTER_ANOTHER),
            Map.entry("runit.supervise.Ourselves.identity -> ofRunning", "asked once in a JVM"),
            Map.entry("runit.supervise.StatusFiles.exchange -> remove", "where files cannot change places"),
            Map.entry("runit.svlogd.LogDirectory.openCurrent -> truncate", "after the death of a JVM: LogKilledTest"),
            Map.entry("process.KeptProcesses.take -> awaitReadable", "where another tree has it: KeptChildrenTest"),
            Map.entry("process.KeptProcesses.take -> holder", "where another tree has it: KeptChildrenTest"),
            Map.entry("process.KeptProcesses.take -> status", "where another tree has it: KeptChildrenTest"),
            Map.entry("process.StartRefusal.ofLimit -> of", AFTER_ANOTHER),
            Map.entry("process.StartRefusal.ofProgram -> of #2", "where it is there: StartRefusalTest"),
            Map.entry("process.ProcessStart.write -> close", "an application's own file: ProcessActorTest"),
            Map.entry("process.ProcessStart.write -> openOwn", "an application's own file: ProcessActorTest"),
            Map.entry("process.ProcessStart.write -> write", "an application's own file: ProcessActorTest"),
            Map.entry("process.HostGuard.start -> close", AFTER_ANOTHER),
            Map.entry("process.HostGuard.startWith -> close", AFTER_ANOTHER),
            Map.entry("process.PipeWriter.write -> tryWrite #2", AFTER_ANOTHER),
            Map.entry("process.ProcessActor.lookAt -> groupMembers", "of a group that outlives KILL"),
            Map.entry("process.Processes.<init> -> close", "called by the JDK, so it does not show as the caller"));

    /** Calls that are in the code and were never made, and excuses that are needed no more. */
    static List<String> neverPassed(Set<PossibleSites.Possible> possible, Set<CallSite> passed) {
        return neverPassed(possible, passed, EXCUSED.keySet());
    }

    /** The same with other excuses. */
    static List<String> neverPassed(Set<PossibleSites.Possible> possible, Set<CallSite> passed, Set<String> excused) {
        List<String> problems = new ArrayList<>();
        for (PossibleSites.Possible site : possible) {
            boolean isPassed = site.isAmong(passed);
            boolean isExcused = excused.contains(site.key());
            if (isPassed && isExcused) {
                problems.add("excused, but passed: " + site);
            } else if (!isPassed && !isExcused && !isByChance(site.key())) {
                problems.add("no scenario comes to " + site);
            }
        }
        excused.stream()
                .filter(key -> possible.stream().noneMatch(site -> site.key().equals(key)))
                .forEach(key -> problems.add("excused, but not in the code: " + key));
        return problems;
    }
}
