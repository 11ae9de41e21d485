package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkosupervisor.posix.NotifySocket.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NotifySocketTest {

    private static final String SENDER = """
        import array, os, socket, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.connect("\\0" + sys.argv[1])
        files = [os.open("/dev/null", os.O_RDONLY) for i in range(int(sys.argv[3]))]
        s.sendmsg([sys.argv[2].encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])
        """;

    private final String name = "pekko-supervisor/test-" + UUID.randomUUID();
    private final NotifySocket socket = NotifySocket.open(name);

    NotifySocketTest() throws PosixException {}

    @AfterEach
    void close() {
        socket.close();
    }

    private long send(String text, int descriptors) throws IOException, InterruptedException {
        Process sender = new ProcessBuilder("python3", "-c", SENDER, name, text, String.valueOf(descriptors))
                .inheritIO()
                .start();
        assertThat(sender.waitFor()).isZero();
        return sender.pid();
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).toString().equals("/dev/null");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @Test
    void a_message_comes_with_who_has_sent_it() throws Exception {
        long pid = send("READY=1", 0);

        Message message = socket.receive().orElseThrow();

        assertThat(new String(message.bytes(), UTF_8)).isEqualTo("READY=1");
        assertThat(message.isWhole()).isTrue();
        assertThat(message.pid()).isEqualTo((int) pid);
        assertThat(message.user()).isEqualTo(OwnProcess.user());
        assertThat(socket.receive()).isEmpty();
    }

    @Test
    void descriptors_that_come_with_it_are_closed() throws Exception {
        long before = openDescriptors();
        send("BARRIER=1", 1);
        send("FDSTORE=1", 253);

        assertThat(socket.receive()).isPresent();
        assertThat(socket.receive().orElseThrow().pid()).isPositive();

        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void of_one_that_is_too_long_the_beginning_comes_and_that_is_said() throws Exception {
        send("x".repeat(5000), 0);
        send("y".repeat(4096), 0);

        Message cut = socket.receive().orElseThrow();
        Message whole = socket.receive().orElseThrow();

        assertThat(cut.isWhole()).isFalse();
        assertThat(whole.isWhole()).isTrue();
        assertThat(whole.bytes()).hasSize(4096);
    }

    @Test
    void a_name_that_is_taken_is_refused() {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> NotifySocket.open(name))
                .satisfies(e -> assertThat(e.errno()).isEqualTo("EADDRINUSE"))
                .withMessageContaining("@" + name);
    }

    @Test
    void a_name_can_be_had_again_when_it_has_been_closed() throws Exception {
        socket.close();

        try (NotifySocket again = NotifySocket.open(name)) {
            send("READY=1", 0);
            assertThat(again.receive()).isPresent();
            assertThat(again.address()).isEqualTo("@" + name).isEqualTo(again.toString());
        }
    }

    @Test
    void a_name_has_its_limits() {
        assertThatIllegalArgumentException().isThrownBy(() -> NotifySocket.open(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NotifySocket.open("x".repeat(108)))
                .withMessageContaining("1 to 107");
    }

    @Test
    void a_process_belongs_to_its_ancestors_group_and_session() {
        int own = OwnProcess.pid();

        Kinship kinship = Kinship.of(own).orElseThrow();

        assertThat(kinship.group()).isEqualTo(OwnProcess.group());
        assertThat(kinship.session()).isEqualTo(OwnProcess.session());
        assertThat(kinship.ancestors())
                .startsWith((int) ProcessHandle.current().parent().orElseThrow().pid());
        assertThat(Kinship.of(0)).isEqualTo(Optional.empty());
        assertThat(Kinship.of(Integer.MAX_VALUE)).isEmpty();
        assertThat(Kinship.userOf(own)).contains(OwnProcess.user());
        assertThat(Kinship.userOf(Integer.MAX_VALUE)).isEmpty();
    }
}
