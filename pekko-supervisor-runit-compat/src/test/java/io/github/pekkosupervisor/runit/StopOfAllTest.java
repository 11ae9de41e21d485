package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Tree.Service;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A letter that is read after all was told to end has its service go on, as by runit. There the launcher has ended by
 * then; ours is not to wait for ever.
 */
@Execution(ExecutionMode.CONCURRENT)
class StopOfAllTest extends InTree {

    /** Ends by its second TERM, and each that comes after that. */
    static final String STUBBORN = """
            [ -p hold ] || mkfifo hold; exec 3<>hold
            # by the shell alone, which may be killed at any time and leaves nobody
            n=0; [ ! -e terms ] || while read -r x; do n=$((n+1)); done <terms
            trap 'echo TERM >>terms; n=$((n+1)); [ $n -lt 2 ] || exit 0' TERM
            echo $$ >>starts
            while :; do read x <&3; done""";

    private static final String SLEEP = "exec sleep 1000";

    private final List<ServiceEvent> told = new CopyOnWriteArrayList<>();

    /** Waits until it was asked to end, and has not obeyed yet. The 20 bytes do not tell that from want down. */
    static void awaitAsked(Service stubborn) {
        stubborn.awaitLines("terms", 1);
        patiently().until(() -> stubborn.lines("supervise/stat").toString().startsWith("[run, got TERM, want "));
    }

    private void start() {
        tree.start(settings -> settings.withListener(told::add));
    }

    private void awaitObeyed(ServiceEvent.Unit unit, String letter) {
        patiently()
                .until(() -> told.stream()
                        .anyMatch(event -> event instanceof ServiceEvent.ControlByte read
                                && read.unit() == unit
                                && read.letter() == letter.charAt(0)));
    }

    private Service stubborn() throws IOException {
        return tree.service("web").script("run", STUBBORN);
    }

    /** It sees TERM from then on. */
    private static void awaitReady(Service stubborn) {
        stubborn.awaitLines("starts", 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "u", "o", "ud", "x", "du"})
    void letter_after_it_does_not_keep_the_launcher_waiting(String letters) throws IOException {
        Service web = stubborn();
        start();
        awaitReady(web);
        Runnable over = tree.beginStop(Runsvdir.Stop::new);
        awaitAsked(web);

        web.control(letters);

        over.run();
        assertThat(tree.pids()).isEmpty();
        assertThat(web.lines("supervise/stat")).containsExactly("down");
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "u", "o"})
    void nor_in_a_stop_in_order(String letter) throws IOException {
        Service web = stubborn();
        tree.startInOrder();
        awaitReady(web);
        Runnable over = tree.beginStop(Runsvdir.StopAsTold::new);
        awaitAsked(web);

        web.control(letter);

        over.run();
        assertThat(tree.pids()).isEmpty();
    }

    /** Its logger has a new pipe for that. */
    @ParameterizedTest
    @ValueSource(strings = {"d", "u", "o"})
    void nor_while_a_logger_drains(String letter) throws IOException {
        Service web = tree.service("web")
                .script("run", "echo $$ >>starts; " + SLEEP)
                .script("log/run", "trap '' TERM; cat >/dev/null; echo >>ends; until [ -e go ]; do sleep 0.1; done");
        start();
        web.awaitLines("starts", 1);
        web.awaitLogRun();
        Runnable over = tree.beginStop(Runsvdir.Stop::new);
        web.awaitLines("log/ends", 1);

        web.control(letter);
        awaitObeyed(ServiceEvent.Unit.SERVICE, letter);
        web.file("log/go");

        over.run();
        assertThat(tree.pids()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "u", "o", "x"})
    void letter_to_a_logger_does_not_either(String letter) throws IOException {
        Service web = tree.service("web")
                .script("run", STUBBORN)
                .script("log/run", "trap '' TERM; exec 3>&1; while read line; do :; done");
        start();
        awaitReady(web);
        web.awaitLogRun();
        Runnable over = tree.beginStop(Runsvdir.Stop::new);
        awaitAsked(web);

        web.logControl(letter);
        awaitObeyed(ServiceEvent.Unit.LOG, letter);
        web.control("d");

        over.run();
        assertThat(tree.pids()).isEmpty();
    }

    /** Whoever does not take it back gets its TERM once, however long it takes. */
    @Test
    void nobody_is_asked_again_who_is_ending() throws IOException {
        Service web = stubborn();
        Service db = tree.service("db").script("run", STUBBORN);
        start();
        awaitReady(web);
        awaitReady(db);
        Runnable over = tree.beginStop(Runsvdir.Stop::new);
        awaitAsked(web);
        awaitAsked(db);

        web.control("u");
        web.awaitLines("terms", 2);

        assertThat(db.lines("terms")).containsExactly("TERM");
        db.control("t");
        over.run();
    }
}
