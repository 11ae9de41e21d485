package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfiguredConditions;
import io.github.pekkosupervisor.config.ConfiguredSockets;
import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ListeningSocket;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code service.conf} says of who {@code run} is: as which user, with which variables and sockets, and how it is
 * held. {@code finish}, the logger and control scripts stay as runit has them, as with {@code chpst} in {@code run}.
 *
 * @param keys those by which it differs from runit
 * @param model a process of which that is said
 */
record RunConditions(List<String> keys, ProcessSpec model) {

    private static final ProcessSpec BARE = ProcessSpec.bare(List.of(OsString.of("./run")));

    /** As runit has it. */
    static final RunConditions RUNIT = new RunConditions(List.of(), BARE);

    /** They cannot be known, and they name a user: nobody is to run as another. */
    static final RunConditions UNKNOWN = new RunConditions(List.of("user"), BARE);

    /** They are in a file that cannot be read: they may name a user. */
    static final RunConditions UNREAD = new RunConditions(List.of("user", "limits"), BARE);

    static RunConditions read(ConfigSection top) {
        ProcessSpec model = ConfiguredSockets.read(
                top,
                Place.SERVICE_SOCKET,
                ConfiguredConditions.read(top, Place.SERVICE_LIMITS, Place.SERVICE_CGROUP, BARE));
        List<String> keys = keys(model);
        return keys.isEmpty() ? RUNIT : new RunConditions(keys, model);
    }

    private static List<String> keys(ProcessSpec model) {
        Conditions conditions = model.conditions();
        Map<String, Boolean> said = new LinkedHashMap<>();
        said.put("environment", !model.environment().isEmpty());
        said.put("environment-files", !model.environmentFiles().isEmpty());
        said.put("clear-environment", model.clearsEnvironment());
        said.put("user", model.user().isPresent());
        said.put("umask", conditions.umask().isPresent());
        said.put("nice", conditions.nice().isPresent());
        said.put("oom-score-adj", conditions.oomScoreAdj().isPresent());
        said.put("limits", !conditions.limits().isEmpty());
        said.put("cgroup", model.cgroup().isPresent());
        said.put("sockets", !model.sockets().isEmpty());
        return said.keySet().stream().filter(said::get).toList();
    }

    /** What is opened for {@code run}. */
    List<ListeningSocket> sockets() {
        return model.sockets();
    }

    /** Notes where these sockets make a sign that is said in the same file no sign. */
    void check(String key, Optional<Readiness> sign, ConfigSection top) {
        sign.flatMap(one -> ListeningSocket.contradiction(sockets(), one))
                .ifPresent(why -> top.problem(key, "\"" + key + "\": " + why));
    }

    /** Whether {@code run} has a control group of its own. */
    boolean haveCgroup() {
        return keys.contains("cgroup");
    }

    /** Whether {@code run} is to run as a user. */
    boolean nameUser() {
        return keys.contains("user");
    }

    /** Whether they are known; else {@code run} is not to be started. */
    boolean areKnown() {
        return !equals(UNKNOWN) && !equals(UNREAD);
    }

    /** Why they are not known, as what there is to say of the file. */
    String whyUnknown() {
        return equals(UNREAD)
                ? "cannot be read, and may say as which user it is to run"
                : "seems to say as which user it is to run, and cannot be used";
    }

    /**
     * Refuses what is to run as somebody who is not known.
     *
     * @param file that was to say it
     */
    void refuseUnlessKnown(OsString file) throws PosixException {
        if (!areKnown()) {
            String why = equals(UNREAD)
                    ? "it cannot be read, and may say as which user run is to run; make it a regular file of at most "
                            + ForeignHocon.LONGEST + " bytes that can be read, or remove it,"
                    : "it seems to say as which user run is to run, and cannot be used; correct it,";
            throw new PosixException("user", file.toString(), "EINVAL", why + " and have it read again by sv exit");
        }
    }

    /** {@code run} under them. */
    ProcessSpec of(ProcessSpec run) {
        return keys.isEmpty() ? run : run.underConditionsOf(model);
    }
}
