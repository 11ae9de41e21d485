package io.github.pekkosupervisor.runit;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test whose service directories are children of a tree of core's; it fails if a process is left. */
abstract class InGrove {

    @TempDir
    Path temp;

    Grove grove;

    @BeforeEach
    void plant() {
        grove = new Grove(temp);
    }

    @AfterEach
    void fell() {
        grove.close();
    }
}
