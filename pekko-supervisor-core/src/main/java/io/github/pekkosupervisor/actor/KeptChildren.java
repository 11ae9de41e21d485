package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.KeptProcess;
import io.github.pekkosupervisor.process.KeptProcesses;
import io.github.pekkosupervisor.process.KeptProcesses.Left;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessSaid;
import io.github.pekkosupervisor.process.ProcessSigns;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.process.TreeLeft;
import io.github.pekkosupervisor.process.UnreadOutput;
import io.github.pekkosupervisor.rule.AtRest;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one tree that an earlier JVM has left, and those that are to outlive this one: looks for them before
 * a child is started, writes them down after it, and stops those whose child is no more.
 */
public final class KeptChildren implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    /** More than a timer can take is no limit. */
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    /** As the guard's own mark, so that nobody inherits it from this JVM. */
    private static final String MARK = "PEKKO_SUPERVISOR_START";

    private static final ProcessSpec LEFT = ProcessSpec.bare(List.of(OsString.of("left")));

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeptProcesses kept;
    private final ActorSystem<?> system;

    /** Those that run and are to end with this JVM, by path: written down only when it becomes another program. */
    private final Map<String, KeptProcess> unwritten = new ConcurrentHashMap<>();

    /** What this JVM was left by itself, until it has been taken up. */
    private final Set<String> leftDown = ConcurrentHashMap.newKeySet();

    private final Set<String> leftDone = ConcurrentHashMap.newKeySet();
    private final Set<String> leftRunning = ConcurrentHashMap.newKeySet();

    /** By the paths of supervisors. */
    private final Map<String, List<Long>> leftRestarts = new ConcurrentHashMap<>();

    /** By the paths of children. */
    private final Map<String, Integer> leftDelays = new ConcurrentHashMap<>();

    /** The outputs of children that are read here and are left to it, by the names of their descriptors. */
    private final Map<String, UnreadOutput> outputs = new ConcurrentHashMap<>();

    /** What this JVM leaves to itself, by the paths of supervisors. */
    private final Map<String, AtRest> atRest = new ConcurrentHashMap<>();

    private final Standstill.Part records = new Records();

    /** What is written of those whose start is under way, by path. */
    private final Map<String, KeptProcess> starting = new ConcurrentHashMap<>();

    /** What is written of those who run and of whom more may have to be, by path. */
    private final Map<String, KeptProcess> open = new ConcurrentHashMap<>();

    /** Whose the file of a path is; one at a time, since there is one file for each. */
    private final Map<String, Holder> holders = new ConcurrentHashMap<>();

    /** Who decides what is written of a path. */
    private sealed interface Holder {
        /** Whether somebody else may do so now. */
        boolean isOver();

        /** Why nobody else may. */
        String why();
    }

    private record Child(LiveChild incarnation) implements Holder {
        @Override
        public boolean isOver() {
            return incarnation.isDoneWith();
        }

        @Override
        public String why() {
            return "another child of this id has a process that is kept, and the next JVM could not tell whose process"
                    + " is whose; give each an id of its own";
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Child that && incarnation == that.incarnation;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(incarnation);
        }
    }

    /** Of a process that is no child's. */
    private static final class Leaving implements Holder {
        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public String why() {
            return "its process of an earlier JVM, for which the tree had no child when it was up, is being stopped;"
                    + " start it when that has ended";
        }
    }

    private KeptChildren(KeptProcesses kept, ActorSystem<?> system) {
        this.kept = kept;
        this.system = system;
        kept.treeLeft().ifPresent(tree -> {
            leftDown.addAll(tree.down());
            leftDone.addAll(tree.done());
            leftRestarts.putAll(tree.restarts());
            leftDelays.putAll(tree.delays());
            kept.left().forEach(process -> leftRunning.add(process.path()));
        });
        Standstill.get(system).add(Standstill.Stage.RECORDS, records);
    }

    /** What is wrong with the processes of a tree that are to be kept where it has a state directory. */
    public static List<InvalidSpecException.Problem> problems(SupervisorSpec spec) {
        return StateDirectory.problems(spec);
    }

    /**
     * Those of a tree with a state directory; empty if it has none.
     *
     * @param given with its options; else its settings say where
     * @throws InvalidSpecException if a process is to be kept that could not go on after the end of this JVM
     * @throws PosixException if the directory cannot be opened, or another tree has it
     */
    public static Optional<KeptChildren> open(Optional<Path> given, SupervisorSpec spec, ActorSystem<?> system)
            throws PosixException {
        Optional<Path> path = StateDirectory.of(given, spec, system);
        return path.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeptChildren(KeptProcesses.open(path.get()), system));
    }

    /**
     * The process that a child still has from an earlier JVM; empty if there is none, so that one is to be started.
     *
     * @param keeps whether that one is to be kept
     * @throws PosixException if that cannot be told now, or is not ours to tell: nothing is to be started
     */
    Optional<Running> adopt(LiveChild incarnation, String path, boolean keeps) throws PosixException {
        if (!keeps && kept.leftOf(path).isEmpty() && !(holders.get(path) instanceof Leaving)) {
            return Optional.empty();
        }
        Child child = new Child(incarnation);
        take(path, child);
        boolean holds = false;
        try {
            Optional<Running> running = look(path);
            holds = keeps || running.isPresent();
            return running;
        } finally {
            if (!holds) {
                holders.remove(path, child);
            }
        }
    }

    private void take(String path, Holder holder) throws PosixException {
        Holder now = holders.compute(path, (key, before) -> before == null || before.isOver() ? holder : before);
        if (now != holder) {
            throw new PosixException("adopt", path, "EBUSY", now.why());
        }
    }

    private Optional<Running> look(String path) throws PosixException {
        Optional<Left> left = kept.leftOf(path);
        if (left.isEmpty()) {
            return Optional.empty();
        }
        if (!(left.get() instanceof Left.Behind behind)) {
            throw new PosixException(
                    "adopt",
                    path,
                    "ENOTSUP",
                    "what an earlier JVM has written of it is of a later version; start that version, or end the"
                            + " process and remove the file");
        }
        Optional<Running> running = find(behind.process());
        leftRunning.remove(path);
        if (running.isPresent()) {
            kept.decided(path);
        } else {
            kept.forget(path);
        }
        return running;
    }

    private Optional<Running> find(KeptProcess process) throws PosixException {
        if (process.isBeingStarted()) {
            return lookFor(process);
        }
        Found found = Processes.get(system)
                .adopt(process.identity(), process.pidfdInode(), process.leadsGroup(), process.path());
        return found instanceof Found.Running running
                ? Optional.of(new Running(process, running.process()))
                : Optional.empty();
    }

    /** That of a start which nobody finished. */
    private Optional<Running> lookFor(KeptProcess process) throws PosixException {
        Optional<Candidate> only = CutStart.look(process, this::isAnothers).only(kept.fileOf(process));
        if (only.isEmpty()) {
            return Optional.empty();
        }
        ProcessGroup group = only.get().leadsGroup() ? process.group() : ProcessGroup.NONE;
        Optional<Running> running = find(process.startedAs(only.get().identity(), 0, group));
        running.ifPresent(found -> write(found.known()));
        return running;
    }

    /** Whether it is adopted already, or written down as the process of somebody. */
    private boolean isAnothers(ProcessIdentity who) {
        return Processes.get(system).find(who).isPresent()
                || kept.left().stream().anyMatch(one -> one.identity().equals(who));
    }

    /**
     * In words, who of those that an earlier JVM has left runs still and has not been taken over: at a start that has
     * failed he may be in its way, with a port or a lock. Empty if there is nobody.
     */
    public Optional<String> notTakenOver() {
        List<String> those = kept.left().stream()
                .flatMap(process -> pids(process).mapToObj(pid -> "process " + pid + " of child " + process.path()))
                .sorted()
                .toList();
        boolean several = those.size() > 1;
        return those.isEmpty()
                ? Optional.empty()
                : Optional.of("an earlier JVM has left " + String.join(", ", those) + ", which "
                        + (several ? "run and have" : "runs and has") + " not been taken over; end "
                        + (several ? "those that are" : "it if it is") + " in the way");
    }

    /** Says the same in the log. */
    public void warnOfThoseNotTakenOver() {
        notTakenOver().ifPresent(LOG::warn);
    }

    private IntStream pids(KeptProcess process) {
        try {
            if (process.isBeingStarted()) {
                return CutStart.look(process, this::isAnothers).marked().stream()
                        .mapToInt(one -> one.identity().pid());
            }
            return process.identity().runs(process.pidfdInode())
                    ? IntStream.of(process.identity().pid())
                    : IntStream.empty();
        } catch (PosixException e) {
            // that cannot be seen now
            return IntStream.empty();
        }
    }

    private static ProcessIdentity here() {
        return KeptProcesses.ourselves();
    }

    /**
     * One that runs.
     *
     * @param known what is written of it
     * @param process it
     */
    record Running(KeptProcess known, ChildProcess process) {

        /** What it is to be from now on: it is stopped as it was to be when it was started, and counts as ready. */
        ProcessSpec as(ProcessSpec now) {
            return now.withProcessGroup(known.group()).withStop(known.stop()).withReady(Readiness.immediately());
        }

        /** Whether it is ready: without a sign that is waited for it is. */
        private boolean isReady(ProcessSpec spec) {
            return !isFrom(spec) || known.sign().map(KeptProcess.Sign::isGiven).orElse(true);
        }

        /** How long it has run by now. */
        Duration ranBefore() {
            return Orphans.age(known.identity());
        }

        boolean isFrom(ProcessSpec spec) {
            return known.specification().equals(specification(spec));
        }
    }

    /**
     * What one is to be from now on that runs: it is stopped as it was to be when it was started, and gives its sign of
     * readiness where it was to. The sign of another specification is not waited for.
     */
    ProcessSpec resumed(Running running, ProcessSpec now) {
        KeptProcess known = running.known();
        boolean isBySign = known.sign().isPresent() && running.isFrom(now);
        if (isBySign || now.live().isPresent()) {
            open.put(known.path(), known);
        }
        if (!isBySign) {
            // where it says that it works is where it has been told
            Optional<String> socket = known.sign().flatMap(KeptProcess.Sign::socket);
            return running.as(now).withSigns(new ProcessSigns(socket, Optional.empty()));
        }
        return running.as(now)
                .withReady(now.ready())
                .withSigns(
                        kept.signs(known.path(), now.ready(), known.sign().get().socket()));
    }

    /** How it stands that runs already. */
    ProcessActor.Left left(Running running, ProcessSpec spec) {
        KeptProcess known = running.known();
        return new ProcessActor.Left(
                running.isReady(spec),
                known.isPaused(),
                known.sign().map(KeptProcess.Sign::said).orElse(ProcessSaid.NOTHING),
                unread(known.path()));
    }

    /** The process of a child has given its sign of readiness. */
    void ready(String path) {
        change(
                path,
                process -> process.withSign(process.sign()
                        .map(KeptProcess.Sign::given)
                        .orElseGet(() -> new KeptProcess.Sign(true, Optional.empty()))));
    }

    /** It has said this of itself. */
    void says(String path, ProcessSaid said) {
        change(
                path,
                process -> process.sign()
                        .map(sign -> process.withSign(sign.with(said)))
                        .orElse(process));
    }

    /** It has been stopped on purpose, or goes on. */
    void paused(String path, boolean isPaused) {
        change(path, process -> process.paused(isPaused));
    }

    private void change(String path, UnaryOperator<KeptProcess> change) {
        unwritten.computeIfPresent(path, (key, process) -> change.apply(process));
        KeptProcess before = open.get(path);
        if (before != null) {
            KeptProcess after = change.apply(before);
            if (!after.equals(before)) {
                open.put(path, after);
                write(after);
            }
        }
    }

    /**
     * A child is about to be started; what it is to be started as, with a mark by which it is found if this JVM is
     * killed before {@link #started}.
     *
     * @throws PosixException if the system is so short of something that this cannot be written down now, which would
     *     refuse the process too if it came a moment later
     */
    ProcessSpec intends(String path, ProcessSpec spec, Optional<Duration> stopWithin) throws PosixException {
        Optional<String> socket = spec.heard().map(access -> ProcessSigns.socketName(ProcessSigns.newSocketNumber()));
        String value = "kept." + HexFormat.of().toHexDigits(RANDOM.nextLong());
        KeptProcess intended = new KeptProcess(
                path,
                new ProcessIdentity(0, Orphans.currentTick(), here().bootId()),
                0,
                spec.processGroup(),
                spec.stop(),
                stopWithin,
                specification(spec),
                MARK + "=" + value,
                Optional.of(CutStart.signs(spec)),
                spec.ready() == Readiness.immediately()
                        ? socket.map(name -> new KeptProcess.Sign(true, Optional.of(name)))
                        : Optional.of(new KeptProcess.Sign(false, socket)));
        try {
            kept.write(intended);
        } catch (PosixException e) {
            if (new ProcessEvent.StartFailed(e).isRefusal()) {
                throw e;
            }
            warn(path, e);
        }
        starting.put(path, intended);
        return spec.withEnvironment(MARK, value).withSigns(kept.signs(path, spec.ready(), socket));
    }

    /**
     * The process of a child has been started, and nobody has been told of it.
     *
     * @param isLookedAt whether it will be looked at whether it works
     */
    void started(String path, ProcessIdentity identity, boolean isLookedAt) {
        KeptProcess intended = starting.remove(path);
        if (intended != null) {
            Processes processes = Processes.get(system);
            Optional<ChildProcess> process = processes.find(identity);
            KeptProcess started = intended.startedAs(
                    identity, process.map(ChildProcess::pidfdInode).orElse(0L), intended.group());
            if (started.sign().isPresent() || isLookedAt) {
                open.put(path, started);
            }
            write(started);
        }
    }

    private void write(KeptProcess process) {
        try {
            kept.write(process);
        } catch (PosixException e) {
            warn(process.path(), e);
        }
    }

    private static void warn(String path, PosixException e) {
        LOG.warn(
                "the process of child [{}] cannot be written down: were this JVM killed, it could not be taken over:"
                        + " {}",
                path,
                e.getMessage());
    }

    // ---- when this JVM becomes another program, in which the tree goes on

    /** What a process that is to end with this JVM is to be started as, so that it can be found again. */
    ProcessSpec findable(ProcessSpec spec) {
        return spec.heard().isEmpty()
                ? spec
                : spec.withSigns(new ProcessSigns(
                        Optional.of(ProcessSigns.socketName(ProcessSigns.newSocketNumber())), Optional.empty()));
    }

    /**
     * A process runs that is to end with this JVM.
     *
     * @param spec it is from
     * @param as what {@link #findable} has made of that
     */
    void runs(String path, ProcessIdentity identity, ProcessSpec spec, ProcessSpec as, Optional<Duration> stopWithin) {
        Processes processes = Processes.get(system);
        boolean isReady = spec.ready() == Readiness.immediately();
        Optional<String> socket = as.signs().socket();
        unwritten.put(
                path,
                new KeptProcess(
                        path,
                        identity,
                        processes.find(identity).map(ChildProcess::pidfdInode).orElse(0L),
                        spec.processGroup(),
                        spec.stop(),
                        stopWithin,
                        specification(spec),
                        "",
                        Optional.empty(),
                        isReady && socket.isEmpty()
                                ? Optional.empty()
                                : Optional.of(new KeptProcess.Sign(isReady, socket))));
    }

    /** One that this JVM was left goes on, and is to end with it: the guard has to know, and nobody else. */
    void goesOn(Running running) {
        Processes.get(system).guard(running.process());
        unwritten.put(running.known().path(), running.known());
        kept.unwrite(running.known().path());
    }

    /** It has none any more that is to end with this JVM. */
    void isOver(String path, ProcessIdentity identity) {
        unwritten.computeIfPresent(path, (key, one) -> one.identity().equals(identity) ? null : one);
    }

    /** Where all come to rest before that. */
    Standstill standstill() {
        return Standstill.get(system);
    }

    /** Whether a child has been left by this process, running or down, and was not taken up yet. */
    boolean isSuccessor(String path) {
        return leftRunning.contains(path) || leftDown.contains(path) || leftDone.contains(path);
    }

    /** Whether a child was down when it was left, and so stays down; once. */
    boolean staysDown(String path) {
        return leftDown.remove(path);
    }

    /** Whether a oneshot had done what it was for; once. */
    boolean isDone(String path) {
        return leftDone.remove(path);
    }

    /** What a supervisor knew of restarts when it was left; once. */
    AtRest.PastRestarts restarts(String path) {
        List<Long> ticks = Optional.ofNullable(leftRestarts.remove(path)).orElse(List.of());
        Map<String, Integer> delays = new HashMap<>();
        Map.copyOf(leftDelays).forEach((child, number) -> {
            if (TreePath.above(child).equals(path) && leftDelays.remove(child, number)) {
                delays.put(TreePath.lastId(child), number);
            }
        });
        long now = Orphans.currentTick();
        return new AtRest.PastRestarts(
                ticks.stream().map(tick -> Orphans.since(tick, now)).toList(), delays);
    }

    /** A supervisor rests, and leaves this. */
    void leaves(String path, AtRest left) {
        atRest.put(path, left);
    }

    /** The process of a child rests, and these are read on. */
    void leaves(String path, List<UnreadOutput> unread) {
        unread.forEach(output -> outputs.put(nameOf(path, output.stream()), output));
    }

    private static String nameOf(String path, String stream) {
        return "output-" + KeptProcesses.digest(path) + "-" + stream;
    }

    /** What was left of the outputs of a child. */
    private List<UnreadOutput> unread(String path) {
        List<UnreadOutput> all = new ArrayList<>();
        for (String stream : List.of("stdout", "stderr")) {
            String name = nameOf(path, stream);
            KeptDescriptors.ofThisJvm().takeSocket(name).ifPresent(source -> {
                OsString unfinished =
                        kept.treeLeft().map(tree -> tree.unfinished().get(name)).orElse(OsString.of(""));
                all.add(new UnreadOutput(stream, source, unfinished));
            });
        }
        return all;
    }

    /** Writes down what all others leave. */
    private final class Records implements Standstill.Part {
        @Override
        public CompletionStage<Optional<String>> rest() {
            Set<String> down = new HashSet<>();
            Set<String> done = new HashSet<>();
            Map<String, List<Long>> restarts = new HashMap<>();
            Map<String, Integer> delays = new HashMap<>();
            long now = Orphans.currentTick();
            atRest.forEach((path, left) -> {
                List<Duration> counted = left.restarts().counted();
                if (!counted.isEmpty()) {
                    restarts.put(
                            path,
                            counted.stream()
                                    .map(age -> Orphans.tickBefore(now, age))
                                    .toList());
                }
                left.restarts().delays().forEach((id, number) -> delays.put(TreePath.below(path, id), number));
                left.down().forEach(id -> down.add(TreePath.below(path, id)));
                left.done().forEach(id -> done.add(TreePath.below(path, id)));
            });
            try {
                Map<String, OsString> unfinished = new HashMap<>();
                outputs.forEach((name, output) -> unfinished.put(name, output.unfinished()));
                kept.leave(new TreeLeft(
                        here(), down, done, List.copyOf(unwritten.values()), restarts, delays, unfinished));
                return CompletableFuture.completedFuture(Optional.empty());
            } catch (PosixException e) {
                return CompletableFuture.completedFuture(
                        Optional.of("what the tree leaves cannot be written down: " + e.getMessage()));
            }
        }

        @Override
        public List<Descriptor> lasting() {
            return kept.lasting();
        }

        @Override
        public Map<String, Descriptor> lastingByName() {
            Map<String, Descriptor> named = new HashMap<>();
            outputs.forEach((name, output) -> named.put(name, output.source()));
            return named;
        }

        @Override
        public void goOn() {
            atRest.clear();
            outputs.clear();
            kept.leavesNothing();
        }
    }

    /** A child has no process any more. What is written of one that has come after it stays. */
    void ended(LiveChild incarnation, String path) {
        Child child = new Child(incarnation);
        if (child.equals(holders.get(path))) {
            starting.remove(path);
            open.remove(path);
            kept.forget(path);
            holders.remove(path, child);
        }
    }

    /** What tells the group of a child from those of all others, where it is to be found by the next JVM. */
    String cgroupIdentity(String path) {
        return kept.place() + " " + path;
    }

    /** What it is started from; not who hears what it writes. */
    private static String specification(ProcessSpec spec) {
        return KeptProcesses.digest(spec.command() + "\n" + spec.directory() + "\n"
                + new TreeMap<>(spec.environment()) + "\n" + spec.stdin() + "\n" + spec.stdout() + "\n"
                + spec.stderr() + "\n" + spec.processGroup() + "\n" + spec.stop() + "\n" + spec.ready()
                + conditions(spec)
                + (spec.sockets().isEmpty() ? "" : "\n" + spec.sockets())
                + spec.cgroup().map(limits -> "\n" + limits).orElse(""));
    }

    /** Nothing where nothing is said, so that what an earlier version has started is known. */
    private static String conditions(ProcessSpec spec) {
        boolean isPlain = spec.conditions().equals(Conditions.NONE)
                && spec.user().isEmpty()
                && spec.environmentFiles().isEmpty()
                && !spec.clearsEnvironment();
        return isPlain
                ? ""
                : "\n" + spec.conditions() + "\n" + spec.user() + "\n" + spec.environmentFiles() + "\n"
                        + spec.clearsEnvironment();
    }

    /** All children there are have been started: stops what was left of others. */
    public void stopOthers() {
        for (KeptProcess process : kept.left()) {
            Leaving leaving = new Leaving();
            if (holders.putIfAbsent(process.path(), leaving) == null) {
                stopOther(process, leaving);
            }
        }
    }

    private void stopOther(KeptProcess process, Leaving leaving) {
        boolean isStopped = false;
        try {
            Optional<Running> running = look(process.path());
            if (running.isPresent()) {
                stop(running.get(), leaving);
                isStopped = true;
            }
        } catch (PosixException e) {
            LOG.warn(
                    "process [{}] of child [{}], which the tree has no more, could not be stopped: {}",
                    process.identity().pid(),
                    process.path(),
                    e.getMessage());
        } finally {
            if (!isStopped) {
                holders.remove(process.path(), leaving);
            }
        }
    }

    private void stop(Running left, Leaving leaving) {
        String path = left.known().path();
        LOG.info(
                "process [{}] of child [{}], which the tree has no more, is stopped",
                left.process().pid(),
                path);
        Consumer<ProcessEvent> owner = event -> {
            if (event instanceof ProcessEvent.Exited) {
                kept.forget(path);
                holders.remove(path, leaving);
            }
        };
        ActorRef<ProcessActor.Command> actor = system.systemActorOf(
                ProcessActor.adopt(left.as(LEFT), left.process(), ProcessActor.Left.READY, owner),
                "pekko-supervisor-left-" + ActorNames.unique(),
                Processes.dispatcher());
        actor.tell(new ProcessActor.Stop(left.known().stopWithin().orElse(NO_LIMIT)));
    }

    @Override
    public void close() {
        Standstill.get(system).remove(Standstill.Stage.RECORDS, records);
        kept.close();
    }
}
