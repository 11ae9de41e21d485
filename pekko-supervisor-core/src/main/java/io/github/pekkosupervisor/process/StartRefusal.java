package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.LimitLook;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProgramLook;
import io.github.pekkosupervisor.posix.SpawnRequest;

/** Why a process could not be started, in words that say what to do. The error number stays as it was. */
final class StartRefusal {

    private StartRefusal() {}

    /** A program could not be run. */
    static PosixException ofProgram(PosixException e, SpawnRequest request) {
        String program = request.command().get(0).toString();
        return switch (e.errno()) {
            case "ENOENT" ->
                with(
                        e,
                        RefusalWords.of(program, ProgramLook.of(request))
                                .orElse("the program " + program + " is not there; install it or correct its path"));
            case "EACCES", "ENOTDIR", "ENOEXEC" ->
                RefusalWords.of(program, ProgramLook.of(request))
                        .map(words -> with(e, words))
                        .orElse(e);
            case "ELOOP" -> with(e, "the program " + program + " is a link that leads back to itself; correct it");
            case "ETXTBSY" ->
                with(
                        e,
                        "somebody has the program " + program
                                + " open to write to it; replace programs by rename, not by writing over them");
            case "E2BIG" ->
                with(
                        e,
                        "its arguments and environment are longer than the kernel passes on, or one of them longer than"
                                + " 128 KiB; pass long ones in a file or by stdin");
            default -> e;
        };
    }

    /** What the system was short of; any other refusal stays as it is. */
    static PosixException ofLimit(PosixException e) {
        boolean ofProcesses = e.is("EAGAIN") || e.is("ENOMEM");
        return ofProcesses && !e.call().equals("spawn")
                ? e
                : LimitLook.of(e.errno())
                        .map(limit -> with(e, RefusalWords.of(limit)))
                        .orElse(e);
    }

    /** The directory to begin in could not be opened. */
    static PosixException ofDirectory(PosixException e, String program) {
        String subject = "the directory to start " + program + " in ";
        return switch (e.errno()) {
            case "ENOENT" -> with(e, subject + "is not there; create it, or name another");
            case "ENOTDIR" -> with(e, subject + "is not a directory; name another");
            case "EACCES" ->
                with(
                        e,
                        subject + "may not be searched by user " + Integer.toUnsignedString(OwnProcess.user())
                                + ", as whom the JVM runs; give the right to, or name another");
            default -> isOfTheSystem(e) ? e : with(e, subject + "cannot be opened; create it, or name another");
        };
    }

    /** A file for a standard stream could not be opened. */
    static PosixException ofFile(PosixException e, String explanation) {
        return isOfTheSystem(e) ? e : with(e, explanation);
    }

    /** Short of something, or broken: no other path would help. */
    private static boolean isOfTheSystem(PosixException e) {
        return e.mayPass() || e.is("EROFS");
    }

    private static PosixException with(PosixException e, String explanation) {
        return new PosixException(e.call(), e.argument(), e.errno(), explanation);
    }
}
