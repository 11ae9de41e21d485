package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 18: what becomes of the entries of the services directory, and of what they lead to, while nobody looks. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfEntriesTest extends InEstate {

    private static final String SLEEP = "exec sleep 100000";

    /** Tells of its ends, so that it can be seen in which order things happen. */
    private Path telling(String name) throws Exception {
        return estate.make(name, telling(name, "diary"));
    }

    private String telling(String name, String file) {
        Path diary = estate.root().resolve(file);
        return "trap 'echo end of " + name + " >>" + diary + "; exit' TERM\necho start of " + name + " >>" + diary
                + "\nwhile :; do sleep 0.05; done";
    }

    private List<String> diary() {
        return lines(estate.root().resolve("diary"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_18_link_removed(boolean stateElsewhere) throws Exception {
        if (stateElsewhere) {
            estate.with("--state", estate.root().resolve("state").toString());
        }
        Path gone = telling("gone");
        script(gone.resolve("log/run"), "exec cat >>lines");
        Path kept = estate.sleeper("kept");
        estate.link("gone");
        estate.start();
        estate.awaitAllUp();
        int pid = status(kept).pid();
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");

        estate.start();
        patiently()
                .until(() -> Copies.of(gone).isEmpty()
                        && Copies.of(gone.resolve("log")).isEmpty());
        estate.awaitUp(kept);

        assertThat(diary()).containsExactly("start of gone", "end of gone");
        patiently().until(() -> status(gone).state() == State.DOWN);
        assertThat(status(kept).pid()).isEqualTo(pid);
        assertThat(Files.exists(estate.services().resolve(".pekko-supervisor"))).isEqualTo(!stateElsewhere);
        assertThat(estate.complaints()).isEmpty();
        // and the next one does not find it any more
        estate.lose();
        estate.awaitUp(kept);
        assertThat(Copies.of(gone)).isEmpty();
    }

    @Test
    void case_18_link_added() throws Exception {
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(kept);
        int pid = status(kept).pid();
        estate.killLauncher();
        Path added = estate.sleeper("added");

        estate.start();
        estate.awaitUp(kept, added);

        assertThat(status(kept).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_link_renamed() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Files.move(estate.services().resolve("web"), estate.services().resolve("www"));

        estate.start();
        estate.awaitUp(estate.services().resolve("www"));

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_link_switched() throws Exception {
        Path one = telling("one");
        Path two = telling("two");
        Path link = estate.services().resolve("web");
        Files.createSymbolicLink(link, one);
        estate.start();
        estate.awaitUp(one);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Files.delete(link);
        Files.createSymbolicLink(link, two);

        estate.start();
        estate.awaitUp(two);
        patiently().until(() -> diary().size() == 3);

        assertThat(diary()).containsExactly("start of one", "end of one", "start of two");
        assertThat(Copies.of(one)).isEmpty();
        assertThat(Copies.problems(List.of(two))).isEmpty();
    }

    @Test
    void case_18_service_directory_renamed_with_its_link() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Path www = Files.move(web, web.resolveSibling("www"));
        estate.unlink("web");
        Files.createSymbolicLink(estate.services().resolve("www"), www);

        estate.start();
        estate.awaitUp(www);

        assertThat(status(www).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(www))).isEmpty();
    }

    @Test
    void case_18_service_directory_renamed_and_its_link_leads_nowhere() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Path www = Files.move(web, web.resolveSibling("www"));

        estate.start();
        patiently().until(() -> Copies.of(www).isEmpty());

        assertThat(diary()).containsExactly("start of web", "end of web");
        patiently().until(() -> status(www).state() == State.DOWN);
    }

    @Test
    void case_18_run_replaced() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        int pid = status(web).pid();
        estate.killLauncher();
        Files.delete(web.resolve("run"));
        script(web.resolve("run"), telling("another", "diary"));

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        kill("KILL", pid);
        patiently().until(() -> diary().contains("start of another"));
        // what the killed one had started itself ends in a moment
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
    }

    /** In place, so that a directory that is made anew has the name that the old one had. */
    @Test
    void case_18_service_directory_removed_and_another_one_made_in_its_place() throws Exception {
        Path web = estate.services().resolve("web");
        script(Files.createDirectory(web).resolve("run"), telling("one", "diary"));
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Estate.run("rm", "-rf", web.toString());
        // the old one is there as long as its process is, so this is another one
        script(Files.createDirectory(web).resolve("run"), telling("two", "diary"));

        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 3);

        assertThat(diary()).containsExactly("start of one", "end of one", "start of two");
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_18_link_removed_and_added_again_with_a_new_launcher_between() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        estate.unlink("web");
        estate.start();
        patiently()
                .until(() -> status(web).state() == State.DOWN && Copies.of(web).isEmpty());

        estate.link("web");
        patiently().until(() -> status(web).state() == State.RUN);

        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_service_that_was_down_stays_as_it_was_and_one_without_a_process_needs_no_stop() throws Exception {
        Path down = estate.service("down", SLEEP);
        Files.createFile(down.resolve("down"));
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(kept);
        estate.awaitSupervised(down);
        estate.killLauncher();
        estate.unlink("down");

        estate.start();
        estate.awaitUp(kept);

        assertThat(Copies.of(down)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }
}
