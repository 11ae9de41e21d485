package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a new process is for a moment before it becomes its program, where that is to begin under {@link Conditions}.
 *
 * <p>A shell sets the umask and waits at a pipe while this JVM sets what can only be set on a process that is there;
 * {@code setpriv(1)} gives it to another user. Each becomes the next, so it is one process all along. If this JVM is
 * killed meanwhile the pipe is at its end, and the program never begins without what was asked for it. A thread of ours
 * that takes on the user's rights before the start would be quicker, and could be killed by that user, the whole JVM
 * with it.
 */
final class Prelude implements AutoCloseable {

    private static final OsString SHELL = OsString.of("/bin/sh");
    private static final OsString SETPRIV = OsString.of("/usr/bin/setpriv");

    /** The shell's exit code when it has waited in vain. */
    private static final int NOT_LET_IN = 111;

    private static final int BECOMING_MILLIS = 1_000;
    private static final int LOOKS_AT_BECOMING = 10;

    /** The numbers that any shell can name. */
    private static final int LAST_NUMBER = 9;

    private static final CFunction SETPRIORITY = CFunction.of("setpriority");
    private static final CFunction PRLIMIT = CFunction.of("prlimit");

    private final Conditions conditions;
    private final List<OsString> command;
    private final @Nullable Pipe gate;
    private final int number;
    private final Optional<List<OsString>> environment;

    /** Whether it is waited for until it has become somebody else's, and has closed its end of the pipe then. */
    private final boolean isAwaited;

    private Prelude(Conditions conditions, List<OsString> command, @Nullable Pipe gate, int number) {
        this(conditions, command, gate, number, Optional.empty(), false);
    }

    private Prelude(
            Conditions conditions,
            List<OsString> command,
            @Nullable Pipe gate,
            int number,
            Optional<List<OsString>> environment,
            boolean isAwaited) {
        this.environment = environment;
        this.isAwaited = isAwaited;
        this.conditions = conditions;
        this.command = command;
        this.gate = gate;
        this.number = number;
    }

    /** None is needed where nothing is asked for. */
    static boolean isNeeded(SpawnRequest request) {
        Conditions conditions = request.conditions();
        return UserRights.areBorrowed()
                || conditions.umask().isPresent()
                || conditions.needProcess()
                || changesUser(conditions)
                || !request.sockets().isEmpty();
    }

    private static boolean changesUser(Conditions conditions) {
        return conditions.account().isPresent() && !conditions.account().get().isOurs();
    }

    /**
     * Looks at what can be known before the start, and opens what is needed for it.
     *
     * @param passedOn descriptors of this process that it gets, in ascending order
     * @throws PosixException if it cannot be had, or the program is not one that can be run
     */
    static Prelude open(SpawnRequest request, int[] passedOn) throws PosixException {
        Optional<UserRights> rights = UserRights.ofThisThread();
        if (rights.isPresent()) {
            return ofBorrowed(request, rights.get().account(), passedOn);
        }
        Conditions conditions = request.conditions();
        List<OsString> program = new ArrayList<>(request.command());
        program.set(0, ProgramLook.firstToRun(request));
        if (changesUser(conditions)) {
            Account account = conditions.account().orElseThrow();
            account.refuseUnlessAllowed();
            program.addAll(0, becoming(account));
        }
        boolean getsSockets = !request.sockets().isEmpty();
        if (conditions.umask().isEmpty() && !conditions.needProcess() && !getsSockets) {
            return new Prelude(conditions, program, null, ChildDescriptors.NONE);
        }
        int number = conditions.needProcess() ? freeNumber(request, passedOn) : ChildDescriptors.NONE;
        List<OsString> command = new ArrayList<>();
        command.add(SHELL);
        command.add(OsString.of("-c"));
        command.add(OsString.of(script(conditions, getsSockets, number)));
        command.add(SHELL);
        command.addAll(program);
        return new Prelude(conditions, command, conditions.needProcess() ? Pipe.open() : null, number);
    }

    /**
     * Of one that is started for a tree of this user: first of all it becomes his, and whatever he has said of it comes
     * after that, his variables included: {@code LD_PRELOAD} and the like would make what runs as root his own.
     */
    private static Prelude ofBorrowed(SpawnRequest request, Account account, int[] passedOn) throws PosixException {
        Conditions conditions = request.conditions();
        if (conditions.needProcess()
                || conditions.account().isPresent()
                || !request.sockets().isEmpty()) {
            throw new PosixException(
                    Conditions.LIMITS,
                    request.command().get(0).toString(),
                    "EPERM",
                    "for a tree of another user no limits, nice, oom-score-adj, sockets or another user are set for a"
                            + " process; have run do it, with chpst for instance");
        }
        OsString program = ProgramLook.firstToRun(request);
        int number = freeNumber(request, passedOn);
        HiddenVariables hidden =
                request.environment().map(HiddenVariables::of).orElseGet(() -> new HiddenVariables(List.of(), 0));
        List<OsString> command = new ArrayList<>(becoming(account));
        command.add(SHELL);
        command.add(OsString.of("-c"));
        command.add(OsString.of(
                "exec " + number + ">&-; " + hidden.script() + script(conditions, false, ChildDescriptors.NONE)));
        command.add(SHELL);
        command.add(program);
        command.addAll(request.command().subList(1, request.command().size()));
        Optional<List<OsString>> environment = request.environment().map(said -> hidden.environment());
        return new Prelude(conditions, command, Pipe.open(), number, environment, true);
    }

    private static List<OsString> becoming(Account account) throws PosixException {
        if (!Directory.exists(SETPRIV)) {
            throw Account.refusal(
                    account.numbers(),
                    "ENOENT",
                    "the program " + SETPRIV + " is not there, by which a process is given to another user; install"
                            + " util-linux, or leave user out");
        }
        return List.of(
                SETPRIV,
                OsString.of("--reuid=" + Integer.toUnsignedString(account.user())),
                OsString.of(
                        "--regid=" + Integer.toUnsignedString(account.groups().get(0))),
                OsString.of("--groups=" + account.groupNumbers(",")),
                OsString.of("--"));
    }

    /** @param getsSockets so that it has to know its own number, which nobody else can tell it before it is there */
    static String script(Conditions conditions, boolean getsSockets, int gate) {
        StringBuilder script = new StringBuilder();
        if (getsSockets) {
            script.append("export LISTEN_PID=$$; ");
        }
        conditions.umask().ifPresent(mask -> script.append(String.format("umask %04o; ", mask)));
        if (gate >= 0) {
            script.append(
                    "read -r pekko_supervisor_gate <&" + gate + " || exit " + NOT_LET_IN + "; exec " + gate + "<&-; ");
        }
        return script + "exec \"$@\"";
    }

    private static int freeNumber(SpawnRequest request, int[] passedOn) throws PosixException {
        Set<Integer> taken = request.beyondStandard().stream()
                .map(SpawnRequest.Further::number)
                .collect(Collectors.toSet());
        for (int number = 3; number <= LAST_NUMBER; number++) {
            if (!taken.contains(number) && Arrays.binarySearch(passedOn, number) < 0) {
                return number;
            }
        }
        throw new PosixException(
                Conditions.LIMITS,
                request.command().get(0).toString(),
                "EINVAL",
                "descriptors 3 to 9 are all passed on, and one of them is needed to set limits, or for a"
                        + " control group, before the program begins;"
                        + " start the launcher with fewer open, or give it fewer sockets");
    }

    /** What the process is at first. */
    List<OsString> command() {
        return command;
    }

    /** With which variables it begins; empty for those of the request. */
    Optional<List<OsString>> environment() {
        return environment;
    }

    /** What it has open beside all else for this moment; empty if nothing. */
    Optional<SpawnRequest.Further> gate() {
        return gate == null
                ? Optional.empty()
                : Optional.of(new SpawnRequest.Further(number, isAwaited ? gate.writeEnd() : gate.readEnd()));
    }

    /**
     * Sets what is asked for and lets the program begin. Where something is refused there is no process any more.
     *
     * @param pid of the process, a child of ours that has been started with {@link #command}
     */
    void admit(int pid) throws PosixException {
        if (gate == null) {
            return;
        }
        try {
            if (isAwaited) {
                awaitUser(gate);
            } else {
                set(pid);
                gate.writeEnd().write(new byte[] {'\n'});
            }
        } catch (PosixException e) {
            ProcessCalls.kill(pid, Signal.KILL);
            ProcessCalls.awaitStatus(pid);
            throw e;
        }
    }

    /**
     * Until then it is root's, and nobody who works for the user may signal it. That takes two milliseconds, unless its
     * user stops it in the middle.
     */
    private static void awaitUser(Pipe gate) throws PosixException {
        gate.writeEnd().close();
        boolean isOver = false;
        for (int look = 0; !isOver && look < LOOKS_AT_BECOMING; look++) {
            isOver = DescriptorCalls.poll(new int[] {gate.readEnd().number()}, BECOMING_MILLIS)[0];
        }
        if (!isOver) {
            throw Account.refusal("process", "ETIMEDOUT", "it has not begun as its user within ten seconds");
        }
    }

    private void set(int pid) throws PosixException {
        if (conditions.cgroup().isPresent()) {
            conditions.cgroup().get().add(pid);
        }
        for (Map.Entry<Resource, Long> limit : conditions.limits().entrySet()) {
            limit(pid, limit.getKey(), limit.getValue());
        }
        if (conditions.nice().isPresent()) {
            giveWay(pid, conditions.nice().getAsInt());
        }
        if (conditions.oomScoreAdj().isPresent()) {
            writeOomScoreAdj(pid, conditions.oomScoreAdj().getAsInt());
        }
    }

    private static void limit(int pid, Resource resource, long soft) throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(2 * Long.BYTES);
        if (PRLIMIT.call(pid, resource.number(), 0, limit) != 0) {
            throw refused(Conditions.LIMITS, resource.key(), "its limit cannot be read");
        }
        long hard = scratch.getLong(limit + Long.BYTES);
        scratch.putLong(limit, soft);
        scratch.putLong(limit + Long.BYTES, Long.compareUnsigned(soft, hard) > 0 ? soft : hard);
        if (PRLIMIT.call(pid, resource.number(), limit, 0) != 0) {
            throw refused(
                    Conditions.LIMITS,
                    resource.key() + " " + Resource.text(soft),
                    "the hard limit of the JVM is " + Resource.text(hard)
                            + ", and only who has the capability SYS_RESOURCE may raise it, up to the kernel's own bounds;"
                            + " ask for no more, or start the JVM with a higher one");
        }
    }

    private static void giveWay(int pid, int nice) throws PosixException {
        final int process = 0;
        if (SETPRIORITY.call(process, pid, nice) != 0) {
            throw refused(
                    Conditions.NICE,
                    Integer.toString(nice),
                    "only root may take precedence over what the JVM itself gives way to, unless its limit of nice allows"
                            + " it; ask for a higher number, or run the JVM as root");
        }
    }

    private static void writeOomScoreAdj(int pid, int score) throws PosixException {
        String text = Integer.toString(score);
        try (Directory process = Directory.open(OsString.of("/proc/" + pid));
                Descriptor file = process.openOverwrite(OsString.of("oom_score_adj"), 0)) {
            file.write(OsString.of(text).bytes());
        } catch (PosixException e) {
            if (e.is("EACCES") || e.is("EPERM")) {
                throw new PosixException(
                        Conditions.OOM_SCORE_ADJ,
                        text,
                        e.errno(),
                        "only who has the capability SYS_RESOURCE, as root has outside of most containers, may have a"
                                + " process killed less willingly than itself; ask for a higher number, or give the JVM"
                                + " that capability");
            }
            throw e;
        }
    }

    private static PosixException refused(String key, String argument, String words) {
        return new PosixException(key, argument, Errno.name(CFunction.errno()), words);
    }

    @Override
    public void close() {
        if (gate != null) {
            gate.close();
        }
    }
}
