package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the programs are played once for an archive of their classes. The script that does so may be interrupted; then
 * this JVM ends with it, and what is left is swept the next time.
 *
 * @param library where the archives are
 * @param scratch a directory for files that are made up; there is none yet, or it is empty
 */
record TrainingGround(Path library, Path scratch) {

    /** Archives and scratch directories, by the process id of the script that made them; earlier names too. */
    private static final Pattern OURS = Pattern.compile(
            "(?:launcher-|tools-|archive-|classes\\.jsa\\.|tools\\.jsa\\.|launch\\.options\\.|made-for\\.)"
                    + "(\\d{1,18})(?:\\.jsa)?");

    /**
     * Sweeps and begins.
     *
     * @param words the directory of the archives, and the scratch directory with the process id of the script in its
     *     name
     * @throws IOException if the script is gone, too
     */
    static TrainingGround prepare(List<OsString> words) throws IOException {
        OwnProcess.dieWithParent();
        TrainingGround ground = new TrainingGround(
                Path.of(words.get(0).toString()), Path.of(words.get(1).toString()));
        if (!ground.scratch.toString().endsWith("-" + parent())) {
            throw new IOException("the script that wanted an archive is gone");
        }
        ground.sweep();
        Files.createDirectory(ground.scratch);
        return ground;
    }

    private static long parent() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    /** Removes what others have left whose process is gone. */
    private void sweep() throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(library)) {
            for (Path file : files) {
                Matcher name = OURS.matcher(file.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    left.add(file);
                }
            }
        }
        for (Path file : left) {
            delete(file);
        }
    }

    /** Removes the scratch directory. */
    void clear() throws IOException {
        delete(scratch);
    }

    private static void delete(Path top) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(top)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
