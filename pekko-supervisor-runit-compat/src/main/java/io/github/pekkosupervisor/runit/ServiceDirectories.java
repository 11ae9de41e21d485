package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;

/**
 * runit's service directories in an application: as children of a supervision tree, beside actors, Java services and
 * processes, or by themselves in one line. {@code sv} works on them as on those of {@code runsvdir(8)} and
 * {@code runsv(8)}.
 *
 * <p>Such a child goes by the rules of its supervisor like any other; the services in it go by runit's: a {@code run}
 * that ends is started again by its runsv, of which the supervisor hears nothing. It is stopped as by HUP or TERM:
 * every service gets TERM, or what its {@code control/t} says, {@code finish} is run, the logger reads its input to the
 * end. What is left when the shutdown time is over is killed, {@code finish} and loggers a second later; the default is
 * {@code sv}'s own for {@code force-stop}, seven seconds. If its supervision itself crashes, its processes are killed,
 * since nobody knows yet whether there will be another incarnation that could take them up.
 *
 * <p>Its {@link ServiceEvent}s are in the tree's stream of events, under the path of the child, and its service
 * directories are in the tree's snapshot.
 */
public final class ServiceDirectories {

    private static final String ID = "services";

    private ServiceDirectories() {}

    /**
     * A directory of service directories, as {@link Runsvdir} supervises it.
     *
     * <p>It has started when the directory has been read and each service directory that was found has had its first
     * try: its {@code run} was started or adopted, or is not wanted ({@code down}), or something is wrong with it,
     * which is told and keeps nobody else waiting. Nobody is waited for longer than three seconds: who has had no try
     * by then, since its log is locked for instance, is named in the tree's log, and the child has started. The start
     * fails if the directory cannot be read, or is supervised by somebody else.
     *
     * @param directory of service directories, run as {@link #settings} has it
     */
    public static ChildSpec child(String id, Path directory) {
        return child(id, settings(directory));
    }

    /** The same with settings of your own. */
    public static ChildSpec child(String id, RunsvdirSettings settings) {
        return ChildSpec.of(id, new RunsvdirKind(settings));
    }

    /**
     * One service directory, as {@code runsv(8)} supervises it.
     *
     * <p>It has started when its {@code run} has been, or has been adopted, or, if there is a file {@code down}, when
     * {@code sv} can start it. What it waits for after three seconds is said in the tree's log; it is waited for until
     * its start timeout. The start fails if it cannot be supervised, or its {@code run} cannot be run. If {@code sv
     * exit} or the byte {@code x} ends it, it has ended normally: a permanent child is started again, a transient one
     * is not.
     *
     * @param serviceDirectory run as {@link #settings} has it
     */
    public static ChildSpec single(String id, Path serviceDirectory) {
        return single(id, settings(serviceDirectory));
    }

    /** The same with settings of your own, whose directory is the service directory. */
    public static ChildSpec single(String id, RunsvdirSettings settings) {
        return ChildSpec.of(id, new RunsvKind(settings));
    }

    /**
     * What the children above are run with. What happens is in the tree's log, warnings too, so that runit's own lines
     * are said nowhere else; {@link RunsvdirSettings#withMessages} has them said. Each process gets a session of its
     * own, as with {@code runsvdir -P}: Ctrl-C at a terminal reaches this JVM only, which then stops all in order, and
     * a kill reaches all that a service has started in its own process group.
     */
    public static RunsvdirSettings settings(Path directory) {
        return RunsvdirSettings.of(directory).withOwnSessions(true).withMessages(message -> {});
    }

    /**
     * Starts a tree of nothing but a directory of service directories, and waits until it has started, as
     * {@link #child(String, Path)} says. It is stopped by {@link SupervisionTree#close()}, and when the JVM is told to
     * exit, by TERM for instance.
     *
     * @throws SupervisionTree.StartFailedException the directory cannot be read, or is supervised already
     */
    public static SupervisionTree start(Path directory) {
        return start(directory, SupervisionTree.Options.defaults());
    }

    /** The same with options, an actor system of yours for instance. */
    public static SupervisionTree start(Path directory, SupervisionTree.Options options) {
        return SupervisionTree.start(SupervisorSpec.oneForOne().withChild(child(ID, directory)), options);
    }
}
