package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFile.Absent;
import io.github.pekkosupervisor.runit.supervise.StateFile.Garbage;
import io.github.pekkosupervisor.runit.supervise.StateFile.Newer;
import io.github.pekkosupervisor.runit.supervise.StateFile.Read;
import io.github.pekkosupervisor.runit.supervise.StateFile.Valid;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {

    private static final int VERSION_AT = 8;
    private static final int DEMANDS_AT = 10;
    private static final int LENGTH_AT = 12;

    /** Where the fields of the first records ended. */
    private static final int LATER_AT = 351;

    private static final int TIES_AT = 444;
    private static final int ASKED_AT = 446;

    static LongStream seeds() {
        return new Random(20261128).longs(12);
    }

    @Nested
    class Bytes {

        @Test
        void take_the_same_room_whatever_the_record_says() {
            assertThat(StateFile.SLOT).isEqualTo(512);
            assertThat(StateFile.LENGTH).isEqualTo(1024);
            RandomRecords records = new RandomRecords(1);
            assertThat(LongStream.range(1, 200).mapToObj(i -> StateFile.slot(records.next(), i)))
                    .allSatisfy(slot -> assertThat(slot).hasSize(512));
        }

        /** A change of it makes records of this version unreadable, or worse. */
        @Test
        void are_what_they_were() {
            Supervisor supervisor = new Supervisor(
                    new ProcessIdentity(7, 0x0102030405060708L, "0e1ae6bd-3ab0-4fb4-9a3e-36e9b4a6b5e3"),
                    Instant.ofEpochSecond(9, 10));
            byte[] slot = StateFile.slot(
                    UnitRecord.beginning(
                            supervisor,
                            new ServiceStatus(Instant.ofEpochSecond(11, 12), 13, true, false, Want.EXIT, State.RUN)),
                    5);

            String hex = java.util.HexFormat.of().formatHex(slot);
            // magic, version, demands, length, sequence
            assertThat(hex).startsWith("70656b6b6f737570" + "0001" + "0000" + "00000200" + "0000000000000005");
            // pid, ticks, boot
            assertThat(hex.substring(48))
                    .startsWith("00000007" + "0102030405060708"
                            + "30653161653662642d336162302d346662342d396133652d333665396234613662356533"
                            // since; stamp, pid, paused, term, want, state
                            + "0000000000000009" + "0000000a"
                            + "000000000000000b" + "0000000c" + "0000000d" + "01" + "00" + "78" + "72");
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void are_read_as_they_were_written(long seed) {
            RandomRecords records = new RandomRecords(seed);
            assertThat(LongStream.range(1, 200)).allSatisfy(sequence -> {
                UnitRecord record = records.next();
                byte[] file = new byte[StateFile.LENGTH];
                write(file, record, sequence);
                assertThat(StateFile.parse(file)).isEqualTo(new Valid(record, sequence));
                UnitRecord there = records.later(record);
                write(file, there, sequence);
                assertThat(StateFile.parse(file)).isEqualTo(new Valid(there, sequence));
            });
        }

        /** A reader that knows less skips them, and one that knows more takes zero for unknown. */
        @Test
        void fields_that_came_later_are_at_the_end_and_zero_where_they_are_unknown() {
            UnitRecord record = new RandomRecords(3).next();
            UnitRecord there = new RandomRecords(3).later(record);
            byte[] slot = StateFile.slot(record, 1);

            assertThat(Arrays.copyOfRange(slot, LATER_AT, StateFile.SLOT - 4)).containsOnly(0);
            assertThat(Arrays.copyOf(StateFile.slot(there, 1), LATER_AT)).isEqualTo(Arrays.copyOf(slot, LATER_AT));
        }

        /** In room that is zero in a record of who does not know them. */
        @Test
        void ties_are_behind_all_that_was_there_before() {
            UnitRecord record = new RandomRecords(3).later(record(3));
            byte[] none = StateFile.slot(tied(record, Ties.NONE), 1);
            byte[] all = StateFile.slot(tied(record, new Ties(true, true)), 1);

            assertThat(Arrays.copyOfRange(none, TIES_AT, StateFile.SLOT - 4)).containsOnly(0);
            assertThat(Arrays.copyOfRange(all, TIES_AT, TIES_AT + 2)).containsOnly(1);
            assertThat(Arrays.copyOf(all, TIES_AT)).isEqualTo(Arrays.copyOf(none, TIES_AT));
        }

        @Test
        void how_it_was_asked_to_end_is_behind_that() {
            UnitRecord record = tied(new RandomRecords(3).later(record(3)), new Ties(true, true));
            byte[] none = StateFile.slot(record, 1);
            byte[] all = StateFile.slot(asked(record, new Asked(true, Optional.of(Signal.INT))), 1);

            assertThat(Arrays.copyOfRange(none, ASKED_AT, StateFile.SLOT - 4)).containsOnly(0);
            assertThat(Arrays.copyOfRange(all, ASKED_AT, ASKED_AT + 3)).containsExactly(1, 2, 0);
            assertThat(Arrays.copyOf(all, ASKED_AT)).isEqualTo(Arrays.copyOf(none, ASKED_AT));
        }

        private static UnitRecord asked(UnitRecord record, Asked asked) {
            return new UnitRecord(
                    record.supervisor(),
                    record.status(),
                    record.pending(),
                    record.process(),
                    record.start(),
                    record.script(),
                    record.past(),
                    record.pipe(),
                    record.sign(),
                    record.ties(),
                    asked);
        }

        private static UnitRecord tied(UnitRecord record, Ties ties) {
            return new UnitRecord(
                    record.supervisor(),
                    record.status(),
                    record.pending(),
                    record.process(),
                    record.start(),
                    record.script(),
                    record.past(),
                    record.pipe(),
                    record.sign(),
                    ties);
        }

        /** Each byte counts, and the two halves of the digest do not depend on each other. */
        @Test
        void differ_in_their_digest_whichever_bit_differs() {
            byte[] slot = StateFile.slot(new RandomRecords(4).next(), 1);
            Set<Long> digests = new HashSet<>(Set.of(StateFile.digest(slot)));
            int header = 24;
            for (int bit = header * 8; bit < (slot.length - 4) * 8; bit++) {
                slot[bit / 8] ^= (byte) (1 << bit % 8);
                digests.add(StateFile.digest(slot));
                slot[bit / 8] ^= (byte) (1 << bit % 8);
            }

            assertThat(digests).hasSize(1 + (slot.length - 4 - header) * 8);
        }

        @Test
        void say_the_same_whatever_their_number() {
            UnitRecord record = new RandomRecords(3).next();
            UnitRecord other = record.by(new Supervisor(new ProcessIdentity(1, 1, ""), Instant.EPOCH));

            long digest = StateFile.digest(StateFile.slot(record, 1));
            assertThat(StateFile.digest(StateFile.slot(record, 2))).isEqualTo(digest);
            assertThat(StateFile.digest(StateFile.slot(other, 1))).isNotEqualTo(digest);
        }
    }

    @Nested
    class TwoSlots {

        @Test
        void the_one_with_the_higher_number_counts() {
            assertThat(StateFile.parse(file(record(1), 6, record(2), 7))).isEqualTo(new Valid(record(2), 7));
            assertThat(StateFile.parse(file(record(2), 7, record(1), 8))).isEqualTo(new Valid(record(1), 8));
        }

        @Test
        void the_first_record_makes_a_file_of_full_length() {
            assertThat(StateFile.offset(1) + StateFile.SLOT).isEqualTo(StateFile.LENGTH);
        }

        @Test
        void a_record_in_the_wrong_place_does_not_count() {
            byte[] file = file(record(1), 6, record(2), 7);
            System.arraycopy(StateFile.slot(record(3), 8), 0, file, StateFile.SLOT, StateFile.SLOT);

            assertThat(StateFile.parse(file)).isEqualTo(new Valid(record(1), 6));
        }
    }

    /** What is left of a record that was cut, or of which a bit has turned, is never another record. */
    @Nested
    class Damage {

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void case_16_record_cut_at_each_byte(long seed) {
            RandomRecords records = new RandomRecords(seed);
            UnitRecord older = records.next();
            UnitRecord newer = records.next();
            byte[] file = file(older, 6, newer, 7);

            for (int length = 1; length < file.length; length++) {
                Read read = StateFile.parse(Arrays.copyOf(file, length));
                if (length < StateFile.SLOT) {
                    assertThat(read).isInstanceOf(Garbage.class);
                } else {
                    assertThat(read).isEqualTo(new Valid(older, 6));
                }
            }
            assertThat(StateFile.parse(new byte[0])).isEqualTo(new Absent());
            assertThat(StateFile.parse(file)).isEqualTo(new Valid(newer, 7));
        }

        /** A write that was cut short: the rest is what was there before. */
        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void case_16_write_cut_at_each_byte(long seed) {
            RandomRecords records = new RandomRecords(seed);
            UnitRecord last = records.next();
            byte[] before = file(records.next(), 6, last, 7);
            UnitRecord next = records.next();
            byte[] slot = StateFile.slot(next, 8);

            for (int written = 0; written < StateFile.SLOT; written++) {
                byte[] file = before.clone();
                System.arraycopy(slot, 0, file, 0, written);
                // what comes last is the checksum, and what is before it may be zero in both
                boolean isWhole = Arrays.equals(file, 0, StateFile.SLOT, slot, 0, StateFile.SLOT);
                assertThat(StateFile.parse(file)).isEqualTo(isWhole ? new Valid(next, 8) : new Valid(last, 7));
            }
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void case_16_each_bit_flipped(long seed) {
            RandomRecords records = new RandomRecords(seed);
            UnitRecord older = records.next();
            UnitRecord newer = records.next();
            byte[] file = file(older, 6, newer, 7);

            for (int bit = 0; bit < file.length * 8; bit++) {
                byte[] damaged = file.clone();
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                boolean isOlder = bit / 8 < StateFile.SLOT;
                assertThat(StateFile.parse(damaged)).isEqualTo(isOlder ? new Valid(newer, 7) : new Valid(older, 6));
            }
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void case_16_each_bit_of_an_only_record_flipped(long seed) {
            byte[] file = new byte[StateFile.LENGTH];
            write(file, new RandomRecords(seed).next(), 7);

            for (int bit = StateFile.SLOT * 8; bit < file.length * 8; bit++) {
                byte[] damaged = file.clone();
                damaged[bit / 8] ^= (byte) (1 << (bit % 8));
                assertThat(StateFile.parse(damaged)).isInstanceOf(Garbage.class);
            }
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void case_16_noise(long seed) {
            Random random = new Random(seed);
            for (int i = 0; i < 1000; i++) {
                byte[] noise = new byte[1 + random.nextInt(3000)];
                random.nextBytes(noise);
                assertThat(StateFile.parse(noise)).isInstanceOf(Garbage.class);
            }
        }

        /** With a right checksum, so that the fields themselves are what is looked at. */
        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.supervise.StateFileTest#seeds")
        void noise_that_is_whole_is_read_without_a_failure(long seed) {
            Random random = new Random(seed);
            byte[] file = new byte[StateFile.LENGTH];
            write(file, new RandomRecords(seed).next(), 7);
            for (int i = 0; i < 2000; i++) {
                byte[] damaged = file.clone();
                for (int j = 0; j < 5; j++) {
                    damaged[StateFile.SLOT + 24 + random.nextInt(330)] = (byte) random.nextInt();
                }
                sign(damaged, StateFile.SLOT, StateFile.SLOT);
                assertThat(StateFile.parse(damaged)).isInstanceOfAny(Valid.class, Garbage.class);
            }
        }

        @Test
        void garbage_says_what_is_wrong() {
            assertThat(StateFile.parse(new byte[StateFile.LENGTH]))
                    .isEqualTo(new Garbage("neither of its two records is whole"));
            assertThat(StateFile.parse(new byte[7]))
                    .isEqualTo(new Garbage("it has 7 bytes, where 1024 were due, and no record in them is whole"));
        }
    }

    @Nested
    class LaterVersion {

        @ParameterizedTest
        @ValueSource(ints = {2, 3, 65535})
        void case_17_newer_version_is_known_as_such(int version) {
            byte[] file = file(record(1), 6, record(2), 7);
            ByteBuffer.wrap(file).putShort(StateFile.SLOT + VERSION_AT, (short) version);
            sign(file, StateFile.SLOT, StateFile.SLOT);

            assertThat(StateFile.parse(file)).isEqualTo(new Newer(version));
        }

        @ParameterizedTest
        @ValueSource(ints = {256, 600, 1024, 4096})
        void case_17_newer_version_with_slots_of_another_length(int length) {
            byte[] file = new byte[2 * length];
            put(file, 0, length, 2, 41);
            put(file, length, length, 2, 42);

            assertThat(StateFile.parse(file)).isEqualTo(new Newer(2));
            damage(file, 0);
            assertThat(StateFile.parse(file)).isEqualTo(new Newer(2));
            damage(file, length);
            assertThat(StateFile.parse(file)).isInstanceOf(Garbage.class);
        }

        /** Sixteen bits for fields to come that a reader must know of. */
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
        void case_17_field_that_must_be_understood_and_is_not(int bit) {
            byte[] file = file(record(1), 6, record(2), 7);
            ByteBuffer.wrap(file).putShort(StateFile.SLOT + DEMANDS_AT, (short) (1 << bit));
            sign(file, StateFile.SLOT, StateFile.SLOT);

            assertThat(StateFile.parse(file)).isEqualTo(new Newer(1));
        }

        @Test
        void field_that_need_not_be_understood_changes_nothing() {
            byte[] file = file(record(1), 6, record(2), 7);
            Arrays.fill(file, StateFile.LENGTH - 30, StateFile.LENGTH - 4, (byte) 0x5a);
            sign(file, StateFile.SLOT, StateFile.SLOT);

            assertThat(StateFile.parse(file)).isEqualTo(new Valid(record(2), 7));
        }

        @Test
        void there_is_room_for_what_comes_later() {
            RandomRecords records = new RandomRecords(9);
            Consumer<byte[]> ends = slot -> assertThat(Arrays.copyOfRange(slot, 384, StateFile.SLOT - 4))
                    .containsOnly(0);

            assertThat(LongStream.range(1, 100).mapToObj(i -> StateFile.slot(records.next(), i)))
                    .allSatisfy(ends);
        }

        private static void put(byte[] file, int at, int length, int version, long sequence) {
            ByteBuffer bytes = ByteBuffer.wrap(file);
            bytes.position(at).put(Arrays.copyOf(StateFile.slot(record(1), 1), VERSION_AT));
            bytes.putShort((short) version).putShort((short) 0).putInt(length).putLong(sequence);
            sign(file, at, length);
        }

        private static void damage(byte[] file, int at) {
            file[at + LENGTH_AT + 10] ^= 1;
        }
    }

    @Nested
    class Adopted {

        private final ProcessIdentity supervisor = new ProcessIdentity(7, 1000, "boot");

        @Test
        void is_what_was_started_before_the_supervisor() {
            assertThat(of(999).isAdopted()).isTrue();
            assertThat(of(1000).isAdopted()).isFalse();
            assertThat(of(1001).isAdopted()).isFalse();
        }

        private UnitRecord of(long startTicks) {
            UnitRecord record = UnitRecord.beginning(
                    new Supervisor(supervisor, Instant.EPOCH),
                    new ServiceStatus(Instant.EPOCH, 8, false, false, Want.UP, State.RUN));
            Known known = new Known(new ProcessIdentity(8, startTicks, "boot"), 0, false);
            return new UnitRecord(
                    record.supervisor(),
                    record.status(),
                    record.pending(),
                    Optional.of(known),
                    record.start(),
                    record.script(),
                    record.past(),
                    record.pipe());
        }
    }

    @Test
    void unknown_end_is_kept_as_such() {
        UnitRecord record = new RandomRecords(1).next();
        UnitRecord.Past past = new UnitRecord.Past(
                1,
                Optional.empty(),
                Optional.of(new UnitRecord.End(ExitStatus.UNKNOWN, java.time.Duration.ZERO, Instant.EPOCH)));
        UnitRecord unknown = new UnitRecord(
                record.supervisor(),
                record.status(),
                record.pending(),
                record.process(),
                record.start(),
                record.script(),
                past,
                record.pipe());
        byte[] file = new byte[StateFile.LENGTH];
        write(file, unknown, 1);

        assertThat(StateFile.parse(file)).isEqualTo(new Valid(unknown, 1));
    }

    private static UnitRecord record(long seed) {
        return new RandomRecords(seed).next();
    }

    private static byte[] file(UnitRecord one, long number, UnitRecord other, long next) {
        byte[] file = new byte[StateFile.LENGTH];
        write(file, one, number);
        write(file, other, next);
        return file;
    }

    private static void write(byte[] file, UnitRecord record, long sequence) {
        System.arraycopy(StateFile.slot(record, sequence), 0, file, (int) StateFile.offset(sequence), StateFile.SLOT);
    }

    private static void sign(byte[] file, int at, int length) {
        CRC32C sum = new CRC32C();
        sum.update(file, at, length - 4);
        ByteBuffer.wrap(file).putInt(at + length - 4, (int) sum.getValue());
    }
}
