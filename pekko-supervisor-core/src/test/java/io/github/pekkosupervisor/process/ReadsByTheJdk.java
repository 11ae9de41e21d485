package io.github.pekkosupervisor.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Planted: no test could have this read fail. */
public final class ReadsByTheJdk {

    private ReadsByTheJdk() {}

    static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
