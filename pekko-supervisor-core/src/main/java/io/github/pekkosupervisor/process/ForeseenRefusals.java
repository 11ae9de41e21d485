package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProgramLook;
import io.github.pekkosupervisor.posix.ProgramSight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What would refuse the start of a process as things are now, as far as that can be seen without one: its user, the
 * directory it begins in, its program, its files with variables. What it is told may have changed by the time of the
 * start, and what it cannot see it takes for right. It looks at files, so no actor's own thread is for this.
 */
public final class ForeseenRefusals {

    private ForeseenRefusals() {}

    /** Looks at one thing; what is wrong with it is what it throws. */
    private interface Look {
        void now() throws PosixException;
    }

    /** In the words of a start that is refused, one for each thing that is wrong; empty if nothing is seen to be. */
    public static List<String> of(ProcessSpec spec) {
        List<String> refusals = new ArrayList<>();
        spec.user().ifPresent(user -> look(refusals, () -> Account.of(user).refuseUnlessReachable()));
        if (spec.directory() instanceof WorkingDirectory.At at) {
            look(refusals, () -> {
                try (Directory directory = Directory.open(OsString.of(at.path().toString()))) {
                    lookFrom(refusals, spec, Optional.of(directory));
                } catch (PosixException e) {
                    throw StartRefusal.ofDirectory(e, spec.command().get(0).toString());
                }
            });
        } else if (spec.directory() instanceof WorkingDirectory.Inherited) {
            lookFrom(refusals, spec, Optional.empty());
        }
        return refusals;
    }

    /** What is looked up from where the process begins. */
    private static void lookFrom(List<String> refusals, ProcessSpec spec, Optional<Directory> directory) {
        OsString program = spec.command().get(0);
        ProgramSight.Found found = ProgramLook.of(program, directory);
        // another user may have rights that this one has not
        if (spec.user().isEmpty() || found.sight() instanceof ProgramSight.Missing) {
            RefusalWords.of(program.toString(), found).ifPresent(refusals::add);
        }
        for (Path file : spec.environmentFiles()) {
            look(refusals, () -> EnvironmentFile.read(file, directory));
        }
    }

    private static void look(List<String> refusals, Look look) {
        try {
            look.now();
        } catch (PosixException e) {
            if (!e.mayPass()) {
                refusals.add(e.getMessage());
            }
        }
    }
}
