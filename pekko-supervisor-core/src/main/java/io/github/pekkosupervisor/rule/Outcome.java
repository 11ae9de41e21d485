package io.github.pekkosupervisor.rule;

/** What becomes of a call. */
sealed interface Outcome {

    /** It is answered at once. */
    record Answered(Object answer) implements Outcome {}

    /** Something has to be done first; the plan has who is to be answered. */
    record Planned(Plan plan) implements Outcome {}

    /** The restart of a child is attempted, which counts. */
    record Attempted(Asker asker, Child child) implements Outcome {}
}
