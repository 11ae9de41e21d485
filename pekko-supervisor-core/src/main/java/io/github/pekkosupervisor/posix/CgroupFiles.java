package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The files by which the kernel shows a control group and is told what to do with it. */
final class CgroupFiles {

    static final String PROCS = "cgroup.procs";
    static final String TYPE = "cgroup.type";
    static final String CONTROLLERS = "cgroup.controllers";
    static final String SUBTREE_CONTROL = "cgroup.subtree_control";
    static final String KILL = "cgroup.kill";

    private static final String EVENTS = "cgroup.events";
    private static final String STAT = "cgroup.stat";
    private static final String MEMORY_EVENTS = "memory.events";
    private static final int MODE = 0755;

    private CgroupFiles() {}

    /** A path is a string of bytes. */
    static OsString path(String directory) {
        return OsString.of(directory.getBytes(ISO_8859_1));
    }

    /** False if there is such a group already. */
    static boolean make(CgroupPlace place) throws PosixException {
        return FileCalls.makeDirectory(FileCalls.AT_FDCWD, path(place.directory()), MODE);
    }

    /** Nothing is told of one that is not there, or is not empty. */
    static boolean remove(String directory) {
        try {
            return FileCalls.removeDirectory(FileCalls.AT_FDCWD, path(directory));
        } catch (PosixException e) {
            return false;
        }
    }

    static String read(CgroupPlace place, String file) throws PosixException {
        return ProcFs.read(place.directory() + "/" + file);
    }

    /** Empty where there is no such file, as where its controller is not on. */
    static Optional<String> readIfThere(CgroupPlace place, String file) throws PosixException {
        try {
            return Optional.of(read(place, file));
        } catch (PosixException e) {
            if (isGone(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A group that is removed has its files for a moment. */
    static boolean isGone(PosixException e) {
        return e.is("ENOENT") || e.is("ENODEV");
    }

    /** Also where all descriptors are used: whoever is to be killed is not to live on for want of one. */
    static void write(CgroupPlace place, String file, String text) throws PosixException {
        OsString path = path(place.directory() + "/" + file);
        SpareDescriptor.look(() -> {
            try (Descriptor open = Descriptor.open(FileCalls.AT_FDCWD, path, FileCalls.O_WRONLY, 0)) {
                open.write(text.getBytes(ISO_8859_1));
                return true;
            }
        });
    }

    /** Puts a process into a group; one that has ended meanwhile need not be. */
    static void move(int pid, CgroupPlace to) throws PosixException {
        try {
            write(to, PROCS, Integer.toString(pid));
        } catch (PosixException e) {
            if (!e.is("ESRCH")) {
                throw e;
            }
        }
    }

    static Set<String> words(CgroupPlace place, String file) throws PosixException {
        return Arrays.stream(read(place, file).strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toSet());
    }

    /** Who is in it directly, but those of another world, who are shown as 0. Nobody if it is gone. */
    static List<Integer> processes(CgroupPlace place) throws PosixException {
        return readIfThere(place, PROCS)
                .map(text -> text.lines()
                        .map(Integer::valueOf)
                        .filter(pid -> pid > 0)
                        .toList())
                .orElse(List.of());
    }

    /** The groups in it, and in these. */
    static List<CgroupPlace> below(CgroupPlace place) throws PosixException {
        if (number(readIfThere(place, STAT).orElse(""), "nr_descendants") == 0) {
            return List.of();
        }
        List<CgroupPlace> all = new ArrayList<>();
        for (String name : directoriesIn(place)) {
            CgroupPlace one = place.below(name);
            all.add(one);
            all.addAll(below(one));
        }
        return all;
    }

    static List<String> directoriesIn(CgroupPlace place) throws PosixException {
        List<String> names = new ArrayList<>();
        try (Directory open = Directory.open(path(place.directory()))) {
            for (OsString name : open.list()) {
                if (open.linkStatusIfPresent(name)
                        .filter(FileStatus::isDirectory)
                        .isPresent()) {
                    names.add(new String(name.bytes(), ISO_8859_1));
                }
            }
        }
        return names;
    }

    /** Whether somebody runs in it, or in one below; not so if it is gone. */
    static boolean isPopulated(CgroupPlace place) throws PosixException {
        return number(readIfThere(place, EVENTS).orElse(""), "populated") != 0;
    }

    /** How many were killed in it, or below, for want of memory; 0 where nobody counts that. */
    static long killedForMemory(CgroupPlace place) throws PosixException {
        return number(readIfThere(place, MEMORY_EVENTS).orElse(""), "oom_kill");
    }

    /** In a file of lines {@code KEY NUMBER}; 0 if it is not there. */
    private static long number(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key + " "))
                .map(line -> line.substring(key.length() + 1).strip())
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .findFirst()
                .orElse(0L);
    }
}
