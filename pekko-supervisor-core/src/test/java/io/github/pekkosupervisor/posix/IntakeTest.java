package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {

    private static final int FULL_PIPE = 65_536;
    private static final int SMALL_PIECE = 4;

    @TempDir
    private Path temp;

    private Pipe pipe;
    private Intake intake;
    private final byte[] target = new byte[2 * FULL_PIPE];

    @BeforeEach
    void open() throws PosixException {
        pipe = Pipe.open();
        pipe.readEnd().makeNonBlocking();
        pipe.writeEnd().makeNonBlocking();
        intake = new Intake(pipe.readEnd(), SMALL_PIECE);
    }

    @AfterEach
    void close() {
        pipe.close();
    }

    private void write(String text) throws PosixException {
        pipe.writeEnd().write(text.getBytes(US_ASCII));
    }

    private String next(int limit) throws PosixException {
        int count = intake.next(target, limit);
        return count == Intake.NOTHING ? "nothing" : new String(target, 0, count, US_ASCII);
    }

    /** What another reader would find. */
    private String inThePipe() throws PosixException {
        return new String(pipe.readEnd().tryRead(FULL_PIPE).orElse(new byte[0]), US_ASCII);
    }

    @Test
    void what_is_shown_stays_in_the_pipe() throws PosixException {
        write("one two");

        assertThat(next(100)).isEqualTo("one two");

        assertThat(inThePipe()).isEqualTo("one two");
    }

    @Test
    void what_is_done_with_leaves_the_pipe_except_what_is_kept() throws PosixException {
        write("one two");
        next(100);

        intake.done(3);

        assertThat(inThePipe()).isEqualTo("two");
    }

    @Test
    void only_what_has_not_been_seen_is_shown() throws PosixException {
        write("one two");
        next(100);
        intake.done(3);
        write(" three");

        assertThat(next(100)).isEqualTo(" three");

        assertThat(inThePipe()).isEqualTo("two three");
    }

    @Test
    void limit_counts_what_has_not_been_seen() throws PosixException {
        write("one two three");
        next(4);

        assertThat(next(3)).isEqualTo("two");

        intake.done(0);
        assertThat(inThePipe()).isEqualTo(" three");
    }

    @Test
    void what_has_been_seen_goes_when_nothing_follows_it() throws PosixException {
        write("one");
        next(100);

        assertThat(next(100)).isEqualTo("nothing");

        assertThat(inThePipe()).isEmpty();
    }

    @Test
    void empty_pipe_has_nothing_until_its_last_writer_has_gone() throws PosixException {
        assertThat(next(100)).isEqualTo("nothing");

        pipe.writeEnd().close();

        assertThat(next(100)).isEmpty();
    }

    @Test
    void end_comes_after_what_was_kept() throws PosixException {
        write("one");
        next(100);
        pipe.writeEnd().close();

        assertThat(next(100)).isEqualTo("nothing");

        assertThat(next(100)).isEmpty();
    }

    @Test
    void full_pipe_that_has_been_seen_makes_room() throws PosixException {
        byte[] full = new byte[FULL_PIPE];
        Arrays.fill(full, (byte) 'x');
        pipe.writeEnd().write(full);
        assertThat(next(full.length)).hasSize(FULL_PIPE);

        assertThat(next(full.length)).isEqualTo("nothing");

        write("more");
        assertThat(next(100)).isEqualTo("more");
    }

    @Test
    void more_than_is_in_the_pipe_may_be_kept() throws PosixException {
        write("one");
        next(100);

        intake.done(1000);

        assertThat(inThePipe()).isEqualTo("one");
    }

    @Test
    void anything_but_a_pipe_is_read_in_small_pieces() throws IOException, PosixException {
        Path file = Files.writeString(temp.resolve("file"), "one two");
        try (Descriptor input = Descriptor.openRead(OsString.of(file.toString()))) {
            intake = new Intake(input, SMALL_PIECE);

            assertThat(next(100)).isEqualTo("one ");
            intake.done(0);
            assertThat(next(100)).isEqualTo("two");
            assertThat(next(100)).isEmpty();
        }
    }
}
