package io.github.pekkosupervisor.runit;

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
import java.util.Optional;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.ExtensionSetup;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * The real system, but a test says what becomes of a process that is asked for: it is made, refused, or meets whatever
 * the test throws.
 */
final class PuppetPosix implements Posix {

    /** How a process is made. */
    interface Spawn {
        /** Makes it by the real system, or does not. */
        ChildProcess by(Posix real, SpawnRequest request) throws PosixException;
    }

    private final Posix real;
    private volatile Spawn spawn = Posix::spawn;
    private volatile Optional<PosixException> notAdopted = Optional.empty();

    /** In front of this one. */
    PuppetPosix(Posix real) {
        this.real = real;
    }

    /** In front of one as it is by default. */
    static PuppetPosix create() {
        try {
            return new PuppetPosix(Posix.open(PosixSettings.defaults()));
        } catch (PosixException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on processes are made in this way. */
    PuppetPosix onSpawn(Spawn way) {
        spawn = way;
        return this;
    }

    /** From now on it cannot be told who runs, for this reason; empty if it can. */
    void refuseToAdopt(Optional<PosixException> why) {
        notAdopted = why;
    }

    /** The processes of an actor system that is set up with this are made by it. */
    ExtensionSetup<Processes> processes() {
        return new ExtensionSetup<>(Processes.id(), system -> new Processes(system, this)) {};
    }

    /** Such an actor system. */
    ActorSystem<Void> system(String name) {
        return ActorSystem.create(Behaviors.empty(), name, ActorSystemSetup.create(processes()));
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        return spawn.by(real, request);
    }

    @Override
    public Pipe pipe() throws PosixException {
        return real.pipe();
    }

    @Override
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException {
        if (notAdopted.isPresent()) {
            throw notAdopted.get();
        }
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
