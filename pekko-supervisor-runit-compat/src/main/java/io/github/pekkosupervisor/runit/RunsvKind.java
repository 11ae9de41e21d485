package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.process.Processes;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/**
 * One service directory as a kind of child.
 *
 * @param settings their directory is the service directory
 */
record RunsvKind(RunsvdirSettings settings) implements ServicesKind {

    @Override
    public String name() {
        return ServiceNodes.SERVICE_DIRECTORY;
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        return ServicesChild.create(child, FirstStarts.ofOne(child.path()), (context, place, told) -> {
            ActorRef<SingleService.Command> runsv = context.spawn(
                    SingleService.create(settings, place, told::over), ServicesChild.BELOW, Processes.dispatcher());
            context.watch(runsv);
            return new Below(runsv, told);
        });
    }

    private record Below(ActorRef<SingleService.Command> runsv, ServicesChild.Told told)
            implements ServicesChild.Below {

        @Override
        public void stop() {
            runsv.tell(SingleService.Terminate.INSTANCE);
        }

        @Override
        public void kill() {
            runsv.tell(SingleService.Kill.INSTANCE);
        }

        @Override
        public void warn(List<ServiceEvent.Warned> warnings) {
            runsv.tell(new SingleService.Warn(warnings, told::warned));
        }

        @Override
        public void lookAt(SnapshotPlace place) {
            ActorRef<ServiceSnapshot> reply = told.once(one -> told.seen(place, ServiceNodes.of(one)));
            runsv.tell(new SingleService.LookAt(place, reply));
        }
    }
}
