package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests each of which has an {@link Estate} of its own. In their short form one row of each table is played. */
@ExtendWith(OneRow.class)
abstract class InEstate {

    /** {@code -Dpekko-supervisor.test.adoption=long} for the sizes that the specification names. */
    static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.adoption"));

    /** For {@link Estate#startBelow}: waits for each as it ends, as process 1 is to do. */
    static final String PROMPTLY = "1 while waitpid(-1, 0) > 0; sleep 3600 while 1";

    static final String NOBODY = "65534";

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    /** What a launcher may do. */
    enum Rights {
        /** What this JVM may. */
        OURS,
        /** What a user may who is not root. */
        NOBODYS,
        /** All that root may, but look at the processes of others, as in most containers. */
        ROOTS_WITHOUT_TRACING;

        /**
         * The words before a command that is to have them, and a session of its own, as a system's launcher has: it
         * knows some of its processes by that alone, and those of other tests are not to be among them.
         */
        List<String> prefix() {
            return switch (this) {
                case OURS -> List.of();
                case NOBODYS ->
                    List.of("setsid", "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--");
                // the last two let root look into environments, since Linux 6.16
                case ROOTS_WITHOUT_TRACING ->
                    List.of("setsid", "setpriv", "--bounding-set=-sys_ptrace,-sys_admin,-perfmon", "--");
            };
        }
    }

    @TempDir
    Path temp;

    Estate estate;

    @BeforeEach
    void open() throws IOException {
        estate = new Estate(temp);
    }

    @AfterEach
    void close() {
        estate.close();
    }

    static void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        Needs.that(Files.isExecutable(SETPRIV), "no setpriv to become another user with");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
    }

    /**
     * What a {@code finish} may be told of the end of an adopted one that was noticed at once, and for which its parent
     * has waited at once if we may not look into it. Since Linux 6.15 a pidfd tells how its process ended, whoever has
     * waited for it; before that it is known only if we come before its parent, which nobody can promise.
     */
    static List<String> toldOf(String end) {
        return knowsEnds() ? List.of(end) : List.of(end, "-1 0");
    }

    /** Whether the kernel tells how a process has ended that is no child of ours. */
    static boolean knowsEnds() {
        String[] version = System.getProperty("os.version").split("[^0-9]+", -1);
        int major = Integer.parseInt(version[0]);
        return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 15);
    }

    void letOthersIn() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Which system call it is, for a language that has no name for it. */
    static int numberOfPrctl() {
        String processor = System.getProperty("os.arch");
        assumeTrue(List.of("amd64", "aarch64").contains(processor), "the number of prctl is not known here");
        return processor.equals("amd64") ? 157 : 167;
    }

    /** From now on launchers have these rights, and what there is by now belongs to their user. */
    void launchWith(Rights rights) throws IOException {
        if (rights != Rights.OURS) {
            needsRoot();
            letOthersIn();
            estate.startedBy(rights.prefix().toArray(String[]::new));
        }
        if (rights == Rights.NOBODYS) {
            toNobody(estate.root());
        }
    }

    static void toNobody(Path directory) {
        assertThat(Estate.run("chown", "-R", NOBODY + ":" + NOBODY, directory.toString()))
                .isEmpty();
    }

    // ---- those that die with the launcher

    static final String KILL = "when-supervisor-dies = kill";

    /** With this in its {@code service.conf}. */
    static Path conf(Path directory, String text) throws IOException {
        Files.writeString(directory.resolve("service.conf"), text + "\n");
        return directory;
    }

    /** Who sees to them. */
    List<OneProcess> guards() {
        return ProcessHandle.of(estate.launcher().pid()).stream()
                .flatMap(ProcessHandle::children)
                .filter(child ->
                        List.of(child.info().arguments().orElse(new String[0])).contains("pekko-supervisor-guard"))
                .map(child -> new OneProcess(child.pid()))
                .filter(OneProcess::runs)
                .toList();
    }

    OneProcess awaitGuard() {
        patiently().until(() -> guards().size() == 1);
        return guards().get(0);
    }

    OneProcess awaitOtherGuard(OneProcess first) {
        return patiently()
                .until(this::guards, guards -> guards.size() == 1 && !guards.contains(first))
                .get(0);
    }
}
