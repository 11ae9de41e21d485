package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ProgramHead.Program;
import io.github.pekkosupervisor.posix.ProgramHead.Script;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the first bytes of a file say of how it is run. */
final class ProgramHeadTest {

    static Stream<Arguments> beginnings() {
        return Stream.of(
                Arguments.of("", new ProgramHead.Empty()),
                Arguments.of("#", new ProgramHead.Unknown()),
                Arguments.of("echo hello\n", new ProgramHead.Unknown()),
                Arguments.of("#!", new ProgramHead.Unknown()),
                Arguments.of("#! \t\n/bin/sh\n", new ProgramHead.Unknown()),
                Arguments.of("#!/bin/sh\n", new Script("/bin/sh")),
                Arguments.of("#!/bin/sh", new Script("/bin/sh")),
                Arguments.of("#! \t/bin/sh -e\n", new Script("/bin/sh")),
                Arguments.of("#!/bin/sh\t-e\n", new Script("/bin/sh")),
                Arguments.of("#!/bin/sh\0-e\n", new Script("/bin/sh")),
                Arguments.of("#!/bin/sh\r\n", new Script("/bin/sh\r")),
                // the kernel looks no further
                Arguments.of("#!/" + "x".repeat(300) + "\n", new Script("/" + "x".repeat(253))),
                Arguments.of("\177ELF too short", new ProgramHead.Unknown()));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void the_first_line_says_it(String beginning, ProgramHead head) {
        assertThat(ProgramHead.of(beginning.getBytes(ISO_8859_1))).isEqualTo(head);
    }

    private static byte[] elf(boolean bigEndian, int machine, long headersAt, long loaderAt) {
        ByteBuffer elf = ByteBuffer.allocate(256).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        elf.put(0, "\177ELF".getBytes(ISO_8859_1)).put(4, (byte) 2).put(5, (byte) (bigEndian ? 2 : 1));
        elf.putShort(18, (short) machine)
                .putLong(32, headersAt)
                .putShort(54, (short) 56)
                .putShort(56, (short) 2);
        elf.putInt(64, 1).putInt(120, 3).putLong(128, loaderAt);
        elf.put(200, "/lib/ld.so".getBytes(ISO_8859_1));
        return elf.array();
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of("as it is", elf(false, 62, 64, 200), new Program(62, "/lib/ld.so")),
                Arguments.of("the other way round", elf(true, 22, 64, 200), new Program(22, "/lib/ld.so")),
                Arguments.of("its headers are further on", elf(false, 62, 4000, 200), new Program(62, "")),
                Arguments.of("its headers are nowhere", elf(false, 62, -1, 200), new Program(62, "")),
                Arguments.of("its loader is further on", elf(false, 62, 64, 5000), new Program(62, "")),
                Arguments.of("its loader is nowhere", elf(false, 62, 64, -5), new Program(62, "")),
                Arguments.of("its loader is cut", Arrays.copyOf(elf(false, 62, 64, 200), 205), new Program(62, "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void a_program_names_its_processor_and_its_loader(String what, byte[] bytes, ProgramHead head) {
        assertThat(ProgramHead.of(bytes)).isEqualTo(head);
    }

    @Test
    void the_shell_of_this_system_is_one() throws Exception {
        assertThat(ProgramHead.of(Files.readAllBytes(Path.of("/bin/sh"))))
                .isInstanceOfSatisfying(
                        Program.class, shell -> assertThat(shell.loader()).contains("/ld"));
    }

    static Stream<byte[]> rubbish() {
        Random random = new Random(1);
        return IntStream.range(0, 200).mapToObj(round -> {
            byte[] bytes = elf(round % 2 == 0, 62, 64, 200);
            for (int i = 0; i < 20; i++) {
                bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
            }
            return bytes;
        });
    }

    @ParameterizedTest
    @MethodSource("rubbish")
    void rubbish_does_no_harm(byte[] bytes) {
        assertThat(ProgramHead.of(bytes)).isInstanceOf(Program.class);
    }
}
