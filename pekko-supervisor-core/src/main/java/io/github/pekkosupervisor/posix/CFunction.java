package io.github.pekkosupervisor.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A function of the C library, bound through jffi, on which jnr stands; looked up when it is first called.
 *
 * <p>Every argument and result travels as a machine word: in the calling conventions of 64-bit Linux a callee looks at
 * as much of a word as its type has. So the number of arguments is all that a call needs to tell, no class is generated
 * for it, and a start costs 20 milliseconds less than with jnr's own interfaces. Negative results are errors;
 * {@link #errno} has the number.
 *
 * <p>Addresses are plain {@code long}s; {@link Scratch} provides the memory. All that reaches the operating system
 * passes here, so here a test can make it fail: see {@link Refusals}.
 */
final class CFunction {

    private static final Binding BINDING = load();
    private static volatile @Nullable Refusals refusals;
    private static volatile @Nullable RightsOfThreads borrowed;

    /**
     * Calls that do the same whoever makes them, or wait, or are to be made as who this JVM is: a child is a root's at
     * first, and its prelude gives it to the user. All others are made with a user's rights where they are borrowed.
     */
    private static final Set<String> SAME_FOR_ALL = Set.of(
            "close",
            "read",
            "pread",
            "lseek",
            "dup2",
            "poll",
            "isatty",
            "epoll_create1",
            "epoll_ctl",
            "epoll_wait",
            "eventfd",
            "memcpy",
            "mmap",
            "munmap",
            "waitpid",
            "waitid",
            "getpid",
            "getpgrp",
            "getsid",
            "sbrk",
            "clock_gettime",
            "timerfd_create",
            "timerfd_settime",
            "pthread_sigmask",
            "getpwnam",
            "getgrnam");

    private final String name;
    private final boolean returnsErrno;
    private final boolean takesEffectAnyhow;

    /** Whether what it does may depend on who asks; of {@link Rights}. */
    private final boolean looksAtRights;

    private volatile long address;

    private CFunction(String name, boolean returnsErrno) {
        this.name = name;
        this.returnsErrno = returnsErrno;
        this.takesEffectAnyhow = name.equals("close");
        this.looksAtRights = !name.startsWith("posix_spawn") && !SAME_FOR_ALL.contains(name);
    }

    /** One that returns a negative number when it fails, and leaves {@link #errno}. */
    static CFunction of(String name) {
        return new CFunction(name, false);
    }

    /** One that returns the error number itself, and 0 when all is well. */
    static CFunction returningErrno(String name) {
        return new CFunction(name, true);
    }

    /**
     * What a test makes fail: calls are refused before they are made, as by a full disk or a limit. A close is made all
     * the same, as on Linux, where the descriptor is gone whatever close says.
     */
    interface Refusals {
        /** The error number to refuse a call of this function with, in the calling thread; 0 to let it through. */
        int errno(String function);
    }

    /** With which some threads make their calls. */
    interface Rights {
        /** Makes a call with them, and with them alone. */
        long acting(LongSupplier call);
    }

    /** Which thread has some. */
    interface RightsOfThreads {
        /** Of the calling thread; null if it has none but this process's own. */
        @Nullable
        Rights now();
    }

    /** From now on it is asked for each thread whether it has rights of its own; once is as good as often. */
    static void borrow(RightsOfThreads lent) {
        borrowed = lent;
    }

    /** From now on these calls fail, in the whole JVM; null for none. */
    static void refuse(@Nullable Refusals refused) {
        refusals = refused;
    }

    /** What jffi needs for a call: a description for each number of arguments. */
    private static final class Binding {
        private static final int MOST_ARGUMENTS = 6;

        final Library library = Library.getDefault();
        final Invoker invoker = Invoker.getInstance();
        final LastError lastError = LastError.getInstance();
        final MemoryIO memory = MemoryIO.getInstance();
        private final CallContext[] contexts = new CallContext[MOST_ARGUMENTS + 1];

        /** With four arguments, and leaving the thread's error number as it is. */
        final CallContext quiet;

        final long syscall = library.getSymbolAddress("syscall");
        final long geteuid = library.getSymbolAddress("geteuid");

        Binding() {
            for (int count = 0; count <= MOST_ARGUMENTS; count++) {
                Type[] words = new Type[count];
                Arrays.fill(words, Type.SLONG);
                contexts[count] = new CallContext(Type.SLONG, words, CallingConvention.DEFAULT, true);
            }
            Type[] four = new Type[4];
            Arrays.fill(four, Type.SLONG);
            quiet = new CallContext(Type.SLONG, four, CallingConvention.DEFAULT, false);
        }

        CallContext of(int arguments) {
            return contexts[arguments];
        }
    }

    /** Loading, with a word about what to do when it does not work. */
    private static Binding load() {
        try {
            return new Binding();
        } catch (RuntimeException | LinkageError e) {
            throw new NativeLibraryException(e);
        }
    }

    /** Where a direct buffer lies; asked here, so that whatever is used first tells why there is no native library. */
    static long addressOf(ByteBuffer direct) {
        return BINDING.memory.getDirectBufferAddress(direct);
    }

    /** From now on, until a call fails, there is no error number. */
    static void clearErrno() {
        BINDING.lastError.set(0);
    }

    /** The error number that this thread's last call left. */
    static int errno() {
        return BINDING.lastError.get();
    }

    static void setErrno(int number) {
        BINDING.lastError.set(number);
    }

    /**
     * A system call by its number, whatever rights the thread bears; the error number stays that of the call before.
     */
    static long quietly(long number, long a, long b, long c) {
        return BINDING.invoker.invokeN4(BINDING.quiet, BINDING.syscall, number, a, b, c);
    }

    /** The user who asks now, by the kernel; nothing is taken on for that. */
    static long effectiveUser() {
        return Integer.toUnsignedLong((int) BINDING.invoker.invokeN0(BINDING.of(0), BINDING.geteuid));
    }

    private @Nullable Rights rights() {
        RightsOfThreads lent = borrowed;
        return looksAtRights && lent != null ? lent.now() : null;
    }

    private long address() {
        long known = address;
        if (known == 0) {
            known = BINDING.library.getSymbolAddress(name);
            if (known == 0) {
                throw new UnsatisfiedLinkError("the C library has no function " + name);
            }
            address = known;
        }
        return known;
    }

    private int refusal() {
        return refusal(name);
    }

    /** The error number to refuse a call with; 0 to make it. Without a test it is one look at a field. */
    static int refusal(String function) {
        Refusals now = refusals;
        return now == null ? 0 : now.errno(function);
    }

    private long refused(int errno) {
        if (returnsErrno) {
            return errno;
        }
        BINDING.lastError.set(errno);
        return -1;
    }

    // ---- calls of what returns a word, as an address or a size

    long word() {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN0(BINDING.of(0), at)
                : rights.acting(() -> BINDING.invoker.invokeN0(BINDING.of(0), at));
    }

    long word(long a) {
        int refusal = refusal();
        if (refusal == 0 || takesEffectAnyhow) {
            long at = address();
            Rights rights = rights();
            long result = rights == null
                    ? BINDING.invoker.invokeN1(BINDING.of(1), at, a)
                    : rights.acting(() -> BINDING.invoker.invokeN1(BINDING.of(1), at, a));
            return refusal == 0 ? result : refused(refusal);
        }
        return refused(refusal);
    }

    long word(long a, long b) {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN2(BINDING.of(2), at, a, b)
                : rights.acting(() -> BINDING.invoker.invokeN2(BINDING.of(2), at, a, b));
    }

    long word(long a, long b, long c) {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN3(BINDING.of(3), at, a, b, c)
                : rights.acting(() -> BINDING.invoker.invokeN3(BINDING.of(3), at, a, b, c));
    }

    long word(long a, long b, long c, long d) {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN4(BINDING.of(4), at, a, b, c, d)
                : rights.acting(() -> BINDING.invoker.invokeN4(BINDING.of(4), at, a, b, c, d));
    }

    long word(long a, long b, long c, long d, long e) {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN5(BINDING.of(5), at, a, b, c, d, e)
                : rights.acting(() -> BINDING.invoker.invokeN5(BINDING.of(5), at, a, b, c, d, e));
    }

    long word(long a, long b, long c, long d, long e, long f) {
        int refusal = refusal();
        if (refusal != 0) {
            return refused(refusal);
        }
        long at = address();
        Rights rights = rights();
        return rights == null
                ? BINDING.invoker.invokeN6(BINDING.of(6), at, a, b, c, d, e, f)
                : rights.acting(() -> BINDING.invoker.invokeN6(BINDING.of(6), at, a, b, c, d, e, f));
    }

    // ---- calls of what returns an int: the other half of the word means nothing

    int call() {
        return (int) word();
    }

    int call(long a) {
        return (int) word(a);
    }

    int call(long a, long b) {
        return (int) word(a, b);
    }

    int call(long a, long b, long c) {
        return (int) word(a, b, c);
    }

    int call(long a, long b, long c, long d) {
        return (int) word(a, b, c, d);
    }

    int call(long a, long b, long c, long d, long e) {
        return (int) word(a, b, c, d, e);
    }

    int call(long a, long b, long c, long d, long e, long f) {
        return (int) word(a, b, c, d, e, f);
    }
}
