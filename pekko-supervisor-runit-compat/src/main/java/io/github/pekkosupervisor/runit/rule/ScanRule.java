package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What follows from a scan of the services directory: runit's {@code runsvdir} without its input and output.
 *
 * <p>A service is the directory that an entry leads to, by device and inode, not its name: a renamed entry starts and
 * stops nothing, and two entries for one directory are one service under the name met first. Another directory under
 * the name of one that is gone is another service, and is started when the former has ended. Holds the services known;
 * it does nothing itself but tells, in order, what is to be done.
 */
public final class ScanRule {

    private final Map<FileStatus.Id, Known> known = new LinkedHashMap<>();
    /** For each that is following: whom. */
    private final Map<FileStatus.Id, Set<FileStatus.Id>> followed = new HashMap<>();

    private Map<FileStatus.Id, OsString> undecided = Map.of();
    private boolean stopping;

    /** Those that were asked to end since nothing is wanted any more. */
    private final Set<FileStatus.Id> stopped = new HashSet<>();

    /** How a known service stands. */
    enum Phase {
        /** Its runsv is at work. */
        SUPERVISED,
        /** Its runsv has ended; it is made again after a while. */
        ENDED,
        /** Its runsv has failed and left its processes behind; it is made again after a while. */
        FAILED,
        /** It is not wanted any more, and its runsv is ending. */
        LEAVING,
        /** Its entry has come back while its runsv was ending. */
        RETURNING,
        /** It has taken the entry of another, and is started when that has ended, or is known not to have to. */
        FOLLOWING
    }

    /**
     * A service that is known.
     *
     * @param name of its entry when it was seen last
     * @param phase how it stands
     * @param hasRunsv whether a runsv of it is there
     */
    record Known(OsString name, Phase phase, boolean hasRunsv) {}

    /** What is to be done. */
    public sealed interface Action {
        /** Of the service that it is about. */
        FileStatus.Id id();
    }

    /**
     * Make a runsv, with whatever a failed one has left.
     *
     * @param id of the service
     * @param name of its entry
     */
    public record Start(FileStatus.Id id, OsString name) implements Action {}

    /**
     * Ask the runsv to end.
     *
     * @param id of the service
     */
    public record Terminate(FileStatus.Id id) implements Action {}

    /**
     * Tell of its entry, which has another name, and do no more.
     *
     * @param id of the service, which has been started
     * @param name of its entry
     */
    public record Renamed(FileStatus.Id id, OsString name) implements Action {}

    /**
     * Call {@link #waited} after a while.
     *
     * @param id of the service
     */
    public record Wait(FileStatus.Id id) implements Action {}

    /** All services known, with how they stand. */
    Map<FileStatus.Id, Known> known() {
        return Map.copyOf(known);
    }

    /** Whether a service is known. */
    public boolean knows(FileStatus.Id id) {
        return known.containsKey(id);
    }

    /** Whether there is an entry of this name whose service waits until another one has ended. */
    public boolean isComing(OsString name) {
        return known.values().stream()
                .anyMatch(service ->
                        service.phase() == Phase.FOLLOWING && service.name().equals(name));
    }

    /** Whether no runsv is left and nothing of a failed one. */
    public boolean isEmpty() {
        return known.values().stream().allMatch(service -> service.phase() == Phase.ENDED);
    }

    /**
     * Before a scan of which it is known what it saw: services that a launcher has left which is gone, whose processes
     * run, and that have lost their entries meanwhile. They are stopped as by removal.
     *
     * @param left each with the name of the entry that it had
     */
    public List<Action> left(Map<FileStatus.Id, OsString> left) {
        List<Action> actions = new ArrayList<>();
        left.forEach((id, name) -> {
            if (!known.containsKey(id)) {
                known.put(id, new Known(name, Phase.LEAVING, true));
                actions.add(new Start(id, name));
                actions.add(new Terminate(id));
            }
        });
        return actions;
    }

    /**
     * Before each scan: services that a launcher has left which is gone, that have lost their entries meanwhile, and of
     * which it cannot be told yet whether they run. Who has the name of one follows it until it is none of these any
     * more, or, if it is {@link #left} then, until it has ended.
     *
     * @param open each with the name of the entry that it had; none of them has one
     */
    public void undecided(Map<FileStatus.Id, OsString> open) {
        undecided = Map.copyOf(open);
    }

    /** After a scan that saw these services, in the order of the directory. */
    public List<Action> scanned(Map<FileStatus.Id, OsString> seen) {
        if (stopping) {
            return List.of();
        }
        List<Action> actions = new ArrayList<>();
        for (FileStatus.Id id : List.copyOf(known.keySet())) {
            OsString name = seen.get(id);
            if (name == null) {
                leave(id, actions);
            } else {
                Known service = service(id);
                Phase phase = service.phase() == Phase.LEAVING ? Phase.RETURNING : service.phase();
                known.put(id, new Known(name, phase, service.hasRunsv()));
                if (phase != Phase.FOLLOWING && !service.name().equals(name)) {
                    actions.add(new Renamed(id, name));
                }
            }
        }
        // who follows may have another name by now, and others may have left under that
        followed.forEach((id, former) -> former.addAll(formerUnder(service(id).name())));
        seen.forEach((id, name) -> {
            if (!known.containsKey(id)) {
                Set<FileStatus.Id> former = formerUnder(name);
                if (former.isEmpty()) {
                    start(id, name, actions);
                } else {
                    known.put(id, new Known(name, Phase.FOLLOWING, false));
                    followed.put(id, former);
                }
            }
        });
        startFollowers(actions);
        return actions;
    }

    /** Whose entry had this name when it was seen last. */
    private Set<FileStatus.Id> formerUnder(OsString name) {
        Set<FileStatus.Id> former = new HashSet<>();
        known.forEach((id, service) -> {
            if (service.phase() == Phase.LEAVING && service.name().equals(name)) {
                former.add(id);
            }
        });
        undecided.forEach((id, had) -> {
            if (had.equals(name)) {
                former.add(id);
            }
        });
        return former;
    }

    /** Those who follow nobody any more. */
    private void startFollowers(List<Action> actions) {
        followed.forEach((id, former) -> {
            former.removeIf(one -> !hasToEnd(one));
            if (former.isEmpty()) {
                start(id, service(id).name(), actions);
            }
        });
        followed.values().removeIf(Set::isEmpty);
    }

    /** Or perhaps has to. */
    private boolean hasToEnd(FileStatus.Id id) {
        Known service = known.get(id);
        return service == null
                ? undecided.containsKey(id)
                : service.phase() == Phase.LEAVING || service.phase() == Phase.RETURNING;
    }

    /**
     * No service is wanted any more, and none will be. Who is ending already is asked once more, as by runit's: a
     * command may have had it go on.
     */
    public List<Action> stop() {
        stopping = true;
        List<Action> actions = new ArrayList<>();
        for (FileStatus.Id id : List.copyOf(known.keySet())) {
            leave(id, actions);
        }
        return actions;
    }

    /**
     * The same, where each is to be asked to end by itself, with {@link #stop(FileStatus.Id)}: those that go on until
     * then.
     *
     * @return in the order in which they were started
     */
    public List<FileStatus.Id> beginStop() {
        stopping = true;
        List<FileStatus.Id> started = new ArrayList<>();
        for (FileStatus.Id id : List.copyOf(known.keySet())) {
            Known service = service(id);
            switch (service.phase()) {
                case SUPERVISED, FAILED -> started.add(id);
                case LEAVING, RETURNING -> {
                    put(id, Phase.LEAVING, service.hasRunsv());
                    if (service.hasRunsv()) {
                        started.add(id);
                    }
                }
                // there is nothing to be done
                case ENDED, FOLLOWING -> leave(id, new ArrayList<>());
            }
        }
        return started;
    }

    /** After {@link #beginStop}: this one is not wanted any more; nothing if it has ended. */
    public List<Action> stop(FileStatus.Id id) {
        List<Action> actions = new ArrayList<>();
        if (known.containsKey(id)) {
            leave(id, actions);
        }
        return actions;
    }

    private void leave(FileStatus.Id id, List<Action> actions) {
        Known service = service(id);
        switch (service.phase()) {
            case SUPERVISED -> {
                actions.add(new Terminate(id));
                put(id, Phase.LEAVING, true);
                isStoppedNow(id);
            }
            case FAILED -> {
                startToEnd(id, Phase.LEAVING, actions);
                isStoppedNow(id);
            }
            case LEAVING, RETURNING -> {
                put(id, Phase.LEAVING, service.hasRunsv());
                // told already, but perhaps had to go on
                if (service.hasRunsv() && isStoppedNow(id)) {
                    actions.add(new Terminate(id));
                }
            }
            case ENDED -> known.remove(id);
            case FOLLOWING -> {
                known.remove(id);
                followed.remove(id);
            }
        }
    }

    /** Whether it is asked for the first time since nothing is wanted any more. */
    private boolean isStoppedNow(FileStatus.Id id) {
        return stopping && stopped.add(id);
    }

    private void start(FileStatus.Id id, OsString name, List<Action> actions) {
        known.put(id, new Known(name, Phase.SUPERVISED, true));
        actions.add(new Start(id, name));
    }

    /** What a failed runsv has left can only be ended by another. */
    private void startToEnd(FileStatus.Id id, Phase phase, List<Action> actions) {
        put(id, phase, true);
        actions.add(new Start(id, service(id).name()));
        actions.add(new Terminate(id));
    }

    /** After the runsv of a service has ended, its processes with it. */
    public List<Action> ended(FileStatus.Id id) {
        List<Action> actions = new ArrayList<>();
        Known service = service(id);
        switch (service.phase()) {
            case LEAVING -> known.remove(id);
            case RETURNING -> start(id, service.name(), actions);
            case SUPERVISED, ENDED, FAILED -> {
                if (stopping) {
                    known.remove(id);
                } else {
                    put(id, Phase.ENDED, false);
                    actions.add(new Wait(id));
                }
            }
            case FOLLOWING -> throw new IllegalStateException("service " + id + " has ended before its start");
        }
        startFollowers(actions);
        return actions;
    }

    /** After the runsv of a service has failed, its processes running or not. */
    public List<Action> failed(FileStatus.Id id) {
        Phase phase = service(id).phase();
        boolean unwanted = phase == Phase.LEAVING || phase == Phase.RETURNING;
        put(id, unwanted ? phase : Phase.FAILED, false);
        return List.of(new Wait(id));
    }

    /** After the while that {@link Wait} asked for. */
    public List<Action> waited(FileStatus.Id id) {
        Known service = known.get(id);
        if (service == null || service.hasRunsv()) {
            // forgotten, or made again already
            return List.of();
        }
        List<Action> actions = new ArrayList<>();
        switch (service.phase()) {
            case SUPERVISED, ENDED, FAILED -> start(id, service.name(), actions);
            case LEAVING, RETURNING -> startToEnd(id, service.phase(), actions);
            case FOLLOWING -> {
                // a pause from before; it waits for another to end
            }
        }
        return actions;
    }

    private void put(FileStatus.Id id, Phase phase, boolean hasRunsv) {
        known.put(id, new Known(service(id).name(), phase, hasRunsv));
    }

    private Known service(FileStatus.Id id) {
        Known service = known.get(id);
        if (service == null) {
            throw new IllegalStateException("no service " + id + " is known");
        }
        return service;
    }
}
