package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;

/** Why a process could not be started, in words that say what to do. */
final class StartRefusal {

    private StartRefusal() {}

    /** The same refusal, explained; what the system is short of explains itself. */
    static PosixException of(PosixException e, String explanation) {
        return switch (e.errno()) {
            case "EAGAIN", "ENOMEM", "EMFILE", "ENFILE", "ENOSPC", "EDQUOT", "EROFS", "EIO" -> e;
            default -> new PosixException(e.call(), e.argument(), e.errno(), explanation);
        };
    }

    /** A program could not be run. */
    static PosixException ofProgram(PosixException e, String program) {
        return switch (e.errno()) {
            case "ENOENT" -> of(e, whyMissing(program));
            case "EACCES" -> of(e, "it is no file that may be executed; correct its path or mode");
            default -> e;
        };
    }

    private static String whyMissing(String program) {
        if (!program.contains("/")) {
            return "the program " + program + " is not in any directory of PATH; install it or give its path";
        }
        return program.startsWith("/") && Directory.exists(OsString.of(program))
                ? "it is there, but not the interpreter that its first line names, or its loader"
                : "the program " + program + " is not there; install it or correct its path";
    }
}
