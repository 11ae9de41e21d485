package io.github.pekkosupervisor.posix;

/** What has become of a process that another JVM started: the answer of {@link Posix#adopt}. */
public sealed interface Found {

    /**
     * It runs, and is watched and signalled from now on as one of ours.
     *
     * @param process it
     */
    record Running(ChildProcess process) implements Found {}

    /**
     * It has ended, and nobody has waited for it yet.
     *
     * @param status how; {@link ExitStatus#UNKNOWN} where that cannot be seen
     */
    record Ended(ExitStatus status) implements Found {}

    /** It is not there any more. How it ended cannot be known. */
    enum Gone implements Found {
        /** No process has its number. */
        NOBODY("no process has this number"),
        /** Another process has its number now. */
        ANOTHER_PROCESS("another process has this number now"),
        /** The machine has been started again since. */
        ANOTHER_BOOT("the machine has been started again since");

        private final String words;

        Gone(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
