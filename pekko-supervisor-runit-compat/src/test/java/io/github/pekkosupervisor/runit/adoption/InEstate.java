package io.github.pekkosupervisor.runit.adoption;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests each of which has an {@link Estate} of its own. */
abstract class InEstate {

    /** {@code -Dpekko-supervisor.test.adoption=long} for the sizes that the specification names. */
    static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.adoption"));

    @TempDir
    Path temp;

    Estate estate;

    @BeforeEach
    void open() throws IOException {
        estate = new Estate(temp);
    }

    @AfterEach
    void close() {
        estate.close();
    }
}
