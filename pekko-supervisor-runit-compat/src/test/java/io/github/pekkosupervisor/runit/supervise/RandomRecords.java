package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.End;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Records of which each field may be anything that it can be, whether or not they go together. */
public final class RandomRecords {

    private final Random random;

    public RandomRecords(long seed) {
        this.random = new Random(seed);
    }

    public UnitRecord next() {
        return new UnitRecord(
                new Supervisor(identity(), instant()),
                new ServiceStatus(
                        instant(), random.nextInt(1 << 22), flag(), flag(), one(Want.values()), one(State.values())),
                new Pending(
                        flag(),
                        maybe(this::instant),
                        maybe(this::exit),
                        maybe(() -> (char) random.nextInt(256)),
                        maybe(this::exit),
                        flag(),
                        flag()),
                maybe(this::known),
                maybe(this::intent),
                maybe(() -> new Script((char) ('a' + random.nextInt(26)), maybe(this::known), maybe(this::intent))),
                new Past(
                        random.nextInt(Integer.MAX_VALUE),
                        maybe(this::instant),
                        maybe(() -> new End(exit(), Duration.ofNanos(random.nextLong() >>> 1), instant()))),
                maybe(this::id));
    }

    /** The same with fields that the first records did not have. */
    UnitRecord later(UnitRecord record) {
        Supervisor supervisor = new Supervisor(
                record.supervisor().identity(),
                record.supervisor().since(),
                Optional.of(new FileStatus.Id(random.nextLong(), random.nextLong())));
        List<Signal> signals =
                Arrays.stream(Signal.values()).filter(signal -> flag()).toList();
        return new UnitRecord(
                supervisor,
                record.status(),
                flag() ? pending(record, signals).asHung() : pending(record, signals),
                record.process(),
                record.start().map(this::withOutputs),
                record.script(),
                record.past().with(flag()).endedHung(flag()),
                record.pipe(),
                maybe(() -> new UnitRecord.Sign(
                        flag(),
                        random.nextLong(),
                        said(record.supervisor().identity().bootId()))),
                new UnitRecord.Ties(flag(), flag()),
                new UnitRecord.Asked(flag(), maybe(() -> one(Signal.values()))),
                flag() ? UnitRecord.Retries.NONE : retries());
    }

    private UnitRecord.Retries retries() {
        Instant oldest = instant();
        return new UnitRecord.Retries(
                random.nextInt(Integer.MAX_VALUE),
                random.nextInt(UnitRecord.Retries.MOST + 1),
                oldest,
                oldest.plusMillis(random.nextInt(Integer.MAX_VALUE)),
                flag());
    }

    private UnitRecord.Said said(String bootId) {
        return new UnitRecord.Said(
                maybe(() -> one(UnitRecord.Says.values())),
                maybe(() -> new ProcessIdentity(1 + random.nextInt(1 << 22), random.nextLong() >>> 1, bootId)),
                maybe(() -> Duration.of(1 + random.nextLong(1L << 40), ChronoUnit.MICROS)));
    }

    private Pending pending(UnitRecord record, List<Signal> signals) {
        return record.pending().with(signals).with(flag());
    }

    private Known known() {
        return new Known(identity(), random.nextLong(), flag());
    }

    private Intent intent() {
        return new Intent(one(Program.values()), random.nextLong(), random.nextInt(), random.nextInt());
    }

    private Intent withOutputs(Intent at) {
        List<FileStatus.Id> outputs =
                Stream.generate(this::id).limit(random.nextInt(3)).toList();
        return new Intent(at.program(), at.startTick(), at.group(), at.session(), outputs);
    }

    private FileStatus.Id id() {
        return new FileStatus.Id(random.nextLong(), random.nextLong());
    }

    private ProcessIdentity identity() {
        String boot = flag() ? new UUID(random.nextLong(), random.nextLong()).toString() : "";
        return new ProcessIdentity(1 + random.nextInt(1 << 22), random.nextLong() >>> 1, boot);
    }

    private ExitStatus exit() {
        return new ExitStatus(random.nextInt(1 << 16));
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    }

    private boolean flag() {
        return random.nextBoolean();
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return flag() ? Optional.of(value.get()) : Optional.empty();
    }

    private <E> E one(E[] values) {
        return values[random.nextInt(values.length)];
    }
}
