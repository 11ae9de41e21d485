package io.github.pekkosupervisor.posix;

import com.kenai.jffi.Platform;
import com.kenai.jffi.internal.StubLoader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The native part of jffi, which is in a jar and has to become a file before it can be loaded. */
public final class NativeLibrary {

    private NativeLibrary() {}

    /**
     * Loads it now, so that a refusal is met here and not in the middle of something else.
     *
     * @throws NativeLibraryException if it cannot be loaded, with what to do about it
     */
    public static void load() {
        try {
            CFunction.clearErrno();
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof NativeLibraryException hint) {
                throw hint;
            }
            throw e;
        }
    }

    /**
     * Writes this machine's library into a directory. A JVM with {@code -Djffi.boot.library.path} set to it loads the
     * library from there instead of unpacking it into a temporary directory at each start.
     *
     * @throws IOException if the jar has none for this machine, or the directory cannot be written
     */
    public static void copyTo(Path directory) throws IOException {
        String name = "jffi-" + StubLoader.VERSION_MAJOR + "." + StubLoader.VERSION_MINOR;
        String file = Platform.getPlatform().mapLibraryName(name);
        String resource = "/jni/" + StubLoader.getPlatformName() + "/" + file;
        try (InputStream library = StubLoader.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new FileNotFoundException("jffi has no library for this machine: " + resource);
            }
            Files.createDirectories(directory);
            Path unfinished = Files.createTempFile(directory, file, "");
            Files.copy(library, unfinished, StandardCopyOption.REPLACE_EXISTING);
            // whoever may run the programs needs it
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(unfinished, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
