package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How a tree is, or what is below one supervisor, as values. Each supervisor says how it and its children are between
 * two of its own steps; they are asked one below the other, so those further down are seen a little later.
 *
 * <p>Its {@link #toString()} is a tree to be read, a line for each place; {@link #toJson()} is for programs.
 *
 * @param at when it was asked for
 * @param top the supervisor that was asked, with all below it
 */
public record TreeSnapshot(Instant at, Node top) {

    /** How a place is. */
    public enum State {
        /** It is down, and will be started by its supervisor after another that is being started. */
        WAITING,
        /** It has an incarnation that has not said yet that it is ready. */
        STARTING,
        /** It is up. */
        RUNNING,
        /** It has been asked to stop, or killed, and has not ended. */
        STOPPING,
        /** It has ended, or could not be started, and will be started again. */
        RESTARTING,
        /** It is down because somebody has stopped it. */
        STOPPED,
        /** It has ended by itself and stays down. */
        FINISHED,
        /** It has said that it need not run. */
        IGNORED,
        /** It was to do something once, has done that, and is down. */
        DONE
    }

    /**
     * How an incarnation ended, or why it could not be started.
     *
     * @param reason as an {@link ExitReason} is written, no longer than 200 characters
     * @param at when that was
     */
    public record LastExit(String reason, Instant at) {
        private static final int LONGEST = 200;

        /** Shortens the reason. */
        public static LastExit of(String reason, Instant at) {
            return new LastExit(ShortText.of(reason, LONGEST), at);
        }
    }

    /**
     * What a supervisor goes by.
     *
     * @param recent restarts within the period so far
     * @param limit how many it allows within that; empty if it never gives up
     */
    public record Supervision(Strategy strategy, int recent, OptionalInt limit, Duration period) {
        /** Where nothing limits them no more are counted. */
        public static final int MOST_COUNTED = 1_000;

        Supervision withRecent(int number) {
            return new Supervision(
                    strategy, limit.isPresent() ? number : Math.min(number, MOST_COUNTED), limit, period);
        }
    }

    /**
     * One place and all below it.
     *
     * @param path where it stands, as in {@link TreeEvent#path()}; under a dynamic supervisor several may have the same
     * @param kind as {@link ChildSpec#kindName()} has it, or what another module calls its own
     * @param state how it is
     * @param ready whether it is up and has said that it is ready
     * @param incarnation which one it has; empty if it has none
     * @param former while it has none and is to be started again, the last one that had started, if that is known
     * @param process of that incarnation, if it runs and is one
     * @param since when that incarnation was started; if it is down, when it ended
     * @param restarts how often its supervisor has started it again; counted anew with each supervisor
     * @param lastExit how the last incarnation ended that has
     * @param nextRestart when it will be started again, if that waits
     * @param supervision of a supervisor
     * @param details what else its kind has to say, each under its name
     * @param children of a supervisor, in start order; empty if it could not be asked
     */
    public record Node(
            String path,
            String kind,
            State state,
            boolean ready,
            OptionalLong incarnation,
            OptionalLong former,
            Optional<ProcessIdentity> process,
            Optional<Instant> since,
            long restarts,
            Optional<LastExit> lastExit,
            Optional<Instant> nextRestart,
            Optional<Supervision> supervision,
            Map<String, String> details,
            List<Node> children) {

        /** How one that waits is down, if not because it was stopped. */
        private static final String WAS = "was";

        /** Of one that is done, and is not started again with its group. */
        public static final Map<String, String> DONE_FOR_GOOD = Map.of("again", "no");

        static final String SUPERVISED_RESTARTS = "supervised-restarts";

        /** The name of the detail of one that runs and does not work: why, in words. */
        public static final String HUNG = "hung";

        /** Copies; the details come in the order of their names. */
        public Node {
            details = details.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(details));
            children = List.copyOf(children);
        }

        /** A place of which no more is known; ready if it runs. */
        public static Node of(String path, String kind, State state) {
            return new Node(
                    path,
                    kind,
                    state,
                    state == State.RUNNING,
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    List.of());
        }

        /** Under another specification. */
        Node withKind(String newPath, String newKind) {
            return new Node(
                    newPath,
                    newKind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    children);
        }

        /** In another state. */
        public Node withState(State newState, boolean isReady) {
            return new Node(
                    path,
                    kind,
                    newState,
                    isReady,
                    incarnation,
                    former,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    children);
        }

        /**
         * One that is down, and will be started with another; how it is down is among the details if it was not
         * stopped.
         */
        public Node waiting() {
            // also of one that has been stopped to be renewed: that has come to nothing
            Node waits = withState(State.WAITING, false).withIncarnation(incarnation, OptionalLong.empty());
            return state == State.FINISHED || state == State.IGNORED || state == State.DONE
                    ? waits.withDetail(WAS, state.name().toLowerCase(Locale.ROOT))
                    : waits;
        }

        /** One that waits, if the other is not started after all. */
        Node waitingNoMore() {
            String was = details.getOrDefault(WAS, State.STOPPED.name()).toUpperCase(Locale.ROOT);
            return state == State.WAITING ? withState(State.valueOf(was), false).withoutDetail(WAS) : this;
        }

        /** As this process. */
        public Node withProcess(Optional<ProcessIdentity> itself) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    itself,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    children);
        }

        /** Since then. */
        public Node withSince(Optional<Instant> when) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    when,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    children);
        }

        /** As this incarnation, or after that. */
        Node withIncarnation(OptionalLong number, OptionalLong last) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    number,
                    last,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    children);
        }

        /** As a supervisor that goes by this. */
        Node withSupervision(Optional<Supervision> by) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    by,
                    details,
                    children);
        }

        /** With what is known of its past and of its next start. */
        public Node withRestarts(long number, Optional<LastExit> last, Optional<Instant> next) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    since,
                    number,
                    last,
                    next,
                    supervision,
                    details,
                    children);
        }

        /** With what else there is to say. */
        public Node withDetails(Map<String, String> all) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    all,
                    children);
        }

        /**
         * A child as its supervisor knows it, with what it says of itself: how it is while it runs, its process, and
         * what is below it. One that starts others again itself says that of those too; what its supervisor has done is
         * then among the details.
         */
        public Node saying(Node said) {
            boolean runs = state == State.RUNNING;
            boolean hasOwnPast = said.since.isPresent() && said.supervision.isEmpty();
            Map<String, String> all = new TreeMap<>(said.details);
            if (hasOwnPast) {
                since.ifPresent(then -> all.put("supervised-since", then.toString()));
                all.put(SUPERVISED_RESTARTS, String.valueOf(restarts));
            }
            return new Node(
                    path,
                    kind,
                    runs ? said.state : state,
                    runs && said.ready,
                    incarnation,
                    former,
                    said.process.isPresent() ? said.process : process,
                    hasOwnPast ? said.since : since,
                    hasOwnPast ? said.restarts : restarts,
                    later(lastExit, said.lastExit),
                    runs && said.nextRestart.isPresent() ? said.nextRestart : nextRestart,
                    said.supervision,
                    all,
                    said.children);
        }

        private static Optional<LastExit> later(Optional<LastExit> one, Optional<LastExit> other) {
            boolean isOne = other.isEmpty()
                    || (one.isPresent() && one.get().at().isAfter(other.get().at()));
            return isOne ? one : other;
        }

        /** With one more detail, or another instead. */
        public Node withDetail(String name, String value) {
            Map<String, String> all = new TreeMap<>(details);
            all.put(name, value);
            return withDetails(all);
        }

        /** Without a detail. */
        public Node withoutDetail(String name) {
            Map<String, String> all = new TreeMap<>(details);
            return all.remove(name) == null ? this : withDetails(all);
        }

        /** With others below it. */
        public Node withChildren(List<Node> all) {
            return new Node(
                    path,
                    kind,
                    state,
                    ready,
                    incarnation,
                    former,
                    process,
                    since,
                    restarts,
                    lastExit,
                    nextRestart,
                    supervision,
                    details,
                    all);
        }

        /** One line of JSON: an object as in {@link TreeSnapshot#toJson()}, with all below it. */
        public String toJson() {
            return SnapshotText.json(this);
        }
    }

    /** The place with this path; the first one if several have it. */
    public Optional<Node> find(String path) {
        Deque<Node> left = new ArrayDeque<>();
        left.push(top);
        while (!left.isEmpty()) {
            Node node = left.pop();
            if (node.path().equals(path)) {
                return Optional.of(node);
            }
            List<Node> children = node.children();
            for (int i = children.size() - 1; i >= 0; i--) {
                left.push(children.get(i));
            }
        }
        return Optional.empty();
    }

    /** One line of JSON: an object for each place, as its components are named; what is empty is left out. */
    public String toJson() {
        return SnapshotText.json(this);
    }

    @Override
    public String toString() {
        return SnapshotText.tree(this);
    }
}
