package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.ServiceReport;

/**
 * A service in the list.
 *
 * @param service how it is
 * @param before what is drawn before its name, to show what it is below
 * @param hasBelow whether others are below it
 * @param isFolded whether those are not shown
 */
record Row(ServiceReport service, String before, boolean hasBelow, boolean isFolded) {

    private static final OsString HERE = OsString.of(".");

    OsString name() {
        return service.name();
    }

    /** The path of its directory. */
    OsString path(OsString services) {
        return name().equals(HERE) ? services : services.plus("/").plus(name());
    }
}
