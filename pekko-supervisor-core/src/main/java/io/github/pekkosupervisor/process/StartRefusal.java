package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Why a process could not be started, in words that say what to do. */
final class StartRefusal {

    private StartRefusal() {}

    /** The same refusal, explained; what the system is short of explains itself. */
    static PosixException of(PosixException e, String explanation) {
        return switch (e.errno()) {
            case "EAGAIN", "ENOMEM", "EMFILE", "ENFILE" -> e;
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
        return program.startsWith("/") && Files.exists(Path.of(program))
                ? "it is there, but not the interpreter that its first line names, or its loader"
                : "the program " + program + " is not there; install it or correct its path";
    }
}
