package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ForeseenRefusals;
import io.github.pekkosupervisor.runit.export.LinkedService;
import io.github.pekkosupervisor.runit.export.ServicesHolder;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What a tree names that is not there as this machine is now: users, programs, directories, files with variables. */
final class NotThere {

    private NotThere() {}

    /**
     * In words, a line each, with the path of the child.
     *
     * @param looksAt the children that are looked at, by their paths
     */
    static List<String> of(SupervisorSpec tree, Predicate<String> looksAt) {
        List<String> all = new ArrayList<>();
        add(tree, TreePath.TOP, looksAt, all);
        return all;
    }

    private static void add(SupervisorSpec supervisor, String path, Predicate<String> looksAt, List<String> all) {
        for (ChildSpec child : supervisor.children()) {
            String itsPath = TreePath.below(path, child.id());
            if (child.kind() instanceof SupervisorKind below && below.known() != null) {
                add(below.known(), itsPath, looksAt, all);
            } else if (looksAt.test(itsPath)) {
                of(child.kind()).forEach(words -> all.add(itsPath + ": " + words));
            }
        }
    }

    private static List<String> of(ChildKind kind) {
        if (kind instanceof ProcessKind process) {
            return ForeseenRefusals.of(process.spec());
        }
        if (kind instanceof LinkedService service) {
            return directory("service directory", service.serviceDirectory());
        }
        return kind instanceof ServicesHolder services
                ? directory("services directory", services.servicesDirectory())
                : List.of();
    }

    private static List<String> directory(String what, OsString path) {
        Optional<FileStatus> status;
        try {
            status = Directory.statusOf(path);
        } catch (PosixException e) {
            return List.of("the " + what + " " + path + " cannot be looked at: " + e.getMessage());
        }
        if (status.isEmpty()) {
            return List.of("the " + what + " " + path + " is not there; make it, or correct its path");
        }
        return status.get().isDirectory()
                ? List.of()
                : List.of("the " + what + " " + path + " is a file, and no directory; correct its path");
    }
}
