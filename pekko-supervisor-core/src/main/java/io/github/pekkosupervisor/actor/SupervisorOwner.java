package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Who wants to know how a supervisor fares. */
sealed interface SupervisorOwner {

    /** Whether it is no supervisor, which would report itself what became of a start. */
    boolean isOutside();

    /** Whether nobody waits for it any more, since its start has taken too long. */
    boolean isLetGo();

    /** What its threads are at work for, see {@link Inside}. */
    Object workedFor();

    /** Which incarnation it is. */
    SupervisorLog.Begun begun(String path);

    void up(SupervisorRef supervisor);

    void ignored();

    /** It ends; what it stands for may be held back by an abandoned child. */
    void ends(TreeEnd end, boolean heldBack);

    /** Its actor has ended. */
    void gone(TreeEnd end);

    /**
     * The owner of a supervisor that is nobody's child.
     *
     * @param owner null if nobody need know
     */
    record Application(@Nullable ActorRef<? super SupervisorNotice> owner, Addresses addresses)
            implements SupervisorOwner {
        @Override
        public boolean isOutside() {
            return true;
        }

        @Override
        public boolean isLetGo() {
            return false;
        }

        @Override
        public Object workedFor() {
            return addresses.tree();
        }

        @Override
        public SupervisorLog.Begun begun(String path) {
            return new SupervisorLog.Begun(path, 1, true);
        }

        @Override
        public void up(SupervisorRef supervisor) {
            notify(new SupervisorNotice.Up(supervisor));
        }

        @Override
        public void ignored() {
            notify(SupervisorNotice.Ignored.INSTANCE);
        }

        @Override
        public void ends(TreeEnd end, boolean heldBack) {
            // told when it is gone
        }

        @Override
        public void gone(TreeEnd end) {
            addresses.close();
            notify(new SupervisorNotice.Ended(end));
        }

        private void notify(SupervisorNotice notice) {
            if (owner != null) {
                owner.tell(notice);
            }
        }
    }

    /** The supervisor above. */
    record Parent(LiveChild child, ActorRef<SupervisorCommand> supervisor) implements SupervisorOwner {
        @Override
        public boolean isOutside() {
            return false;
        }

        @Override
        public boolean isLetGo() {
            return child.isLetGo();
        }

        @Override
        public Object workedFor() {
            return child;
        }

        @Override
        public SupervisorLog.Begun begun(String path) {
            return new SupervisorLog.Begun(path, child.incarnation(), child.incarnation() == child.first());
        }

        @Override
        public void up(SupervisorRef itself) {
            child.supervises(itself);
            supervisor.tell(new SupervisorMessage.Acknowledged(child, null));
        }

        @Override
        public void ignored() {
            child.ignored();
        }

        @Override
        public void ends(TreeEnd end, boolean heldBack) {
            child.treeEnds(end);
            child.endsWith(end.reason());
            if (heldBack) {
                // Pekko keeps an actor until its last child has ended, and an abandoned one may never
                child.heldBack();
                supervisor.tell(new SupervisorMessage.Terminated(child));
            }
        }

        @Override
        public void gone(TreeEnd end) {
            // the parent watches
        }
    }
}
