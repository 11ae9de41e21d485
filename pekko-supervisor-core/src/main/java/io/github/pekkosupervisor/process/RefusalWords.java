package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.posix.LimitSight;
import io.github.pekkosupervisor.posix.ProgramSight;
import java.util.Optional;

/** Why a process could not be started, in words that say what to do: of what was seen where it was looked for. */
final class RefusalWords {

    private static final int LONGEST_PATH = 400;

    private RefusalWords() {}

    // ---- the program

    /** Why this program cannot be run; empty if what was seen does not tell. */
    static Optional<String> of(String program, ProgramSight.Found found) {
        ProgramSight sight = found.sight();
        if (found.searched().isEmpty()) {
            return ofPath(sight);
        }
        if (sight instanceof ProgramSight.Missing) {
            return Optional.of("the program " + program + " is in no directory of the JVM's PATH, "
                    + shown(String.join(":", found.searched()))
                    + found.inItsOwn()
                            .map(place -> "; the PATH that is set for the process is not searched for it"
                                    + (place.isEmpty()
                                            ? ", and it is not there either; install it or give its path"
                                            : ", though it is there: give the path " + shown(place)))
                            .orElse("; install it or give its path"));
        }
        return ofPath(sight).map(words -> words + " (found by the JVM's PATH)");
    }

    private static Optional<String> ofPath(ProgramSight sight) {
        String subject = "the program " + shown(sight.path());
        if (sight instanceof ProgramSight.Missing) {
            return Optional.of(subject + " is not there; install it or correct its path");
        }
        if (sight instanceof ProgramSight.BadInterpreter script) {
            return Optional.of(subject + " is a script, and " + ofInterpreter(script.interpreter()));
        }
        if (sight instanceof ProgramSight.NoLoader needs) {
            return Optional.of(subject + " needs the loader " + shown(needs.loader())
                    + ", which is not there; install the C library that it was built for, or a build for this system");
        }
        if (sight instanceof ProgramSight.OtherProcessor) {
            return Optional.of(subject + " was built for another processor; install a build for this one");
        }
        if (sight instanceof ProgramSight.Empty) {
            return Optional.of(subject + " is empty; write what it is to do, or correct the path");
        }
        if (sight instanceof ProgramSight.NoFormat) {
            return Optional.of(
                    subject + " is neither a program for this system nor a script that names its interpreter;"
                            + " begin it with #! and the path of one, as in #!/bin/sh");
        }
        return ofFile(sight).map(words -> subject + " " + words);
    }

    private static String ofInterpreter(ProgramSight interpreter) {
        String path = interpreter.path();
        if (path.indexOf('\r') >= 0) {
            return "its first line ends as lines of DOS do, so that the interpreter's name would end with a carriage return;"
                    + " write it with plain newlines";
        }
        String subject = "the interpreter that its first line names, " + shown(path) + ", ";
        return subject
                + (interpreter instanceof ProgramSight.Missing
                        ? "is not there; install it or correct that line"
                        : ofFile(interpreter).orElse("cannot be run; correct that line"));
    }

    /** What may be wrong with a program and with an interpreter alike. */
    private static Optional<String> ofFile(ProgramSight sight) {
        if (sight instanceof ProgramSight.LinkToNothing link) {
            return Optional.of("is a link to " + shown(link.target())
                    + ", which is not there; install that or correct the" + " link");
        }
        if (sight instanceof ProgramSight.NotBelow missing) {
            return Optional.of(
                    "cannot be there, since " + shown(missing.part()) + " is not a directory; correct the path");
        }
        if (sight instanceof ProgramSight.Barred barred) {
            return Optional.of("cannot be reached: " + "user " + Integer.toUnsignedString(barred.user())
                    + ", as whom the JVM runs, may not search the directory "
                    + shown(barred.directory()) + "; give the right to (chmod +x), or put the program elsewhere");
        }
        if (sight instanceof ProgramSight.IsDirectory) {
            return Optional.of("is a directory; give the path of a file");
        }
        if (sight instanceof ProgramSight.Special) {
            return Optional.of("is a FIFO, a socket or a device; give the path of a file");
        }
        if (sight instanceof ProgramSight.MountedNoexec mounted) {
            return Optional.of("lies in " + shown(mounted.mountPoint())
                    + ", which is mounted noexec, so that nothing in it is executed; put it elsewhere, or mount that"
                    + " without noexec");
        }
        return sight instanceof ProgramSight.NoRight right ? Optional.of(ofRight(right)) : Optional.empty();
    }

    private static String ofRight(ProgramSight.NoRight right) {
        final int anybody = 0111;
        String mode =
                "its mode is " + mode(right.mode()) + ", its owner user " + Integer.toUnsignedString(right.owner());
        return (right.mode() & anybody) == 0
                ? "is not executable, for nobody: " + mode + "; use chmod +x"
                : "is not executable for user " + Integer.toUnsignedString(right.user()) + ", as whom the JVM runs: "
                        + mode + "; give the right to by chmod or chown, or run the JVM as another user";
    }

    /** As {@code ls} has it, without the special bits. */
    static String mode(int mode) {
        StringBuilder text = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            text.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
        }
        return text.toString();
    }

    private static String shown(String path) {
        return Excerpt.of(Excerpt.line(path), LONGEST_PATH);
    }

    // ---- limits

    /** Which limit is over, and what to do. */
    static String of(LimitSight limit) {
        if (limit instanceof LimitSight.OpenFiles files) {
            return "this JVM has as many open files as it may, " + count(files.soft())
                    + (files.soft() == files.hard() ? "" : ", which may be raised to " + count(files.hard()))
                    + "; raise that (ulimit -n, LimitNOFILE=), or open less";
        }
        if (limit instanceof LimitSight.OpenFilesOfAll files) {
            return "all programs of this machine together have as many open files as they may"
                    + (files.most() < 0 ? "" : ", " + files.most())
                    + "; raise the kernel's fs.file-max, or open less";
        }
        if (limit instanceof LimitSight.InGroup group) {
            return "the control group " + shown(group.group()) + " has as many processes and threads as it may, "
                    + group.most() + "; raise its pids.max (TasksMax=, --pids-limit of a container), or run less in it";
        }
        if (limit instanceof LimitSight.OfAll all) {
            return "this machine has as many processes and threads as it may, " + all.most() + "; raise the kernel's "
                    + all.setting() + ", or run less";
        }
        if (limit instanceof LimitSight.OfUser user) {
            return "user " + Integer.toUnsignedString(user.user()) + " has as many processes and threads as it may, "
                    + user.most() + ", as no other limit is over; raise that (ulimit -u, LimitNPROC=), or run less";
        }
        if (limit instanceof LimitSight.Memory memory) {
            return "there is not enough memory for another process"
                    + (memory.strict()
                            ? ", of which the kernel lends no more than there is (vm.overcommit_memory = 2); allow it more,"
                                    + " or free some"
                            : "; free some, or raise the memory limit of the container or unit (MemoryMax=)");
        }
        return "the kernel makes no more processes or threads now, and of the limits that can be seen none is over; try"
                + " again later, and look at pids.max of the control groups around this one";
    }

    /** Unsigned, where all bits stand for none. */
    private static String count(long limit) {
        return limit == -1 ? "any number" : Long.toUnsignedString(limit);
    }
}
