package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as {@link StopOfAllTest}, of service directories that are children of a tree which is stopped. */
@Execution(ExecutionMode.CONCURRENT)
class StopOfAllInTreeTest extends InGrove {

    private Service stubborn() throws IOException {
        return grove.service("web").script("run", StopOfAllTest.STUBBORN);
    }

    private void stopWith(Service web, ChildSpec child, String letter) throws IOException {
        grove.start(child.withShutdown(Shutdown.infinity()));
        web.awaitLines("starts", 1);
        CompletableFuture<Void> over = CompletableFuture.runAsync(grove.tree()::close);
        StopOfAllTest.awaitAsked(web);

        web.control(letter);

        Grove.get(over);
        assertThat(grove.pids()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "u", "o", "ud"})
    void letter_to_one_of_a_services_directory_does_not_keep_the_tree_waiting(String letters) throws IOException {
        Service web = stubborn();

        stopWith(web, grove.services(), letters);
    }

    /** {@code control/t} would end it by a TERM: nothing has it go on. */
    @ParameterizedTest
    @ValueSource(strings = {"dk", "uk", "ok", "xk"})
    void letter_to_one_by_otps_rules_does_not_either(String letters) throws IOException {
        Service web = stubborn();

        stopWith(web, grove.one(web), letters);
    }
}
