package io.github.pekkosupervisor.rule;

import java.util.function.Consumer;

/** What becomes of a call. */
sealed interface Outcome {

    /** It is answered at once. */
    record Answered(Object answer) implements Outcome {}

    /** Something has to be done first; the plan has who is to be answered. */
    record Planned(Plan plan) implements Outcome {}

    /** The restart of a child is attempted, which counts. */
    record Attempted(Child child, Consumer<Object> replyTo) implements Outcome {}
}
