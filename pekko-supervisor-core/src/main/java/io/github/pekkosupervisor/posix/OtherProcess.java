package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What can be seen of a process that is none of ours, and taken from it: its directory, and what its descriptors stand
 * for. By {@code /proc}, which shows that of processes that we may trace: {@code EACCES} for one that has changed its
 * user, or that has had itself hidden, unless we have {@code CAP_SYS_PTRACE}.
 *
 * <p>Each answer is of this very process: if another one has got its number, it is {@code ESRCH}.
 *
 * @param identity which process
 */
public record OtherProcess(ProcessIdentity identity) {

    /** Once it is known. */
    private static volatile Optional<String> ownEnvironment = Optional.empty();

    private static final List<String> RIGHTS =
            List.of("Uid", "Gid", "Groups", "Umask", "CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp");
    private static final List<String> PLACES = List.of("root", "ns/mnt", "ns/user", "ns/net");

    private interface Look<T> {
        T at(OsString path) throws PosixException;
    }

    /** The directory that it is in. */
    public FileStatus workingDirectory() throws PosixException {
        return look("cwd", path -> FileCalls.stat(FileCalls.AT_FDCWD, path, 0));
    }

    /**
     * What a descriptor of it stands for.
     *
     * @throws PosixException {@code ENOENT} if it has closed that
     */
    public FileStatus descriptor(int number) throws PosixException {
        return look("fd/" + number, path -> FileCalls.stat(FileCalls.AT_FDCWD, path, 0));
    }

    /**
     * Whether it leads its session, or who does has ended. Not so at a terminal, where somebody sits; of a session from
     * outside of our world it is not known.
     */
    boolean isInNoSessionOfOthers() throws PosixException {
        Optional<ProcStat> stat = ProcStat.of(identity.pid()).filter(its -> its.terminal() == 0 && its.session() != 0);
        if (stat.isEmpty()) {
            return false;
        }
        int session = stat.get().session();
        return session == identity.pid()
                || ProcStat.ifShown(session).filter(ProcStat::isRunning).isEmpty();
    }

    /** Whether its parent is somebody else than process 1: who has started it, or who takes orphans instead of that. */
    public boolean hasParent() throws PosixException {
        return ProcStat.of(identity.pid())
                .filter(stat -> stat.startTicks() == identity.startTicks() && stat.parent() > 1)
                .isPresent();
    }

    /** Whether its environment, as it was when its program was loaded, has this entry. */
    public boolean hasInEnvironment(OsString entry) throws PosixException {
        return environment().contains("\0" + latin(entry) + "\0");
    }

    /** Whether that has the variable of this entry, with whatever value. */
    boolean hasVariableOf(OsString entry) throws PosixException {
        String wanted = latin(entry);
        return environment().contains("\0" + wanted.substring(0, wanted.indexOf('=') + 1));
    }

    /** That environment, an entry {@code NAME=value} each. */
    public List<OsString> environmentEntries() throws PosixException {
        List<OsString> entries = new ArrayList<>();
        for (String entry :
                look("environ", path -> ProcFs.read(path.toString())).split("\0", -1)) {
            if (!entry.isEmpty()) {
                entries.add(OsString.of(entry.getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        return entries;
    }

    private String environment() throws PosixException {
        return "\0" + look("environ", path -> ProcFs.read(path.toString())) + "\0";
    }

    /** Whether its command line, as its program has it now, has this word; that of a script has the script's name. */
    public boolean hasArgument(OsString word) throws PosixException {
        String words = "\0" + look("cmdline", path -> ProcFs.read(path.toString())) + "\0";
        return words.contains("\0" + latin(word) + "\0");
    }

    /**
     * Whether what it does to files is as if this process did it: the same user, groups, capabilities and umask, the
     * same root, namespaces and control group, and the same limits, but for open files.
     */
    public boolean mayWhatWeMay() throws PosixException {
        String its = look("status", path -> ProcFs.read(path.toString()));
        String ours = ProcFs.read("/proc/self/status");
        for (String key : RIGHTS) {
            if (!ProcFs.valueIn(its, key).equals(ProcFs.valueIn(ours, key))) {
                return false;
            }
        }
        for (String place : PLACES) {
            FileStatus there = look(place, path -> FileCalls.stat(FileCalls.AT_FDCWD, path, 0));
            FileStatus here = FileCalls.stat(FileCalls.AT_FDCWD, OsString.of("/proc/self/" + place), 0);
            if (!there.id().equals(here.id())) {
                return false;
            }
        }
        return look("cgroup", path -> ProcFs.read(path.toString())).equals(ProcFs.read("/proc/self/cgroup"))
                && limits(look("limits", path -> ProcFs.read(path.toString())))
                        .equals(limits(ProcFs.read("/proc/self/limits")));
    }

    /** Without that of open files: ours may have been raised, and those who start have what we had at first. */
    private static List<String> limits(String file) {
        return file.lines().filter(line -> !line.startsWith("Max open files")).toList();
    }

    /** Whether it has a handler for each of these signals. */
    public boolean catches(Signal... signals) throws PosixException {
        String caught = ProcFs.valueIn(look("status", path -> ProcFs.read(path.toString())), "SigCgt");
        long mask = caught.isEmpty() ? 0 : Long.parseUnsignedLong(caught, 16);
        for (Signal signal : signals) {
            if ((mask & Launch.bit(signal)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static String latin(OsString entry) {
        return new String(entry.bytes(), StandardCharsets.ISO_8859_1);
    }

    /** Whether it has the rights of this user alone, so that he may signal it. Unknown counts as no. */
    public boolean isAllOf(int user) {
        String number = Integer.toUnsignedString(user);
        // the real one, the effective one, the saved one, and that for files
        return ProcFs.status(String.valueOf(identity.pid()), "Uid")
                        .equals(String.join("\t", number, number, number, number))
                && identity.exists();
    }

    /**
     * Where it was when its program was loaded, and then where it was before that, as {@code PWD} and {@code OLDPWD} of
     * its environment say; a shell sets both.
     */
    private List<OsString> directoriesInEnvironment() throws PosixException {
        return directoriesIn(look("environ", path -> ProcFs.read(path.toString())));
    }

    private static List<OsString> directoriesIn(String environment) {
        List<String> entries = List.of(environment.split("\0", -1));
        return Stream.of("PWD=", "OLDPWD=")
                .flatMap(name -> entries.stream()
                        .filter(entry -> entry.startsWith(name + "/"))
                        .map(entry -> entry.substring(name.length())))
                .map(path -> OsString.of(path.getBytes(StandardCharsets.ISO_8859_1)))
                .toList();
    }

    /** Where it was after it had left this directory, by the same; all of them if it was not there. */
    public List<OsString> directoriesAfter(FileStatus.Id directory) throws PosixException {
        List<OsString> after = new ArrayList<>();
        for (OsString path : directoriesInEnvironment()) {
            if (isAt(path, directory)) {
                break;
            }
            after.add(path);
        }
        return after;
    }

    /** Whether it was in this directory, by the same. */
    boolean wasIn(FileStatus.Id directory) throws PosixException {
        return isAmong(directoriesInEnvironment(), directory);
    }

    /** Whether this process was, so that whoever it starts seems to have been. */
    static boolean wasOursIn(FileStatus.Id directory) throws PosixException {
        Optional<String> known = ownEnvironment;
        return isAmong(directoriesIn(known.isPresent() ? known.get() : ProcFs.read("/proc/self/environ")), directory);
    }

    /** For threads with the rights of somebody else, who may not read it; it never changes. */
    static void knowOwnEnvironment() throws PosixException {
        ownEnvironment = Optional.of(ProcFs.read("/proc/self/environ"));
    }

    private static boolean isAmong(List<OsString> paths, FileStatus.Id directory) throws PosixException {
        for (OsString path : paths) {
            if (isAt(path, directory)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(OsString path, FileStatus.Id directory) throws PosixException {
        FileStatus status = FileCalls.statIfPresent(FileCalls.AT_FDCWD, path, 0);
        return status != null && status.id().equals(directory);
    }

    /**
     * Opens the pipe behind a descriptor of it once more, for both directions; reads and writes wait.
     *
     * @throws PosixException {@code EINVAL} if it is no pipe
     */
    public Descriptor reopenBothWays(int number) throws PosixException {
        return reopen(number, FileCalls.O_RDWR);
    }

    /**
     * Opens the pipe behind a descriptor of it once more, to read from it; reads wait.
     *
     * @throws PosixException {@code EINVAL} if it is no pipe
     */
    public Descriptor reopenToRead(int number) throws PosixException {
        return reopen(number, FileCalls.O_RDONLY);
    }

    private Descriptor reopen(int number, int way) throws PosixException {
        Descriptor[] opened = new Descriptor[1];
        boolean done = false;
        try {
            Descriptor pipe = look("fd/" + number, path -> opened[0] = Descriptor.openPipeAgain(path, way));
            done = true;
            return pipe;
        } finally {
            if (!done && opened[0] != null) {
                opened[0].close();
            }
        }
    }

    /** It is who it was afterwards, so it was while we looked. */
    private <T> T look(String what, Look<T> look) throws PosixException {
        String path = "/proc/" + identity.pid() + "/" + what;
        T seen = look.at(OsString.of(path));
        if (ProcStat.of(identity.pid())
                .filter(stat -> stat.startTicks() == identity.startTicks())
                .isEmpty()) {
            throw PosixException.of("open", path, Errno.ESRCH);
        }
        return seen;
    }
}
