package io.github.pekkosupervisor.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A specification is wrong; nothing has been started. Lists everything that is wrong, not only the first. */
public final class InvalidSpecException extends IllegalArgumentException {

    private final transient List<Problem> problems;

    /**
     * One thing that is wrong.
     *
     * @param path where in the tree, ids joined by {@code /}; the top supervisor is {@code /}
     * @param error OTP's name for it, for example {@code invalid_shutdown}, or our own in the same style
     * @param value what was found, as text, shortened
     * @param message one sentence: what is wrong and what to do
     */
    public record Problem(String path, String error, String value, String message) {
        @Override
        public String toString() {
            return path + ": " + message + " [" + error + "]";
        }
    }

    /** All of these. */
    public InvalidSpecException(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** One a line. */
    private static String message(List<Problem> problems) {
        String lines = problems.stream().map(Problem::toString).collect(Collectors.joining("\n\t"));
        return problems.size() == 1 ? lines : problems.size() + " mistakes:\n\t" + lines;
    }

    /** All that is wrong, in the order of the tree; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
