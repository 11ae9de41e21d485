package io.github.pekkosupervisor.posix;

/**
 * The limits of open files, of this process.
 *
 * @param soft the one in force
 * @param hard how far the soft one may be raised
 */
record OpenFilesLimit(long soft, long hard) {

    private static final int RLIMIT_NOFILE = 7;

    private static final CFunction GETRLIMIT = CFunction.of("getrlimit");
    private static final CFunction SETRLIMIT = CFunction.of("setrlimit");

    /** Those of now. */
    static OpenFilesLimit current() throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(16);
        if (GETRLIMIT.call(RLIMIT_NOFILE, limit) != 0) {
            throw PosixException.ofLastCall("getrlimit", "open files");
        }
        return new OpenFilesLimit(scratch.getLong(limit), scratch.getLong(limit + 8));
    }

    /** From now on these. */
    void set() throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(16);
        scratch.putLong(limit, soft);
        scratch.putLong(limit + 8, hard);
        if (SETRLIMIT.call(RLIMIT_NOFILE, limit) != 0) {
            throw PosixException.ofLastCall("setrlimit", "open files " + soft);
        }
    }
}
