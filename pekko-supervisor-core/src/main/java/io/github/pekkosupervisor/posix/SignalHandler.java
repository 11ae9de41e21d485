package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A signal handler of our own: a few machine instructions that write the signal's number, one byte, to a descriptor.
 *
 * <p>The JVM's way makes a thread for each signal that arrives, and drops the signal where no thread can be made. This
 * one needs nothing: it is {@code write(descriptor, &number, 1)} as a bare system call, which may interrupt any code
 * and leaves {@code errno} alone.
 */
final class SignalHandler {

    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int PROT_READ_EXECUTE = 1 | 4;
    private static final int PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int SA_ON_STACK_AND_RESTART = 0x08000000 | 0x10000000;

    // struct sigaction, in glibc and in musl
    private static final int FLAGS_OFFSET = 136;
    private static final int SIGACTION_SIZE = 152;

    private static final CFunction MMAP = CFunction.of("mmap");
    private static final CFunction MPROTECT = CFunction.of("mprotect");
    private static final CFunction SIGACTION = CFunction.of("sigaction");

    private final long code;

    private SignalHandler(long code) {
        this.code = code;
    }

    /** Empty-handed (null) on a machine whose instructions we do not know, or where none may be made. */
    static @Nullable SignalHandler writingTo(Descriptor descriptor) {
        byte[] instructions = instructions(System.getProperty("os.arch", ""), descriptor.number());
        if (instructions.length == 0 || !System.getProperty("os.name", "").equals("Linux")) {
            return null;
        }
        long page = MMAP.word(0, instructions.length, PROT_READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
        if (page == -1) {
            return null;
        }
        Scratch.copyTo(page, instructions);
        // the kernel sees to the caches of instructions
        return MPROTECT.call(page, instructions.length, PROT_READ_EXECUTE) == 0 ? new SignalHandler(page) : null;
    }

    /** From now on it handles this signal; false if the system does not let it be handled. */
    boolean handle(Signal signal) {
        Scratch scratch = Scratch.begin();
        long action = scratch.zeroed(SIGACTION_SIZE);
        scratch.putLong(action, code);
        scratch.putInt(action + FLAGS_OFFSET, SA_ON_STACK_AND_RESTART);
        return SIGACTION.call(signal.number(), action, 0) == 0;
    }

    /** A function {@code void handler(int signal)}; empty for a machine that is not known. */
    private static byte[] instructions(String machine, int descriptor) {
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        switch (machine) {
            case "amd64" -> {
                code.put(bytes(0xf3, 0x0f, 0x1e, 0xfa)); // endbr64
                code.put(bytes(0x57)); // push rdi: the number, its low byte first
                code.put(bytes(0x48, 0x89, 0xe6)); // mov rsi, rsp
                code.put(bytes(0xbf)).putInt(descriptor); // mov edi, descriptor
                code.put(bytes(0xba)).putInt(1); // mov edx, 1
                code.put(bytes(0xb8)).putInt(1); // mov eax, 1: write
                code.put(bytes(0x0f, 0x05)); // syscall
                code.put(bytes(0x5f)); // pop rdi
                code.put(bytes(0xc3)); // ret
            }
            case "aarch64" -> {
                code.putInt(0xd10043ff); // sub sp, sp, #16
                code.putInt(0xb90003e0); // str w0, [sp]: the number, its low byte first
                code.putInt(0x52800000 | (descriptor & 0xffff) << 5); // mov w0, descriptor
                code.putInt(0x72a00000 | (descriptor >>> 16) << 5); // movk w0, descriptor >> 16, lsl 16
                code.putInt(0x910003e1); // mov x1, sp
                code.putInt(0xd2800022); // mov x2, #1
                code.putInt(0xd2800808); // mov x8, #64: write
                code.putInt(0xd4000001); // svc #0
                code.putInt(0x910043ff); // add sp, sp, #16
                code.putInt(0xd65f03c0); // ret
            }
            default -> {
                // not known
            }
        }
        return java.util.Arrays.copyOf(code.array(), code.position());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
