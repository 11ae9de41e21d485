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

    private final String name;
    private final boolean returnsErrno;
    private final boolean takesEffectAnyhow;
    private volatile long address;

    private CFunction(String name, boolean returnsErrno) {
        this.name = name;
        this.returnsErrno = returnsErrno;
        this.takesEffectAnyhow = name.equals("close");
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

        Binding() {
            for (int count = 0; count <= MOST_ARGUMENTS; count++) {
                Type[] words = new Type[count];
                Arrays.fill(words, Type.SLONG);
                contexts[count] = new CallContext(Type.SLONG, words, CallingConvention.DEFAULT, true);
            }
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
        return refusal == 0 ? BINDING.invoker.invokeN0(BINDING.of(0), address()) : refused(refusal);
    }

    long word(long a) {
        int refusal = refusal();
        if (refusal == 0 || takesEffectAnyhow) {
            long result = BINDING.invoker.invokeN1(BINDING.of(1), address(), a);
            return refusal == 0 ? result : refused(refusal);
        }
        return refused(refusal);
    }

    long word(long a, long b) {
        int refusal = refusal();
        return refusal == 0 ? BINDING.invoker.invokeN2(BINDING.of(2), address(), a, b) : refused(refusal);
    }

    long word(long a, long b, long c) {
        int refusal = refusal();
        return refusal == 0 ? BINDING.invoker.invokeN3(BINDING.of(3), address(), a, b, c) : refused(refusal);
    }

    long word(long a, long b, long c, long d) {
        int refusal = refusal();
        return refusal == 0 ? BINDING.invoker.invokeN4(BINDING.of(4), address(), a, b, c, d) : refused(refusal);
    }

    long word(long a, long b, long c, long d, long e) {
        int refusal = refusal();
        return refusal == 0 ? BINDING.invoker.invokeN5(BINDING.of(5), address(), a, b, c, d, e) : refused(refusal);
    }

    long word(long a, long b, long c, long d, long e, long f) {
        int refusal = refusal();
        return refusal == 0 ? BINDING.invoker.invokeN6(BINDING.of(6), address(), a, b, c, d, e, f) : refused(refusal);
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
