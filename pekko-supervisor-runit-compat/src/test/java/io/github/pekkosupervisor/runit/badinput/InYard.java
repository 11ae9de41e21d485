package io.github.pekkosupervisor.runit.badinput;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests each of which has a {@link Yard} of its own. */
abstract class InYard {

    @TempDir
    Path temp;

    Yard yard;

    @BeforeEach
    void open() throws IOException {
        yard = new Yard(temp);
    }

    @AfterEach
    void close() {
        yard.close();
    }
}
