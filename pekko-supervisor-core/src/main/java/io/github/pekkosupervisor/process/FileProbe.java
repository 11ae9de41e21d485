package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.PosixException;

/**
 * A newline in the file that a process has for its notification descriptor, where that is to outlive this JVM: what it
 * writes to a pipe that nobody holds is lost, or its death.
 */
final class FileProbe implements Probe {

    private static final int LONGEST = 1024;

    private final ProcessSigns.Place place;
    private String trouble = "";

    FileProbe(ProcessSigns.Place place) {
        this.place = place;
    }

    /** A new one for a process that is about to be started; one that writes still to that of before does not count. */
    static Descriptor make(ProcessSigns.Place place) throws PosixException {
        return place.directory().openNew(place.name(), 0600);
    }

    @Override
    public boolean isPassed() {
        try (Descriptor file = place.directory().openRead(place.name(), Directory.Links.REFUSE)) {
            trouble = "";
            byte[] bytes = file.read(LONGEST);
            for (byte one : bytes) {
                if (one == '\n') {
                    return true;
                }
            }
            return false;
        } catch (PosixException e) {
            trouble = "that cannot be looked at: " + e.getMessage();
            return false;
        }
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        // nothing is open between two looks
    }
}
