package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Exec;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.runit.LauncherLock;
import io.github.pekkosupervisor.runit.LauncherSettings;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.ServiceEvent;
import io.github.pekkosupervisor.runit.StreamPlace;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
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
import java.util.function.Function;
import java.util.stream.Stream;
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
    private static final String USAGE = "usage: runsvdir [-P] [--init | --stop-on-term] [--stop-within time]"
            + " [--supervise-in place] [--state state] [--verbose] dir\n\n";
    private static final OsString HELP = OsString.of("--help");
    private static final int WRONG_USAGE = 1;
    private static final int HUNG_UP = 111;

    /** By which the next launcher finds the signals that this one has not acted upon. */
    private static final String SIGNALS = "signals";

    private static final int FATAL = 100;

    private final ActorContext<Command> context;
    private final ActorRef<Runsvdir.Command> runsvdir;
    private final Options options;
    private final Insistence insistence = new Insistence(System::nanoTime);

    private sealed interface Command {}

    /** What the signals ask for. */
    private enum Asked implements Command {
        HANGUP,
        TERMINATE,
        INTERRUPT,
        ALARM,
        DOT
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
                        new LauncherSettings(
                                code -> self.tell(new EssentialEnded(code)),
                                options.init(),
                                options.stopWithin(),
                                options.superviseIn())),
                "services",
                Runsvdir.dispatcher());
        context.watch(runsvdir);
        context.spawn(
                Upgrader.create(
                        Upgrader.Supervision.of(runsvdir), launched, Upgrader.Arrival.ofThisJvm(), System::nanoTime),
                "upgrader",
                Runsvdir.dispatcher());
    }

    /**
     * The words of the command line.
     *
     * @param stopOnTerm whether TERM stops the services instead of leaving them running
     * @param ownSessions whether each service's process leads a session
     * @param init whether it does what process 1 does
     * @param stopWithin how long a stop by TERM or INT may take; empty for as long as it takes
     * @param superviseIn the directory, by its absolute path, for what service directories are supervised with
     * @param verbose whether what runit is silent about is said too
     * @param state the directory for what is left to the next launcher, if it is not to be in the services directory
     * @param directory the services directory
     * @param log the text whose place in the process title takes the messages
     * @param logWord which word it is
     */
    record Options(
            boolean stopOnTerm,
            boolean ownSessions,
            boolean init,
            Optional<Duration> stopWithin,
            Optional<OsString> superviseIn,
            boolean verbose,
            Optional<OsString> state,
            OsString directory,
            Optional<OsString> log,
            int logWord) {

        private static final OsString STATE = OsString.of("--state");
        private static final OsString STOP_WITHIN = OsString.of(StopWithin.OPTION);
        private static final OsString SUPERVISE_IN = OsString.of("--supervise-in");
        private static final OsString INIT = OsString.of("--init");
        private static final OsString STOP_ON_TERM = OsString.of("--stop-on-term");
        private static final OsString VERBOSE = OsString.of("--verbose");
        private static final OsString NO_MORE = OsString.of("--");
        private static final List<OsString> FLAGS = List.of(INIT, STOP_ON_TERM, VERBOSE);
        private static final List<OsString> WITH_VALUES = List.of(STATE, STOP_WITHIN, SUPERVISE_IN);

        private static final int LONGEST = 32;

        /** Engines of containers kill after ten seconds. */
        private static final Duration AS_INIT = Duration.ofSeconds(8);

        /**
         * Empty if there is no directory. As in runsvdir only -P… and --… are options, any other word is the directory.
         *
         * @param isFirst whether this is process 1
         * @throws IllegalArgumentException with what is wrong with one of them, and what to do; one of --… that is none
         *     of ours is refused too: runit's skips it, but who misspells the option by which all is stopped at the end
         *     would not learn of it before that
         */
        static Optional<Options> parse(List<OsString> words, boolean isFirst) {
            Map<OsString, OsString> values = new HashMap<>();
            List<OsString> flags = new ArrayList<>();
            int next = 0;
            while (next < words.size()
                    && (words.get(next).startsWith("-P") || words.get(next).startsWith("--"))) {
                OsString word = words.get(next);
                Optional<OsString> name = WITH_VALUES.stream()
                        .filter(one -> word.equals(one) || word.startsWith(one + "="))
                        .findFirst();
                if (name.isEmpty()) {
                    mustBeKnown(word);
                    flags.add(word);
                } else if (!word.equals(name.get())) {
                    values.put(name.get(), word.slice(name.get().length() + 1, word.length()));
                } else if (next + 1 < words.size()) {
                    next++;
                    values.put(word, words.get(next));
                }
                next++;
            }
            if (next == words.size()) {
                return Optional.empty();
            }
            boolean init = isFirst || flags.contains(INIT);
            boolean stopOnTerm = init || flags.contains(STOP_ON_TERM);
            Optional<OsString> superviseIn =
                    Optional.ofNullable(values.get(SUPERVISE_IN)).map(Options::place);
            return Optional.of(new Options(
                    stopOnTerm,
                    flags.stream().anyMatch(flag -> flag.startsWith("-P")),
                    init,
                    stopWithin(Optional.ofNullable(values.get(STOP_WITHIN)), init, stopOnTerm),
                    superviseIn,
                    VerboseLog.isAskedFor() || flags.contains(VERBOSE),
                    Optional.ofNullable(values.get(STATE))
                            .or(() -> superviseIn.map(in -> in.plus("/").plus(ListPlace.HERE))),
                    words.get(next),
                    next + 1 < words.size() ? Optional.of(words.get(next + 1)) : Optional.empty(),
                    next + 1));
        }

        private static OsString place(OsString given) {
            if (given.length() == 0) {
                throw new IllegalArgumentException(SUPERVISE_IN + " must name a directory");
            }
            return ListPlace.absolute(given);
        }

        private static Optional<Duration> stopWithin(Optional<OsString> given, boolean init, boolean stopOnTerm) {
            if (given.isEmpty()) {
                return init ? Optional.of(AS_INIT) : Optional.empty();
            }
            if (!stopOnTerm) {
                throw new IllegalArgumentException(STOP_WITHIN + " is of no use where TERM lets the services go on; say"
                        + " --stop-on-term or --init too");
            }
            return StopWithin.parse(given.get().toString());
        }

        private static void mustBeKnown(OsString word) {
            if (word.startsWith("-P") || word.equals(NO_MORE) || FLAGS.contains(word)) {
                return;
            }
            String told = "unknown option " + Printable.onTerminal(word);
            String text = word.toString();
            String name = text.contains("=") ? text.substring(0, text.indexOf('=')) : text;
            if (FLAGS.contains(OsString.of(name))) {
                throw new IllegalArgumentException(told + "; " + name + " has no value");
            }
            Optional<String> meant = name.length() > LONGEST
                    ? Optional.empty()
                    : Slips.meant(
                            name,
                            Stream.concat(FLAGS.stream(), WITH_VALUES.stream())
                                    .map(OsString::toString)
                                    .toList());
            throw new IllegalArgumentException(
                    told + meant.map(option -> "; did you mean " + option + "?").orElse(""));
        }

        private List<Consumer<? super ServiceEvent>> listeners() {
            return verbose ? List.of(new VerboseLog(NAME, directory, Exit::say, System::nanoTime)) : List.of();
        }
    }

    static void run(List<OsString> arguments) {
        if (arguments.equals(List.of(HELP))) {
            Exit.help(USAGE);
            return;
        }
        Optional<Options> parsed;
        try {
            parsed = Options.parse(arguments, OwnProcess.pid() == 1);
        } catch (IllegalArgumentException e) {
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
        options.superviseIn().ifPresent(place -> make(options, place));
        LauncherLock lock = lock(options.directory());
        if (options.init()) {
            OwnProcess.takeOrphans();
        }
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
                signals,
                options.init());
    }

    /**
     * Where service directories get their supervise, which may be gone since the last boot. Ends the program if not.
     */
    private static void make(Options options, OsString place) {
        final int mode = 0755;
        try (Directory top = Directory.open(OsString.of("/"))) {
            top.makeDirectory(place, mode);
            top.directory(place).close();
        } catch (PosixException e) {
            Exit.say(OsString.of("runsvdir ")
                    .plus(options.directory())
                    .plus(": fatal: unable to make the directory of --supervise-in, ")
                    .plus(place)
                    .plus(": " + ErrorText.of(e) + "\n"));
            Exit.now(HUNG_UP);
        }
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
            case HANGUP -> stop(HUNG_UP, Runsvdir.Stop::new);
            case INTERRUPT -> stopAsTold(options.init() ? 0 : interrupted);
            case TERMINATE -> {
                if (options.stopOnTerm()) {
                    stopAsTold(0);
                } else {
                    Exit.now(0);
                }
            }
            case ALARM -> runsvdir.tell(Runsvdir.Rescan.INSTANCE);
            case DOT -> Exit.say(OsString.of("."));
        }
        return Behaviors.same();
    }

    private void stopAsTold(int exitCode) {
        if (insistence.counts()) {
            stop(exitCode, Runsvdir.StopAsTold::new);
        }
    }

    private void stop(int exitCode, Function<ActorRef<Done>, Runsvdir.Command> request) {
        ActorRef<Done> whenGone = context.spawnAnonymous(Behaviors.receiveMessage(done -> {
            Exit.now(exitCode);
            return Behaviors.stopped();
        }));
        runsvdir.tell(request.apply(whenGone));
    }
}
