package io.github.pekkosupervisor.runit.tools;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Which tool a name stands for. One that is asked for is the only one whose class is loaded. */
public final class Tools {

    private Tools() {}

    /** The tool of this name; null if there is none. */
    public static @Nullable Tool named(String name) {
        return switch (name) {
            case "svlogd" -> new Svlogd();
            case "status" -> new Overview(Overview.Form.TABLE, Clock.systemUTC());
            case "tree" -> new Overview(Overview.Form.TREE, Clock.systemUTC());
            case "upgrade" -> new Upgrade();
            case "sv" -> new Sv(Clock.systemUTC());
            case "chpst", "setuidgid", "envuidgid", "envdir", "pgrphack", "setlock", "softlimit" -> new Chpst();
            case "runsvchdir" -> new Runsvchdir();
            case "utmpset" -> new Utmpset(Clock.systemUTC());
            default -> null;
        };
    }
}
