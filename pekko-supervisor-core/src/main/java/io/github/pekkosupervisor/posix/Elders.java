package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes that were here before this one, by the directories that they were in when somebody asked first: one
 * look at all, however many ask. By the texts of links, since to look at a directory may take for ever, where a file
 * server does not answer.
 */
final class Elders {

    private static @Nullable Map<OsString, List<Integer>> known;

    private Elders() {}

    /**
     * The numbers of those in a directory, and perhaps of others who came later.
     *
     * @param path without links
     * @throws PosixException if they cannot be seen now
     */
    static synchronized List<Integer> in(OsString path) throws PosixException {
        Map<OsString, List<Integer>> all = known;
        if (all == null) {
            all = look();
            known = all;
        }
        return all.getOrDefault(path, List.of());
    }

    private static Map<OsString, List<Integer>> look() throws PosixException {
        Map<OsString, List<Integer>> all = new HashMap<>();
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            for (OsString name : processes.list()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9') {
                    put(all, processes, name);
                }
            }
        }
        return all;
    }

    private static void put(Map<OsString, List<Integer>> all, Directory processes, OsString name)
            throws PosixException {
        try {
            OsString place = processes.readLink(name.plus("/cwd"));
            all.computeIfAbsent(place, path -> new ArrayList<>()).add(Integer.valueOf(name.toString()));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it has ended, or we may not look
        }
    }
}
