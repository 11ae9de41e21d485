package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.export.ServicesHolder;
import io.github.pekkosupervisor.runit.export.ShownOrScanned;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/**
 * A directory of service directories as a kind of child. What keeps a runsvdir waiting, {@code runsvdir(8)} for ever,
 * is a failed start here.
 */
record RunsvdirKind(RunsvdirSettings settings) implements ServicesKind, ServicesHolder {

    @Override
    public String name() {
        return ServiceNodes.SERVICE_DIRECTORIES;
    }

    @Override
    public OsString servicesDirectory() {
        return ServicesKind.fromRoot(settings.directory());
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        LauncherLock lock = new LauncherLock();
        Optional<String> refusal = begin(lock);
        if (refusal.isPresent()) {
            lock.close();
            return child.exit(ExitReason.failed(refusal.get()));
        }
        return ServicesChild.create(child, FirstStarts.ofMany(), (context, place, told) -> {
            ActorRef<Runsvdir.Command> runsvdir =
                    context.spawn(Runsvdir.create(settings, lock, place), ServicesChild.BELOW, Runsvdir.dispatcher());
            context.watch(runsvdir);
            context.spawnAnonymous(RunsvdirRest.of(runsvdir));
            runsvdir.tell(new Runsvdir.AfterFirstLook(told::looked));
            return new Below(runsvdir, told);
        });
    }

    /** What keeps it from beginning. */
    private Optional<String> begin(LauncherLock lock) {
        try (Directory directory = Directory.open(settings.directory())) {
            directory.list();
            Optional<OsString> shown =
                    ShownOrScanned.ofThisJvm().shownIn(directory.status().id());
            if (shown.isPresent()) {
                return Optional.of(settings.directory() + " is, or holds, " + shown.get() + ", where this JVM shows a"
                        + " tree; show that elsewhere");
            }
            return lock.take(directory)
                    ? Optional.empty()
                    : Optional.of(settings.directory() + " is supervised already, by "
                            + LauncherLock.holder(settings.directory()));
        } catch (PosixException e) {
            String what = e.is("ENOENT")
                    ? " is not there; make it, or correct its path"
                    : e.is("ENOTDIR") ? " is a file, and no directory; correct its path" : " cannot be read";
            return Optional.of(settings.directory() + what + ": " + e.getMessage());
        }
    }

    private record Below(ActorRef<Runsvdir.Command> runsvdir, ServicesChild.Told told) implements ServicesChild.Below {

        @Override
        public void stop() {
            runsvdir.tell(new Runsvdir.Stop(over()));
        }

        @Override
        public void kill() {
            runsvdir.tell(new Runsvdir.Kill(over()));
        }

        private ActorRef<Done> over() {
            return told.once(done -> told.over(0));
        }

        @Override
        public void warn(List<ServiceEvent.Warned> warnings) {
            runsvdir.tell(new Runsvdir.Warn(warnings, told::warned));
        }

        @Override
        public void command(ServicesChild.Commanded wanted) {
            runsvdir.tell(new Runsvdir.Commanded(wanted.name(), wanted.wish(), wanted.reached()));
        }

        @Override
        public void lookAt(SnapshotPlace place) {
            ActorRef<RunsvdirSnapshot> reply =
                    told.once(all -> told.seen(place, ServiceNodes.of(place.path(), all.services())));
            runsvdir.tell(new Runsvdir.LookAt(place, reply));
        }
    }
}
