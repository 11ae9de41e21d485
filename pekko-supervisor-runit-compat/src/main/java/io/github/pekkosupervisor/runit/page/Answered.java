package io.github.pekkosupervisor.runit.page;

/**
 * What has come of a command.
 *
 * @param status of HTTP
 * @param words for who has commanded
 */
record Answered(int status, String words) {

    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int NO_SUCH = 404;
    private static final int CONFLICT = 409;

    /** It is so. */
    static Answered done(String words) {
        return new Answered(OK, words);
    }

    /** It has been asked for, and goes on. */
    static Answered goesOn(String words) {
        return new Answered(ACCEPTED, words);
    }

    /** What was asked for is no command. */
    static Answered wrong(String words) {
        return new Answered(BAD_REQUEST, words);
    }

    /** There is no such place. */
    static Answered nobody(String words) {
        return new Answered(NO_SUCH, words);
    }

    /** It cannot be, as things are. */
    static Answered notNow(String words) {
        return new Answered(CONFLICT, words);
    }

    String json() {
        return "{\"answer\":" + Json.quoted(words) + "}";
    }
}
