package io.github.pekkosupervisor.posix;

import java.util.Optional;

/**
 * A terminal whose keys a program takes for itself for a while: each is read at once, none is shown, and none ends or
 * stops the program. As {@code termios(3)}; Linux only.
 *
 * <p>How the terminal was is kept, byte for byte, and is what it is {@linkplain #giveBack given back} as. It belongs to
 * whoever has the terminal: no other program notices until then.
 */
public final class Terminal {

    /** More than any C library has in its {@code struct termios}. */
    private static final int LONGEST_ATTRIBUTES = 256;

    private static final int WHEN_ALL_IS_WRITTEN = 1;
    private static final long GET_SIZE = 0x5413;
    private static final int SIZE_LENGTH = 8;

    private static final CFunction TCGETATTR = CFunction.of("tcgetattr");
    private static final CFunction TCSETATTR = CFunction.of("tcsetattr");
    private static final CFunction CFMAKERAW = CFunction.of("cfmakeraw");
    private static final CFunction IOCTL = CFunction.of("ioctl");

    private final Descriptor descriptor;
    private final byte[] before;

    /**
     * What fits on it.
     *
     * @param rows lines, at least 1
     * @param columns of characters, at least 1
     */
    public record Size(int rows, int columns) {}

    private Terminal(Descriptor descriptor, byte[] before) {
        this.descriptor = descriptor;
        this.before = before;
    }

    /**
     * The terminal behind a descriptor, as it is.
     *
     * @throws PosixException {@code ENOTTY} if there is none
     */
    public static Terminal of(Descriptor descriptor) throws PosixException {
        Scratch scratch = Scratch.begin();
        long attributes = scratch.zeroed(LONGEST_ATTRIBUTES);
        if (TCGETATTR.call(descriptor.number(), attributes) != 0) {
            throw PosixException.ofLastCall("tcgetattr", descriptor.toString());
        }
        return new Terminal(descriptor, scratch.bytes(attributes, LONGEST_ATTRIBUTES));
    }

    /** From now on every key is read as it is typed, those that would send a signal too. */
    public void takeKeys() throws PosixException {
        Scratch scratch = Scratch.begin();
        long attributes = scratch.put(before);
        CFMAKERAW.call(attributes);
        set(attributes);
    }

    /** It is as it was when this object was made. */
    public void giveBack() throws PosixException {
        set(Scratch.begin().put(before));
    }

    private void set(long attributes) throws PosixException {
        while (TCSETATTR.call(descriptor.number(), WHEN_ALL_IS_WRITTEN, attributes) != 0) {
            PosixException.throwUnlessInterrupted("tcsetattr", descriptor.toString());
        }
    }

    /** How large it is now; empty if it does not say. */
    public Optional<Size> size() {
        Scratch scratch = Scratch.begin();
        long size = scratch.zeroed(SIZE_LENGTH);
        if (IOCTL.call(descriptor.number(), GET_SIZE, size) != 0) {
            return Optional.empty();
        }
        int rows = Short.toUnsignedInt(scratch.getShort(size));
        int columns = Short.toUnsignedInt(scratch.getShort(size + Short.BYTES));
        return rows == 0 || columns == 0 ? Optional.empty() : Optional.of(new Size(rows, columns));
    }
}
