package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.Processes;
import java.util.Arrays;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The log in the process title: what this process and its services write to standard error moves through the last
 * argument of the command line, where {@code ps} shows it. As the LOG argument of {@code runsvdir(8)}.
 */
final class TitleLog {

    private static final int SHORTEST = 7;
    private static final int FIXED = 5;
    private static final int CHUNK = 1024;

    /** By which the next launcher finds it. */
    static final String WORD = "title";

    private final ProcessTitle title;
    private final int offset;
    private final byte[] window;
    private final Descriptor readEnd;

    private TitleLog(ProcessTitle title, int offset, byte[] window, Descriptor readEnd) {
        this.title = title;
        this.offset = offset;
        this.window = window;
        this.readEnd = readEnd;
    }

    /**
     * Turns standard error into a pipe that ends in the title; this process's own messages go there too.
     *
     * @param text the word of the command line whose place is taken
     * @param word which word of the title it is
     * @return empty, with a word why, if the text is too short or the title cannot be had
     */
    static Optional<TitleLog> open(OsString text, Optional<ProcessTitle> title, int word, OsString directory) {
        OsString warning = OsString.of("runsvdir ").plus(directory).plus(": warning: ");
        if (text.length() < SHORTEST) {
            Exit.say(warning.plus("log must have at least seven characters.\n"));
            Exit.say(warning.plus("log service disabled.\n"));
            return Optional.empty();
        }
        if (title.isEmpty()) {
            Exit.say(warning.plus("log service disabled: there is no process title to write to.\n"));
            return Optional.empty();
        }
        try {
            byte[] window = Arrays.copyOfRange(text.bytes(), FIXED, text.length());
            int offset = title.get().offsetOf(word) + FIXED;
            Optional<Descriptor> kept = Succession.ofThisJvm().flatMap(left -> left.descriptor(WORD));
            if (kept.isPresent()) {
                // standard error is the other end of it
                return Optional.of(new TitleLog(title.get(), offset, window, kept.get()));
            }
            Pipe pipe = Pipe.open();
            OwnProcess.makeNonBlocking(pipe.readEnd());
            OwnProcess.makeNonBlocking(pipe.writeEnd());
            OwnProcess.redirect(pipe.writeEnd(), 2);
            pipe.writeEnd().close();
            return Optional.of(new TitleLog(title.get(), offset, window, pipe.readEnd()));
        } catch (PosixException e) {
            Exit.say(warning.plus("log service disabled: " + e.getMessage() + "\n"));
            return Optional.empty();
        }
    }

    /** Where it is read, which has to stay open when this process becomes another program. */
    Descriptor readEnd() {
        return readEnd;
    }

    /** The word of the command line as it is now. */
    OsString shown(OsString text) {
        return text.slice(0, FIXED).plus(OsString.of(window.clone()));
    }

    /** Shows whatever comes, from now on. */
    void follow(ActorSystem<?> system) {
        EventLoop loop = Processes.get(system).posix().loop();
        try {
            loop.read(readEnd, CHUNK, (bytes, watch) -> {
                push(bytes);
                watch.resume();
            });
        } catch (PosixException e) {
            throw new IllegalStateException("the log in the process title cannot be followed", e);
        }
    }

    private void push(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                System.arraycopy(window, 1, window, 0, window.length - 1);
                window[window.length - 1] = b;
            }
        }
        title.replace(offset, window);
    }
}
