package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The processes of which somebody may have been about to write down that it had started them when it was killed: those
 * whose parent is process 1 or whoever else takes orphans here, as one look at {@code /proc} has shown.
 */
public final class Orphans {

    private static final int TICKS_PER_SECOND = 100;
    private static final int BOOT_TIME = 7;

    /** In ticks; others may have inherited the same, so a late one is not taken for it. */
    private static final int STARTED_WITHIN = 10 * TICKS_PER_SECOND;

    private static final CFunction CLOCK_GETTIME = CFunction.of("clock_gettime");

    /** Between the intent and the start there is no more than a write; be the machine ever so busy. */
    private static final int SOON_TICKS = 60 * TICKS_PER_SECOND;

    /** The children of process 1 are orphans, whatever session they are in. */
    private static final int NO_SESSION = -1;

    private static final Map<Integer, List<Hidden>> HIDDEN_ELDERS = new HashMap<>();

    private final List<Orphan> orphans;

    /** Those whose parent may be one who takes orphans elsewhere, as a manager of a user's services does. */
    private final List<ProcStat> fostered;

    private Orphans(List<Orphan> orphans, List<ProcStat> fostered) {
        this.orphans = orphans;
        this.fostered = fostered;
    }

    /**
     * A start that was under way, as it was written down before.
     *
     * @param fromTick {@link #currentTick()} of then
     * @param untilTick the last tick in which it can have taken place: one in which who was to start it was gone
     * @param group the process group of who was to start it
     * @param session the session of who was to start it; 0 if the process was to have one of its own, or if the former
     *     is from outside of our world, as that of who has been put into a container
     * @param output what its descriptor 1 was to be; empty if that tells nothing of it
     * @param directory where it was to begin
     * @param mark an entry that only its environment was to have; empty if there is none. Where there is one, who does
     *     not have it is meant only if the variable is not there at all, as of a program that was started without its
     *     environment, or has written over it, and other signs speak for it
     * @param inherited what its descriptors 1 and 2 were to be if it is given nothing else: {@link OwnProcess#outputs}
     *     of who was to start it
     */
    public record Intent(
            long fromTick,
            long untilTick,
            int group,
            int session,
            Optional<FileStatus.Id> output,
            FileStatus.Id directory,
            Optional<OsString> mark,
            List<FileStatus.Id> inherited) {

        /** One that is to be known by a mark, and else by where it is. */
        public Intent(
                long fromTick,
                long untilTick,
                int group,
                int session,
                Optional<FileStatus.Id> output,
                FileStatus.Id directory,
                Optional<OsString> mark) {
            this(fromTick, untilTick, group, session, output, directory, mark, List.of());
        }

        /** Without a mark. */
        public Intent(
                long fromTick,
                long untilTick,
                int group,
                int session,
                Optional<FileStatus.Id> output,
                FileStatus.Id directory,
                List<FileStatus.Id> inherited) {
            this(fromTick, untilTick, group, session, output, directory, Optional.empty(), inherited);
        }

        /** Without a mark, and with nothing that it would have inherited. */
        public Intent(
                long fromTick,
                long untilTick,
                int group,
                int session,
                Optional<FileStatus.Id> output,
                FileStatus.Id directory) {
            this(fromTick, untilTick, group, session, output, directory, Optional.empty(), List.of());
        }

        /** Whether a process is in the session that it was to have. */
        boolean isInSession(int pid, int itsSession) {
            return session == 0 ? itsSession == pid || itsSession == 0 : itsSession == session;
        }

        /** Any start until then, by somebody of whom nothing is known: he was like us. */
        public static Intent ofAnyTime(long untilTick, Optional<FileStatus.Id> output, FileStatus.Id directory) {
            return new Intent(0, untilTick, OwnProcess.group(), OwnProcess.session(), output, directory);
        }
    }

    /** What a process was known by. */
    public enum Sign {
        /** It has the mark. */
        MARK,
        /** It reads what was made for it, see {@link Readers}. */
        INPUT,
        /** It writes to what was made for it. */
        OUTPUT,
        /** It is where it was to begin. */
        DIRECTORY,
        /**
         * Its environment says that it was there before it went elsewhere: a shell has left it so. It does not count
         * where our own environment says the same, since then it may be inherited.
         */
        ENVIRONMENT,
        /**
         * It has the mark or the output or is where it was to begin, and somebody for its parent who has nothing of
         * that: he may have taken it over from who was to start it, or have started it himself.
         */
        FOSTERED,
        /**
         * It has what it would have inherited of who was to start it, and was started soon after the intent. So has
         * whatever else that one has started then, and what these have.
         */
        INHERITED,
        /** It is in the session of who was to start it; no more can be seen of it. So may be anything of that one. */
        SESSION
    }

    /**
     * A process that may be the one.
     *
     * @param identity which
     * @param leadsGroup whether it leads a process group
     * @param sign what it was known by
     */
    public record Candidate(ProcessIdentity identity, boolean leadsGroup, Sign sign) {
        /**
         * Whether it was started within a minute of this tick, which is that of the intent. Later anybody may have come
         * to where the process was to be, or got what it was to have.
         */
        public boolean isSoonAfter(long tick) {
            return Orphans.isSoon(identity.startTicks(), tick);
        }
    }

    /** The present, in ticks since the machine was started, as {@link ProcessIdentity#startTicks()}. */
    public static long currentTick() {
        Scratch scratch = Scratch.begin();
        long time = scratch.zeroed(2 * Long.BYTES);
        CLOCK_GETTIME.call(BOOT_TIME, time);
        return scratch.getLong(time) * TICKS_PER_SECOND
                + scratch.getLong(time + Long.BYTES) / (1_000_000_000 / TICKS_PER_SECOND);
    }

    /** How long before another tick one was; zero if it was not. */
    public static Duration since(long tick, long now) {
        return Duration.ofMillis(Math.max(0, now - tick) * (1000 / TICKS_PER_SECOND));
    }

    /** The tick that was so long before another. */
    public static long tickBefore(long now, Duration age) {
        return now - age.toMillis() * TICKS_PER_SECOND / 1000;
    }

    /** How long ago a process was started, to a tick; zero if that cannot be told. */
    public static Duration age(ProcessIdentity process) {
        long ticks = process.startTicks() == 0 ? 0 : currentTick() - process.startTicks();
        return Duration.ofMillis(Math.max(0, ticks) * (1000 / TICKS_PER_SECOND));
    }

    /**
     * Looks at all processes there are, once.
     *
     * @throws PosixException if they cannot be seen, so that it cannot be said that there is none
     */
    public static Orphans look() throws PosixException {
        List<Integer> pids = new ArrayList<>();
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            for (OsString name : processes.list()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9') {
                    pids.add(Integer.valueOf(name.toString()));
                }
            }
        }
        return look(pids);
    }

    private static Orphans look(List<Integer> pids) throws PosixException {
        Map<Integer, Integer> reapers = reapers();
        Orphans seen = new Orphans(new ArrayList<>(), new ArrayList<>());
        for (int pid : pids) {
            Optional<Orphan> orphan = orphan(pid, reapers);
            orphan.ifPresent(seen.orphans::add);
            if (orphan.isEmpty()) {
                other(pid, reapers).filter(Orphans::mayBeFostered).ifPresent(seen.fostered::add);
            }
        }
        return seen;
    }

    /** What we have started ourselves nobody has left, nor what comes from outside of our world. */
    private static boolean mayBeFostered(ProcStat stat) {
        return stat.parent() > 1 && stat.parent() != OwnProcess.pid();
    }

    /**
     * Looks at one process.
     *
     * @throws PosixException if it cannot be seen
     */
    public static Orphans look(int pid) throws PosixException {
        return look(List.of(pid));
    }

    private static Optional<Orphan> orphan(int pid, Map<Integer, Integer> reapers) throws PosixException {
        return other(pid, reapers)
                .flatMap(stat ->
                        Optional.ofNullable(reapers.get(stat.parent())).map(session -> new Orphan(stat, session)));
    }

    /** Neither we ourselves nor who is above us. */
    private static Optional<ProcStat> other(int pid, Map<Integer, Integer> reapers) throws PosixException {
        return reapers.containsKey(pid) || pid == OwnProcess.pid()
                ? Optional.empty()
                : ProcStat.ifShown(pid).filter(ProcStat::isRunning);
    }

    /**
     * Who is in a directory, was here before this process, and has been left there by a supervisor that is gone, as it
     * seems: it has no parent, and is neither at a terminal nor in a session of somebody else who lives, as an
     * operator's shell is and what he has started from it. Or it has our outputs, or a FIFO that has lost its name, as
     * those to loggers do.
     *
     * @throws PosixException if that cannot be seen now
     */
    public static List<Candidate> leftIn(Directory directory) throws PosixException {
        List<Integer> pids = eldersIn(directory);
        if (pids.isEmpty()) {
            return List.of();
        }
        long ours = ProcStat.of(OwnProcess.pid()).map(ProcStat::startTicks).orElse(0L);
        return leftIn(directory, pids, ours);
    }

    /**
     * One into whom this process may not look.
     *
     * @param program the name of its program, or of a thread, of 15 bytes at the most
     */
    public record Hidden(Candidate who, String program) {}

    /**
     * Who may have been left by a supervisor that is gone, of those into whom this process may not look, as root not
     * into those of other users where it lacks a right for that: of them no more is to be seen than what anybody sees.
     * That is little: one without a parent, here before this process, neither at a terminal nor in a session of
     * somebody else who lives, as any daemon; but in our control group, and of a user whose it could be. All who ask
     * are told of one look.
     *
     * @throws PosixException if that cannot be seen now
     */
    public static List<Hidden> hidden() throws PosixException {
        List<Hidden> running = new ArrayList<>();
        for (Hidden one : hiddenElders()) {
            if (one.who().identity().runs(0)) {
                running.add(one);
            }
        }
        return running;
    }

    private static synchronized List<Hidden> hiddenElders() throws PosixException {
        List<Hidden> all = HIDDEN_ELDERS.get(OwnProcess.user());
        if (all == null) {
            all = OwnProcess.pid() == 1 ? List.of() : lookForHidden();
            HIDDEN_ELDERS.put(OwnProcess.user(), all);
        }
        return all;
    }

    private static List<Hidden> lookForHidden() throws PosixException {
        try {
            long ours = ProcStat.of(OwnProcess.pid()).map(ProcStat::startTicks).orElse(0L);
            Map<Integer, Integer> reapers = reapers();
            List<Hidden> found = new ArrayList<>();
            for (int pid : Elders.all().hidden()) {
                Optional<ProcStat> stat = orphan(pid, reapers)
                        .filter(orphan -> orphan.isOrphanOf(OwnProcess.group()))
                        .map(Orphan::stat)
                        .filter(one -> one.startTicks() <= ours && isOfOurUser(pid));
                if (stat.isPresent() && seemsLeft(ProcessIdentity.of(stat.get()))) {
                    Candidate who = new Candidate(
                            ProcessIdentity.of(stat.get()), stat.get().group() == pid, Sign.SESSION);
                    found.add(new Hidden(who, program(pid)));
                }
            }
            return List.copyOf(found);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // there is no /proc
            return List.of();
        }
    }

    private static String program(int pid) throws PosixException {
        try {
            return ProcFs.read("/proc/" + pid + "/comm").stripTrailing();
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it has ended meanwhile
            return "";
        }
    }

    private static boolean seemsLeft(ProcessIdentity who) throws PosixException {
        OtherProcess process = new OtherProcess(who);
        return see(() -> process.workingDirectory().isDirectory()) == Sight.HIDDEN
                && see(process::isInNoSessionOfOthers) == Sight.SAME
                && see(() -> CgroupHome.of(ProcFs.read("/proc/" + who.pid() + "/cgroup"))
                                .equals(CgroupHome.of(ProcFs.read("/proc/self/cgroup"))))
                        == Sight.SAME;
    }

    /** The same of these, if they were started until then. */
    static List<Candidate> leftIn(Directory directory, List<Integer> pids, long untilTick) throws PosixException {
        FileStatus.Id place = directory.status().id();
        List<Candidate> left = new ArrayList<>();
        Intent anyStart = new Intent(0, untilTick, OwnProcess.group(), OwnProcess.session(), Optional.empty(), place);
        for (Candidate one : look(pids).find(anyStart)) {
            if (one.sign() == Sign.DIRECTORY && isLeft(new OtherProcess(one.identity()), place.device())) {
                left.add(one);
            }
        }
        return left;
    }

    /** Whoever is there before a process 1 begins has nobody's death behind it. */
    private static List<Integer> eldersIn(Directory directory) throws PosixException {
        try {
            return OwnProcess.pid() == 1 ? List.of() : Elders.in(directory.realPath());
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // there is no /proc
            return List.of();
        }
    }

    private static boolean isLeft(OtherProcess process, long device) throws PosixException {
        return see(process::isInNoSessionOfOthers) == Sight.SAME
                || hasAny(process, OwnProcess.outputs())
                || see(() -> isNamelessFifo(process.descriptor(1), device)) == Sight.SAME;
    }

    private static boolean isNamelessFifo(FileStatus output, long device) {
        return output.isFifo() && output.links() == 0 && output.id().device() == device;
    }

    /**
     * The process that has this number now, whoever is its parent; one that has ended is none, nor is a thread.
     *
     * @throws PosixException if it cannot be seen
     */
    public static Optional<ProcessIdentity> process(int pid) throws PosixException {
        Optional<ProcessIdentity> found =
                ProcStat.ifShown(pid).filter(ProcStat::isRunning).map(ProcessIdentity::of);
        return found.isPresent() && isThread(pid) ? Optional.empty() : found;
    }

    /** In a container that has been started again our own threads have the numbers of processes of before. */
    private static boolean isThread(int pid) throws PosixException {
        try {
            String status = new String(ProcFs.readBytes("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1);
            return !status.contains("\nTgid:\t" + pid + "\n");
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it has ended, or is another user's
            return false;
        }
    }

    /**
     * Process 1, and those above us: one of them may be who takes the orphans of its descendants; with their sessions.
     */
    private static Map<Integer, Integer> reapers() throws PosixException {
        Map<Integer, Integer> reapers = new HashMap<>(Map.of(1, NO_SESSION));
        Optional<ProcStat> above = ProcStat.of(OwnProcess.pid());
        while (above.isPresent() && above.get().parent() > 1) {
            int parent = above.get().parent();
            above = ProcStat.ifShown(parent);
            reapers.put(parent, above.map(ProcStat::session).orElse(NO_SESSION));
        }
        return reapers;
    }

    /**
     * Which of them may be the process of a start that was under way; one that has ended is not among them. Several may
     * look alike.
     *
     * @throws PosixException if one of them cannot be seen now, for want of a descriptor or the like
     */
    public List<Candidate> find(Intent intent) throws PosixException {
        List<Candidate> found = new ArrayList<>();
        for (Orphan orphan : orphans) {
            ProcStat stat = orphan.stat();
            boolean then = stat.startTicks() >= intent.fromTick() && stat.startTicks() <= intent.untilTick();
            if (then && orphan.isOrphanOf(intent.group())) {
                sign(orphan, intent)
                        .map(sign -> new Candidate(ProcessIdentity.of(stat), stat.group() == stat.pid(), sign))
                        .ifPresent(found::add);
            }
        }
        for (ProcStat stat : fostered) {
            boolean then = stat.startTicks() >= intent.fromTick() && stat.startTicks() <= intent.untilTick();
            if (then && isTheTopOf(stat, intent)) {
                found.add(new Candidate(ProcessIdentity.of(stat), stat.group() == stat.pid(), Sign.FOSTERED));
            }
        }
        return found;
    }

    /** It has what tells it from others, and its parent does not. Not so an operator's shell that has come by. */
    private static boolean isTheTopOf(ProcStat stat, Intent intent) throws PosixException {
        OtherProcess process = new OtherProcess(ProcessIdentity.of(stat));
        if (!isMarked(process, intent)
                && !(isThere(process, intent)
                        && (intent.isInSession(stat.pid(), stat.session())
                                || see(process::isInNoSessionOfOthers) == Sight.SAME))) {
            return false;
        }
        Optional<ProcStat> above = ProcStat.ifShown(stat.parent());
        if (above.isEmpty()) {
            return true;
        }
        OtherProcess parent = new OtherProcess(ProcessIdentity.of(above.get()));
        return !isMarked(parent, intent) && !isThere(parent, intent);
    }

    /** By the mark, or by the output that was made for it. */
    private static boolean isMarked(OtherProcess process, Intent intent) throws PosixException {
        return intent.mark().isPresent()
                ? see(() -> process.hasInEnvironment(intent.mark().get())) == Sight.SAME
                : intent.output().isPresent()
                        && see(() -> process.descriptor(1)
                                        .id()
                                        .equals(intent.output().get()))
                                == Sight.SAME;
    }

    private static boolean isThere(OtherProcess process, Intent intent) throws PosixException {
        return intent.mark().isEmpty()
                && see(() -> process.workingDirectory().id().equals(intent.directory())) == Sight.SAME;
    }

    /**
     * A process whose parent takes orphans, or may do so.
     *
     * @param parentSession that of its parent
     */
    private record Orphan(ProcStat stat, int parentSession) {
        /**
         * A shell above us has children too, and none of them is an orphan. They are in its session, as an orphan may
         * be whose reaper is there, but not in the group of who was killed: a shell makes one for each.
         */
        boolean isOrphanOf(int group) {
            return stat.session() != parentSession || stat.group() == group;
        }
    }

    private enum Sight {
        SAME,
        OTHER,
        HIDDEN
    }

    private interface Look {
        boolean isTheOne() throws PosixException;
    }

    private static Optional<Sign> sign(Orphan orphan, Intent intent) throws PosixException {
        ProcStat stat = orphan.stat();
        OtherProcess process = new OtherProcess(ProcessIdentity.of(stat));
        boolean isInSession = intent.isInSession(stat.pid(), stat.session());
        if (intent.mark().isPresent()) {
            return byMark(intent.mark().get(), process, stat, isInSession, intent);
        }
        Sight output = intent.output().isPresent()
                ? see(() -> process.descriptor(1).id().equals(intent.output().get()))
                : Sight.HIDDEN;
        if (output == Sight.SAME) {
            return Optional.of(Sign.OUTPUT);
        }
        Sight directory = see(() -> process.workingDirectory().id().equals(intent.directory()));
        if (directory == Sight.SAME) {
            return Optional.of(Sign.DIRECTORY);
        }
        boolean wasThere = see(() -> process.wasIn(intent.directory())) == Sight.SAME;
        if (wasThere && see(() -> OtherProcess.wasOursIn(intent.directory())) != Sight.SAME) {
            return Optional.of(Sign.ENVIRONMENT);
        }
        // the children of who is above us have inherited the same as we
        if (stat.session() != orphan.parentSession()
                && stat.startTicks() - intent.fromTick() <= STARTED_WITHIN
                && (wasThere || hasAny(process, intent.inherited()))) {
            return Optional.of(Sign.INHERITED);
        }
        return bySession(output == Sight.HIDDEN && directory == Sight.HIDDEN && isInSession, stat, intent);
    }

    private static Optional<Sign> byMark(
            OsString mark, OtherProcess process, ProcStat stat, boolean isInSession, Intent intent)
            throws PosixException {
        Sight marked = see(() -> process.hasInEnvironment(mark));
        if (marked == Sight.SAME) {
            return Optional.of(Sign.MARK);
        } else if (marked == Sight.HIDDEN) {
            return bySession(isInSession, stat, intent);
        }
        // who does not lead a session may have made one of its own
        boolean fits = (isInSession || stat.session() == stat.pid())
                && isSoon(stat.startTicks(), intent.fromTick())
                && see(() -> process.hasVariableOf(mark)) == Sight.OTHER;
        if (fits && see(() -> process.workingDirectory().id().equals(intent.directory())) == Sight.SAME) {
            return Optional.of(Sign.DIRECTORY);
        }
        return fits && hasAny(process, intent.inherited()) ? Optional.of(Sign.INHERITED) : Optional.empty();
    }

    /** For its descriptor 1 or 2. */
    private static boolean hasAny(OtherProcess process, List<FileStatus.Id> outputs) throws PosixException {
        return !outputs.isEmpty()
                && (see(() -> outputs.contains(process.descriptor(1).id())) == Sight.SAME
                        || see(() -> outputs.contains(process.descriptor(2).id())) == Sight.SAME);
    }

    private static boolean isSoon(long startTicks, long tick) {
        return startTicks - tick <= SOON_TICKS;
    }

    /** That is little to go by: many a daemon has a session of its own. */
    private static Optional<Sign> bySession(boolean isInSession, ProcStat stat, Intent intent) {
        boolean soon = isSoon(stat.startTicks(), intent.fromTick());
        return isInSession && soon && isOfOurUser(stat.pid()) ? Optional.of(Sign.SESSION) : Optional.empty();
    }

    /**
     * Only root starts what another user is then. A program that is another user's by its file (as {@code sudo}) could
     * not be signalled either.
     */
    private static boolean isOfOurUser(int pid) {
        String ours = Integer.toUnsignedString(OwnProcess.user());
        return ours.equals("0") || ProcFs.status(String.valueOf(pid), "Uid").startsWith(ours + "\t");
    }

    private static Sight see(Look look) throws PosixException {
        try {
            return look.isTheOne() ? Sight.SAME : Sight.OTHER;
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it has closed that, or has ended meanwhile; else we may not know
            return e.is("ENOENT") || e.is("ESRCH") ? Sight.OTHER : Sight.HIDDEN;
        }
    }
}
