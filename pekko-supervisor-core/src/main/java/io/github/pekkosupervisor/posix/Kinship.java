package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * To whom a process belongs, at one moment.
 *
 * @param group its process group
 * @param session its session
 * @param ancestors its parent, the parent of that, and so on; 64 at most
 */
public record Kinship(int group, int session, List<Integer> ancestors) {

    private static final int MOST = 64;

    /** Copies. */
    public Kinship {
        ancestors = List.copyOf(ancestors);
    }

    /** Of the process that has this number now; empty if there is none, or where that cannot be seen. */
    public static Optional<Kinship> of(int pid) {
        try {
            Optional<ProcStat> found = pid > 0 ? ProcStat.of(pid) : Optional.empty();
            if (found.isEmpty()) {
                return Optional.empty();
            }
            List<Integer> ancestors = new ArrayList<>();
            Optional<ProcStat> next = found;
            while (next.isPresent() && next.get().parent() > 0 && ancestors.size() < MOST) {
                ancestors.add(next.get().parent());
                next = ProcStat.of(next.get().parent());
            }
            return Optional.of(new Kinship(found.get().group(), found.get().session(), ancestors));
        } catch (PosixException e) {
            // hidden from us, or no descriptor to look with
            return Optional.empty();
        }
    }

    /** The real user of the process that has this number now; empty if there is none, or where that is not told. */
    public static Optional<Integer> userOf(int pid) {
        String users = ProcFs.status(String.valueOf(pid), "Uid");
        try {
            return users.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(users.split("\\s", 2)[0]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
