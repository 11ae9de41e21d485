package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SignalPipe;
import io.github.pekkosupervisor.posix.Terminal;
import io.github.pekkosupervisor.runit.look.Lookout;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code pekko-supervisor top}: what {@code status} and {@code tree} show, four times a second, with keys that command.
 * However it ends, KILL apart, the terminal is as it was: by a key, by TERM, INT, HUP or QUIT, or by an error.
 *
 * <p>Exit code 0; 100 after a usage text; 111 if the directory cannot be read, or there is no terminal; 128 and the
 * number of the signal that has ended it.
 */
public final class Top {

    private static final int USAGE = 100;
    private static final int FATAL = 111;
    private static final int BY_SIGNAL = 128;
    private static final int PACE_MILLIS = 250;

    /** In which the rest of what one key sends has come. */
    private static final int REST_OF_A_KEY_MILLIS = 100;

    private static final int LONGEST_UNTIL_STOPPED_MILLIS = 2_000;
    private static final int MOST_TYPED = 4096;
    private static final String USAGE_TEXT = "usage: pekko-supervisor top [dir]\n\n";
    private static final String SVDIR = "SVDIR=";
    private static final List<Signal> ENDS = List.of(Signal.TERM, Signal.INT, Signal.HUP, Signal.QUIT);

    private final Clock clock;

    /** @param clock for ages, and for when to look */
    public Top(Clock clock) {
        this.clock = clock;
    }

    /**
     * Runs until somebody has had enough.
     *
     * @param words the arguments, bytes unchanged
     * @return the exit code
     */
    public int run(List<OsString> words) {
        if (words.size() > 1 || (words.size() == 1 && words.get(0).startsWith("-"))) {
            boolean isHelp = words.get(0).equals(OsString.of("--help"));
            say(isHelp ? 1 : 2, USAGE_TEXT);
            return isHelp ? 0 : USAGE;
        }
        OsString services = words.isEmpty() ? usualServices() : words.get(0);
        try {
            Optional<String> refusal = refusal();
            if (refusal.isPresent()) {
                throw new FatalException(refusal.get());
            }
            Lookout lookout = new Lookout(services);
            View view = new View(services);
            view.show(lookout.look());
            return new Run(lookout, view, clock).untilTheEnd();
        } catch (FatalException e) {
            say(2, "pekko-supervisor: fatal: " + Printable.onTerminal(e.text()) + "\n");
        } catch (PosixException e) {
            say(2, "pekko-supervisor: fatal: the terminal cannot be used: " + ErrorText.of(e) + "\n");
        }
        return FATAL;
    }

    /**
     * Does once what it does to show something, on no terminal: for an archive of the classes that takes.
     *
     * @return how many lines there would be
     */
    public static int rehearse(OsString services, Clock clock) {
        View view = new View(services);
        try {
            view.show(new Lookout(services).look());
        } catch (FatalException e) {
            view.trouble(Printable.onTerminal(e.text()));
        }
        new Keys().read("?x\033[B".getBytes(StandardCharsets.US_ASCII)).forEach(view::key);
        return new Painter(true)
                .paint(view, new Terminal.Size(24, 80), StatusBytes.label(clock))
                .size();
    }

    private static OsString usualServices() {
        for (OsString entry : Launch.ofThisJvm().environment()) {
            if (entry.startsWith(SVDIR)) {
                return entry.slice(SVDIR.length(), entry.length());
            }
        }
        return OsString.of("/etc/service");
    }

    /** Why nothing can be shown here; empty if it can. */
    private static Optional<String> refusal() {
        String type = Optional.ofNullable(System.getenv("TERM")).orElse("");
        boolean isTerminal =
                Descriptor.standard(0).isTerminal() && Descriptor.standard(1).isTerminal();
        if (!isTerminal) {
            return Optional.of(
                    "top needs a terminal for its input and its output; use pekko-supervisor status instead");
        }
        return type.isEmpty() || type.equals("dumb")
                ? Optional.of("top needs a terminal that can move its cursor, and TERM says \"" + type
                        + "\"; set TERM, or use pekko-supervisor status instead")
                : Optional.empty();
    }

    private static void say(int stream, String text) {
        try {
            Descriptor.standard(stream).write(OsString.of(text).bytes());
        } catch (PosixException e) {
            // nobody reads what we say: there is no other place to say so
        }
    }

    /** The program at work. */
    private static final class Run {
        private final Descriptor input = Descriptor.standard(0);
        private final Lookout lookout;
        private final View view;
        private final Clock clock;
        private final Painter painter;
        private final Screen screen;
        private final SignalPipe signals;
        private final Keys keys = new Keys();
        private final Pace pace = new Pace(PACE_MILLIS);
        private long lastTyped;
        private int code = -1;

        Run(Lookout lookout, View view, Clock clock) throws PosixException {
            this.lookout = lookout;
            this.view = view;
            this.clock = clock;
            String noColour = Optional.ofNullable(System.getenv("NO_COLOR")).orElse("");
            this.painter = new Painter(noColour.isEmpty());
            this.screen = new Screen(Descriptor.standard(1), Terminal.of(input));
            this.signals = SignalPipe.open();
        }

        int untilTheEnd() throws PosixException {
            // before there is anything to be given back
            ENDS.forEach(signals::hear);
            signals.hear(Signal.WINCH);
            signals.hear(Signal.CONT);
            try {
                screen.enter();
                while (code < 0) {
                    paint();
                    await();
                }
            } catch (PosixException e) {
                if (!isGone(e)) {
                    throw e;
                }
                // the terminal has gone before its HUP came
                code = BY_SIGNAL + Signal.HUP.number();
            } finally {
                leave();
            }
            return code;
        }

        private void leave() throws PosixException {
            try {
                screen.leave();
            } catch (PosixException e) {
                if (!isGone(e)) {
                    throw e;
                }
                // nobody is there to be given anything back
            }
        }

        private static boolean isGone(PosixException e) {
            return e.is("EIO") || e.is("ENXIO") || e.is("EPIPE") || e.is("EBADF");
        }

        private void paint() throws PosixException {
            Terminal.Size size = screen.size();
            view.fit(Painter.room(size));
            screen.show(painter.paint(view, size, StatusBytes.label(clock)));
        }

        /** Waits for a key, a signal or the next look, and does what follows. */
        private void await() throws PosixException {
            long left = pace.left(clock.millis());
            long wait = keys.isWaiting() ? Math.min(left, REST_OF_A_KEY_MILLIS) : left;
            boolean[] ready = Descriptor.awaitReadable((int) wait, signals.readEnd(), input);
            if (ready[0]) {
                heard();
            }
            if (code < 0 && ready[1]) {
                typed();
            } else if (keys.isWaiting() && isLongAgo(clock.millis() - lastTyped)) {
                obey(keys.nothingFollows());
            }
            if (code < 0 && pace.left(clock.millis()) == 0) {
                look();
            }
        }

        private void look() {
            long began = clock.millis();
            try {
                ScanReport seen = lookout.look();
                view.show(seen);
                view.trouble("");
            } catch (FatalException e) {
                // it may be there again; until then what was there last is to be seen
                view.trouble(Printable.onTerminal(e.text()));
            }
            long now = clock.millis();
            pace.looked(now, Lookout.restMillis(now - began, PACE_MILLIS));
        }

        /** By a clock that was set back meanwhile it is too. */
        private static boolean isLongAgo(long millis) {
            return millis < 0 || millis >= REST_OF_A_KEY_MILLIS;
        }

        private void heard() throws PosixException {
            byte[] numbers = signals.readEnd().tryRead(MOST_TYPED).orElse(new byte[0]);
            List<Signal> heard = SignalPipe.signals(numbers);
            for (Signal signal : heard) {
                if (ENDS.contains(signal)) {
                    code = BY_SIGNAL + signal.number();
                    return;
                }
            }
            if (heard.contains(Signal.CONT)) {
                // whoever had the terminal meanwhile has left it as he liked
                screen.enter();
            } else if (heard.contains(Signal.WINCH) && screen.isOurs()) {
                screen.forget();
            }
        }

        private void typed() throws PosixException {
            byte[] bytes = input.read(MOST_TYPED);
            lastTyped = clock.millis();
            if (bytes.length == 0) {
                code = BY_SIGNAL + Signal.HUP.number();
                return;
            }
            obey(keys.read(bytes));
        }

        private void obey(List<Key> typed) throws PosixException {
            for (Key key : new ArrayList<>(typed)) {
                if (code < 0) {
                    obey(view.key(key));
                }
            }
        }

        private void obey(View.Deed deed) throws PosixException {
            if (deed instanceof View.Give give) {
                Optional<String> why = give.order().give(give.path());
                String what = give.order().words() + " " + view.shown(give.name());
                view.say(why.map(reason -> "cannot " + what + ": " + reason).orElse(what + ": asked for"));
                // soon, since something may be different at once
                pace.soon(clock.millis());
            } else if (deed == View.Simple.QUIT) {
                code = 0;
            } else if (deed == View.Simple.REDRAW) {
                screen.forget();
            } else if (deed == View.Simple.SUSPEND) {
                suspend();
            }
        }

        private void suspend() throws PosixException {
            screen.leave();
            OwnProcess.suspend();
            // this thread may be stopped after others; where nobody could have us go on, we are not stopped at all
            long until = clock.millis() + LONGEST_UNTIL_STOPPED_MILLIS;
            while (code < 0 && !screen.isOurs() && clock.millis() < until) {
                if (Descriptor.awaitReadable(PACE_MILLIS, signals.readEnd())[0]) {
                    heard();
                }
            }
            if (code < 0 && !screen.isOurs()) {
                screen.enter();
            }
        }
    }
}
