package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.testing.Programs;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of two who ask for the same process, because what was written down of it has been copied, one gets it. */
class AdoptedByOneTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final Processes processes = Processes.get(KIT.system());
    private Process process;
    private ProcessIdentity who;

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sleep", Programs.A_DAY).start();
        who = ProcessIdentity.ofRunning((int) process.pid()).orElseThrow();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    private ChildProcess adopt(String owner) throws PosixException {
        return ((Found.Running) processes.adopt(who, 0, false, owner)).process();
    }

    private void refused(String owner) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> adopt(owner))
                .satisfies(refusal -> assertThat(refusal.is("EBUSY")).isTrue());
    }

    @Test
    void who_asks_again_gets_it_again() throws Exception {
        ChildProcess first = adopt("one");

        assertThat(adopt("one")).isSameAs(first);
        assertThat(processes.isAnothers(who, "one")).isFalse();
    }

    @Test
    void somebody_else_does_not_get_it() throws Exception {
        ChildProcess first = adopt("one");

        refused("another");
        assertThat(processes.isAnothers(who, "another")).isTrue();
        assertThat(processes.find(who)).containsSame(first);
    }

    /** Of one that {@code /proc} had hidden no start tick was written down, and somebody else knows it with that. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void somebody_else_does_not_get_it_either_where_one_does_not_know_when_it_was_started(boolean isKnownFirst)
            throws Exception {
        ProcessIdentity without = new ProcessIdentity(who.pid(), 0, who.bootId());
        long inode = adopt("one").pidfdInode();
        assumeThat(inode).as("pidfds are numbered").isNotZero();
        processes.remove(processes.find(who).orElseThrow());
        ProcessIdentity first = isKnownFirst ? who : without;
        ProcessIdentity then = isKnownFirst ? without : who;
        ChildProcess adopted = ((Found.Running) processes.adopt(first, inode, false, "one")).process();

        assertThat(processes.isAnothers(then, "another")).isTrue();
        assertThat(processes.isAnothers(then, "one")).isFalse();
        assertThat(processes.find(then)).containsSame(adopted);
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> processes.adopt(then, inode, false, "another"));
        assertThat(((Found.Running) processes.adopt(then, inode, false, "one")).process())
                .isSameAs(adopted);
        processes.remove(adopted);
        assertThat(processes.isAnothers(then, "another")).isFalse();
    }

    @Test
    void what_was_started_here_is_nobodys_to_adopt() throws Exception {
        processes.add(adopt("one"), false);

        refused("one");
    }

    @Test
    void when_it_has_ended_its_number_is_free() throws Exception {
        processes.remove(adopt("one"));

        adopt("another");

        refused("one");
    }
}
