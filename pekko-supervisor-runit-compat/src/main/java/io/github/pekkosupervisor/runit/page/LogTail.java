package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The last lines of a service directory's log: of the file {@code current} in {@code log/main}, or in another directory
 * in {@code log} that has one. Where the log is elsewhere nobody can say, since {@code log/run} is a program.
 */
final class LogTail {

    static final int LINES = 20;

    /** Of the end of the file, in bytes. */
    private static final int MOST = 16 * 1024;

    /** Of directories in {@code log} that are looked at. */
    private static final int MOST_DIRECTORIES = 20;

    private static final OsString LOG = OsString.of("log");
    private static final OsString USUAL = OsString.of("main");
    private static final OsString CURRENT = OsString.of("current");
    private static final List<OsString> NO_LOGS =
            List.of(OsString.of("supervise"), OsString.of("control"), OsString.of("env"));

    private LogTail() {}

    /** Empty if none is found, or it cannot be read. */
    static Optional<List<String>> of(OsString serviceDirectory) {
        try (Directory service = Directory.open(serviceDirectory);
                Directory log = service.directory(LOG)) {
            Optional<List<String>> usual = in(log, USUAL);
            if (usual.isPresent()) {
                return usual;
            }
            List<OsString> names = log.list().stream()
                    .filter(name -> !name.startsWith(".") && !NO_LOGS.contains(name))
                    .sorted()
                    .limit(MOST_DIRECTORIES)
                    .toList();
            for (OsString name : names) {
                Optional<List<String>> found = in(log, name);
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (PosixException e) {
            // it has no log that we may see
        }
        return Optional.empty();
    }

    private static Optional<List<String>> in(Directory log, OsString name) {
        try (Directory directory = log.directory(name)) {
            FileStatus status = directory.linkStatus(CURRENT);
            if (!status.isRegularFile()) {
                return Optional.empty();
            }
            try (Descriptor file = directory.openRead(CURRENT, Directory.Links.REFUSE)) {
                long from = Math.max(0, status.size() - MOST);
                file.seek(from);
                return Optional.of(lines(file.read(MOST), from == 0));
            }
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    /** @param isWhole whether the first line is there from its beginning */
    static List<String> lines(byte[] bytes, boolean isWhole) {
        List<String> lines = new ArrayList<>(Arrays.asList(new String(bytes, UTF_8).split("\n", -1)));
        // behind the last end of a line
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        if (!isWhole && lines.size() > 1) {
            lines.remove(0);
        }
        return List.copyOf(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    }
}
