package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.InotifyWait;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Controls services and tells of them, through the files in their {@code supervise} directories. As {@code sv(8)};
 * called by another name, it is the init script of the service of that name.
 *
 * <p>Differs: where the original looks again every 0.42 seconds, this one also looks when a status file is replaced.
 */
final class Sv implements Tool {

    private static final int USAGE = 100;
    private static final int LSB_USAGE = 2;
    private static final int LSB_DOWN = 3;
    private static final int LSB_UNKNOWN = 4;
    private static final int PACE_MILLIS = 420;
    private static final int MILLIS_PER_SECOND = 1000;
    private static final long DEFAULT_WAIT_SECONDS = 7;
    private static final OsString DEFAULT_SERVICES = OsString.of("/etc/service/");
    private static final OsString SV = OsString.of("sv");
    private static final String VERSION = "$Id: 900314260c6d52c986c5357673bea2f3bd3f4698 $\n";

    private final Clock clock;
    private final SvOutcome outcome = new SvOutcome();
    private OsString services = DEFAULT_SERVICES;
    private long waitSeconds = DEFAULT_WAIT_SECONDS;
    private boolean verbose;

    Sv(Clock clock) {
        this.clock = clock;
    }

    @Override
    public int run(OsString name, List<OsString> words) {
        boolean lsb = !name.equals(SV);
        readEnvironment();
        Options options = new Options(name, words, "w:vV");
        for (char option = options.next(); option != Options.END; option = options.next()) {
            switch (option) {
                case 'w' -> {
                    waitSeconds = Numbers.at(options.argument(), 0);
                    verbose = true;
                }
                case 'v' -> verbose = true;
                case 'V' -> {
                    Out.complain(OsString.of(VERSION));
                    return usage(name, lsb);
                }
                default -> {
                    return usage(name, lsb);
                }
            }
        }
        List<OsString> operands = options.operands();
        SvCommand command = operands.isEmpty() ? null : SvCommand.parse(operands.get(0), lsb, verbose);
        List<OsString> names = lsb || operands.isEmpty() ? List.of(name) : operands.subList(1, operands.size());
        if (command == null || names.isEmpty()) {
            return usage(name, lsb);
        }
        return command.kind() == SvCommand.Kind.STATUS ? status(command, names, lsb) : control(command, names);
    }

    private static int usage(OsString name, boolean lsb) {
        String text = lsb ? " [-w sec] command\n\n" : " [-v] [-w sec] command service ...\n\n";
        Out.complain(OsString.of("usage: ").plus(name).plus(text));
        return lsb ? LSB_USAGE : USAGE;
    }

    private void readEnvironment() {
        OsString services = Environment.find(Launch.ofThisJvm().environment(), "SVDIR=");
        if (services != null) {
            this.services = services;
        }
        OsString wait = Environment.find(Launch.ofThisJvm().environment(), "SVWAIT=");
        if (wait != null) {
            waitSeconds = Numbers.at(wait, 0);
        }
    }

    // ---- status

    private int status(SvCommand command, List<OsString> names, boolean lsb) {
        long now = StatusBytes.label(clock);
        for (OsString name : names) {
            try (SvService service = SvService.enter(SvPath.first(services, name), name, command, outcome)) {
                int lsbCode = service == null ? -1 : status(service, name, now);
                if (lsb && lsbCode >= 0) {
                    return lsbCode;
                }
            }
        }
        return outcome.exitCode();
    }

    /** Prints the status; returns the exit code of an init script, or -1 if that is the number of failures. */
    private static int status(SvService service, OsString name, long now) {
        SvService.Look look = service.look();
        if (look != SvService.Look.DONE) {
            return look == SvService.Look.FAILED ? LSB_UNKNOWN : -1;
        }
        int code = service.status().pid() == 0 ? LSB_DOWN : 0;
        boolean printed = service.printStatus(name, now);
        service.printLogStatus(now);
        return printed ? code : LSB_UNKNOWN;
    }

    // ---- commands

    private int control(SvCommand command, List<OsString> names) {
        long started = clock.millis();
        long startLabel = StatusBytes.label(clock);
        List<OsString> open = new ArrayList<>();
        for (OsString name : names) {
            try (SvService service = SvService.enter(SvPath.first(services, name), name, command, outcome)) {
                if (service != null && (command.kind() == SvCommand.Kind.CHECK || service.control(command.bytes()))) {
                    open.add(name);
                }
            }
        }
        if (command.waits() && !open.isEmpty()) {
            await(command, open, started, startLabel);
        }
        return outcome.exitCode();
    }

    /**
     * Looks at all open services every 0.42 seconds, and when something has happened in between; tells of each that has
     * done what was asked, and of the others when time is up, which it is at the first regular look after it.
     */
    private void await(SvCommand command, List<OsString> open, long started, long startLabel) {
        try (InotifyWait watch = new InotifyWait("ok")) {
            for (OsString name : open) {
                watch.add(SvPath.later(services, name).supervise());
            }
            SvGoal goal = new SvGoal(command, startLabel);
            int regular = 0;
            boolean isRegular = true;
            while (true) {
                boolean last = isRegular && regular > 0 && isOver((long) regular * PACE_MILLIS);
                List<OsString> still = new ArrayList<>();
                for (OsString name : open) {
                    if (!isDone(name, command, goal, last)) {
                        still.add(name);
                    }
                }
                if (still.isEmpty() || last) {
                    return;
                }
                open = still;
                long next = started + (regular + 1L) * PACE_MILLIS;
                isRegular = !awaitEvent(watch, next);
                regular += isRegular ? 1 : 0;
            }
        }
    }

    /** Whether something happened before that moment. */
    private boolean awaitEvent(InotifyWait watch, long moment) {
        for (long left = moment - clock.millis(); left > 0; left = moment - clock.millis()) {
            // a clock that was set back must not hold us up
            if (watch.await(Math.min(left, PACE_MILLIS))) {
                return true;
            }
        }
        return false;
    }

    private boolean isOver(long elapsedMillis) {
        long limit = Long.divideUnsigned(Long.MAX_VALUE, MILLIS_PER_SECOND);
        return Long.compareUnsigned(waitSeconds, limit) < 0 && elapsedMillis >= waitSeconds * MILLIS_PER_SECOND;
    }

    /** Looks at one service, and tells if it need not be looked at again. */
    private boolean isDone(OsString name, SvCommand command, SvGoal goal, boolean last) {
        try (SvService service = SvService.enter(SvPath.later(services, name), name, command, outcome)) {
            if (service == null) {
                return true;
            }
            SvService.Look look = service.look();
            if (look != SvService.Look.DONE) {
                return true;
            }
            if (goal.isReached(service)) {
                tell("ok: ", service, name);
                return true;
            }
            if (last) {
                giveUp(service, name, command);
            }
            return false;
        }
    }

    private void giveUp(SvService service, OsString name, SvCommand command) {
        outcome.print(OsString.of(command.kills() ? "kill: " : "timeout: "));
        if (service.look() == SvService.Look.DONE) {
            service.printStatus(name, StatusBytes.label(clock));
            outcome.count();
        }
        outcome.print(OsString.of("\n"));
        if (command.kills()) {
            service.control("k");
        }
    }

    private void tell(String kind, SvService service, OsString name) {
        outcome.print(OsString.of(kind));
        service.printStatus(name, StatusBytes.label(clock));
        outcome.print(OsString.of("\n"));
    }
}
