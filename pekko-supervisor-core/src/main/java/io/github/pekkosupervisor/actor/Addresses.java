package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.spec.TreePath;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of one tree that stay the same while what they lead to is restarted, by path. Each is a small actor
 * that passes on what it gets to the present incarnation, or to the dead letters, as what is not of its type. May be
 * used from any thread.
 */
public final class Addresses {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    /** A supervisor that runs, as it is known by. */
    interface AtWork extends SupervisorRef {
        /** Sends a request, and is answered in the supervisor's turn. */
        <R extends SupervisorResult> CompletableFuture<R> askInTurn(Request<R> request);
    }

    /** What an address leads to now, and the actors that pass on, each what is of one type. */
    private record Address(
            String path,
            AtomicReference<@Nullable ActorRef<Object>> target,
            Map<Class<?>, ActorRef<Object>> forwarders) {
        Address(String path) {
            this(path, new AtomicReference<>(), new ConcurrentHashMap<>());
        }
    }

    /** What the forwarding actor itself is told. */
    private enum Order {
        /** It is known now whether there is an incarnation. */
        RESOLVED,
        CLOSE
    }

    private final ActorSystem<?> system;
    private final Map<String, Address> byPath = new ConcurrentHashMap<>();
    private final Map<String, AtWork> supervisors = new ConcurrentHashMap<>();

    private final CompletableFuture<SupervisorRef> top = new CompletableFuture<>();
    private final TreeIdentity tree;

    public Addresses(ActorSystem<?> system) {
        this(system, TreeClock.system());
    }

    /** For a tree with a time of its own. */
    Addresses(ActorSystem<?> system, TreeClock clock) {
        this.system = system;
        this.tree = new TreeIdentity(clock);
    }

    /** Whose they are. */
    public TreeIdentity tree() {
        return tree;
    }

    // ---- for whoever wants one

    /**
     * The address of a child, for messages of a type.
     *
     * @param type a primitive one counts as its wrapper; of one with type parameters only the class is looked at
     */
    public <T> ActorRef<T> of(String path, Class<T> type) {
        Class<?> boxed = MethodType.methodType(
                        Objects.requireNonNull(type, "the type of the messages is null; use Object.class for any"))
                .wrap()
                .returnType();
        Address address = byPath.computeIfAbsent(path, Address::new);
        return address.forwarders()
                .computeIfAbsent(boxed, first -> open(address, first))
                .unsafeUpcast();
    }

    private ActorRef<Object> open(Address address, Class<?> type) {
        ActorRef<Object> forwarder = system.systemActorOf(
                keep(address, type, new Refusals()), "pekko-supervisor-ref-" + ActorNames.unique(), Props.empty());
        AtWork supervisor = supervisors.get(TreePath.above(address.path()));
        if (supervisor == null) {
            // the supervisor that it would be a child of does not run
            forwarder.tell(Order.RESOLVED);
        } else {
            resolve(supervisor, TreePath.lastId(address.path()), address, forwarder);
        }
        return forwarder;
    }

    /** The answer arrives in the supervisor's own turn, so it cannot be older than what the supervisor says later. */
    private static void resolve(AtWork at, String id, Address address, ActorRef<Object> forwarder) {
        var asked = at.askInTurn(new Request.WhichChild(id)).thenAccept(result -> {
            if (result instanceof ChildInfo info && info.state() == ChildState.RUNNING) {
                info.handle().ifPresent(handle -> address.target().compareAndSet(null, handle.ref()));
            }
            forwarder.tell(Order.RESOLVED);
        });
        assert asked != null;
    }

    private Behavior<Object> keep(Address address, Class<?> type, Refusals refusals) {
        Deque<Object> kept = new ArrayDeque<>();
        return Behaviors.receiveMessage(message -> {
            if (message == Order.RESOLVED) {
                kept.forEach(early -> pass(early, address));
                return forward(address, type, refusals);
            }
            if (message == Order.CLOSE) {
                return Behaviors.stopped();
            }
            if (type.isInstance(message)) {
                kept.add(message);
            } else {
                refuse(message, address, refusals);
            }
            return Behaviors.same();
        });
    }

    private Behavior<Object> forward(Address address, Class<?> type, Refusals refusals) {
        return Behaviors.receiveMessage(message -> {
            if (message == Order.CLOSE) {
                return Behaviors.stopped();
            }
            if (type.isInstance(message)) {
                pass(message, address);
            } else {
                refuse(message, address, refusals);
            }
            return Behaviors.same();
        });
    }

    private void pass(Object message, Address address) {
        ActorRef<Object> now = address.target().get();
        (now == null ? system.<Object>deadLetters() : now).tell(message);
    }

    /** The supervisor tells of it, in its turn; where there is none there is no child either. */
    private void refuse(Object message, Address address, Refusals refusals) {
        system.deadLetters().tell(message);
        if (!refusals.isNews(message)) {
            return;
        }
        AtWork supervisor = supervisors.get(TreePath.above(address.path()));
        if (supervisor == null) {
            LOG.warn("[{}] was sent a [{}], which is not what its address is for", address.path(), message.getClass());
        } else {
            String id = TreePath.lastId(address.path());
            supervisor.actor().tell(new SupervisorMessage.Refused(id, null, message.getClass()));
        }
    }

    // ---- for supervisors

    /** Where the application is told of answers. */
    public Executor answers() {
        Executor answers = ServiceThreads.get(system).answers();
        return task -> {
            try {
                answers.execute(task);
            } catch (RejectedExecutionException theSystemHasEnded) {
                ForkJoinPool.commonPool().execute(task);
            }
        };
    }

    /**
     * The same for the application, whose code is not to run in a thread of the tree: it may wait for the tree's end,
     * or exit.
     */
    public <R> CompletionStage<R> elsewhere(CompletableFuture<R> future) {
        return future.<R>thenApplyAsync(result -> result, answers()).minimalCompletionStage();
    }

    /** A supervisor is at work. */
    void add(AtWork supervisor) {
        supervisors.put(supervisor.path(), supervisor);
        if (supervisor.path().equals(TreePath.TOP)) {
            top.complete(supervisor);
        }
    }

    /** Completes when there is the top supervisor, which then begins to start its children. */
    public CompletionStage<SupervisorRef> top() {
        return top;
    }

    /** A supervisor has ended; there may be a newer one. */
    void remove(AtWork supervisor) {
        supervisors.remove(supervisor.path(), supervisor);
    }

    /** The supervisor that is at work at a place; empty if there is none. */
    public Optional<SupervisorRef> supervisor(String path) {
        return Optional.ofNullable(supervisors.get(path));
    }

    /** Asks the one that is at work at a place; it is answered in that one's turn, which is not to be held up. */
    public <R extends SupervisorResult> CompletableFuture<R> askInTurn(String path, Request<R> request) {
        AtWork supervisor = supervisors.get(path);
        if (supervisor != null) {
            return supervisor.askInTurn(request);
        }
        return request.whenGone()
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(new SupervisorRef.GoneException(path)));
    }

    /** The paths of the supervisors that are at work. */
    public Set<String> running() {
        return new TreeSet<>(supervisors.keySet());
    }

    /** Whether nobody has asked for any. */
    boolean isEmpty() {
        return byPath.isEmpty();
    }

    /** A child has a new incarnation. */
    void lead(String path, ActorRef<Object> target) {
        Address address = byPath.get(path);
        if (address != null) {
            address.target().set(target);
        }
    }

    /** An incarnation has ended; there may be a newer one. */
    void leave(String path, ActorRef<Object> target) {
        Address address = byPath.get(path);
        if (address != null) {
            address.target().compareAndSet(target, null);
        }
    }

    /** The tree has ended. */
    void close() {
        byPath.values().forEach(address -> address.forwarders().values().forEach(one -> one.tell(Order.CLOSE)));
        byPath.clear();
    }
}
