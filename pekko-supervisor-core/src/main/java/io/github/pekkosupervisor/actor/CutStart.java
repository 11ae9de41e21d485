package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.Orphans.Intent;
import io.github.pekkosupervisor.posix.Orphans.Sign;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.KeptProcess;
import io.github.pekkosupervisor.process.KeptProcess.Signs;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.WorkingDirectory;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The start of a kept process in whose middle a JVM was killed: what is written down before it, and who may have come
 * of it.
 */
final class CutStart {

    /** What is known by its mark alone. */
    private static final Signs NONE = new Signs(0, 0, Optional.empty(), List.of());

    private static final FileStatus.Id NOWHERE = new FileStatus.Id(-1, -1);

    private final KeptProcess intended;
    private final List<Candidate> marked;
    private final List<Candidate> others;

    private CutStart(KeptProcess intended, List<Candidate> marked, List<Candidate> others) {
        this.intended = intended;
        this.marked = marked;
        this.others = others;
    }

    // ---- before it

    /** What a process that is about to be started is known by beside its mark. */
    static Signs signs(ProcessSpec spec) {
        List<FileStatus.Id> outputs = Stream.of(spec.stdout(), spec.stderr())
                .flatMap(CutStart::files)
                .distinct()
                .toList();
        return new Signs(OwnProcess.group(), OwnProcess.session(), directory(spec.directory()), outputs);
    }

    private static Optional<FileStatus.Id> directory(WorkingDirectory where) {
        if (where instanceof WorkingDirectory.Open open) {
            return seen(() -> Optional.of(
                    open.below().isPresent()
                            ? open.directory().status(open.below().get())
                            : open.directory().status()));
        }
        String path = where instanceof WorkingDirectory.At at ? at.path().toString() : "";
        return seen(() -> Directory.statusOf(OsString.of(path.isEmpty() ? "." : path)));
    }

    private static Stream<FileStatus.Id> files(Stdio output) {
        if (output == Stdio.inherited()) {
            return OwnProcess.outputs().stream();
        } else if (output instanceof Stdio.Given given) {
            return seen(() -> Optional.of(given.descriptor().status())).stream();
        }
        return output instanceof Stdio.File file
                ? seen(() -> Directory.statusOf(OsString.of(file.path().toString()))).stream()
                : Stream.empty();
    }

    private interface Look {
        Optional<FileStatus> look() throws PosixException;
    }

    /** Devices such as {@code /dev/null} are everybody's. */
    private static Optional<FileStatus.Id> seen(Look look) {
        try {
            return look.look().filter(file -> !file.isCharacterDevice()).map(FileStatus::id);
        } catch (PosixException e) {
            // a sign less
            return Optional.empty();
        }
    }

    // ---- after it

    /**
     * Looks for the process.
     *
     * @param isAnothers of whom it is known what else he is
     */
    static CutStart look(KeptProcess intended, Predicate<ProcessIdentity> isAnothers) throws PosixException {
        if (!intended.identity().mayBeOfThisBoot()) {
            return new CutStart(intended, List.of(), List.of());
        }
        Signs signs = intended.signs().orElse(NONE);
        boolean isOld = signs.equals(NONE);
        int session = isOld ? OwnProcess.session() : signs.starterSession();
        List<Candidate> all = Orphans.look()
                .find(new Intent(
                        intended.identity().startTicks(),
                        Orphans.currentTick(),
                        isOld ? OwnProcess.group() : signs.starterGroup(),
                        intended.leadsGroup() ? 0 : session,
                        Optional.empty(),
                        signs.directory().orElse(NOWHERE),
                        Optional.of(OsString.of(intended.mark())),
                        signs.outputs()));
        return new CutStart(
                intended,
                all.stream().filter(one -> one.sign() == Sign.MARK).toList(),
                all.stream()
                        .filter(one -> one.sign() != Sign.MARK && !isAnothers.test(one.identity()))
                        .toList());
    }

    /** Those that have its mark. */
    List<Candidate> marked() {
        return marked;
    }

    /**
     * The process, which has the mark; empty if there is none.
     *
     * @param file in which it is written down
     * @throws PosixException if it is not certain: nothing is to be started
     */
    Optional<Candidate> only(String file) throws PosixException {
        if (marked.size() > 1) {
            throw unsure("any of the processes " + pids(marked) + "; end those that it is not, or all");
        }
        if (marked.isEmpty() && !others.isEmpty()) {
            // of somebody else, as likely as not
            boolean isHidden = others.stream().allMatch(one -> one.sign() == Sign.SESSION);
            boolean several = others.size() > 1;
            boolean isFostered = others.stream().allMatch(one -> one.sign() == Sign.FOSTERED);
            throw unsure((several ? "any of the processes " : "process ")
                    + pids(others)
                    + (isHidden
                            ? ", into which this JVM may not look"
                            : isFostered
                                    ? ", which " + (several ? "have" : "has") + " its mark and another parent"
                                    : ", whose environment does not tell, and which " + (several ? "have" : "has")
                                            + " its directory or its output")
                    + "; end it if it is, else remove " + file + " and start the application once more");
        }
        return marked.stream().findFirst();
    }

    private PosixException unsure(String what) {
        return new PosixException(
                "adopt",
                intended.path(),
                "EEXIST",
                "an earlier JVM was killed while it started this, and it may be " + what);
    }

    private static String pids(List<Candidate> candidates) {
        return candidates.stream()
                .map(candidate -> String.valueOf(candidate.identity().pid()))
                .collect(Collectors.joining(", "));
    }
}
