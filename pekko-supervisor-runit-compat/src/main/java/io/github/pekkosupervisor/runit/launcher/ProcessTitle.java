package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.List;
import java.util.Optional;

/**
 * The command line that {@code ps} and {@code pidof} show: that of the program instead of the JVM's, in the same
 * memory, and zeros after it.
 */
final class ProcessTitle {

    private final OwnProcess.ArgumentMemory memory;
    private final OsString program;
    private final List<OsString> words;

    private ProcessTitle(OwnProcess.ArgumentMemory memory, OsString program, List<OsString> words) {
        this.memory = memory;
        this.program = program;
        this.words = words;
    }

    /**
     * Shows a program and its words from now on, and gives the process the program's name.
     *
     * @return empty if the title cannot be had
     */
    static Optional<ProcessTitle> show(String program, List<OsString> words) {
        // whoever asks for the JVM's command line later finds it there
        Launch.ofThisJvm();
        try {
            OwnProcess.rename(program);
            ProcessTitle title = new ProcessTitle(OwnProcess.argumentMemory(), OsString.of(program), words);
            byte[] shown = new byte[title.memory.length()];
            title.put(shown, 0, title.program);
            for (int index = 0; index < words.size(); index++) {
                title.put(shown, title.offsetOf(index), words.get(index));
            }
            title.memory.put(0, shown);
            title.memory.showOnly(title.offsetOf(words.size()));
            return Optional.of(title);
        } catch (PosixException | IndexOutOfBoundsException e) {
            // ps shows java and its options: a pity, no more
            return Optional.empty();
        }
    }

    private void put(byte[] shown, int at, OsString text) {
        System.arraycopy(text.bytes(), 0, shown, at, text.length());
    }

    /** Where a word begins; counted from 0, without the program. */
    int offsetOf(int word) {
        int offset = program.length() + 1;
        for (OsString before : words.subList(0, word)) {
            offset += before.length() + 1;
        }
        return offset;
    }

    /** Replaces a part. */
    void replace(int offset, byte[] bytes) {
        memory.put(offset, bytes);
    }
}
