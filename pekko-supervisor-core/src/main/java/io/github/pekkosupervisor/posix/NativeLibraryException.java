package io.github.pekkosupervisor.posix;

/** The native part of jffi could not be loaded; the message says what to set. */
public final class NativeLibraryException extends RuntimeException {

    NativeLibraryException(Throwable cause) {
        super(
                "the native library of jffi could not be loaded; it is unpacked into java.io.tmpdir ("
                        + System.getProperty("java.io.tmpdir") + "), which must be writable and not mounted noexec:"
                        + " set -Djffi.extract.dir to a directory that is, or -Djffi.boot.library.path to one that"
                        + " holds the library",
                cause);
    }
}
