package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/**
 * Notes in {@code utmp}, and in {@code wtmp} if asked to, that nobody is logged in on a terminal line any more. As
 * {@code utmpset(8)}; the files are those of {@code utmp(5)}.
 */
final class Utmpset implements Tool {

    private static final int USAGE = 1;
    private static final int FATAL = 111;
    private static final String VERSION = "$Id: cb399098f794012a7f5e6a3a7090b2d53b86c08c $\n";
    private static final OsString UTMP = OsString.of("/var/run/utmp");
    private static final OsString WTMP = OsString.of("/var/log/wtmp");
    private static final int WTMP_MODE = 0600;

    private final Clock clock;

    Utmpset(Clock clock) {
        this.clock = clock;
    }

    @Override
    public int run(OsString name, List<OsString> words) {
        Options options = new Options(name, words, "wV");
        boolean alsoWtmp = false;
        for (char option = options.next(); option != Options.END; option = options.next()) {
            if (option != 'w') {
                if (option == 'V') {
                    Out.complain(OsString.of(VERSION));
                }
                return usage(name);
            }
            alsoWtmp = true;
        }
        if (options.operands().isEmpty()) {
            return usage(name);
        }
        OsString line = options.operands().get(0);
        try {
            if (!logOut(line)) {
                Out.complain(OsString.of("utmpset: warning: unable to logout line ")
                        .plus(line)
                        .plus(" in utmp: no such entry\n"));
                return FATAL;
            }
            if (alsoWtmp) {
                append(line);
            }
            return 0;
        } catch (FatalException e) {
            Out.complain(OsString.of("utmpset: fatal: ").plus(e.text()).plus("\n"));
            return FATAL;
        }
    }

    private static int usage(OsString name) {
        Out.complain(OsString.of("usage: ").plus(name).plus(" [-w] line\n\n"));
        return USAGE;
    }

    /** False if nobody is logged in there. */
    private boolean logOut(OsString line) throws FatalException {
        try (Descriptor utmp = open(UTMP)) {
            long position = 0;
            try {
                lock(utmp, UTMP);
                byte[] bytes = utmp.read(LoginRecord.SIZE);
                while (bytes.length == LoginRecord.SIZE) {
                    LoginRecord record = new LoginRecord(bytes);
                    if (record.isLogin(line)) {
                        record.logOut(clock.instant().getEpochSecond());
                        utmp.seek(position);
                        utmp.write(bytes);
                        return true;
                    }
                    position += bytes.length;
                    bytes = utmp.read(LoginRecord.SIZE);
                }
            } catch (PosixException e) {
                // to the original this is an entry that is not there
                return false;
            }
        }
        return false;
    }

    private void append(OsString line) throws FatalException {
        byte[] record = new byte[LoginRecord.SIZE];
        new LoginRecord(record).setLine(line).logOut(clock.instant().getEpochSecond());
        try (Descriptor wtmp = openWtmp()) {
            lock(wtmp, WTMP);
            long size = wtmp.status().size();
            try {
                wtmp.write(record);
            } catch (PosixException e) {
                wtmp.truncate(size);
                throw e;
            }
        } catch (PosixException e) {
            throw new FatalException(
                    OsString.of("unable to logout line ").plus(line).plus(" in wtmp"), e);
        }
    }

    private static void lock(Descriptor file, OsString path) throws FatalException {
        try {
            file.awaitLock();
        } catch (PosixException e) {
            throw new FatalException(OsString.of("unable to lock: ").plus(path), e);
        }
    }

    private static Descriptor open(OsString path) throws FatalException {
        int slash = path.toString().lastIndexOf('/');
        try (Directory directory = Directory.open(path.slice(0, slash))) {
            return directory.openReadWrite(path.slice(slash + 1, path.length()));
        } catch (PosixException e) {
            throw new FatalException(OsString.of("unable to open ").plus(path), e);
        }
    }

    private static Descriptor openWtmp() throws FatalException {
        try {
            return Descriptor.openAppend(WTMP, WTMP_MODE);
        } catch (PosixException e) {
            throw new FatalException(OsString.of("unable to open ").plus(WTMP), e);
        }
    }

    /** One {@code struct utmp} of the GNU C library, in its bytes. */
    private static final class LoginRecord {

        /** Where a word has 64 bits in it too, time is 64 bits long; elsewhere it has kept its 32. */
        private static final boolean LONG_TIME =
                System.getProperty("os.arch", "").equals("aarch64");

        static final int SIZE = LONG_TIME ? 400 : 384;

        private static final int LINE = 8;
        private static final int NAME = 44;
        private static final int HOST = 76;
        private static final int TEXT = 32;
        private static final int HOST_TEXT = 256;
        private static final int SECONDS = LONG_TIME ? 344 : 340;
        private static final byte DEAD_PROCESS = 8;

        private final byte[] bytes;

        /** Changes show in the array. */
        LoginRecord(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean isLogin(OsString line) {
            if (bytes[NAME] == 0) {
                return false;
            }
            for (int i = 0; i < TEXT; i++) {
                byte expected = i < line.length() ? line.at(i) : 0;
                if (bytes[LINE + i] != expected) {
                    return false;
                }
                if (expected == 0) {
                    return true;
                }
            }
            return true;
        }

        LoginRecord setLine(OsString line) {
            System.arraycopy(line.bytes(), 0, bytes, LINE, Math.min(line.length(), TEXT));
            return this;
        }

        void logOut(long now) {
            bytes[0] = DEAD_PROCESS;
            bytes[1] = 0;
            Arrays.fill(bytes, NAME, NAME + TEXT, (byte) 0);
            Arrays.fill(bytes, HOST, HOST + HOST_TEXT, (byte) 0);
            for (int i = 0; i < (LONG_TIME ? Long.BYTES : Integer.BYTES); i++) {
                bytes[SECONDS + i] = (byte) (now >>> (Byte.SIZE * i));
            }
        }
    }
}
