package io.github.pekkosupervisor.posix;

/**
 * Both ends of a pipe; blocking, closed on exec.
 *
 * @param readEnd where bytes come out
 * @param writeEnd where bytes go in
 */
public record Pipe(Descriptor readEnd, Descriptor writeEnd) implements AutoCloseable {

    private static final CFunction PIPE2 = CFunction.of("pipe2");

    /** A new pipe. */
    public static Pipe open() throws PosixException {
        Scratch scratch = Scratch.begin();
        long ends = scratch.allocate(8);
        if (OpenFilesGate.open(() -> PIPE2.call(ends, FileCalls.O_CLOEXEC)) != 0) {
            throw PosixException.ofLastCall("pipe2", "");
        }
        return new Pipe(new Descriptor(scratch.getInt(ends)), new Descriptor(scratch.getInt(ends + 4)));
    }

    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
    }
}
