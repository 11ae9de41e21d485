package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Resource;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a process is to be: its program and surroundings, when it counts as ready, how it is stopped, which ends are no
 * failure, and what does not outlive what.
 *
 * <p>Immutable; the {@code with} methods return changed copies. They throw nothing: what is wrong is told all at once,
 * see {@link #problems}. Whatever is not said is as the JVM has it, but for standard input, which two cannot read; no
 * descriptor but the three standard ones is passed on, the one of {@link Readiness.Notification} and its sockets.
 */
public final class ProcessSpec {

    /** How long a start may take by default, where there is something to wait for. */
    public static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(60);

    private final Parts parts;

    /** What becomes of a process when its actor stops first. */
    public enum OwnerLost {
        /** It is killed at once, with its group if it leads one. */
        KILL,
        /** It goes on; {@link ProcessActor#adopt} takes it up again. */
        KEEP
    }

    /** What becomes of a process when its supervisor's JVM ends first, by {@code kill -9} for instance. */
    public enum WhenSupervisorDies {
        /**
         * It is killed within a second, with its group if it leads one. A small shell script sees to that, one for each
         * actor system, which is started with the first such process. By the variable {@code PEKKO_SUPERVISOR_START} in
         * its environment it knows a process whose start this JVM was in the middle of.
         */
        KILL,
        /** It goes on. */
        KEEP
    }

    /** Who belongs to it: is stopped with it, and must be gone before it is over. */
    public enum ProcessGroup {
        /** Nobody: it is in the JVM's session and group, and a Ctrl-C reaches it. */
        NONE,
        /** It leads a session and group of its own; all of that get its signals, but its own end alone counts. */
        LEADER,
        /** As {@link #LEADER}, and it is over when nobody of its group is left; who outlives it is stopped as it is. */
        WHOLE,
        /**
         * As {@link #WHOLE}, but all of its control group, whatever sessions and process groups they make; it has one
         * of its own, see {@link #withCgroup}. Who outlives it is killed there, and named; so is at the next start whom
         * an end that nobody has seen has left.
         */
        CGROUP
    }

    /** Whether what is over when it is done is run again with its siblings. */
    public enum OneshotAgain {
        /** A restart of its group runs it again: its supervisor's strategy takes it along. */
        GROUP,
        /** Not by its supervisor, until that is started anew itself; a call runs it again all the same. */
        ONCE
    }

    /**
     * A file that holds one {@link io.github.pekkosupervisor.posix.ProcessIdentity}.
     *
     * @param directory where it is
     * @param name its name there; created with mode 0644 less the umask
     */
    public record IdentityFile(Directory directory, OsString name) {}

    private static final class Parts implements Cloneable {
        List<OsString> command = List.of();

        @Nullable
        String name;

        WorkingDirectory directory = new WorkingDirectory.Inherited();
        Map<String, Optional<String>> environment = Map.of();
        List<Path> environmentFiles = List.of();
        boolean clearEnvironment;
        Conditions conditions = Conditions.NONE;

        @Nullable
        String user;

        List<ListeningSocket> sockets = List.of();

        @Nullable
        HeldSockets heldSockets;

        Stdio stdin = Stdio.discard();
        Stdio stdout = Stdio.inherited();
        Stdio stderr = Stdio.inherited();
        Grouping grouping = Grouping.OWN_SESSION;
        ProcessGroup group = ProcessGroup.WHOLE;

        @Nullable
        CgroupLimits cgroup;

        @Nullable
        String cgroupName;

        OwnerLost ownerLost = OwnerLost.KILL;
        WhenSupervisorDies whenSupervisorDies = WhenSupervisorDies.KILL;

        @Nullable
        IdentityFile identityFile;

        StopSequence stop = StopSequence.standard();
        NormalExits normalExits = NormalExits.zero();
        NormalExits ignoreExitCodes = NormalExits.ofCodes();
        Readiness ready = Readiness.immediately();

        @Nullable
        Liveness live;

        @Nullable
        Duration startTimeout;

        ProcessSigns signs = ProcessSigns.ANYWHERE;

        @Nullable
        OneshotAgain oneshot;

        Map<String, String> logContext = Map.of();
        Mistakes mistakes = Mistakes.NONE;

        @Override
        public Parts clone() {
            try {
                return (Parts) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("it is cloneable", e);
            }
        }
    }

    private ProcessSpec(Parts parts) {
        this.parts = parts;
    }

    /** The same if that can be, else without the change and with the mistake of this method. */
    private ProcessSpec with(String method, @Nullable Object given, Consumer<Parts> change) {
        return with(method, false, given, change);
    }

    /** @param adds whether what the method was given before stays, its mistakes too */
    private ProcessSpec with(String method, boolean adds, @Nullable Object given, Consumer<Parts> change) {
        Parts changed = parts.clone();
        String mistake = Mistakes.ofNull(given);
        if (mistake == null) {
            try {
                change.accept(changed);
            } catch (IllegalArgumentException e) {
                changed = parts.clone();
                mistake = String.valueOf(e.getMessage());
            }
        }
        changed.mistakes = adds ? parts.mistakes.plus(method, mistake) : parts.mistakes.after(method, mistake);
        return new ProcessSpec(changed);
    }

    // ---- beginnings

    /**
     * This program with these arguments, for an application that wants it gone when it is gone itself: in a session of
     * its own, so that no Ctrl-C reaches it past the application; stopped with its whole group; killed with its actor
     * and with this JVM. Its standard input is {@code /dev/null}: what is typed is the application's.
     */
    public static ProcessSpec of(String program, String... arguments) {
        List<OsString> command = new ArrayList<>();
        command.add(OsString.of(program));
        Arrays.stream(arguments).map(OsString::of).forEach(command::add);
        return of(command);
    }

    /**
     * As {@link #of(String, String...)}, a command in whatever encoding.
     *
     * @throws IllegalArgumentException if there is no program in it
     */
    public static ProcessSpec of(List<OsString> command) {
        List<String> mistakes = ProcessChecks.command(command);
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException("process spec: " + String.join("; ", mistakes));
        }
        Parts parts = new Parts();
        parts.command = List.copyOf(command);
        return new ProcessSpec(parts);
    }

    /**
     * This command and nothing more, for whoever supervises by other rules: in the JVM's own session and group, alone
     * even if it is made a leader, with the JVM's standard input, and not ended by the end of this JVM. It is killed
     * when its actor stops.
     */
    public static ProcessSpec bare(List<OsString> command) {
        return of(command)
                .withStdin(Stdio.inherited())
                .withProcessGroup(ProcessGroup.NONE)
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP);
    }

    // ---- copies

    /** The same under another name, for logs; by default that of the program. */
    public ProcessSpec withName(String name) {
        return with("withName", name, parts -> parts.name = name);
    }

    /** The same, begun in this directory. */
    public ProcessSpec withDirectory(Path path) {
        return with("withDirectory", path, parts -> parts.directory = new WorkingDirectory.At(path));
    }

    /** The same, begun in this open directory. */
    public ProcessSpec withDirectory(Directory open) {
        return with(
                "withDirectory", open, parts -> parts.directory = new WorkingDirectory.Open(open, Optional.empty()));
    }

    /** The same, begun in a directory of this name in an open directory. */
    public ProcessSpec withDirectory(Directory open, OsString below) {
        return with(
                "withDirectory",
                Arrays.asList(open, below),
                parts -> parts.directory = new WorkingDirectory.Open(open, Optional.of(below)));
    }

    /** The same with one environment variable set. */
    public ProcessSpec withEnvironment(String name, String value) {
        return withEnvironment("withEnvironment", Collections.singletonMap(name, Optional.ofNullable(value)), value);
    }

    /** The same with one environment variable removed. */
    public ProcessSpec withoutEnvironment(String name) {
        return withEnvironment("withoutEnvironment", Collections.singletonMap(name, Optional.empty()), "");
    }

    /** The same with these environment variables set, or removed where the value is empty. */
    public ProcessSpec withEnvironment(Map<String, Optional<String>> changes) {
        return withEnvironment("withEnvironment", changes, "");
    }

    private ProcessSpec withEnvironment(String method, Map<String, Optional<String>> changes, @Nullable String value) {
        return with(method, true, value == null ? null : changes, parts -> {
            List<String> mistakes = ProcessChecks.environment(changes);
            if (!mistakes.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", mistakes));
            }
            Map<String, Optional<String>> changed = new HashMap<>(parts.environment);
            changed.putAll(changes);
            parts.environment = Map.copyOf(changed);
        });
    }

    /**
     * The same with variables from these files, in this order; what {@link #withEnvironment} sets has precedence. A
     * file has a line {@code NAME=value} for each; empty lines and those that begin with {@code #} or {@code ;} are
     * left out, {@code export} in front too, and so is one pair of quotes around a value. A directory has a file for
     * each variable, as {@code envdir} has it. They are read at each start, from the directory in which the process
     * begins; one that is not there, or wrong, refuses it.
     */
    public ProcessSpec withEnvironmentFiles(Path... files) {
        return with("withEnvironmentFiles", files, parts -> parts.environmentFiles = List.of(files.clone()));
    }

    /** The same without the JVM's variables: with those alone that are set for it. */
    public ProcessSpec withClearEnvironment() {
        return with("withClearEnvironment", "", parts -> parts.clearEnvironment = true);
    }

    /**
     * The same as another user, as {@code -u} of {@code chpst(8)} has it: {@code USER}, with the user's own group and
     * no further ones; {@code USER:GROUP:GROUP}; or {@code :UID:GID:GID} by number. Names are looked up at each start.
     * It is for a JVM that runs as root.
     */
    public ProcessSpec withUser(String user) {
        return with("withUser", user, parts -> {
            Account.mistake(user).ifPresent(mistake -> {
                throw new IllegalArgumentException(mistake);
            });
            parts.user = user;
        });
    }

    /**
     * The same with another umask.
     *
     * @param mask 0 to 0777: the rights that new files do not get
     */
    public ProcessSpec withUmask(int mask) {
        return with("withUmask", mask, parts -> {
            ProcessChecks.umask(mask);
            parts.conditions = parts.conditions.withUmask(mask);
        });
    }

    /**
     * The same with another level of nice, as {@code nice(1)} shows it.
     *
     * @param level -20 to 19; below the JVM's own for root only
     */
    public ProcessSpec withNice(int level) {
        return with("withNice", level, parts -> {
            ProcessChecks.range(level, -20, 19);
            parts.conditions = parts.conditions.withNice(level);
        });
    }

    /**
     * The same, killed more or less willingly when memory is short.
     *
     * @param score -1000, for never, to 1000; below the JVM's own for root only
     */
    public ProcessSpec withOomScoreAdj(int score) {
        return with("withOomScoreAdj", score, parts -> {
            ProcessChecks.range(score, -1000, 1000);
            parts.conditions = parts.conditions.withOomScoreAdj(score);
        });
    }

    /**
     * The same with these soft limits in addition. A hard limit stays as it is; one that is lower is raised with it if
     * the kernel lets this JVM, else the start is refused.
     *
     * @param limits in the units of {@link Resource}, or {@link Resource#INFINITE}
     */
    public ProcessSpec withLimits(Map<Resource, Long> limits) {
        return with("withLimits", limits, parts -> {
            limits.forEach(ProcessChecks::limit);
            parts.conditions = parts.conditions.withLimits(limits);
        });
    }

    /**
     * The same in a control group of its own, with all that come from it, from its first instruction on: a directory of
     * cgroup v2 below the group that this JVM is in. A limit takes a controller that is delegated to this JVM, which
     * goes into a group {@code supervisor} for that if others than itself could not have one; what is not to be had
     * refuses the start. When it ends by KILL, and memory was short in its group, that is told as the reason. As
     * {@code MemoryMax}, {@code CPUQuota} and {@code TasksMax} of systemd.
     */
    public ProcessSpec withCgroup(CgroupLimits limits) {
        return with("withCgroup", limits, parts -> parts.cgroup = limits);
    }

    /**
     * The same, its control group under a name of {@link io.github.pekkosupervisor.posix.Cgroup#nameOf}, by which who
     * comes after this JVM finds it; by default it is found by nobody else.
     */
    public ProcessSpec withCgroupName(String name) {
        return with("withCgroupName", name, parts -> parts.cgroupName = name);
    }

    /** The same without a control group of its own, beside one that has one. */
    ProcessSpec withoutCgroup() {
        Parts changed = parts.clone();
        changed.cgroup = null;
        changed.cgroupName = null;
        return new ProcessSpec(changed);
    }

    /**
     * The same with these sockets, opened before its start: descriptors 3 and following, in this order, of which it is
     * told by {@code LISTEN_FDS}, {@code LISTEN_PID} and {@code LISTEN_FDNAMES}, as {@code sd_listen_fds(3)} has it, or
     * its standard input. A supervisor keeps them open as long as it has the child, whether the process runs or not:
     * who connects meanwhile waits. What is not to be had refuses the start.
     */
    public ProcessSpec withSockets(ListeningSocket... sockets) {
        return with("withSockets", sockets, parts -> parts.sockets = List.of(sockets.clone()));
    }

    /** The same, with who keeps its sockets open; without, it alone has them. */
    public ProcessSpec withHeldSockets(HeldSockets held) {
        return with("withHeldSockets", held, parts -> parts.heldSockets = held);
    }

    /** The same as whom and held as that other one is, and with its variables and sockets. */
    public ProcessSpec underConditionsOf(ProcessSpec other) {
        Parts changed = parts.clone();
        changed.environment = other.parts.environment;
        changed.environmentFiles = other.parts.environmentFiles;
        changed.clearEnvironment = other.parts.clearEnvironment;
        changed.conditions = other.parts.conditions;
        changed.user = other.parts.user;
        changed.cgroup = other.parts.cgroup;
        changed.sockets = other.parts.sockets;
        return new ProcessSpec(changed);
    }

    /** The same with another standard input. */
    public ProcessSpec withStdin(Stdio stdin) {
        return with("withStdin", stdin, parts -> parts.stdin = stdin);
    }

    /** The same with another standard output. */
    public ProcessSpec withStdout(Stdio stdout) {
        return with("withStdout", stdout, parts -> parts.stdout = stdout);
    }

    /** The same with another standard error. */
    public ProcessSpec withStderr(Stdio stderr) {
        return with("withStderr", stderr, parts -> parts.stderr = stderr);
    }

    /** The same with another standard output and standard error. */
    public ProcessSpec withOutput(Stdio output) {
        return with("withOutput", output, parts -> {
            parts.stdout = output;
            parts.stderr = output;
        });
    }

    /**
     * The same, its standard input and output being the application's, and its standard error logged. When it is
     * stopped its standard input is ended, beside the signal.
     */
    public ProcessSpec withConnection(ProcessConnection connection) {
        return with("withConnection", connection, parts -> {
            parts.stdin = new Stdio.Connected(connection);
            parts.stdout = parts.stdin;
            parts.stderr = Stdio.logged();
        });
    }

    /** The same with others who belong to it, in a session of its own or in the JVM's. */
    public ProcessSpec withProcessGroup(ProcessGroup group) {
        return with("withProcessGroup", group, parts -> {
            parts.grouping = group == ProcessGroup.NONE ? Grouping.INHERIT : Grouping.OWN_SESSION;
            parts.group = group == ProcessGroup.NONE ? ProcessGroup.LEADER : group;
        });
    }

    /**
     * The same in another session or group, where {@link #withProcessGroup} is too coarse: with
     * {@link Grouping#OWN_GROUP} it keeps the JVM's session, and with it the terminal.
     */
    public ProcessSpec withGrouping(Grouping grouping) {
        return with("withGrouping", grouping, parts -> parts.grouping = grouping);
    }

    /** The same with another fate when its actor stops. */
    public ProcessSpec withOwnerLost(OwnerLost ownerLost) {
        return with("withOwnerLost", ownerLost, parts -> parts.ownerLost = ownerLost);
    }

    /** The same with another fate when this JVM ends. */
    public ProcessSpec withWhenSupervisorDies(WhenSupervisorDies whenSupervisorDies) {
        return with(
                "withWhenSupervisorDies", whenSupervisorDies, parts -> parts.whenSupervisorDies = whenSupervisorDies);
    }

    /** The same, its identity written here before anybody hears of its start. */
    public ProcessSpec withIdentityFile(Directory place, OsString name) {
        return with(
                "withIdentityFile",
                Arrays.asList(place, name),
                parts -> parts.identityFile = new IdentityFile(place, name));
    }

    /** The same, stopped in another way. */
    public ProcessSpec withStop(StopSequence stop) {
        return with("withStop", stop, parts -> parts.stop = stop);
    }

    /**
     * The same with other exit codes that are no failure; 0 alone by default.
     *
     * @param codes 0 to 255
     */
    public ProcessSpec withNormalExitCodes(int... codes) {
        return with(
                "withNormalExitCodes",
                codes,
                parts -> parts.normalExits =
                        new NormalExits(NormalExits.ofCodes(codes).codes(), parts.normalExits.signals()));
    }

    /** The same with signals by which an end is no failure, never KILL; none by default. */
    public ProcessSpec withNormalExitSignals(Signal... signals) {
        return with("withNormalExitSignals", signals, parts -> parts.normalExits = parts.normalExits.alsoBy(signals));
    }

    /**
     * The same with exit codes by which it says, before it is ready, that it need not run: as OTP's {@code ignore}, its
     * start has then succeeded without a process. None by default. It needs a {@link Readiness} other than
     * {@link Readiness#immediately()}; later these codes mean nothing special.
     *
     * @param codes 0 to 255
     */
    public ProcessSpec withIgnoreExitCodes(int... codes) {
        return with("withIgnoreExitCodes", codes, parts -> parts.ignoreExitCodes = NormalExits.ofCodes(codes));
    }

    /**
     * The same, ready by another sign. To be able to look for a line the JVM reads an output that would have been its
     * own, and copies it there. What goes to the application by {@link #withConnection} is looked through too, and goes
     * there all the same, the line included; until it is ready up to {@link ProcessStreams#LONGEST_LINE} bytes are kept
     * for who reads them later, and who writes more before he is ready waits for that.
     */
    public ProcessSpec withReady(Readiness ready) {
        return with("withReady", ready, parts -> parts.ready = ready);
    }

    /**
     * The same with another limit for the time until it is ready; for a oneshot, which has none by default, until it is
     * done.
     *
     * @param limit more than zero
     */
    public ProcessSpec withStartTimeout(Duration limit) {
        return with("withStartTimeout", limit, parts -> parts.startTimeout = ProcessChecks.positive(limit));
    }

    /**
     * The same, looked at again and again whether it still works; by default nobody looks. It begins when it is ready,
     * and ends when it is asked to stop.
     */
    public ProcessSpec withLive(Liveness live) {
        return with("withLive", live, parts -> parts.live = live);
    }

    /**
     * The same as a oneshot, which a restart of its group runs again: what is over when it is done, such as a
     * migration. As systemd's {@code Type=oneshot}.
     */
    public ProcessSpec withOneshot() {
        return withOneshot(OneshotAgain.GROUP);
    }

    /**
     * The same as a oneshot: its start is acknowledged when it has ended normally, by {@link #normalExits()}, and those
     * that are started after it wait for that; another end is a failed start. Then it is down and done, until it is run
     * again. Its start may take as long as it takes, unless {@link #withStartTimeout} says otherwise.
     *
     * <p>A supervisor refuses one with a {@link Readiness} other than {@link Readiness#immediately()}, with
     * {@link #withLive}, with {@link #withIgnoreExitCodes}, as a significant child, and as a temporary one.
     *
     * @param again whether a restart of its group runs it again
     */
    public ProcessSpec withOneshot(OneshotAgain again) {
        return with("withOneshot", again, parts -> parts.oneshot = again);
    }

    /** The same, giving its signs of readiness where another JVM finds them; for who writes down where that is. */
    public ProcessSpec withSigns(ProcessSigns signs) {
        return with("withSigns", signs, parts -> parts.signs = signs);
    }

    /** The same, with more keys in the MDC of what is logged for it. */
    public ProcessSpec withLogContext(Map<String, String> context) {
        return with("withLogContext", context, parts -> parts.logContext = Map.copyOf(context));
    }

    /**
     * All that is wrong with what was said of it, a sentence each; empty if nothing is. A supervisor tells all of a
     * tree before it starts anything, as {@code InvalidSpecException}, and a {@link ProcessActor} refuses its start
     * with it.
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(parts.mistakes.sentences());
        problems.addAll(ProcessChecks.streams(parts.stdin, parts.stdout, parts.stderr));
        problems.addAll(ListeningSocket.problems(parts.sockets, parts.stdin));
        return problems;
    }

    /** Who may tell how it is, if it is told of a place where: to be ready by that, or for its watchdog. */
    public Optional<NotifyAccess> heard() {
        if (parts.ready instanceof Readiness.SdNotify notify) {
            return Optional.of(notify.access());
        }
        return live().filter(Liveness::isWatchdog).map(watchdog -> NotifyAccess.GROUP);
    }

    /**
     * Why it can never become ready, though each of its parts is right by itself; empty if it can. A supervisor refuses
     * such a specification before it starts anything, and a {@link ProcessActor} its start.
     */
    public Optional<String> contradiction() {
        Optional<String> bySockets = ListeningSocket.contradiction(parts.sockets, parts.ready)
                .or(() -> live().flatMap(Liveness::sign)
                        .flatMap(sign -> ListeningSocket.contradiction(parts.sockets, sign)));
        return bySockets.or(() -> ProcessChecks.contradiction(parts.ready, parts.stdout, parts.stderr));
    }

    /**
     * Why it could not go on after the end of this JVM, though it is to be kept: one of its streams passes through
     * here. Empty if it could.
     */
    public Optional<String> breaksWithThisJvm() {
        return ProcessChecks.breaks(parts.ready, parts.stdin, parts.stdout, parts.stderr);
    }

    /** Which of its streams leads to the application itself, in words; empty if none does. */
    public Optional<String> streamToApplication() {
        return ProcessChecks.toApplication(parts.stdin, parts.stdout, parts.stderr);
    }

    // ---- values

    /** Program and arguments; a program without a slash is looked up in the JVM's {@code PATH}. */
    public List<OsString> command() {
        return parts.command;
    }

    /** Its name in logs. */
    public String name() {
        if (parts.name != null) {
            return parts.name;
        }
        String program = parts.command.get(0).toString();
        return program.substring(program.lastIndexOf('/') + 1);
    }

    /** Whether it was given a name. */
    public boolean isNamed() {
        return parts.name != null;
    }

    /** Where it begins. */
    public WorkingDirectory directory() {
        return parts.directory;
    }

    /** Variables to set, or to remove where the value is empty; see {@link #withEnvironmentFiles} for others. */
    public Map<String, Optional<String>> environment() {
        return parts.environment;
    }

    /** Where further variables are read. */
    public List<Path> environmentFiles() {
        return parts.environmentFiles;
    }

    /** Whether the JVM's variables are left out. */
    public boolean clearsEnvironment() {
        return parts.clearEnvironment;
    }

    /** How it is held; who it is to be stands in {@link #user}, and is looked up at each start. */
    public Conditions conditions() {
        return parts.conditions;
    }

    /** Whose rights it gets; empty for the JVM's. */
    public Optional<String> user() {
        return Optional.ofNullable(parts.user);
    }

    /** What its control group may use; empty if it has none of its own. */
    public Optional<CgroupLimits> cgroup() {
        return Optional.ofNullable(parts.cgroup)
                .or(() -> processGroup() == ProcessGroup.CGROUP ? Optional.of(CgroupLimits.none()) : Optional.empty());
    }

    /** The name of that group; empty if it is found by nobody else. */
    Optional<String> cgroupName() {
        return Optional.ofNullable(parts.cgroupName);
    }

    /** Sockets that are opened for it, in its order. */
    public List<ListeningSocket> sockets() {
        return parts.sockets;
    }

    /** Who keeps them open; empty if it alone has them. */
    Optional<HeldSockets> heldSockets() {
        return Optional.ofNullable(parts.heldSockets);
    }

    /** Descriptor 0. */
    public Stdio stdin() {
        return parts.stdin;
    }

    /** Descriptor 1. */
    public Stdio stdout() {
        return parts.stdout;
    }

    /** Descriptor 2. */
    public Stdio stderr() {
        return parts.stderr;
    }

    /** Who belongs to it. */
    public ProcessGroup processGroup() {
        if (parts.grouping == Grouping.INHERIT) {
            return ProcessGroup.NONE;
        }
        return parts.group;
    }

    /** Session and process group. */
    public Grouping grouping() {
        return parts.grouping;
    }

    /** Whether it is one with the group that it leads. */
    boolean wholeGroup() {
        return processGroup() == ProcessGroup.WHOLE || processGroup() == ProcessGroup.CGROUP;
    }

    /** What becomes of it when its actor stops before it does. */
    public OwnerLost ownerLost() {
        return parts.ownerLost;
    }

    /** What becomes of it when this JVM ends before it does. */
    public WhenSupervisorDies whenSupervisorDies() {
        return parts.whenSupervisorDies;
    }

    /**
     * Where its identity is put before anybody hears of its start, so that a successor of this JVM can recognise it.
     */
    public Optional<IdentityFile> identityFile() {
        return Optional.ofNullable(parts.identityFile);
    }

    /** How it is stopped. */
    public StopSequence stop() {
        return parts.stop;
    }

    /** Which of its ends are no failure. */
    public NormalExits normalExits() {
        return parts.normalExits;
    }

    /** The exit codes by which it says, before it is ready, that it need not run. */
    public Set<Integer> ignoreExitCodes() {
        return parts.ignoreExitCodes.codes();
    }

    /** When it can do its work. */
    public Readiness ready() {
        return parts.ready;
    }

    /** How long it may take until it is ready; of a oneshot only if {@link #hasStartTimeout()}. */
    public Duration startTimeout() {
        return parts.startTimeout == null ? DEFAULT_START_TIMEOUT : parts.startTimeout;
    }

    /** Whether that was said of it. */
    public boolean hasStartTimeout() {
        return parts.startTimeout != null;
    }

    /** If it is over when it is done, whether a restart of its group runs it again; empty if it is to go on running. */
    public Optional<OneshotAgain> oneshot() {
        return Optional.ofNullable(parts.oneshot);
    }

    /** How it is known that it still works; empty if nobody looks. */
    public Optional<Liveness> live() {
        return Optional.ofNullable(parts.live);
    }

    /** Where it gives its signs of readiness. */
    public ProcessSigns signs() {
        return parts.signs;
    }

    /** Further keys in the MDC of what is logged for it. */
    public Map<String, String> logContext() {
        return parts.logContext;
    }

    /** Never shows the environment: it holds secrets. */
    @Override
    public String toString() {
        return "ProcessSpec" + parts.command;
    }
}
