package io.github.pekkosupervisor.runit.export;

import java.io.IOException;

/** Nothing can be shown in a directory as it is now; the message says why and what to do. */
final class ExportRefused extends IOException {
    ExportRefused(String why) {
        super(why);
    }
}
