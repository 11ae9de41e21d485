package io.github.pekkosupervisor.process;

import java.util.regex.Pattern;

/**
 * Looks for a regular expression in what a process has written or answered. One that is tried in more ways than anybody
 * would wait for, or nests deeper than the stack, has neither been found nor not: it is the text that decides about
 * that, and so not whoever has written the expression.
 */
final class Search {

    /**
     * About half a second. A word needs a few for each character; each {@code .*} without an end in sight makes that
     * its square, and one that is repeated within a repetition a power of it.
     */
    static final int MOST_STEPS = 50_000_000;

    /** What has come of it. */
    enum Result {
        /** It is there. */
        FOUND,
        /** It is not. */
        NOT_FOUND,
        /** That would take too long, or too much of the stack. */
        TOO_MUCH
    }

    private Search() {}

    static Result of(Pattern pattern, String text) {
        return of(pattern, text, MOST_STEPS);
    }

    static Result of(Pattern pattern, String text, int mostSteps) {
        try {
            return pattern.matcher(new Counted(text, mostSteps)).find() ? Result.FOUND : Result.NOT_FOUND;
        } catch (StackOverflowError | TooManySteps e) {
            return Result.TOO_MUCH;
        }
    }

    /** The expression's own code asks for each character that it looks at, and for nothing else. */
    private static final class Counted implements CharSequence {
        private final String text;
        private int rest;

        Counted(String text, int mostSteps) {
            this.text = text;
            this.rest = mostSteps;
        }

        @Override
        public char charAt(int index) {
            if (rest == 0) {
                throw new TooManySteps();
            }
            rest--;
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManySteps() {
            super(null, null, false, false);
        }
    }
}
