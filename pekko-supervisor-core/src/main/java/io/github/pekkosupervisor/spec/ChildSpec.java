package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.process.ProcessSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor needs to know of a child. As OTP {@code supervisor}, child specification, with OTP's defaults:
 * permanent, not significant, five seconds to stop (a supervisor: as long as it takes).
 *
 * <p>Immutable; the {@code with} methods return changed copies. They throw nothing, whatever they are given: values are
 * checked when the tree is, all at once; see {@link SpecCheck}.
 */
public final class ChildSpec {

    private static final Duration NO_LIMIT = Duration.ofSeconds(Long.MAX_VALUE);
    private static final RestartDelay NO_DELAY = RestartDelay.fixed(NO_LIMIT.negated());
    private static final Duration AS_ITS_KIND = NO_LIMIT.negated();
    private static final Shutdown DEFAULT_SHUTDOWN = Shutdown.timeout(Duration.ofSeconds(5));

    private final @Nullable String id;
    private final @Nullable ChildKind kind;
    private final @Nullable RestartType restart;
    private final @Nullable Shutdown shutdown;
    private final boolean significant;
    private final @Nullable Duration startTimeout;
    private final @Nullable RestartDelay restartDelay;
    private final @Nullable OnAbandon onAbandon;
    private final @Nullable Duration killGrace;

    /** Made once, since thousands of children may share a template. */
    private @Nullable ChildSpec spent;

    /** What a supervisor does after it had to abandon a child, one that did not end when killed. */
    public enum OnAbandon {
        /** It goes on as if the child had ended: at the next start there may be two of them. */
        CONTINUE,
        /**
         * It gives up, and ends as if it had crashed: for children of which there must never be two. What becomes of it
         * is for the supervisor above to say, which must not start it again: under that it is to be temporary.
         */
        ESCALATE
    }

    /** A plain Java service; each incarnation is a new one. Both methods are called on a thread made for blocking. */
    public interface Service {
        /**
         * Starts it, and returns when it runs; {@link ChildContext#exit} may be called at any later time, and by
         * another thread at any time.
         *
         * @throws Exception the start has failed, as it has if exit is called here; it is not stopped then
         */
        void start(ChildContext child) throws Exception;

        /**
         * Stops it, and returns when nothing of it is left. The thread is interrupted if it takes too long. Called for
         * every service that has started, also if it is over by itself, and also if it is killed, since nothing else
         * can end it: then it has a second.
         *
         * @throws Exception the stop has failed, which is reported; the service counts as stopped
         */
        void stop() throws Exception;
    }

    /**
     * A function that may throw.
     *
     * @param <S> what it takes
     */
    public interface Action<S> {
        /** Does it. */
        void perform(S subject) throws Exception;
    }

    private ChildSpec(
            @Nullable String id,
            @Nullable ChildKind kind,
            @Nullable RestartType restart,
            @Nullable Shutdown shutdown,
            boolean significant,
            @Nullable Duration startTimeout,
            @Nullable RestartDelay restartDelay,
            @Nullable OnAbandon onAbandon,
            @Nullable Duration killGrace) {
        this.id = id;
        this.kind = kind;
        this.restart = restart;
        this.shutdown = shutdown;
        this.significant = significant;
        this.startTimeout = startTimeout;
        this.restartDelay = restartDelay;
        this.onAbandon = onAbandon;
        this.killGrace = killGrace;
    }

    /** For a kind of child: everything else has its default. */
    public static ChildSpec of(@Nullable String id, @Nullable ChildKind kind) {
        return new ChildSpec(
                id,
                kind,
                RestartType.PERMANENT,
                kind == null ? DEFAULT_SHUTDOWN : kind.defaultShutdown(),
                false,
                kind == null ? NO_LIMIT : kind.defaultStartTimeout().orElse(NO_LIMIT),
                NO_DELAY,
                OnAbandon.CONTINUE,
                AS_ITS_KIND);
    }

    // ---- actors

    /** An actor, started when its behavior has been set up. */
    public static ChildSpec actor(String id, Behavior<?> behavior) {
        return of(id, behavior == null ? null : new ActorKind(child -> behavior));
    }

    /** An actor that talks to its supervisor through its {@link ChildContext}. */
    public static ChildSpec actor(String id, Function<ChildContext, ? extends Behavior<?>> behavior) {
        return of(id, behavior == null ? null : new ActorKind(behavior));
    }

    // ---- plain Java

    /** A service object made anew for each incarnation. */
    public static ChildSpec service(String id, Callable<? extends Service> make) {
        return of(id, make == null ? null : new ServiceKind(make));
    }

    /** A start and a stop: what the start returned is given to the stop. */
    public static <S> ChildSpec service(String id, Callable<? extends S> start, Action<? super S> stop) {
        return of(id, start == null || stop == null ? null : ServiceKind.startStop(start, stop));
    }

    /** Something that is opened, and closed to stop it. */
    public static ChildSpec closeable(String id, Callable<? extends AutoCloseable> open) {
        return of(id, open == null ? null : ServiceKind.closeable(id, open));
    }

    /**
     * Something that runs on a thread of its own: its return is a normal exit, what it throws a crash. It is stopped by
     * interrupting it.
     */
    public static ChildSpec runnable(String id, Action<? super ChildContext> run) {
        return of(id, run == null ? null : new RunnableKind(run, () -> {}));
    }

    /**
     * A computation of its own making: its completion is a normal exit, its failure a crash. It is stopped by
     * cancelling it. That completes a {@link java.util.concurrent.CompletableFuture} but does not interrupt what
     * computes it, which has to look for itself; what is to be interrupted is a {@link #runnable}.
     */
    public static ChildSpec completion(String id, Callable<? extends CompletionStage<?>> start) {
        return of(id, start == null ? null : ServiceKind.completion(start));
    }

    // ---- processes

    /**
     * An operating system process: started when it is ready by {@link ProcessSpec#ready()}, stopped by
     * {@link ProcessSpec#stop()} within the shutdown time. It ends with {@code normal} if
     * {@link ProcessSpec#normalExits()} says so, with {@code shutdown} if it did what it was asked to, with
     * {@code killed} if KILL ended it, and else abnormally, with its exit code or signal.
     */
    public static ChildSpec process(String id, ProcessSpec spec) {
        return of(id, spec == null ? null : new ProcessKind(spec));
    }

    /** A program with its arguments, everything else as in {@link ProcessSpec#of(String, String...)}. */
    public static ChildSpec process(String id, String program, String... arguments) {
        return process(id, ProcessSpec.of(program, arguments));
    }

    // ---- supervisors

    /** A supervisor. */
    public static ChildSpec supervisor(String id, SupervisorSpec spec) {
        return of(id, spec == null ? null : new SupervisorKind(() -> spec, spec));
    }

    /**
     * A supervisor that asks, at each start, what it shall supervise; OTP's {@code init}.
     *
     * @param init may return {@link SupervisorSpec#ignore()}; must be free of side effects
     */
    public static ChildSpec supervisor(String id, Callable<SupervisorSpec> init) {
        return of(id, init == null ? null : new SupervisorKind(init, null));
    }

    // ---- copies

    /** A copy under another id. */
    public ChildSpec withId(String newId) {
        return new ChildSpec(
                newId, kind, restart, shutdown, significant, startTimeout, restartDelay, onAbandon, killGrace);
    }

    /** When it is started again; default permanent. */
    public ChildSpec withRestart(RestartType newRestart) {
        return new ChildSpec(
                id, kind, newRestart, shutdown, significant, startTimeout, restartDelay, onAbandon, killGrace);
    }

    /** How it is stopped. */
    public ChildSpec withShutdown(Shutdown newShutdown) {
        return new ChildSpec(
                id, kind, restart, newShutdown, significant, startTimeout, restartDelay, onAbandon, killGrace);
    }

    /** Whether its end may end its supervisor, see {@link SupervisorSpec.AutoShutdown}. */
    public ChildSpec withSignificant(boolean newSignificant) {
        return new ChildSpec(
                id, kind, restart, shutdown, newSignificant, startTimeout, restartDelay, onAbandon, killGrace);
    }

    /**
     * How long its start may take until it is acknowledged; default 30 s, for a process 15 s more than the limit of its
     * own ({@link io.github.pekkosupervisor.process.ProcessSpec#withStartTimeout}), for a oneshot that very limit or
     * none, and for a supervisor no limit.
     */
    public ChildSpec withStartTimeout(Duration limit) {
        return new ChildSpec(id, kind, restart, shutdown, significant, limit, restartDelay, onAbandon, killGrace);
    }

    /** Without a limit for its start, as in OTP. */
    public ChildSpec withoutStartTimeout() {
        return new ChildSpec(id, kind, restart, shutdown, significant, NO_LIMIT, restartDelay, onAbandon, killGrace);
    }

    /** How long its restarts wait; default not at all. */
    public ChildSpec withRestartDelay(RestartDelay delay) {
        return new ChildSpec(id, kind, restart, shutdown, significant, startTimeout, delay, onAbandon, killGrace);
    }

    /**
     * How long its end may take after it was killed, until it is abandoned: more than zero. Default ten seconds for a
     * process, which may be in the middle of writing a core, and for a supervisor, and a second for what is Java.
     */
    public ChildSpec withKillGrace(Duration grace) {
        return new ChildSpec(id, kind, restart, shutdown, significant, startTimeout, restartDelay, onAbandon, grace);
    }

    /** What follows if it does not even end when killed; default to go on. */
    public ChildSpec withOnAbandon(OnAbandon reaction) {
        return new ChildSpec(id, kind, restart, shutdown, significant, startTimeout, restartDelay, reaction, killGrace);
    }

    /** An actor only: started when it has called {@link ChildContext#ready()}, and not when it has been set up. */
    public ChildSpec withExplicitReady() {
        return withActor("withExplicitReady", "", ActorKind::explicit);
    }

    /** An actor only: its dispatcher, mailbox and tags. */
    public ChildSpec withProps(Props props) {
        return withActor("withProps", props, actor -> actor.withProps(props));
    }

    /** An actor only: the message that asks it to stop, after those before it; without one it is stopped at once. */
    public ChildSpec withStopMessage(Object message) {
        return withActor("withStopMessage", message, actor -> actor.withStopMessage(message));
    }

    /**
     * An actor only: the message that it is sent for a signal, in order with its other messages, by
     * {@link io.github.pekkosupervisor.protocol.SupervisorRef#signalChild} for one. As {@code sv hup} for a process.
     *
     * @param signal one of {@link ChildContext#SIGNALS}
     * @param message takes the place of one that was set before for the same signal
     */
    public ChildSpec withSignalMessage(Signal signal, Object message) {
        return withActor(
                "withSignalMessage",
                Arrays.asList(signal, message),
                actor -> actor.withSignalMessage(ServiceKind.checked(signal), message));
    }

    /** The same if it is an actor and that can be said of one, else with the mistake of this method. */
    private ChildSpec withActor(String method, @Nullable Object given, UnaryOperator<ActorKind> change) {
        if (kind == null) {
            // there is nothing to say it of, which is told by itself
            return this;
        }
        ChildKind known = MistakenKind.known(kind);
        String mistake = Mistakes.ofNull(given);
        if (!(known instanceof ActorKind actor)) {
            mistake = "is for children of the kind actor only, this one is of the kind " + known.name()
                    + "; leave it out";
        } else if (mistake == null) {
            try {
                known = change.apply(actor);
            } catch (IllegalArgumentException e) {
                mistake = String.valueOf(e.getMessage());
            }
        }
        return withKind(MistakenKind.of(known, MistakenKind.mistakes(kind).after(method, mistake)));
    }

    private ChildSpec withKind(ChildKind newKind) {
        return new ChildSpec(
                id, newKind, restart, shutdown, significant, startTimeout, restartDelay, onAbandon, killGrace);
    }

    // ---- values

    /** Unique within its supervisor; any text up to 1,024 characters. */
    public String id() {
        return id == null ? "" : id;
    }

    /** When it is started again. */
    public RestartType restart() {
        return restart == null ? RestartType.PERMANENT : restart;
    }

    /** How it is stopped, the default filled in. */
    public Shutdown shutdown() {
        return shutdown == null ? DEFAULT_SHUTDOWN : shutdown;
    }

    /** Whether its end may end its supervisor. */
    public boolean significant() {
        return significant;
    }

    /** How long its start may take, the default filled in; empty for no limit. */
    public Optional<Duration> startTimeout() {
        return NO_LIMIT.equals(startTimeout) ? Optional.empty() : Optional.ofNullable(startTimeout);
    }

    /** How long its restarts wait; empty for not at all. */
    public Optional<RestartDelay> restartDelay() {
        return NO_DELAY.equals(restartDelay) ? Optional.empty() : Optional.ofNullable(restartDelay);
    }

    /** What follows if it has to be abandoned. */
    public OnAbandon onAbandon() {
        return onAbandon == null ? OnAbandon.CONTINUE : onAbandon;
    }

    /** How long its end may take after it was killed, the default filled in. */
    public Duration killGrace() {
        return killGrace == null || AS_ITS_KIND.equals(killGrace) ? kind().defaultKillGrace() : killGrace;
    }

    /** {@code actor}, {@code process}, {@code service} or {@code supervisor}. */
    public String kindName() {
        return kind == null ? "nothing" : kind.name();
    }

    /** Whether it counts as a supervisor and not as a worker. */
    public boolean isSupervisor() {
        return kind != null && kind.isSupervisor();
    }

    // ---- as given, for the check: what is null was given as null

    @Nullable
    String givenId() {
        return id;
    }

    @Nullable
    ChildKind givenKind() {
        return kind;
    }

    @Nullable
    RestartType givenRestart() {
        return restart;
    }

    @Nullable
    Shutdown givenShutdown() {
        return shutdown;
    }

    @Nullable
    Duration givenStartTimeout() {
        return startTimeout;
    }

    boolean hasRestartDelay() {
        return !NO_DELAY.equals(restartDelay);
    }

    @Nullable
    RestartDelay givenRestartDelay() {
        return restartDelay;
    }

    boolean hasKillGrace() {
        return !AS_ITS_KIND.equals(killGrace);
    }

    @Nullable
    Duration givenKillGrace() {
        return killGrace;
    }

    @Nullable
    OnAbandon givenOnAbandon() {
        return onAbandon;
    }

    /** Without what it was made from, for a child that will not be started again. */
    public ChildSpec spent() {
        ChildSpec known = spent;
        if (known == null) {
            known = kind == null ? this : withKind(kind.spent());
            spent = known;
        }
        return known;
    }

    public ChildKind kind() {
        if (kind == null) {
            throw new IllegalStateException("child \"" + id + "\" has nothing to start and was not checked");
        }
        return kind;
    }

    @Override
    public String toString() {
        return "ChildSpec[" + id() + ", " + kindName() + ", " + restart + ", " + shutdown() + "]";
    }
}
