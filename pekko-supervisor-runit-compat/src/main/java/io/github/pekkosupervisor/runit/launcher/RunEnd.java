package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Optional;

/** What the end of a tree is as the exit code of the process that has run it. */
final class RunEnd {

    static final int WRONG_USAGE = 100;
    static final int COULD_NOT_BEGIN = 111;
    private static final int GAVE_UP = 1;
    private static final int BY_SIGNAL = 128;

    private RunEnd() {}

    /**
     * The exit code.
     *
     * @param asked the signal that asked for it, if one did
     * @param isFirst whether this is process 1
     */
    static int code(TreeEnd end, Optional<Signal> asked, boolean isFirst) {
        if (asked.isPresent()) {
            return codeOf(asked.get(), isFirst);
        }
        if (end instanceof TreeEnd.AutoShutdown) {
            return end.origin() instanceof TreeEnd.AutoShutdown last ? codeOf(last.last()) : GAVE_UP;
        }
        return end.isFailure() ? GAVE_UP : 0;
    }

    /** Of a tree that has been stopped in order, since this came. */
    static int codeOf(Signal asked, boolean isFirst) {
        return asked == Signal.INT && !isFirst ? BY_SIGNAL + Signal.INT.number() : 0;
    }

    /** Of the significant child whose end was that of the tree. */
    private static int codeOf(ExitReason last) {
        if (last instanceof ExitReason.ExitCode exit) {
            return exit.code();
        }
        if (last instanceof ExitReason.Signalled signalled) {
            return BY_SIGNAL + numberOf(signalled.name());
        }
        return last.isExpected() ? 0 : GAVE_UP;
    }

    /** Of one that has no name it stands there already. */
    private static int numberOf(String signal) {
        return Character.isDigit(signal.charAt(0))
                ? Integer.parseInt(signal)
                : Signal.parse(signal).number();
    }
}
