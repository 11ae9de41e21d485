package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.process.ProcessSaid;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Said;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Says;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one process has told, kept where it outlives the runsv actor that was told: if that one fails, its successor
 * knows what runs and what has ended, even if the news were still in the mailbox.
 *
 * <p>Written by the actor of the process, which has stopped before a successor reads.
 */
final class ProcessRecord {

    private volatile @Nullable ProcessIdentity process;
    private volatile @Nullable ExitStatus end;
    private volatile @Nullable Intent intent;
    private @Nullable Known left;

    /** Of the runsv actor alone. */
    private Ties ties = Ties.NONE;

    /** The same. */
    private boolean endIsAsked;

    /**
     * Where it says how it is, and whether it has said that it is ready, or need not; null if it says nothing. Written
     * by one, then by the other.
     */
    private volatile @Nullable Sign sign;

    /** Of the runsv actor alone. */
    private final Set<Signal> due = EnumSet.noneOf(Signal.class);

    /** Of a process that a supervisor has left which is gone. */
    static ProcessRecord of(AdoptionRule.Seen seen, List<Signal> signals, Optional<Sign> sign) {
        return of(seen, signals, sign, Ties.NONE);
    }

    /** The same of one that was started with ties. */
    static ProcessRecord of(AdoptionRule.Seen seen, List<Signal> signals, Optional<Sign> sign, Ties ties) {
        ProcessRecord record = new ProcessRecord();
        record.sign = sign.orElse(null);
        record.ties = ties;
        if (seen instanceof AdoptionRule.Lives lives) {
            record.process = lives.who().identity();
            record.left = lives.who();
            record.due.addAll(signals);
        } else if (seen instanceof AdoptionRule.Gone gone) {
            record.process = gone.who();
            record.end = gone.status();
        }
        return record;
    }

    /** It has been decided that it is to be sent this. */
    void isDue(Signal signal) {
        due.add(signal);
    }

    /** That has been done. */
    void sent(Signal signal) {
        due.remove(signal);
    }

    /** What it is to be sent, and has not been. */
    List<Signal> due() {
        return List.copyOf(due);
    }

    /** It will say how it is; to be said before its start. */
    void expects(Sign expected) {
        sign = expected;
    }

    /** The same for others; empty if it says nothing. */
    Optional<Sign> sign() {
        return Optional.ofNullable(sign);
    }

    /** Who is to go with it, and with whom it is to go; to be said before its start. */
    void ties(Ties said) {
        ties = said;
    }

    /** Who goes with it, and with whom it goes. */
    Ties ties() {
        return ties;
    }

    /** {@code control/t} has seen to its end. */
    void endIsAsked() {
        endIsAsked = true;
    }

    /** Whether that is so. */
    boolean isEndAsked() {
        return endIsAsked;
    }

    /** It is about to be started. */
    void intends(Intent start) {
        intent = start;
    }

    /** The start that is, or was, under way; empty if nobody has said so. */
    Optional<Intent> intent() {
        return Optional.ofNullable(intent);
    }

    /** Keeps what there is to keep of an event. */
    void note(ProcessEvent event) {
        if (event instanceof ProcessEvent.Started started) {
            process = started.identity();
        } else if (event == ProcessEvent.Ready.INSTANCE) {
            sign = sign().map(Sign::given).orElseGet(() -> new Sign(true, 0));
        } else if (event instanceof ProcessEvent.Notified notified) {
            sign = sign().map(known -> known.with(words(notified.said()))).orElse(null);
        } else if (event instanceof ProcessEvent.Said changed) {
            sign = sign().map(known -> known.with(words(changed.said()))).orElse(null);
        } else if (event instanceof ProcessEvent.Exited exited) {
            end = exited.status();
        }
    }

    private static Said words(ProcessSaid said) {
        return new Said(said.phase().map(phase -> Says.valueOf(phase.name())), said.main(), said.silence());
    }

    /** What it has said of itself, for who takes it up. */
    ProcessSaid said() {
        Said said = sign().map(Sign::said).orElse(Said.NOTHING);
        return new ProcessSaid(
                said.says().map(says -> ProcessNotice.Phase.valueOf(says.name())), said.main(), said.silence());
    }

    /** What is known of it beside who it is; empty if it was started here. */
    Optional<Known> left() {
        return Optional.ofNullable(left);
    }

    /** The process; empty if it has not been started. */
    Optional<ProcessIdentity> process() {
        return Optional.ofNullable(process);
    }

    /** How it ended; empty if it runs, as far as was told. */
    Optional<ExitStatus> end() {
        return Optional.ofNullable(end);
    }
}
