package io.github.pekkosupervisor.runit;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests each of which has a {@link Tree} of its own, in the one actor system of its class; one fails if a process is
 * left.
 */
abstract class InTree {

    private static final Map<Class<?>, ActorTestKit> KITS = new ConcurrentHashMap<>();

    @TempDir
    Path temp;

    Tree tree;

    /** That actor system; for those that have something special another one. */
    ActorTestKit newKit() {
        return ActorTestKit.create(getClass().getSimpleName());
    }

    final ActorTestKit kit() {
        return KITS.computeIfAbsent(getClass(), first -> newKit());
    }

    @BeforeEach
    void plant() {
        tree = new Tree(temp, kit());
    }

    @AfterEach
    void fell() {
        tree.close();
    }

    @AfterAll
    static void shut_down(TestInfo of) {
        of.getTestClass().map(KITS::remove).ifPresent(ActorTestKit::shutdownTestKit);
    }
}
