package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether a request is answered: a function of what it says. Who can reach the address is not yet somebody who may know
 * or do anything, since that is every program on the machine, and every page in a browser on it.
 *
 * @param token that has to be shown; empty where who comes in is known
 * @param commands whether any are obeyed
 */
record Guard(Optional<String> token, boolean commands) {

    /** The header that a command has to have: a page of another origin cannot send one without asking first. */
    static final String MARK = "X-Pekko-Supervisor";

    static final String MARK_OF_COMMAND = "command";

    /** By whatever port it is reached: it may be forwarded. A name that leads here is another's. */
    private static final Pattern OURS = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]{1,5})?");

    private static final String BEARER = "Bearer ";
    private static final List<String> FROM_OURSELVES = List.of("same-origin", "none");

    static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NO_SUCH = 404;
    private static final int NOT_BY_THIS = 405;
    private static final int MISDIRECTED = 421;

    /** What is there to be asked for. */
    enum Resource {
        PAGE("/"),
        TREE("/tree"),
        EVENTS("/events"),
        PLACE("/place"),
        LIVE("/health/live"),
        READY("/health/ready"),
        METRICS("/metrics"),
        COMMAND("/command");

        private final String path;

        Resource(String path) {
            this.path = path;
        }

        static Optional<Resource> at(String path) {
            for (Resource resource : values()) {
                if (resource.path.equals(path)) {
                    return Optional.of(resource);
                }
            }
            return Optional.empty();
        }

        /** Whether nothing is in it that is not in every copy of this library, or nothing but yes or no. */
        boolean isForAnybody() {
            return this == PAGE || this == LIVE || this == READY;
        }
    }

    /**
     * What a request says of itself; of a header that is there several times all.
     *
     * @param path without a query
     * @param site {@code Sec-Fetch-Site}
     */
    record Asked(
            String method,
            String path,
            List<String> host,
            List<String> origin,
            List<String> authorization,
            List<String> mark,
            List<String> site) {}

    /** What comes of it. */
    sealed interface Verdict {}

    /**
     * It is answered.
     *
     * @param isKnown whether it comes from somebody who may see all
     */
    record Answer(Resource resource, boolean isKnown) implements Verdict {}

    /**
     * It is not.
     *
     * @param status of HTTP
     * @param why in words
     */
    record Refuse(int status, String why) implements Verdict {}

    Verdict judge(Asked asked) {
        if (asked.host.size() != 1 || !OURS.matcher(asked.host.get(0)).matches()) {
            return new Refuse(
                    MISDIRECTED, "this is a page of this machine alone; ask for it by 127.0.0.1, localhost or [::1]");
        }
        if (!isFromOurselves(asked)) {
            return new Refuse(FORBIDDEN, "another page has asked for this; only the page of this address may");
        }
        Optional<Resource> found = Resource.at(asked.path);
        if (found.isEmpty()) {
            return new Refuse(NO_SUCH, "there is nothing here; the page is at /");
        }
        Resource resource = found.get();
        boolean isCommand = resource == Resource.COMMAND;
        boolean isRead = asked.method.equals("GET") || asked.method.equals("HEAD");
        if (isCommand ? !asked.method.equals("POST") : !isRead) {
            return new Refuse(NOT_BY_THIS, isCommand ? "a command is sent by POST" : "this is only to be read, by GET");
        }
        boolean isKnown = isKnown(asked.authorization);
        if (!isKnown && !resource.isForAnybody()) {
            return new Refuse(
                    UNAUTHORIZED, "the token is missing or wrong; send the header Authorization: Bearer TOKEN");
        }
        return isCommand ? command(asked, isKnown) : new Answer(resource, isKnown);
    }

    private Verdict command(Asked asked, boolean isKnown) {
        if (!asked.mark.equals(List.of(MARK_OF_COMMAND))) {
            return new Refuse(FORBIDDEN, "a command needs the header " + MARK + ": " + MARK_OF_COMMAND);
        }
        return commands
                ? new Answer(Resource.COMMAND, isKnown)
                : new Refuse(FORBIDDEN, "commands are off; they are switched on where the page is opened");
    }

    private static boolean isFromOurselves(Asked asked) {
        boolean isOrigin = asked.origin.isEmpty() || asked.origin.equals(List.of("http://" + asked.host.get(0)));
        // a link on another page may lead to the page itself, in which there is nothing
        boolean isSite = asked.path.equals("/")
                || asked.site.isEmpty()
                || (asked.site.size() == 1 && FROM_OURSELVES.contains(asked.site.get(0)));
        return isOrigin && isSite;
    }

    /** In a time that does not tell how much of it is right. */
    private boolean isKnown(List<String> authorization) {
        if (token.isEmpty()) {
            return true;
        }
        String shown = authorization.size() == 1 ? authorization.get(0) : "";
        return shown.startsWith(BEARER)
                && MessageDigest.isEqual(
                        shown.substring(BEARER.length()).getBytes(UTF_8),
                        token.get().getBytes(UTF_8));
    }
}
