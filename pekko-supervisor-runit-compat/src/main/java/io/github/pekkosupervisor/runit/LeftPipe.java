package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FifoUse;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Seen;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.TakeUp;
import io.github.pekkosupervisor.runit.rule.PipeRule;
import io.github.pekkosupervisor.runit.rule.PipeRule.End;
import io.github.pekkosupervisor.runit.rule.PipeRule.Kind;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.util.Optional;

/**
 * The pipe to the logger that a supervisor has left which is gone: by the name of its FIFO, or taken from who has it,
 * where that has another one.
 */
final class LeftPipe {

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;

    private final ServiceDirectory directory;
    private final Posix posix;
    private final Reporter reporter;

    LeftPipe(ServiceDirectory directory, Posix posix, Reporter reporter) {
        this.directory = directory;
        this.posix = posix;
        this.reporter = reporter;
    }

    /** A logger that drains, or whose service is gone for good, is not to find that somebody writes. */
    void open(AdoptionRule.GoOn goOn) throws PosixException {
        Optional<LogPipe> pipe = directory.pipe();
        if (pipe.isPresent() && !pipe.get().isOpen() && !goOn.state().draining()) {
            open(pipe.get(), goOn);
        }
    }

    private void open(LogPipe pipe, AdoptionRule.GoOn goOn) throws PosixException {
        Optional<FileStatus.Id> recorded = goOn.service().pipe();
        FifoUse others = recorded.isPresent() ? FifoUse.NOBODY : LogPipe.use(directory.directory());
        pipe.open(directory.directory(), posix);
        Optional<Known> run = living(goOn.service().process());
        Optional<Known> logger = goOn.log().map(TakeUp::process).flatMap(LeftPipe::living);
        FileStatus.Id opened = pipe.id().orElseThrow();
        PipeRule.Verdict verdict = recorded.isPresent()
                ? PipeRule.recorded(recorded.get(), opened)
                : PipeRule.decide(end(pipe, run, OUTPUT), end(pipe, logger, INPUT), opened, others);
        if (verdict instanceof PipeRule.Take take
                && !pipe.takeOverKept(take.wanted())
                && !takeOver(pipe, run, OUTPUT, take.wanted())
                && !takeOver(pipe, logger, INPUT, take.wanted())) {
            verdict = logger.isPresent() ? PipeRule.Lost.PERHAPS_READ : PipeRule.Lost.UNREAD;
        }
        if (run.isPresent() && verdict instanceof PipeRule.Lost lost) {
            reporter.warnOfOurs(lost.words());
        }
    }

    private static boolean takeOver(LogPipe pipe, Optional<Known> holder, int number, FileStatus.Id wanted) {
        return holder.isPresent() && pipe.takeOver(holder.get().identity(), number, wanted);
    }

    private static Optional<Known> living(Seen seen) {
        return seen instanceof AdoptionRule.Lives lives ? Optional.of(lives.who()) : Optional.empty();
    }

    /** What is to be seen of it, of a process that may not be there. */
    private static End end(LogPipe pipe, Optional<Known> holder, int number) throws PosixException {
        if (holder.isEmpty()) {
            return End.NONE;
        }
        try {
            FileStatus status = new OtherProcess(holder.get().identity()).descriptor(number);
            return status.isFifo()
                    ? new End(pipe.isLikeThis(status) ? Kind.LEFT : Kind.PIPE, Optional.of(status.id()))
                    : End.NONE;
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            boolean isClosed = (e.is("ENOENT") || e.is("ESRCH")) && !isHidden(holder.get());
            return isClosed ? End.NONE : End.HIDDEN;
        }
    }

    /** Whether {@code /proc} does not show it at all. */
    private static boolean isHidden(Known holder) throws PosixException {
        return !holder.identity().isThere() && holder.identity().runs(holder.pidfdInode());
    }
}
