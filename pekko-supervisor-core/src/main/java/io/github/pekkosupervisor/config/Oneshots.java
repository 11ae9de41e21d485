package io.github.pekkosupervisor.config;

import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import java.util.List;
import java.util.Optional;

/** Reads what both files say of a process that is over when it is done. */
public final class Oneshots {

    private Oneshots() {}

    /** Whether it is one, and then whether it is run again; empty if it is to go on. */
    public static Optional<OneshotAgain> read(ConfigSection section) {
        boolean isOneshot = section.get("oneshot", ConfigValues::bool).orElse(false);
        Optional<OneshotAgain> again = section.get("oneshot-again", ConfigValues.oneOf(List.of(OneshotAgain.values())));
        if (!isOneshot && again.equals(Optional.of(OneshotAgain.ONCE))) {
            section.problem("\"oneshot-again\" is for a oneshot; set oneshot = true too, or leave it out");
        }
        return isOneshot ? again.or(() -> Optional.of(OneshotAgain.GROUP)) : Optional.empty();
    }
}
