package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The signals that this process catches, as bytes of a pipe, each the number of one. None is lost while nobody reads
 * yet, and an {@link EventLoop} reads them like anything else.
 *
 * <p>It needs no thread, so that a signal is heard when the system makes none any more. On processors other than x86-64
 * and aarch64, and with {@code -Dpekko-supervisor.signals=jvm}, signals come by the JVM, which makes a thread for each;
 * then one thread is kept in reserve and given up when the system refuses us a process.
 *
 * <p>For a launcher: a library leaves signals alone. Open it before the first process is started. Linux only.
 */
public final class SignalPipe {

    private static final String WAY = "pekko-supervisor.signals";

    private final Pipe pipe;
    private final @Nullable SignalHandler handler;

    private SignalPipe(Pipe pipe, @Nullable SignalHandler handler) {
        this.pipe = pipe;
        this.handler = handler;
    }

    /** Opens it, for as long as the JVM lives. */
    public static SignalPipe open() throws PosixException {
        Pipe pipe = Pipe.open();
        pipe.readEnd().makeNonBlocking();
        // full, it holds more signals than anybody would send unheard
        pipe.writeEnd().makeNonBlocking();
        boolean byTheJvm = System.getProperty(WAY, "").equals("jvm");
        return new SignalPipe(pipe, byTheJvm ? null : SignalHandler.writingTo(pipe.writeEnd()));
    }

    /** From now on the signal is written; one that was ignored until now is not any more. */
    public void hear(Signal signal) {
        if (handler != null && handler.handle(signal)) {
            return;
        }
        SignalCalls.restoreDefault(signal.number());
        JvmSignals.handle(signal.name(), () -> write((byte) signal.number()));
        SpareThread.keep();
    }

    /** As {@link #hear}, but a signal that is ignored stays so. */
    public void hearUnlessIgnored(Signal signal) {
        if (!SignalCalls.isIgnored(signal)) {
            hear(signal);
        }
    }

    /**
     * From now on nothing comes of the signal. It is not ignored where that can be avoided, since what a process
     * ignores its children ignore too, unless they are told otherwise.
     */
    public void disregard(Signal signal) {
        if (handler == null || !handler.handle(signal)) {
            SignalCalls.ignore(signal.number());
        }
    }

    /** Where the numbers are read; non-blocking. */
    public Descriptor readEnd() {
        return pipe.readEnd();
    }

    /** Writes a byte that is no signal, to wake who waits for {@link #readEnd()}. */
    public void wake() {
        write((byte) 0);
    }

    private void write(byte number) {
        try {
            pipe.writeEnd().write(new byte[] {number});
        } catch (PosixException e) {
            // full: whoever reads has enough to wake up for
        }
    }

    /** What signals have been read, in order. */
    public static List<Signal> signals(byte[] read) {
        List<Signal> signals = new ArrayList<>(read.length);
        for (byte number : read) {
            Signal.ofNumber(number).ifPresent(signals::add);
        }
        return signals;
    }
}
