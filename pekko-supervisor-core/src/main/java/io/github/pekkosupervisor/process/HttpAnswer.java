package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * As much of an answer by HTTP/1.1 as has come, and what can be said of it by now. A pure function of its bytes.
 *
 * @param status its code; empty as long as the head is not whole
 * @param body as much as has come of it, and is to be looked at; without the marks of a chunked one
 * @param isComplete whether no more of it is to be awaited
 * @param isGarbage whether it is no such answer
 */
@SuppressWarnings("ArrayRecordComponent")
record HttpAnswer(Optional<Integer> status, byte[] body, boolean isComplete, boolean isGarbage) {

    /** Of a body no more is looked at. */
    static final int LONGEST_BODY = 64 * 1024;

    private static final int LONGEST_HEAD = 16 * 1024;

    /** More is not read. */
    static final int LONGEST = LONGEST_HEAD + 2 * LONGEST_BODY;

    private static final byte[] NOTHING = {};
    private static final HttpAnswer GARBAGE = new HttpAnswer(Optional.empty(), NOTHING, true, true);
    private static final HttpAnswer MORE = new HttpAnswer(Optional.empty(), NOTHING, false, false);

    /**
     * Looks at what has come.
     *
     * @param length how many of the bytes that is
     * @param ended whether the other side has said that there will be no more
     */
    static HttpAnswer of(byte[] bytes, int length, boolean ended) {
        int from = 0;
        while (true) {
            String text = new String(bytes, from, Math.min(length - from, LONGEST_HEAD), ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (!isBeginning(text)) {
                return GARBAGE;
            }
            if (end < 0) {
                return ended || text.length() == LONGEST_HEAD ? GARBAGE : MORE;
            }
            String head = text.substring(0, end);
            int status = status(head);
            if (status < 0) {
                return GARBAGE;
            }
            from += end + 4;
            boolean isInterim = status >= 100 && status < 200 && status != 101;
            if (!isInterim) {
                return body(status, head, Arrays.copyOfRange(bytes, from, length), ended);
            }
        }
    }

    private static boolean isBeginning(String text) {
        String version = "HTTP/1.";
        return text.length() < version.length() ? version.startsWith(text) : text.startsWith(version);
    }

    /** -1 if it has none. */
    private static int status(String head) {
        String line = head.lines().findFirst().orElse("");
        return line.matches("HTTP/1\\.[0-9] [1-9][0-9]{2}( .*)?") ? Integer.parseInt(line.substring(9, 12)) : -1;
    }

    private static Optional<String> field(String head, String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim().toLowerCase(Locale.ROOT))
                .findFirst();
    }

    private static HttpAnswer body(int status, String head, byte[] rest, boolean ended) {
        if (field(head, "transfer-encoding")
                .filter(coding -> coding.endsWith("chunked"))
                .isPresent()) {
            return chunked(status, rest, ended);
        }
        Optional<Integer> length = field(head, "content-length").map(HttpAnswer::length);
        boolean isWhole = (status == 204 || status == 304)
                ? true
                : length.map(given -> rest.length >= given).orElse(ended);
        boolean isCut = rest.length >= LONGEST_BODY;
        byte[] body = Arrays.copyOf(rest, Math.min(Math.min(rest.length, length.orElse(LONGEST_BODY)), LONGEST_BODY));
        // one that ends before it should is none
        return ended && !isWhole && !isCut
                ? GARBAGE
                : new HttpAnswer(Optional.of(status), body, isWhole || isCut, false);
    }

    /** As much as is looked at, where it is longer or no number. */
    private static int length(String field) {
        return field.matches("[0-9]{1,6}") ? Integer.parseInt(field) : LONGEST_BODY;
    }

    private static HttpAnswer chunked(int status, byte[] rest, boolean ended) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (body.size() < LONGEST_BODY) {
            int line = endOfLine(rest, at);
            if (line < 0) {
                return rest.length - at > 1024 || ended ? GARBAGE : part(status, body, false);
            }
            String size = new String(rest, at, line - at, ISO_8859_1).split(";", 2)[0].trim();
            if (!size.matches("[0-9a-fA-F]{1,7}")) {
                return GARBAGE;
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                return part(status, body, true);
            }
            int begin = line + 2;
            body.write(rest, begin, Math.min(length, rest.length - begin));
            if (rest.length < begin + length + 2) {
                boolean isCut = body.size() >= LONGEST_BODY;
                return ended && !isCut ? GARBAGE : part(status, body, isCut);
            }
            at = begin + length + 2;
        }
        return part(status, body, true);
    }

    private static int endOfLine(byte[] bytes, int from) {
        for (int i = from; i + 1 < bytes.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static HttpAnswer part(int status, ByteArrayOutputStream body, boolean isComplete) {
        byte[] bytes = body.toByteArray();
        return new HttpAnswer(
                Optional.of(status), Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST_BODY)), isComplete, false);
    }

    /** Whether it is what was hoped for. */
    enum Verdict {
        /** It is. */
        GOOD,
        /** It is not. */
        BAD,
        /** Its body cannot be searched, see {@link Search}: nothing is known by that. */
        TOO_MUCH
    }

    /** Empty as long as more of it has to come. */
    Optional<Verdict> verdict(Readiness.Http wanted) {
        if (isGarbage) {
            return Optional.of(Verdict.BAD);
        }
        if (status.isEmpty()) {
            return Optional.empty();
        }
        if (!wanted.accepts(status.get())) {
            return Optional.of(Verdict.BAD);
        }
        if (wanted.body().isEmpty()) {
            return Optional.of(Verdict.GOOD);
        }
        return isComplete ? Optional.of(search(wanted.body().get())) : Optional.empty();
    }

    private Verdict search(Pattern wanted) {
        return switch (Search.of(wanted, new String(body, UTF_8))) {
            case FOUND -> Verdict.GOOD;
            case NOT_FOUND -> Verdict.BAD;
            case TOO_MUCH -> Verdict.TOO_MUCH;
        };
    }

    /** Why it cannot be told whether one is what was hoped for. */
    String tooMuch(Readiness.Http wanted) {
        return "it takes too many steps to search a body of " + body.length + " bytes for /"
                + wanted.body().orElseThrow() + "/; write it with fewer repetitions, such as .* twice, and without"
                + " alternatives or repetitions that are repeated";
    }

    /** What is wrong with one that is not what was hoped for. */
    String trouble(Readiness.Http wanted) {
        if (isGarbage) {
            return "the answer from " + wanted.at() + " was no whole one by HTTP/1.1";
        }
        int code = status.orElseThrow();
        return wanted.accepts(code)
                ? "the answer from " + wanted.at() + " has another body"
                : "the answer from " + wanted.at() + " had status " + code;
    }
}
