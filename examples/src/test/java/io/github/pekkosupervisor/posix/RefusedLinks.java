package io.github.pekkosupervisor.posix;

/** As long as it is open no file of this JVM can have one name more, as where it has as many as it may have. */
public final class RefusedLinks implements AutoCloseable {

    public RefusedLinks() {
        CFunction.refuse(function -> function.equals("linkat") ? Errno.EMLINK.number() : 0);
    }

    @Override
    public void close() {
        CFunction.refuse(null);
    }
}
