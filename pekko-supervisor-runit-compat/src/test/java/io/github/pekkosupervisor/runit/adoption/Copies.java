package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The judge of second copies: looks at all processes of the machine, since one that nobody supervises is in no file of
 * ours. A process belongs to a service by where it is, or by a word of its command that no other service has.
 */
final class Copies {

    private static final int PARENT = 1;

    private Copies() {}

    /**
     * Who runs.
     *
     * @param cwd where it is; empty text if that cannot be read
     * @param words its command
     */
    private record Running(long pid, long parent, String cwd, List<String> words) {}

    /** The processes of each of these services, those that one of them has started itself excepted. */
    static Map<Path, List<Long>> of(Iterable<Path> services) {
        List<Running> all = all();
        Map<Path, List<Long>> found = new HashMap<>();
        for (Path service : services) {
            Path real = real(service);
            Set<Long> its = new HashSet<>();
            all.stream().filter(one -> belongs(one, real)).forEach(one -> its.add(one.pid()));
            found.put(
                    service,
                    all.stream()
                            .filter(one -> its.contains(one.pid()) && !its.contains(one.parent()))
                            .map(Running::pid)
                            .sorted()
                            .toList());
        }
        return found;
    }

    /** Those of one service. */
    static List<Long> of(Path service) {
        return of(List.of(service)).getOrDefault(service, List.of());
    }

    /** What is wrong, a line for each service of which there is not exactly one process. */
    static List<String> problems(Iterable<Path> services) {
        List<String> problems = new ArrayList<>();
        of(services).forEach((service, pids) -> {
            if (pids.size() != 1) {
                problems.add(service.getFileName() + ": " + pids.size() + " processes " + pids);
            }
        });
        return problems;
    }

    /** What is in a directory that has been removed belongs to it still, though another one is there by now. */
    private static boolean belongs(Running one, Path service) {
        return one.cwd().equals(service.toString())
                || one.cwd().equals(service + " (deleted)")
                || one.words().contains(token(service));
    }

    /** The word that the commands of a service have which go elsewhere. */
    static String token(Path service) {
        return "service=" + service;
    }

    private static Path real(Path service) {
        try {
            return service.toRealPath();
        } catch (IOException e) {
            return service.toAbsolutePath();
        }
    }

    private static List<Running> all() {
        List<Running> running = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = entry.getFileName().toString();
                if (Character.isDigit(name.charAt(0))) {
                    look(entry, Long.parseLong(name), running);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return running;
    }

    private static void look(Path entry, long pid, List<Running> running) {
        try {
            String stat = Files.readString(entry.resolve("stat"), ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            if (fields[0].equals("Z") || fields[0].equals("X")) {
                return;
            }
            List<String> words = List.of(
                    Files.readString(entry.resolve("cmdline"), ISO_8859_1).split("\0", -1));
            running.add(new Running(pid, Long.parseLong(fields[PARENT]), cwd(entry), words));
        } catch (IOException e) {
            // it has ended meanwhile
        }
    }

    private static String cwd(Path entry) {
        try {
            return Files.readSymbolicLink(entry.resolve("cwd")).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
