package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who has asked for a plan in which several children may be started, and what he is answered when it is done: what has
 * become of the child that he named, or the first failure.
 */
final class Asker {

    final Consumer<Object> replyTo;

    private final @Nullable Child about;
    private final boolean once;
    private Object answer = SupervisorResult.Ok.INSTANCE;
    private boolean failed;

    /**
     * Who has not been answered.
     *
     * @param about the child that he named; null if all
     * @param once whether what is started of it is to run once
     */
    Asker(@Nullable Child about, boolean once, Consumer<Object> replyTo) {
        this.about = about;
        this.once = once;
        this.replyTo = replyTo;
    }

    /** Whether he wants what is started of this child to run once. */
    boolean wantsOnce(Child child) {
        return once && child == about;
    }

    void started(Incarnation incarnation, @Nullable Object info) {
        if (incarnation.child() == about && !failed) {
            answer = new SupervisorResult.Started(incarnation.handle(), Optional.ofNullable(info));
        }
    }

    void ignored(Child child) {
        if (child == about && !failed) {
            answer = SupervisorResult.Ignored.INSTANCE;
        }
    }

    void failed(ExitReason reason, ChildSpec child) {
        if (!failed) {
            failed = true;
            answer = new SupervisorResult.StartFailed(reason, child);
        }
    }

    Object answer() {
        return answer;
    }
}
