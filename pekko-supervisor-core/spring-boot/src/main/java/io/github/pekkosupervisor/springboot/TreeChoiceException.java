package io.github.pekkosupervisor.springboot;

/** It is not clear which tree the application is to have, or it says something of it that does not fit. */
final class TreeChoiceException extends IllegalStateException {

    private final String problem;
    private final String action;

    /**
     * A refusal.
     *
     * @param problem a sentence
     * @param action what to do, a sentence
     */
    TreeChoiceException(String problem, String action) {
        super(problem + "; " + action);
        this.problem = problem;
        this.action = action;
    }

    String problem() {
        return problem;
    }

    String action() {
        return action;
    }
}
