package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.End;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Retries;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Said;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Says;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The fields of a {@link UnitRecord} in a slot of a {@link StateFile}, highest byte first, each in its place whatever
 * the record says: what is absent takes the room of what would be there.
 */
final class UnitBytes {

    private static final int BOOT_ID = 36;
    private static final int KNOWN = Integer.BYTES + Long.BYTES + BOOT_ID + Long.BYTES + 1;
    private static final int INTENT = 1 + Long.BYTES + 2 * Integer.BYTES;
    private static final int OUTPUTS = 2;
    private static final int TIME = Long.BYTES + Integer.BYTES;

    private UnitBytes() {}

    static void put(ByteBuffer bytes, UnitRecord state) {
        put(bytes, state.supervisor().identity());
        put(bytes, state.supervisor().since());
        put(bytes, state.status());
        put(bytes, state.pending());
        putKnown(bytes, state.process());
        putIntent(bytes, state.start());
        putScript(bytes, state.script());
        put(bytes, state.past());
        putId(bytes, state.pipe());
        putId(bytes, state.supervisor().home());
        putSignals(bytes, state.pending().signals());
        putIds(bytes, state.start().map(Intent::inherited).orElse(List.of()));
        bytes.put(flag(state.past().done()));
        putSign(bytes, state.sign());
        putSaid(bytes, state.sign().map(Sign::said).orElse(Said.NOTHING));
        bytes.put(flag(state.past().lastEnd().filter(End::hung).isPresent()));
        bytes.put(flag(state.pending().stoppedAsHung()));
        bytes.put(flag(state.pending().hung()));
        bytes.put(flag(state.ties().diesWithSupervisor()));
        bytes.put(flag(state.ties().whole()));
        bytes.put(flag(state.asked().byScript()));
        bytes.put((byte) (int) state.asked().sent().map(Signal::number).orElse(0));
        put(bytes, state.retries());
    }

    /** IllegalArgumentException, DateTimeException or ArithmeticException for what {@link #put} never writes. */
    static UnitRecord get(ByteBuffer bytes) {
        ProcessIdentity supervisor = identity(bytes);
        Instant since = instant(bytes);
        ServiceStatus status = status(bytes);
        Pending pending = pending(bytes);
        Optional<Known> process = known(bytes);
        Optional<Intent> begun = intent(bytes);
        Optional<Script> script = script(bytes);
        Past past = past(bytes);
        Optional<FileStatus.Id> pipe = id(bytes);
        Optional<FileStatus.Id> home = id(bytes);
        Pending all = pending.with(signals(bytes));
        List<FileStatus.Id> inherited = ids(bytes);
        Optional<Intent> start =
                begun.map(at -> new Intent(at.program(), at.startTick(), at.group(), at.session(), inherited));
        Past whole = past.with(flag(bytes));
        Optional<Sign> sign = sign(bytes);
        Said said = said(bytes, supervisor.bootId());
        boolean hung = flag(bytes);
        boolean stoppedAsHung = flag(bytes);
        boolean isHung = flag(bytes);
        Ties ties = new Ties(flag(bytes), flag(bytes));
        Asked asked = new Asked(flag(bytes), signal(bytes.get()));
        Retries retries = retries(bytes);
        return new UnitRecord(
                new Supervisor(supervisor, since, home),
                status,
                isHung ? all.with(stoppedAsHung).asHung() : all.with(stoppedAsHung),
                process,
                start,
                script,
                whole.endedHung(hung),
                pipe,
                sign.map(one -> one.with(said)),
                ties,
                asked,
                retries);
    }

    private static void put(ByteBuffer bytes, Retries retries) {
        bytes.putInt(retries.inARow());
        bytes.putInt(retries.failures());
        put(bytes, retries.oldest());
        put(bytes, retries.newest());
        bytes.put(flag(retries.gaveUp()));
    }

    private static Retries retries(ByteBuffer bytes) {
        Retries retries = new Retries(bytes.getInt(), bytes.getInt(), instant(bytes), instant(bytes), flag(bytes));
        boolean isWithin = retries.inARow() >= 0
                && retries.failures() >= 0
                && retries.failures() <= Retries.MOST
                && !retries.newest().isBefore(retries.oldest());
        if (!isWithin) {
            throw new IllegalArgumentException("of no meaning: " + retries);
        }
        return retries;
    }

    private static void put(ByteBuffer bytes, ServiceStatus status) {
        put(bytes, status.stamp());
        bytes.putInt(status.pid());
        bytes.put(flag(status.paused()));
        bytes.put(flag(status.gotTerm()));
        bytes.put(code(status.want()));
        bytes.put(code(status.state()));
    }

    private static ServiceStatus status(ByteBuffer bytes) {
        return new ServiceStatus(
                instant(bytes), bytes.getInt(), flag(bytes), flag(bytes), want(bytes.get()), state(bytes.get()));
    }

    private static void put(ByteBuffer bytes, Pending pending) {
        bytes.put(flag(pending.once()));
        putTime(bytes, pending.throttledUntil());
        putEnd(bytes, pending.finishing());
        bytes.put(flag(pending.heard().isPresent()));
        bytes.putChar(pending.heard().orElse('\0'));
        putEnd(bytes, pending.unseen());
        bytes.put(flag(pending.terminating()));
        bytes.put(flag(pending.draining()));
    }

    private static Pending pending(ByteBuffer bytes) {
        boolean once = flag(bytes);
        Optional<Instant> throttledUntil = time(bytes);
        Optional<ExitStatus> finishing = end(bytes);
        boolean hasHeard = flag(bytes);
        char heard = bytes.getChar();
        return new Pending(
                once,
                throttledUntil,
                finishing,
                hasHeard ? Optional.of(heard) : Optional.empty(),
                end(bytes),
                flag(bytes),
                flag(bytes));
    }

    private static void putKnown(ByteBuffer bytes, Optional<Known> process) {
        bytes.put(flag(process.isPresent()));
        if (process.isEmpty()) {
            skip(bytes, KNOWN);
            return;
        }
        put(bytes, process.get().identity());
        bytes.putLong(process.get().pidfdInode());
        bytes.put(flag(process.get().leadsGroup()));
    }

    private static Optional<Known> known(ByteBuffer bytes) {
        if (!flag(bytes)) {
            skip(bytes, KNOWN);
            return Optional.empty();
        }
        return Optional.of(new Known(identity(bytes), bytes.getLong(), flag(bytes)));
    }

    private static void putIntent(ByteBuffer bytes, Optional<Intent> start) {
        bytes.put(flag(start.isPresent()));
        if (start.isEmpty()) {
            skip(bytes, INTENT);
            return;
        }
        bytes.put(code(start.get().program()));
        bytes.putLong(start.get().startTick());
        bytes.putInt(start.get().group());
        bytes.putInt(start.get().session());
    }

    private static Optional<Intent> intent(ByteBuffer bytes) {
        if (!flag(bytes)) {
            skip(bytes, INTENT);
            return Optional.empty();
        }
        return Optional.of(new Intent(program(bytes.get()), bytes.getLong(), bytes.getInt(), bytes.getInt()));
    }

    /** Up to {@link #OUTPUTS}. */
    private static void putIds(ByteBuffer bytes, List<FileStatus.Id> ids) {
        bytes.put((byte) ids.size());
        for (int i = 0; i < OUTPUTS; i++) {
            bytes.putLong(i < ids.size() ? ids.get(i).device() : 0);
            bytes.putLong(i < ids.size() ? ids.get(i).inode() : 0);
        }
    }

    private static List<FileStatus.Id> ids(ByteBuffer bytes) {
        int count = bytes.get();
        if (count < 0 || count > OUTPUTS) {
            throw new IllegalArgumentException("outputs: " + count);
        }
        List<FileStatus.Id> ids = new ArrayList<>();
        for (int i = 0; i < OUTPUTS; i++) {
            FileStatus.Id id = new FileStatus.Id(bytes.getLong(), bytes.getLong());
            if (i < count) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static void putScript(ByteBuffer bytes, Optional<Script> script) {
        bytes.put(flag(script.isPresent()));
        bytes.putChar(script.map(Script::letter).orElse('\0'));
        putKnown(bytes, script.flatMap(Script::process));
        putIntent(bytes, script.flatMap(Script::start));
    }

    private static Optional<Script> script(ByteBuffer bytes) {
        boolean isThere = flag(bytes);
        Script script = new Script(bytes.getChar(), known(bytes), intent(bytes));
        return isThere ? Optional.of(script) : Optional.empty();
    }

    private static void put(ByteBuffer bytes, Past past) {
        bytes.putInt(past.restarts());
        putTime(bytes, past.started());
        putEnd(bytes, past.lastEnd().map(End::status));
        Duration ran = past.lastEnd().map(End::ran).orElse(Duration.ZERO);
        bytes.putLong(ran.getSeconds());
        bytes.putInt(ran.getNano());
        put(bytes, past.lastEnd().map(End::at).orElse(Instant.EPOCH));
    }

    private static Past past(ByteBuffer bytes) {
        int restarts = bytes.getInt();
        Optional<Instant> started = time(bytes);
        Optional<ExitStatus> end = end(bytes);
        Duration ran = Duration.ofSeconds(bytes.getLong(), bytes.getInt());
        Instant at = instant(bytes);
        return new Past(restarts, started, end.map(status -> new End(status, ran, at)));
    }

    private static void putId(ByteBuffer bytes, Optional<FileStatus.Id> file) {
        bytes.put(flag(file.isPresent()));
        bytes.putLong(file.map(FileStatus.Id::device).orElse(0L));
        bytes.putLong(file.map(FileStatus.Id::inode).orElse(0L));
    }

    private static Optional<FileStatus.Id> id(ByteBuffer bytes) {
        boolean isThere = flag(bytes);
        FileStatus.Id file = new FileStatus.Id(bytes.getLong(), bytes.getLong());
        return isThere ? Optional.of(file) : Optional.empty();
    }

    private static void putSign(ByteBuffer bytes, Optional<Sign> sign) {
        bytes.put(flag(sign.isPresent()));
        bytes.put(flag(sign.map(Sign::isGiven).orElse(false)));
        bytes.putLong(sign.map(Sign::socket).orElse(0L));
    }

    private static Optional<Sign> sign(ByteBuffer bytes) {
        boolean isThere = flag(bytes);
        Sign sign = new Sign(flag(bytes), bytes.getLong());
        return isThere ? Optional.of(sign) : Optional.empty();
    }

    private static void putSaid(ByteBuffer bytes, Said said) {
        bytes.put(said.says().map(UnitBytes::code).orElse((byte) 0));
        bytes.putInt(said.main().map(ProcessIdentity::pid).orElse(0));
        bytes.putLong(said.main().map(ProcessIdentity::startTicks).orElse(0L));
        bytes.putLong(said.silence()
                .map(time -> TimeUnit.NANOSECONDS.toMicros(time.toNanos()))
                .orElse(0L));
    }

    /** @param bootId of the processes that the record is about */
    private static Said said(ByteBuffer bytes, String bootId) {
        byte phase = bytes.get();
        int pid = bytes.getInt();
        long ticks = bytes.getLong();
        long micros = bytes.getLong();
        if (pid < 0 || micros < 0) {
            throw new IllegalArgumentException("of no meaning: " + pid + ", " + micros);
        }
        return new Said(
                phase == 0 ? Optional.empty() : Optional.of(phase(phase)),
                pid == 0 ? Optional.empty() : Optional.of(new ProcessIdentity(pid, ticks, bootId)),
                micros == 0 ? Optional.empty() : Optional.of(Duration.of(micros, ChronoUnit.MICROS)));
    }

    /** Signal n in bit n-1. */
    private static void putSignals(ByteBuffer bytes, List<Signal> signals) {
        long bits = 0;
        for (Signal signal : signals) {
            bits |= 1L << (signal.number() - 1);
        }
        bytes.putLong(bits);
    }

    private static List<Signal> signals(ByteBuffer bytes) {
        long bits = bytes.getLong();
        if (bits == 0) {
            return List.of();
        }
        List<Signal> signals = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            if ((bits >>> (signal.number() - 1) & 1) != 0) {
                signals.add(signal);
            }
        }
        return signals;
    }

    private static Optional<Signal> signal(byte number) {
        if (number == 0) {
            return Optional.empty();
        }
        for (Signal signal : Signal.values()) {
            if (signal.number() == number) {
                return Optional.of(signal);
            }
        }
        throw unknown(number);
    }

    private static void put(ByteBuffer bytes, ProcessIdentity identity) {
        bytes.putInt(identity.pid());
        bytes.putLong(identity.startTicks());
        bytes.put(Arrays.copyOf(identity.bootId().getBytes(StandardCharsets.US_ASCII), BOOT_ID));
    }

    private static ProcessIdentity identity(ByteBuffer bytes) {
        int pid = bytes.getInt();
        long startTicks = bytes.getLong();
        byte[] bootId = new byte[BOOT_ID];
        bytes.get(bootId);
        return new ProcessIdentity(pid, startTicks, new String(bootId, StandardCharsets.US_ASCII).replace("\0", ""));
    }

    private static void put(ByteBuffer bytes, Instant time) {
        bytes.putLong(time.getEpochSecond());
        bytes.putInt(time.getNano());
    }

    private static Instant instant(ByteBuffer bytes) {
        return Instant.ofEpochSecond(bytes.getLong(), bytes.getInt());
    }

    private static void putTime(ByteBuffer bytes, Optional<Instant> time) {
        bytes.put(flag(time.isPresent()));
        put(bytes, time.orElse(Instant.EPOCH));
    }

    private static Optional<Instant> time(ByteBuffer bytes) {
        if (!flag(bytes)) {
            skip(bytes, TIME);
            return Optional.empty();
        }
        return Optional.of(instant(bytes));
    }

    private static void putEnd(ByteBuffer bytes, Optional<ExitStatus> end) {
        bytes.put(flag(end.isPresent()));
        bytes.putInt(end.map(ExitStatus::waitStatus).orElse(0));
    }

    private static Optional<ExitStatus> end(ByteBuffer bytes) {
        boolean isThere = flag(bytes);
        int waitStatus = bytes.getInt();
        return isThere ? Optional.of(new ExitStatus(waitStatus)) : Optional.empty();
    }

    private static byte flag(boolean set) {
        return (byte) (set ? 1 : 0);
    }

    private static boolean flag(ByteBuffer bytes) {
        byte flag = bytes.get();
        if (flag < 0 || flag > 1) {
            throw new IllegalArgumentException("neither yes nor no: " + flag);
        }
        return flag == 1;
    }

    // ---- a letter for each case

    private static byte code(Want want) {
        return (byte)
                switch (want) {
                    case UP -> 'u';
                    case DOWN -> 'd';
                    case EXIT -> 'x';
                };
    }

    private static Want want(byte code) {
        return switch (code) {
            case 'u' -> Want.UP;
            case 'd' -> Want.DOWN;
            case 'x' -> Want.EXIT;
            default -> throw unknown(code);
        };
    }

    private static byte code(Says phase) {
        return (byte)
                switch (phase) {
                    case STARTING -> 's';
                    case READY -> 'r';
                    case RELOADING -> 'l';
                    case STOPPING -> 'e';
                };
    }

    private static Says phase(byte code) {
        return switch (code) {
            case 's' -> Says.STARTING;
            case 'r' -> Says.READY;
            case 'l' -> Says.RELOADING;
            case 'e' -> Says.STOPPING;
            default -> throw unknown(code);
        };
    }

    private static byte code(State state) {
        return (byte)
                switch (state) {
                    case DOWN -> 'd';
                    case RUN -> 'r';
                    case FINISH -> 'f';
                };
    }

    private static State state(byte code) {
        return switch (code) {
            case 'd' -> State.DOWN;
            case 'r' -> State.RUN;
            case 'f' -> State.FINISH;
            default -> throw unknown(code);
        };
    }

    private static byte code(Program program) {
        return (byte)
                switch (program) {
                    case RUN -> 'r';
                    case FINISH -> 'f';
                    case SCRIPT -> 'c';
                };
    }

    private static Program program(byte code) {
        return switch (code) {
            case 'r' -> Program.RUN;
            case 'f' -> Program.FINISH;
            case 'c' -> Program.SCRIPT;
            default -> throw unknown(code);
        };
    }

    private static IllegalArgumentException unknown(byte code) {
        return new IllegalArgumentException("of no meaning: " + code);
    }

    private static void skip(ByteBuffer bytes, int count) {
        bytes.position(bytes.position() + count);
    }
}
