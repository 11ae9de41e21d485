package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.PosixException;

/** A service directory that cannot be supervised as it is; the message is what runsv says after "fatal: ". */
final class FatalException extends Exception {

    FatalException(String what) {
        super(what);
    }

    FatalException(String what, PosixException cause) {
        super(what + ": " + ErrorText.of(cause), cause);
    }
}
