package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where this process is among the control groups of cgroup v2, as {@code /proc} tells it.
 *
 * @param group the path that the kernel has for its group, below the root of what is shown here
 * @param directory of that group
 */
record CgroupPlace(String group, String directory) {

    private static final int ROOT_FIELD = 3;
    private static final int POINT_FIELD = 4;
    private static final int FIELDS = 5;
    private static final String UNIFIED = "0::";
    private static final int OCTAL_DIGITS = 3;
    private static final int OCTAL = 8;

    /** A place where cgroup v2 is mounted: which group is there, and where that is. */
    private record Mount(String root, String point) {
        /** Where a group is, if it is below this one. */
        Optional<String> directoryOf(String group) {
            if (root.equals("/")) {
                return Optional.of(join(point, group));
            }
            return group.equals(root) || group.startsWith(root + "/")
                    ? Optional.of(join(point, group.substring(root.length())))
                    : Optional.empty();
        }
    }

    /**
     * By the text of {@code /proc/self/cgroup} and of {@code /proc/self/mountinfo}; empty if there is no cgroup v2, or
     * the group is not shown here.
     */
    static Optional<CgroupPlace> parse(String groups, String mounts) {
        return groupOf(groups)
                .flatMap(group -> mounts(mounts).stream()
                        .flatMap(mount -> mount.directoryOf(group).stream())
                        .findFirst()
                        .map(directory -> new CgroupPlace(group, directory)));
    }

    /**
     * The group of cgroup v2 in the text of {@code /proc/PID/cgroup}; empty if it is in none, or in one out of sight.
     */
    static Optional<String> groupOf(String groups) {
        return groups.lines()
                .filter(line -> line.startsWith(UNIFIED + "/"))
                .map(line -> line.substring(UNIFIED.length()))
                .filter(group -> !group.startsWith("/..") && !group.endsWith(" (deleted)"))
                .findFirst();
    }

    private static List<Mount> mounts(String mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        mountinfo.lines().forEach(line -> {
            int dash = line.indexOf(" - ");
            String[] fields = line.split(" ", FIELDS + 1);
            if (dash > 0 && line.startsWith("cgroup2 ", dash + " - ".length()) && fields.length > FIELDS) {
                mounts.add(new Mount(plain(fields[ROOT_FIELD]), plain(fields[POINT_FIELD])));
            }
        });
        return mounts;
    }

    /** Blanks and the like are written in octal there. */
    private static String plain(String field) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            int end = i + 1 + OCTAL_DIGITS;
            if (field.charAt(i) == '\\'
                    && end <= field.length()
                    && field.substring(i + 1, end).matches("[0-3][0-7]{2}")) {
                text.append((char) Integer.parseInt(field.substring(i + 1, end), OCTAL));
                i = end - 1;
            } else {
                text.append(field.charAt(i));
            }
        }
        return text.toString();
    }

    /** The group above this one. */
    CgroupPlace above() {
        return new CgroupPlace(parent(group), parent(directory));
    }

    /** One in it. */
    CgroupPlace below(String name) {
        return new CgroupPlace(join(group, name), join(directory, name));
    }

    /** The last part of its path; empty of the first one of all. */
    String name() {
        return group.substring(group.lastIndexOf('/') + 1);
    }

    private static String parent(String path) {
        int last = path.lastIndexOf('/');
        return last <= 0 ? "/" : path.substring(0, last);
    }

    private static String join(String path, String rest) {
        String below = rest.startsWith("/") ? rest.substring(1) : rest;
        if (below.isEmpty()) {
            return path;
        }
        return path.endsWith("/") ? path + below : path + "/" + below;
    }
}
