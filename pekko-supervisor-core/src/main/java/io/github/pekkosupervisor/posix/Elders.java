package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The processes that were here before this one, by the directories that they were in when somebody asked first: one
 * look at all, however many ask. By the texts of links, since to look at a directory may take for ever, where a file
 * server does not answer.
 *
 * @param places by the path of a directory, without links: the numbers of those in it
 * @param hidden the numbers of those of whom that cannot be seen
 */
record Elders(Map<OsString, List<Integer>> places, List<Integer> hidden) {

    /** By the user who has looked: not all may see the same. */
    private static final Map<Integer, Elders> KNOWN = new HashMap<>();

    /**
     * The numbers of those in a directory, and perhaps of others who came later.
     *
     * @param path without links
     * @throws PosixException if they cannot be seen now
     */
    static List<Integer> in(OsString path) throws PosixException {
        return all().places().getOrDefault(path, List.of());
    }

    /** All of them, and perhaps others who came later. */
    static synchronized Elders all() throws PosixException {
        Elders all = KNOWN.get(OwnProcess.user());
        if (all == null) {
            all = look();
            KNOWN.put(OwnProcess.user(), all);
        }
        return all;
    }

    private static Elders look() throws PosixException {
        Elders all = new Elders(new HashMap<>(), new ArrayList<>());
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            for (OsString name : processes.list()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9') {
                    all.put(processes, name);
                }
            }
        }
        return all;
    }

    private void put(Directory processes, OsString name) throws PosixException {
        Integer pid = Integer.valueOf(name.toString());
        try {
            OsString place = processes.readLink(name.plus("/cwd"));
            places.computeIfAbsent(place, path -> new ArrayList<>()).add(pid);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            if (!e.is("ENOENT") && !e.is("ESRCH")) {
                hidden.add(pid);
            }
        }
    }
}
