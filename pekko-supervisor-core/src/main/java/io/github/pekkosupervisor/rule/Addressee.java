package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorResult;

/** Whom a call is about, or the answer why there is nobody. */
final class Addressee {

    private Addressee() {}

    /** A {@link Child}, or the answer. */
    static Object named(RuleState state, String id) {
        if (state.isDynamic()) {
            return SupervisorResult.SimpleOneForOne.INSTANCE;
        }
        Child child = state.children.find(id);
        return child == null ? SupervisorResult.NotFound.INSTANCE : child;
    }

    /** An {@link Incarnation} of a child of this supervisor, be it the present one or another, or the answer. */
    static Object addressed(RuleState state, RuleEvent.Call call) {
        Incarnation named = call.about();
        return named == null || named.child().owner != state ? SupervisorResult.NotFound.INSTANCE : named;
    }
}
