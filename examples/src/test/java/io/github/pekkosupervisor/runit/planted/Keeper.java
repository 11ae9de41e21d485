package io.github.pekkosupervisor.runit.planted;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.function.Consumer;

/** Planted: it looks at a directory again and again, and does what it should not when it is refused that. */
public final class Keeper {

    private final OsString path;
    private final Fault fault;
    private final Consumer<String> messages;
    private boolean lost;

    /** What is wrong with it. */
    public enum Fault {
        /** Nothing: it says so, and looks again. */
        NONE,
        /** It catches everything, and does no more work. */
        LOSES_ITS_SERVICE,
        /** It looks again and does not say why. */
        SAYS_NOTHING,
        /** It takes the refusal for a defect of its own. */
        BLAMES_ITSELF,
        /** It forgets what it had open. */
        LEAKS
    }

    /**
     * @param path of the directory
     * @param messages gets what it says
     */
    public Keeper(OsString path, Fault fault, Consumer<String> messages) {
        this.path = path;
        this.fault = fault;
        this.messages = messages;
    }

    /** Looks once. */
    public void look() {
        if (lost) {
            return;
        }
        try {
            Directory held = Directory.open(path);
            try {
                held.status(OsString.of("."));
            } finally {
                close(held);
            }
        } catch (PosixException e) {
            refused(e);
        }
    }

    private void close(Directory held) throws PosixException {
        if (fault == Fault.LEAKS) {
            held.linkStatus(OsString.of("."));
        }
        held.close();
    }

    private void refused(PosixException e) {
        switch (fault) {
            case NONE, LEAKS -> messages.accept("unable to look: " + e.getMessage());
            case LOSES_ITS_SERVICE -> {
                messages.accept("unable to look: " + e.getMessage());
                lost = true;
            }
            case BLAMES_ITSELF -> messages.accept("an internal failure, please report this: " + e);
            case SAYS_NOTHING -> {
                // that is what is wrong with it
            }
        }
    }

    /** Whether it still does its work. */
    public boolean isAtWork() {
        return !lost;
    }

    /** Nobody ever calls this. */
    public static Descriptor never() throws PosixException {
        return Descriptor.openRead(OsString.of("never"));
    }
}
