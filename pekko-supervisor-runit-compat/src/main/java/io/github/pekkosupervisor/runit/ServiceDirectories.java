package io.github.pekkosupervisor.runit;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.util.Map;

/**
 * runit's service directories in an application: as children of a supervision tree, beside actors, Java services and
 * processes, or by themselves in one line. {@code sv} works on them as on those of {@code runsvdir(8)} and
 * {@code runsv(8)}.
 *
 * <p>A directory that is {@link #scanned(String, Path) scanned} goes by the rules of its supervisor like any other
 * child; the services in it go by runit's: a {@code run} that ends is started again by its runsv, of which the
 * supervisor hears nothing. {@link #one(String, Path) One} service directory goes by the supervisor's rules itself.
 * Both are stopped as by HUP or TERM: every service gets TERM, or what its {@code control/t} says, {@code finish} is
 * run, the logger reads its input to the end. What is left when the shutdown time is over is killed, {@code finish} and
 * loggers a second later; the default is {@code sv}'s own for {@code force-stop}, seven seconds. If its supervision
 * itself crashes, its processes are killed, since nobody knows yet whether there will be another incarnation that could
 * take them up.
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
     * fails if the directory cannot be read, or is supervised by somebody else, or if this JVM shows a tree in it.
     *
     * @param directory of service directories, run as {@link #settings} has it
     */
    public static ChildSpec scanned(String id, Path directory) {
        return scanned(id, settings(directory));
    }

    /** The same with settings of your own. */
    public static ChildSpec scanned(String id, RunsvdirSettings settings) {
        return ChildSpec.of(id, new RunsvdirKind(settings));
    }

    /**
     * One service directory as a child by OTP's rules: its {@code run}, {@code finish}, {@code control/} and
     * {@code log/} are as ever and {@code sv} works on it, but whether {@code run} is started again, and who with it,
     * is for its supervisor to say: restart type, strategy, intensity, significance. Of runit's pause of a second there
     * is nothing; {@link ChildSpec#withRestartDelay} is in its place.
     *
     * <p>It has started when its {@code run} has been, or has been adopted. The start fails if it cannot be supervised,
     * or its {@code run} cannot be run; a file {@code down} makes it one that is ignored, until {@code sv} or a call
     * starts it. An end of {@code run} is its end, when {@code finish} has been run: {@code normal} with exit code 0.
     * The logger goes on over restarts, and ends with the supervisor, or when the child is deleted: to read to the end
     * it has the shutdown time once more then, a minute at most, and a line says so if it is killed. Another child with
     * this directory is started when it has ended.
     *
     * <p>The letters of {@code sv}: {@code d} is {@code terminateChild}, and it stays down, in restarts of its group
     * too, until a command or a call starts it; {@code u} is {@code restartChild}, {@code o} {@code startOnce}. With
     * {@code t}, if {@code control/t} does not veto, it is renewed with those siblings that the strategy takes along,
     * and that is not counted. {@code x} is {@code d}, and nobody is to be seen behind it for five seconds. All others
     * are as in {@code runsv(8)}, so that what {@code k} ends has ended by itself.
     *
     * @param serviceDirectory run as {@link #settings} has it
     */
    public static ChildSpec one(String id, Path serviceDirectory) {
        return one(id, settings(serviceDirectory));
    }

    /** The same with settings of your own, whose directory is the service directory. */
    public static ChildSpec one(String id, RunsvdirSettings settings) {
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
     * {@link #scanned(String, Path)} says. It is stopped by {@link SupervisionTree#close()}, and when the JVM is told
     * to exit, by TERM for instance.
     *
     * @throws SupervisionTree.StartFailedException the directory cannot be read, or is supervised already
     */
    public static SupervisionTree start(Path directory) {
        return start(directory, SupervisionTree.Options.defaults());
    }

    /** The same with options, an actor system of yours for instance. */
    public static SupervisionTree start(Path directory, SupervisionTree.Options options) {
        return SupervisionTree.start(SupervisorSpec.oneForOne().withChild(scanned(ID, directory)), options);
    }

    /**
     * The tree that a configuration describes, as {@link ConfiguredTree#read(Config)} reads it, with the keys
     * {@code service-directory} ({@link #one(String, Path)}) and {@code services-directory} ({@link #scanned(String,
     * Path)}) for children.
     *
     * @throws InvalidSpecException listing all that is wrong, with file and line
     */
    public static SupervisorSpec read(Config config) {
        return read(config, Map.of());
    }

    /** The same with children that the application gives, see {@link ConfiguredTree#read(Config, Map)}. */
    public static SupervisorSpec read(Config config, Map<String, ChildSpec> fromCode) {
        return ConfiguredTree.read(
                config,
                fromCode,
                Map.of(
                        "service-directory", path -> one(ID, path),
                        "services-directory", path -> scanned(ID, path)));
    }
}
