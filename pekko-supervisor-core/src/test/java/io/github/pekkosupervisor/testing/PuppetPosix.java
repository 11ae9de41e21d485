package io.github.pekkosupervisor.testing;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.process.Processes;
import java.util.List;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.ExtensionSetup;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The real system, but a test says what becomes of a process or a pipe that is asked for: it is made, refused, or meets
 * whatever the test throws.
 */
public final class PuppetPosix implements Posix {

    /** How a process is made. */
    public interface Spawn {
        /** Makes it by the real system, or does not. */
        ChildProcess by(Posix real, SpawnRequest request) throws PosixException;
    }

    /** How a pipe is made. */
    public interface Opening {
        /** Makes it by the real system, or does not. */
        Pipe by(Posix real) throws PosixException;
    }

    private final Posix real;
    private volatile Spawn spawn = Posix::spawn;
    private volatile Opening pipe = Posix::pipe;

    /** In front of this one. */
    public PuppetPosix(Posix real) {
        this.real = real;
    }

    /** In front of one as it is by default. */
    public static PuppetPosix create() {
        try {
            return new PuppetPosix(Posix.open(PosixSettings.defaults()));
        } catch (PosixException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on processes are made in this way. */
    public PuppetPosix onSpawn(Spawn way) {
        spawn = way;
        return this;
    }

    /** From now on pipes are made in this way. */
    public PuppetPosix onPipe(Opening way) {
        pipe = way;
        return this;
    }

    /** The processes of an actor system that is set up with this are made by it. */
    public ExtensionSetup<Processes> processes() {
        return new ExtensionSetup<>(Processes.id(), system -> new Processes(system, this)) {};
    }

    /** Such an actor system. */
    public ActorSystem<Void> system(String name) {
        return ActorSystem.create(Behaviors.empty(), name, ActorSystemSetup.create(processes()));
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        return spawn.by(real, request);
    }

    @Override
    public Pipe pipe() throws PosixException {
        return pipe.by(real);
    }

    @Override
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException {
        return real.adopt(who, pidfdInode, leadsGroup);
    }

    @Override
    public void reapStrangers() {
        real.reapStrangers();
    }

    @Override
    public EventLoop loop() {
        return real.loop();
    }

    @Override
    public List<String> limitations() {
        return real.limitations();
    }

    @Override
    public void close() {
        real.close();
    }
}
