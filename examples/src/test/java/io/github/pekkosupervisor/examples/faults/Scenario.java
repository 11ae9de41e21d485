package io.github.pekkosupervisor.examples.faults;

/**
 * What is done to something that is supervised, from its beginning to its end, each step being awaited: a step that
 * does not come is a failure. It holds with and without one refused call.
 */
interface Scenario {

    /** How it is called in reports. */
    String name();

    /**
     * Plays it.
     *
     * @param lane where
     * @param id of this time, for names
     * @param go to be called when calls may begin to be refused
     */
    void play(Lane lane, String id, Runnable go) throws Exception;
}
