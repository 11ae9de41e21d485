package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Exec;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.runit.LauncherLock;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.ServiceEvent;
import io.github.pekkosupervisor.runit.StreamPlace;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * {@code runsvdir [-P] [--stop-on-term] [--verbose] [--state dir] dir [log]}: a directory of service directories, as
 * {@code runsvdir(8)}.
 */
final class RunsvdirProgram {

    private static final String NAME = "runsvdir";
    private static final Duration LOG_DOT = Duration.ofMinutes(15);
    private static final Duration WAIT_FOR_PREDECESSOR = Duration.ofSeconds(5);
    private static final String USAGE = "usage: runsvdir [-P] [--stop-on-term] [--verbose] [--state dir] dir\n\n";
    private static final int WRONG_USAGE = 1;
    private static final int HUNG_UP = 111;

    /** By which the next launcher finds the signals that this one has not acted upon. */
    private static final String SIGNALS = "signals";

    private static final int FATAL = 100;

    private final ActorContext<Command> context;
    private final ActorRef<Runsvdir.Command> runsvdir;
    private final Options options;

    private sealed interface Command {}

    /** What the signals ask for. */
    private enum Asked implements Command {
        HANGUP,
        TERMINATE,
        INTERRUPT,
        ALARM,
        DOT
    }

    /** The message says which, and what may have been meant. */
    static final class UnknownOptionException extends Exception {
        private static final long serialVersionUID = 1;

        UnknownOptionException(String message) {
            super(message);
        }
    }

    /** All has been stopped, since an essential service has ended. */
    private record EssentialEnded(int code) implements Command {}

    private RunsvdirProgram(
            ActorContext<Command> context, Options options, LauncherLock lock, Upgrader.Launched launched) {
        this.context = context;
        this.options = options;
        ActorRef<Command> self = context.getSelf();
        LaunchedSystem.tellOfGuard(context.getSystem(), new Reporter(NAME, options.directory(), Exit::say));
        this.runsvdir = context.spawn(
                Runsvdir.create(
                        new RunsvdirSettings(
                                options.directory(),
                                options.ownSessions(),
                                Exit::say,
                                Clock.systemUTC(),
                                options.listeners(),
                                options.state()),
                        lock,
                        StreamPlace.ALONE,
                        code -> self.tell(new EssentialEnded(code))),
                "services",
                Runsvdir.dispatcher());
        context.watch(runsvdir);
        context.spawn(Upgrader.create(runsvdir, launched, System::nanoTime), "upgrader", Runsvdir.dispatcher());
    }

    /**
     * The words of the command line.
     *
     * @param stopOnTerm whether TERM stops the services instead of leaving them running
     * @param ownSessions whether each service's process leads a session
     * @param verbose whether what runit is silent about is said too
     * @param state the directory for what is left to the next launcher, if it is not to be in the services directory
     * @param directory the services directory
     * @param log the text whose place in the process title takes the messages
     * @param logWord which word it is
     */
    record Options(
            boolean stopOnTerm,
            boolean ownSessions,
            boolean verbose,
            Optional<OsString> state,
            OsString directory,
            Optional<OsString> log,
            int logWord) {

        private static final String STATE = "--state";
        private static final String STOP_ON_TERM = "--stop-on-term";
        private static final String VERBOSE = "--verbose";
        private static final int LONGEST = 32;

        /**
         * Empty if there is no directory. As in runsvdir only -P… and --… are options, any other word is the directory.
         *
         * @throws UnknownOptionException one of --… is none of ours; runit's skips it, but who misspells the option by
         *     which all is stopped at the end would not learn of it before that
         */
        static Optional<Options> parse(List<OsString> words) throws UnknownOptionException {
            boolean stopOnTerm = ProcessHandle.current().pid() == 1;
            boolean ownSessions = false;
            boolean verbose = VerboseLog.isAskedFor();
            Optional<OsString> state = Optional.empty();
            int next = 0;
            while (next < words.size()
                    && (words.get(next).startsWith("-P") || words.get(next).startsWith("--"))) {
                String word = words.get(next).toString();
                if (word.equals(STATE) && next + 1 < words.size()) {
                    next++;
                    state = Optional.of(words.get(next));
                } else if (word.startsWith(STATE + "=")) {
                    state = Optional.of(words.get(next)
                            .slice(STATE.length() + 1, words.get(next).length()));
                } else if (!word.startsWith("-P")
                        && !List.of(STATE, STOP_ON_TERM, VERBOSE, "--").contains(word)) {
                    throw new UnknownOptionException(unknown(word));
                }
                stopOnTerm |= word.equals(STOP_ON_TERM);
                ownSessions |= word.startsWith("-P");
                verbose |= word.equals(VERBOSE);
                next++;
            }
            if (next == words.size()) {
                return Optional.empty();
            }
            Optional<OsString> log = next + 1 < words.size() ? Optional.of(words.get(next + 1)) : Optional.empty();
            return Optional.of(new Options(stopOnTerm, ownSessions, verbose, state, words.get(next), log, next + 1));
        }

        private static String unknown(String word) {
            String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            String told = "unknown option " + Printable.onTerminal(OsString.of(word));
            if (name.equals(STOP_ON_TERM) || name.equals(VERBOSE)) {
                return told + "; " + name + " has no value";
            }
            Optional<String> meant = name.length() > LONGEST
                    ? Optional.empty()
                    : Slips.meant(name, List.of(STOP_ON_TERM, VERBOSE, STATE));
            return told + meant.map(option -> "; did you mean " + option + "?").orElse("");
        }

        private List<Consumer<? super ServiceEvent>> listeners() {
            return verbose ? List.of(new VerboseLog(NAME, directory, Exit::say, System::nanoTime)) : List.of();
        }
    }

    static void run(List<OsString> arguments) {
        Optional<Options> parsed;
        try {
            parsed = Options.parse(arguments);
        } catch (UnknownOptionException e) {
            Exit.usage("runsvdir: fatal: " + e.getMessage() + "\n" + USAGE, WRONG_USAGE);
            return;
        }
        if (parsed.isEmpty()) {
            Exit.usage(USAGE, WRONG_USAGE);
            return;
        }
        Options options = parsed.get();
        // read before any handler is put
        Launch.ofThisJvm();
        OwnProcess.ignoreAsAtLaunch(Signal.HUP, Signal.TERM);
        LauncherLock lock = lock(options.directory());
        EarlySignals<Command> signals = EarlySignals.open();
        // as the real one, deaf neither under nohup nor after a shell's trap
        signals.on(Signal.HUP, Asked.HANGUP);
        signals.on(Signal.TERM, Asked.TERMINATE);
        signals.unlessIgnored(Signal.INT, Asked.INTERRUPT);
        signals.on(Signal.ALRM, Asked.ALARM);
        Optional<Succession> left = Succession.ofThisJvm();
        left.flatMap(before -> before.descriptor(SIGNALS)).ifPresent(signals::begin);
        // who has become this one has blocked them until now
        left.ifPresent(before -> Exec.block(before.blocked()));
        Optional<ProcessTitle> shown = ProcessTitle.show(NAME, arguments);
        Optional<TitleLog> title =
                options.log().flatMap(log -> TitleLog.open(log, shown, options.logWord(), options.directory()));
        Map<String, Descriptor> lasting = new HashMap<>();
        lasting.put(SIGNALS, signals.unread());
        title.ifPresent(log -> lasting.put(TitleLog.WORD, log.readEnd()));
        Upgrader.Launched launched = new Upgrader.Launched(
                options.directory(), options.state(), () -> words(arguments, options, title), lasting, signals::again);
        LaunchedSystem.start(
                Behaviors.setup(context -> {
                    title.ifPresent(log -> log.follow(context.getSystem()));
                    return Behaviors.withTimers(timers -> {
                        if (title.isPresent()) {
                            context.getSelf().tell(Asked.DOT);
                            timers.startTimerAtFixedRate(Asked.DOT, LOG_DOT);
                        }
                        return new RunsvdirProgram(context, options, lock, launched).running();
                    });
                }),
                NAME,
                signals);
    }

    /** The program and its words, with the log in the process title as it is by now. */
    private static List<OsString> words(List<OsString> arguments, Options options, Optional<TitleLog> title) {
        List<OsString> words = new ArrayList<>(arguments);
        title.ifPresent(log -> words.set(options.logWord(), log.shown(words.get(options.logWord()))));
        words.add(0, OsString.of(NAME));
        return words;
    }

    /** Ends the program where another one keeps the directory. */
    private static LauncherLock lock(OsString directory) {
        LauncherLock lock = new LauncherLock();
        if (!lock.await(directory, WAIT_FOR_PREDECESSOR)) {
            Exit.say(OsString.of("runsvdir ")
                    .plus(directory)
                    .plus(": fatal: " + LauncherLock.holder(directory)
                            + " supervises this directory already; stop it first\n"));
            Exit.now(HUNG_UP);
        }
        return lock;
    }

    private Behavior<Command> running() {
        return Behaviors.receive(Command.class)
                .onMessage(Asked.class, this::obey)
                .onMessage(EssentialEnded.class, essential -> {
                    Exit.now(essential.code());
                    return Behaviors.stopped();
                })
                .onSignal(ChildFailed.class, failed -> {
                    Exit.say(OsString.of("runsvdir " + Printable.onTerminal(options.directory())
                            + ": fatal: internal failure, services go on," + " please report this: "
                            + Printable.oneLine(String.valueOf(failed.cause())) + "\n"));
                    Exit.now(FATAL);
                    return Behaviors.stopped();
                })
                .onSignal(Terminated.class, stopped -> Behaviors.same())
                .build();
    }

    private Behavior<Command> obey(Asked command) {
        final int interrupted = 130;
        switch (command) {
            case HANGUP -> stop(HUNG_UP);
            case INTERRUPT -> stop(interrupted);
            case TERMINATE -> {
                if (options.stopOnTerm()) {
                    stop(0);
                } else {
                    Exit.now(0);
                }
            }
            case ALARM -> runsvdir.tell(Runsvdir.Rescan.INSTANCE);
            case DOT -> Exit.say(OsString.of("."));
        }
        return Behaviors.same();
    }

    private void stop(int exitCode) {
        ActorRef<Done> whenGone = context.spawnAnonymous(Behaviors.receiveMessage(done -> {
            Exit.now(exitCode);
            return Behaviors.stopped();
        }));
        runsvdir.tell(new Runsvdir.Stop(whenGone));
    }
}
