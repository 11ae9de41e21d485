package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.runit.Tree.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Where it cannot be shown at once that one that runs is hung. */
@Isolated("calls are refused in the whole JVM")
class HungFilesTest extends InTree {

    private final Told told = new Told();

    /** It lives, so that whoever looks sees it ready until that is done. */
    @Test
    void what_says_that_it_is_ready_is_removed_as_soon_as_that_can_be() throws Exception {
        Service web = tree.service("web").script("run", "touch well; echo >&3; exec 3>&-; exec sleep 1000");
        Files.writeString(web.path().resolve("service.conf"), """
                ready { notification-fd = 3 }
                live { command = [test, -e, well], every = 100ms, timeout = 60s, failures = 2, then = report }
                """);
        tree.start(settings -> settings.withListener(told));
        web.awaitRun();
        Path ready = web.path().resolve("supervise/.ready");
        patiently().until(() -> Files.exists(ready));

        try (RefusedCalls refused = new RefusedCalls("unlinkat", "EIO", "ReadyFiles.hide", 2)) {
            Files.delete(web.path().resolve("well"));
            patiently().until(() -> refused.refused() == 2);
            patiently().until(() -> !Files.exists(ready));
        }

        tree.awaitMessage("runsv web: warning: unable to remove supervise/.ready, by which sv sees that it is ready,"
                + " which it is not; it is tried each second: input/output error\n");
        assertThat(told.words("/web").stream().filter("Hung"::equals)).hasSize(1);
    }
}
