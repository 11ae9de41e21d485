package io.github.pekkosupervisor.springboot;

/** What an operator may ask for. */
enum Command {
    /** Another incarnation of what runs, or waits for its restart. */
    RESTART("restarted"),
    /** What is down, or waits, is started. */
    START("started"),
    /** It stays down. */
    STOP("stopped");

    private final String done;

    Command(String done) {
        this.done = done;
    }

    /** What has been done, in a word. */
    String done() {
        return done;
    }
}
