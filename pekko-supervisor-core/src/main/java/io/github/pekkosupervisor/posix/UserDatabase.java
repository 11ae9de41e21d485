package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Users and groups by name, as the C library's name services know them ({@code getpwnam(3)}, {@code getgrnam(3)}).
 *
 * <p>May block for as long as a name service does. Not for several threads at once.
 */
public final class UserDatabase {

    private static final int PASSWD_USER_OFFSET = 16;
    private static final int PASSWD_GROUP_OFFSET = 20;
    private static final int GROUP_ID_OFFSET = 16;
    private static final int BYTES_READ = 24;

    private static final CFunction GETPWNAM = CFunction.of("getpwnam");
    private static final CFunction GETGRNAM = CFunction.of("getgrnam");

    private UserDatabase() {}

    /**
     * What we look users up for.
     *
     * @param id the user's number
     * @param group the number of the primary group
     */
    public record User(int id, int group) {}

    /**
     * The user of this name; null if there is none.
     *
     * @throws PosixException if the C library could not find out
     */
    public static @Nullable User user(OsString name) throws PosixException {
        CFunction.clearErrno();
        long found = GETPWNAM.word(Scratch.begin().put(name));
        if (found == 0) {
            refuseIfFailed("getpwnam", name);
            return null;
        }
        ByteBuffer entry = entry(found);
        return new User(entry.getInt(PASSWD_USER_OFFSET), entry.getInt(PASSWD_GROUP_OFFSET));
    }

    /**
     * The number of the group of this name; -1 if there is none.
     *
     * @throws PosixException if the C library could not find out
     */
    public static long group(OsString name) throws PosixException {
        CFunction.clearErrno();
        long found = GETGRNAM.word(Scratch.begin().put(name));
        if (found == 0) {
            refuseIfFailed("getgrnam", name);
            return -1;
        }
        return Integer.toUnsignedLong(entry(found).getInt(GROUP_ID_OFFSET));
    }

    /** Not found is no error, but then the error number has been left alone. */
    private static void refuseIfFailed(String call, OsString name) throws PosixException {
        if (CFunction.errno() != 0) {
            throw PosixException.ofLastCall(call, name.toString());
        }
    }

    private static ByteBuffer entry(long address) {
        return ByteBuffer.wrap(Scratch.copyFrom(address, BYTES_READ)).order(ByteOrder.nativeOrder());
    }
}
