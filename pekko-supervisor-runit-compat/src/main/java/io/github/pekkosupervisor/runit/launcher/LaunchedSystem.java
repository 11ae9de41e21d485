package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;

/** The actor system of a launched program: small, quick to start, quiet when idle; and the JVM around it. */
final class LaunchedSystem {

    /** Set beside {@code -XX:-MaxFDLimit}; asking the JVM for its options costs more than all the rest here. */
    private static final String LIMIT_UNTOUCHED = "pekko-supervisor.open-files-limit-untouched";

    private static final String OPEN_FILES = "pekko-supervisor.process.open-files-limit";

    private static final AtomicBoolean MAY_REAP = new AtomicBoolean();

    private static final String LOGS = "pekko-supervisor.runit.log-dispatcher";

    private static final Duration REAP_AGAIN = Duration.ofSeconds(1);

    /** Only the command line can set it, as the script in {@code bin} does. */
    private static final String UNSAFE_WARNINGS = "sun.misc.unsafe.memory.access";

    private static final String CLASS_WARNED_OF = "org.apache.pekko.util.Unsafe";
    private static final int FIRST_JDK_THAT_WARNS = 24;

    private LaunchedSystem() {}

    /**
     * Prepares the JVM and starts the program's first actor.
     *
     * @param name the program's name
     * @param signals for that actor
     */
    static <T> ActorSystem<T> start(Behavior<T> guardian, String name, EarlySignals<T> signals) {
        return start(guardian, name, signals, OwnProcess.pid() == 1);
    }

    /**
     * The same for one that may do what process 1 does.
     *
     * @param takesOrphans whether orphans come to it, and are waited for
     */
    static <T> ActorSystem<T> start(Behavior<T> guardian, String name, EarlySignals<T> signals, boolean takesOrphans) {
        // HotSpot's own signal for its threads: one from outside would crash it. Services get the default all the same,
        // since what they are to ignore has been read by now
        Launch.ofThisJvm();
        signals.disregard(Signal.USR2);
        swallowTheJvmsWarning();
        Config config = ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseResources("pekko-supervisor-launcher.conf"))
                .withFallback(ConfigFactory.defaultReference());
        long limit = launchedWithOpenFilesLimit();
        if (limit > 0) {
            config = config.withValue(OPEN_FILES, ConfigValueFactory.fromAnyRef(limit));
        }
        InheritedDescriptors given = InheritedDescriptors.ofThisJvm();
        given.keepOnlyThese();
        config = config.withValue(
                "pekko-supervisor.process.passed-on-descriptors", ConfigValueFactory.fromIterable(given.further()));
        ActorSystem<T> system = ActorSystem.create(guardian, name, config.resolve());
        if (takesOrphans) {
            reapOrphans(system, signals);
        }
        // its first thread is there when there may be no more
        system.dispatchers().lookup(DispatcherSelector.fromConfig(LOGS)).execute(() -> {});
        try {
            signals.deliverTo(system, Processes.get(system).posix().loop());
        } catch (IllegalStateException e) {
            // the threads of the system would keep a process alive that hears no signal
            String program = name.startsWith("runsv") ? name : "pekko-supervisor " + name;
            Exit.say(OsString.of(program + ": fatal: " + e.getMessage() + "\n"));
            Exit.now(RunEnd.COULD_NOT_BEGIN);
        }
        return system;
    }

    /** What would go to a log, which nobody reads here. */
    static void tellOfGuard(ActorSystem<?> system, Reporter reporter) {
        Processes.get(system).tellOfGuard(reporter::warnOfOurs);
    }

    /** Orphans that become our children have to be waited for. */
    private static void reapOrphans(ActorSystem<?> system, EarlySignals<?> signals) {
        signals.on(Signal.CHLD, () -> {
            if (MAY_REAP.get()) {
                system.executionContext().execute(() -> reap(system));
            }
        });
        if (Succession.ofThisJvm().isEmpty()) {
            reapTheRest(system);
        }
    }

    /**
     * From now on children are waited for that nobody here has made: as process 1, and in a launcher that has become
     * this one, when it has taken up all whose ends it wants to know.
     */
    static void reapTheRest(ActorSystem<?> system) {
        MAY_REAP.set(true);
        // one of ours that has ended hides a stranger behind it until it has been waited for
        system.scheduler().scheduleAtFixedRate(REAP_AGAIN, REAP_AGAIN, () -> reap(system), system.executionContext());
    }

    private static void reap(ActorSystem<?> system) {
        try {
            Processes.get(system).posix().reapStrangers();
        } catch (RuntimeException | Error e) {
            // of no consequence for anybody else, and there is another look in a second
        }
    }

    /** The soft limit of open files that services get; -1 if they get ours. */
    static long limitForServices(ActorSystem<?> system) {
        Config config = system.settings().config();
        return config.getValue(OPEN_FILES).valueType() == ConfigValueType.NUMBER ? config.getLong(OPEN_FILES) : -1;
    }

    /**
     * The JVM warns, once and on standard error, of Pekko's use of {@code sun.misc.Unsafe}; a user can do nothing about
     * it, and what stands there is to be runit's messages only. So the class is loaded where nobody hears.
     */
    private static void swallowTheJvmsWarning() {
        if (Runtime.version().feature() < FIRST_JDK_THAT_WARNS || System.getProperty(UNSAFE_WARNINGS) != null) {
            return;
        }
        try {
            OwnProcess.withoutStandardError(() -> {
                try {
                    Class.forName(CLASS_WARNED_OF);
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(CLASS_WARNED_OF + " is not in this version of Pekko", e);
                }
            });
        } catch (PosixException e) {
            // the warning shows: a pity, no more
        }
    }

    /**
     * Raises our own limit of open files and returns the one that the services are to get. HotSpot raises it before
     * anybody can ask unless told not to; then the parent, which started us, is the best witness.
     */
    private static long launchedWithOpenFilesLimit() {
        try {
            long found = OwnProcess.raiseOpenFilesLimit();
            if (Succession.ofThisJvm().isPresent()) {
                // raised before this was another launcher
                return Succession.ofThisJvm().get().openFilesLimit();
            }
            if (Boolean.getBoolean(LIMIT_UNTOUCHED)) {
                return found;
            }
            long parents = ProcessHandle.current()
                    .parent()
                    .map(parent -> OwnProcess.openFilesLimitOf(parent.pid()))
                    .orElse(-1L);
            return parents > 0 ? Math.min(parents, found) : found;
        } catch (PosixException e) {
            // not to be known: the services get ours
            return -1;
        }
    }
}
