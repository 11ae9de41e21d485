package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Links {@code supervise} to a directory elsewhere, so that service directories can be where nothing can be written.
 * What a link leads to is made by whoever opens it, as runsv does. Used by many runsv.
 */
final class SuperviseLinks {

    private final OsString place;
    private final Set<OsString> told = ConcurrentHashMap.newKeySet();

    /** @param place an absolute path, of a directory that is there */
    SuperviseLinks(OsString place) {
        this.place = place;
    }

    /**
     * Makes it where there is nothing of that name; what is wrong is told once.
     *
     * @param home the service directory
     * @param path of that, as it shows in messages
     * @param entry its name
     * @param parent empty, or {@code log/}
     */
    void make(Directory home, OsString path, OsString entry, String parent, Reporter reporter) {
        OsString name = OsString.of(parent + "supervise");
        OsString target = place.plus("/").plus(entry).plus(parent.isEmpty() ? "" : ".log");
        try {
            if (home.linkStatusIfPresent(name).isEmpty()) {
                home.makeLink(name, target);
            }
        } catch (PosixException e) {
            OsString link = path.plus("/").plus(name);
            if (!e.is("EEXIST") && told.add(link)) {
                reporter.warnOfOurs("unable to make " + name + " a link: " + ErrorText.of(e)
                        + "; make it where that can be written, as in an image: ln -s " + target + " " + link);
            }
        }
    }
}
