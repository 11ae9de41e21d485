package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What works on the rotated files of one log directory, one after another: {@code svlogd(8)}, CONFIG FILE, {@code !}.
 *
 * <p>Standard input is the file {@code .u}, standard output a file {@code .t}; descriptor 4 reads {@code state}, 5
 * writes {@code newstate}. When it succeeds they become {@code .s} and {@code state}; else it is run again. The
 * directory is held open for it until then, also if the log is closed and opened again meanwhile.
 */
final class Processor {

    static final OsString STATE = OsString.of("state");
    static final OsString NEW_STATE = OsString.of("newstate");
    private static final OsString HERE = OsString.of(".");
    private static final int MODE = 0644;
    private static final int FINISHED_MODE = 0744;

    /** A shell gives the two descriptors and then becomes the shell that svlogd would have started. */
    private static final List<OsString> SHELL = List.of(
            OsString.of("/bin/sh"),
            OsString.of("-c"),
            OsString.of("exec 4<state 5>newstate; exec /bin/sh -c \"$1\""),
            OsString.of("sh"));

    private final Directory.Links links;
    private final Chores chores;
    private final LogReports reports;
    private final Processors processors;
    private final Supplier<OsString> log;
    private OsString command = OsString.of("");
    private OsString file = OsString.of("");
    private @Nullable Directory home;
    private @Nullable Descriptor input;
    private @Nullable Descriptor output;
    private Processors.@Nullable Run run;

    Processor(Directory.Links links, Chores chores, LogReports reports, Processors processors, Supplier<OsString> log) {
        this.links = links;
        this.chores = chores;
        this.reports = reports;
        this.processors = processors;
        this.log = log;
    }

    /** From now on this; empty for none. */
    void use(OsString changed) {
        command = changed;
    }

    /** The state of a file that has just been rotated. */
    char letter() {
        return command.length() > 0 ? 'u' : 's';
    }

    /** What follows waits until it has ended well. */
    void awaitEnd() {
        chores.await(() -> run == null);
    }

    /**
     * Sees whether it has ended; what follows from that is done before all else.
     *
     * @param awaited whether somebody waits for that, who need not be told
     */
    void look(boolean awaited) {
        if (run != null && run.status().isPresent()) {
            ExitStatus status = run.status().get();
            run = null;
            if (!awaited) {
                reports.info(OsString.of("sigchld received."));
            }
            chores.first(() -> ended(status));
        }
    }

    private void ended(ExitStatus status) {
        if (status.waitStatus() >> 8 == 0) {
            finish();
            return;
        }
        reports.warning(OsString.of("processor failed, restart: ").plus(log.get()));
        chores.add(() -> {
            try {
                home().remove(RotatedFiles.withLetter(file, 't'));
            } catch (PosixException e) {
                // it will be made empty
            }
        });
        if (command.length() > 0) {
            run();
        } else {
            chores.add(this::leave);
        }
    }

    private void finish() {
        OsString written = RotatedFiles.withLetter(file, 't');
        OsString finished = RotatedFiles.withLetter(file, 's');
        chores.add("unable to rename processed", () -> home().rename(written, finished));
        chores.add("unable to set mode of processed", () -> home().setMode(finished, FINISHED_MODE));
        chores.add(() -> {
            try {
                home().remove(file);
            } catch (PosixException e) {
                reports.warning(
                        OsString.of("unable to unlink: ")
                                .plus(log.get())
                                .plus("/")
                                .plus(file),
                        e);
            }
        });
        chores.add("unable to rename state", () -> home().rename(NEW_STATE, STATE));
        chores.add(() -> {
            reports.info(OsString.of("processed: ").plus(log.get()).plus("/").plus(finished));
            leave();
        });
    }

    private void leave() {
        home().close();
        home = null;
    }

    /** Starts it, if there is one, on a file that has just been rotated. */
    void start(Directory directory, Supplier<OsString> rotated) {
        chores.add("unable to change directory, want processor", () -> {
            if (command.length() > 0) {
                home = directory.directory(HERE);
                file = rotated.get();
                chores.first(this::run);
            }
        });
    }

    private void run() {
        OsString in = file;
        OsString out = RotatedFiles.withLetter(file, 't');
        chores.add(() -> reports.info(
                OsString.of("processing: ").plus(log.get()).plus("/").plus(in)));
        chores.add("unable to open input for processor", () -> input = home().openRead(in, links));
        chores.add("unable to open output for processor", () -> output = home().openTruncated(out, MODE, links));
        chores.add("unable to create empty state for processor", this::makeState);
        chores.add(
                "unable to open newstate for processor",
                () -> home().openTruncated(NEW_STATE, MODE, links).close());
        chores.add("unable to fork for processor", this::spawn);
    }

    private void makeState() throws PosixException {
        if (home().statusIfPresent(STATE).isEmpty()) {
            home().openTruncated(STATE, MODE, links).close();
        }
    }

    private void spawn() throws PosixException {
        Processors.Run started = new Processors.Run();
        List<OsString> words = new java.util.ArrayList<>(SHELL);
        words.add(command);
        Descriptor stdin = open(input);
        Descriptor stdout = open(output);
        processors.start(words, home(), stdin, stdout, started);
        run = started;
        stdin.close();
        stdout.close();
        input = null;
        output = null;
    }

    private static Descriptor open(@Nullable Descriptor descriptor) {
        if (descriptor == null) {
            throw new IllegalStateException("the files of a processor are not open");
        }
        return descriptor;
    }

    private Directory home() {
        if (home == null) {
            throw new IllegalStateException("no processor is due");
        }
        return home;
    }
}
