package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.ProgramSight.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for why a program cannot be run, after the kernel has refused to. What it is asked may have changed since, and
 * what it cannot see it takes for right.
 */
public final class ProgramLook {

    /** Where the C library looks if there is no {@code PATH}. */
    static final String DEFAULT_PATH = "/bin:/usr/bin";

    private ProgramLook() {}

    /** Where the start of a process looked for its program: at its path, or in the {@code PATH} of this JVM. */
    public static Found of(SpawnRequest request) {
        return of(
                request.command().get(0),
                request.directory().orElse(null),
                Optional.ofNullable(System.getenv("PATH")).orElse(DEFAULT_PATH),
                request.environment().flatMap(ProgramLook::pathIn));
    }

    /**
     * The same before a start, of a process with the environment of this JVM.
     *
     * @param directory where it is to begin; empty for where this JVM is
     */
    public static Found of(OsString program, Optional<Directory> directory) {
        return of(
                program,
                directory.orElse(null),
                Optional.ofNullable(System.getenv("PATH")).orElse(DEFAULT_PATH),
                Optional.empty());
    }

    static Found of(OsString program, @Nullable Directory directory, String path, Optional<String> itsOwn) {
        if (program.indexOf('/', 0) >= 0) {
            return new Found(List.of(), Optional.empty(), at(directory, program));
        }
        ProgramSight met = new ProgramSight.Missing(program.toString());
        for (OsString candidate : candidates(path, program)) {
            ProgramSight sight = at(directory, candidate);
            // the first one that is there: what is found after it was tried too, and would have been run
            if (met instanceof ProgramSight.Missing && !isNothing(sight)) {
                met = sight;
            }
        }
        Optional<String> inItsOwn = itsOwn.filter(other -> !other.equals(path))
                .map(other -> candidates(other, program).stream()
                        .filter(candidate -> at(directory, candidate) instanceof ProgramSight.Fine)
                        .map(OsString::toString)
                        .findFirst()
                        .orElse(""));
        return new Found(List.of(path.split(":", -1)), inItsOwn, met);
    }

    /**
     * The program that the start of a process would run, for who has another program run it: by its name, if that looks
     * it up where the JVM does.
     *
     * @throws PosixException as that start would be refused, as far as that can be seen
     */
    static OsString firstToRun(SpawnRequest request) throws PosixException {
        OsString program = request.command().get(0);
        Directory directory = request.directory().orElse(null);
        if (program.indexOf('/', 0) >= 0) {
            Optional<Errno> errno = refusal(at(directory, program));
            if (errno.isPresent()) {
                throw PosixException.of("spawn", program.toString(), errno.get());
            }
            return program;
        }
        List<OsString> candidates =
                candidates(Optional.ofNullable(System.getenv("PATH")).orElse(DEFAULT_PATH), program);
        Errno refused = Errno.ENOENT;
        for (OsString candidate : candidates) {
            Optional<Errno> errno = refusal(at(directory, candidate));
            if (errno.isEmpty()) {
                return findsTheSame(request) && !program.startsWith("-") ? program : candidate;
            }
            refused = isNothing(errno.get()) ? refused : errno.get();
        }
        throw PosixException.of("spawn", program.toString(), refused);
    }

    private static boolean findsTheSame(SpawnRequest request) {
        String ours = System.getenv("PATH");
        return request.environment().isEmpty()
                || pathIn(request.environment().get()).equals(Optional.ofNullable(ours));
    }

    private static boolean isNothing(Errno errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR;
    }

    /** What the kernel says of it; empty if it may be run. */
    static Optional<Errno> refusal(ProgramSight sight) {
        if (sight instanceof ProgramSight.Fine) {
            return Optional.empty();
        }
        if (sight instanceof ProgramSight.BadInterpreter script) {
            return refusal(script.interpreter());
        }
        if (sight instanceof ProgramSight.Missing
                || sight instanceof ProgramSight.LinkToNothing
                || sight instanceof ProgramSight.NoLoader) {
            return Optional.of(Errno.ENOENT);
        }
        if (sight instanceof ProgramSight.NotBelow) {
            return Optional.of(Errno.ENOTDIR);
        }
        boolean isRead = sight instanceof ProgramSight.OtherProcessor
                || sight instanceof ProgramSight.Empty
                || sight instanceof ProgramSight.NoFormat;
        return Optional.of(isRead ? Errno.ENOEXEC : Errno.EACCES);
    }

    private static boolean isNothing(ProgramSight sight) {
        return sight instanceof ProgramSight.Missing || sight instanceof ProgramSight.NotBelow;
    }

    private static Optional<String> pathIn(List<OsString> environment) {
        String prefix = "PATH=";
        return environment.stream()
                .filter(entry -> entry.startsWith(prefix))
                .map(entry -> entry.toString().substring(prefix.length()))
                .findFirst();
    }

    private static List<OsString> candidates(String path, OsString program) {
        List<OsString> candidates = new ArrayList<>();
        for (String directory : path.split(":", -1)) {
            candidates.add(
                    OsString.of(directory.isEmpty() ? "./" : directory + "/").plus(program));
        }
        return candidates;
    }

    private static ProgramSight at(@Nullable Directory directory, OsString path) {
        if (directory == null) {
            return at(FileCalls.AT_FDCWD, path);
        }
        try {
            int from = directory.begin();
            try {
                return at(from, path);
            } finally {
                directory.end();
            }
        } catch (PosixException e) {
            return new ProgramSight.Fine(path.toString());
        }
    }

    private static ProgramSight at(int from, OsString path) {
        ProgramSight found = file(from, path);
        return found instanceof ProgramSight.Fine ? content(from, path) : found;
    }

    private static ProgramSight file(int from, OsString path) {
        String name = path.toString();
        try {
            FileStatus status = FileCalls.statIfPresent(from, path, 0);
            if (status == null) {
                return nothing(from, path);
            }
            if (status.isDirectory()) {
                return new ProgramSight.IsDirectory(name);
            }
            if (!status.isRegularFile()) {
                return new ProgramSight.Special(name);
            }
            return FileCalls.mayExecute(from, path) ? new ProgramSight.Fine(name) : notExecutable(from, path, status);
        } catch (PosixException e) {
            return e.is("ENOTDIR") || e.is("EACCES") ? onTheWay(from, path) : new ProgramSight.Fine(name);
        }
    }

    private static ProgramSight nothing(int from, OsString path) throws PosixException {
        FileStatus itself = FileCalls.statIfPresent(from, path, FileCalls.AT_SYMLINK_NOFOLLOW);
        return itself != null && itself.isLink()
                ? new ProgramSight.LinkToNothing(
                        path.toString(), FileCalls.readLink(from, path).toString())
                : new ProgramSight.Missing(path.toString());
    }

    private static ProgramSight notExecutable(int from, OsString path, FileStatus status) {
        Optional<String> noexec = Optional.empty();
        try (Descriptor file = Descriptor.open(from, path, FileCalls.O_PATH, 0)) {
            noexec = mountedNoexec(
                    ProcFs.read("/proc/self/fdinfo/" + file.number()), ProcFs.read("/proc/self/mountinfo"));
        } catch (PosixException e) {
            // no /proc here: its mode is what is told
        }
        return noexec.isPresent()
                ? new ProgramSight.MountedNoexec(path.toString(), noexec.get())
                : new ProgramSight.NoRight(path.toString(), status.mode() & 07777, status.owner(), OwnProcess.user());
    }

    /**
     * Where the file system of a descriptor is mounted, if nothing may be executed there.
     *
     * @param fdinfo what {@code /proc} tells of the descriptor
     * @param mountinfo a line for each mount: its number, its parent's, the device, its root there, where, its options
     */
    static Optional<String> mountedNoexec(String fdinfo, String mountinfo) {
        Optional<String> id = fdinfo.lines()
                .filter(line -> line.startsWith("mnt_id:"))
                .map(line -> line.substring("mnt_id:".length()).strip() + " ")
                .findFirst();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        final int where = 4;
        final int options = 5;
        return mountinfo
                .lines()
                .filter(line -> line.startsWith(id.get()))
                .map(line -> line.split(" "))
                .filter(fields -> fields.length > options
                        && List.of(fields[options].split(",")).contains("noexec"))
                .map(fields -> fields[where])
                .findFirst();
    }

    /** The first part of the path that is no directory, or one that may not be searched. */
    private static ProgramSight onTheWay(int from, OsString path) {
        String name = path.toString();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            OsString part = path.slice(0, slash);
            try {
                FileStatus status = FileCalls.statIfPresent(from, part, 0);
                if (status == null) {
                    return new ProgramSight.Missing(name);
                }
                if (!status.isDirectory()) {
                    return new ProgramSight.NotBelow(name, part.toString());
                }
                if (!FileCalls.mayExecute(from, part)) {
                    return new ProgramSight.Barred(name, part.toString(), OwnProcess.user());
                }
            } catch (PosixException e) {
                // it cannot be looked at
                return new ProgramSight.Fine(name);
            }
        }
        return new ProgramSight.Fine(name);
    }

    private static ProgramSight content(int from, OsString path) {
        String name = path.toString();
        ProgramHead head;
        try (Descriptor file = Descriptor.open(from, path, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK, 0)) {
            head = ProgramHead.of(file.read(ProgramHead.SIZE));
        } catch (PosixException e) {
            // who may execute it need not be able to read it
            return new ProgramSight.Fine(name);
        }
        if (head instanceof ProgramHead.Script script) {
            ProgramSight interpreter = file(from, OsString.of(script.interpreter()));
            return interpreter instanceof ProgramSight.Fine
                    ? new ProgramSight.Fine(name)
                    : new ProgramSight.BadInterpreter(name, interpreter);
        }
        if (head instanceof ProgramHead.Program program) {
            return ofProgram(name, program);
        }
        return head instanceof ProgramHead.Empty ? new ProgramSight.Empty(name) : new ProgramSight.NoFormat(name);
    }

    private static ProgramSight ofProgram(String name, ProgramHead.Program program) {
        if (!runsOn(program.machine(), machineOfThisJvm())) {
            return new ProgramSight.OtherProcessor(name);
        }
        return program.loader().isEmpty() || Directory.exists(OsString.of(program.loader()))
                ? new ProgramSight.Fine(name)
                : new ProgramSight.NoLoader(name, program.loader());
    }

    /** Processors of 64 bits run what is for their elders of 32; an unknown one, 0, runs all. */
    private static boolean runsOn(int machine, int ours) {
        final int x86 = 3;
        final int amd64 = 62;
        final int arm = 40;
        final int arm64 = 183;
        return ours == 0 || machine == ours || (machine == x86 && ours == amd64) || (machine == arm && ours == arm64);
    }

    /** For which processor this JVM was built; 0 if that cannot be read. */
    private static int machineOfThisJvm() {
        try (Descriptor file =
                Descriptor.open(FileCalls.AT_FDCWD, OsString.of("/proc/self/exe"), FileCalls.O_RDONLY, 0)) {
            return ProgramHead.of(file.read(ProgramHead.SIZE)) instanceof ProgramHead.Program jvm ? jvm.machine() : 0;
        } catch (PosixException e) {
            return 0;
        }
    }
}
