package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.util.List;

/** What there is of one place in the directory. Not for several threads at once. */
interface ShownEntry {

    /** Says this, in such an order that nobody sees what is not so yet. */
    void write(Shown shown, String supervision) throws IOException;

    /** The last that is said, when nothing of the tree is left. */
    void writeLast(Shown shown, String supervision) throws IOException;

    /** After the last word, where others go on by whom it would seem to have somebody behind it. */
    void leaveToOthers() throws PosixException;

    /** Whether it is what the place is to be shown by; else it gives way. */
    boolean isFor(ShownPlace place);

    /** Whether this is by what it reads commands now. */
    boolean reads(EventLoop.Watch one);

    /** What is to stay open while this process becomes another program. */
    List<Descriptor> lasting();

    /** Reads no more commands; what is there stays. */
    void close();

    /** Removes what is ours, and no more. */
    void remove() throws PosixException;
}
