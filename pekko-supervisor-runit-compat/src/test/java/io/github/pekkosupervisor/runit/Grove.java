package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/**
 * Service directories as children of core's trees, in an actor system of the tree's own with the settings that an
 * application has. Closing it closes the tree and fails if a process is left.
 */
final class Grove implements AutoCloseable {

    private final Path directory;
    private final Tree plants;
    private final List<TreeEvent> told = new CopyOnWriteArrayList<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private @Nullable SupervisionTree tree;

    Grove(Path directory) {
        this.directory = directory;
        this.plants = new Tree(directory);
    }

    Service service(String name) throws IOException {
        return plants.service(name);
    }

    /**
     * Waits until a sleeper has noted so many starts, and the last of its processes is what it becomes: earlier it
     * could be ended without a trace. {@code status} tells of it by then, and {@code sv} finds somebody there.
     */
    long awaitStarts(Service sleeper, int count) {
        List<String> starts = sleeper.awaitLines("starts", count);
        assertThat(starts).hasSize(count);
        long pid = Long.parseLong(starts.get(count - 1));
        patiently().until(() -> pids().contains(pid));
        patiently().ignoreExceptions().until(() -> sleeper.status().pid() == pid && isOpen(sleeper));
        return pid;
    }

    private static boolean isOpen(Service service) throws PosixException {
        try (Directory directory = Directory.open(OsString.of(service.path().toString()));
                Descriptor ok = directory.openWrite(OsString.of("supervise/ok"))) {
            return ok.number() >= 0;
        }
    }

    /** A service that sleeps, and notes each start in the file {@code starts}. */
    Service sleeper(String name) throws IOException {
        return service(name).script("run", "echo $$ >>starts; exec sleep 1000");
    }

    Path directory() {
        return directory;
    }

    /** All of them as one child. */
    ChildSpec services() {
        return ServiceDirectories.scanned("services", settings(directory));
    }

    /** One of them by itself, by OTP's rules. */
    ChildSpec one(Service service) {
        return ServiceDirectories.one("web", settings(service.path()));
    }

    RunsvdirSettings settings(Path of) {
        return ServiceDirectories.settings(of).withMessages(message -> messages.add(message.toString()));
    }

    SupervisionTree start(SupervisorSpec spec) {
        return start(spec, options -> options);
    }

    SupervisionTree start(SupervisorSpec spec, UnaryOperator<Options> changed) {
        tree = SupervisionTree.start(
                spec, changed.apply(Options.defaults().withLogging(false).withListener(told::add)));
        return tree;
    }

    SupervisionTree start(ChildSpec... children) {
        return start(SupervisorSpec.oneForOne().withChildren(List.of(children)));
    }

    SupervisionTree tree() {
        if (tree == null) {
            throw new IllegalStateException("not started");
        }
        return tree;
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(Tree.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    ChildInfo child(String id) {
        return (ChildInfo) get(tree().root().child(id));
    }

    ChildHandle handle(String id) {
        return child(id).handle().orElseThrow();
    }

    /** Waits until it has been started again so often, and is ready. */
    void awaitRestarts(String id, long number) {
        patiently().untilAsserted(() -> {
            Node node = node("/" + id);
            assertThat(node.restarts()).as("%s, %s", node, told).isEqualTo(number);
            assertThat(node.ready()).as("%s, %s", node, told).isTrue();
        });
    }

    Node node(String path) {
        return get(tree().snapshot()).find(path).orElseThrow();
    }

    /** The supervision of a child by runit's rules fails, as if for a defect of ours. */
    void crash(String id) {
        crash(handle(id).ref().path());
    }

    /** The same of one service directory by itself, whose keeper has it. */
    void crashOne(String id) {
        ChildHandle handle = handle(id);
        crash(handle.ref().path().parent().child("keeper-" + id + "-" + handle.first()));
    }

    private void crash(ActorPath owner) {
        Adapter.toClassic(tree().system())
                .actorSelection(owner.child(ServicesChild.BELOW))
                .tell(Kill.getInstance(), ActorRef.noSender());
    }

    /** Whether the tree still has something of a process. */
    boolean keeps(ProcessIdentity process) {
        return Processes.get(tree().system()).find(process).isPresent();
    }

    List<TreeEvent> told() {
        return List.copyOf(told);
    }

    /** What its supervisor said of the ends of a child, and nothing else. */
    List<String> ends(String id) {
        return told.stream()
                .filter(SupervisorEvent.ChildTerminated.class::isInstance)
                .map(SupervisorEvent.ChildTerminated.class::cast)
                .filter(event -> event.child().id().equals(id))
                .map(event -> event.reason().toString())
                .toList();
    }

    /** Waits until it has ended so often and so; who listens hears of it a moment after it was so. */
    void awaitEnds(String id, String... reasons) {
        patiently().untilAsserted(() -> assertThat(ends(id)).containsExactly(reasons));
    }

    List<String> messages() {
        return List.copyOf(messages);
    }

    List<Long> pids() {
        return plants.pids();
    }

    /** The first process that somebody has. */
    static Optional<ProcessHandle> process(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    @Override
    public void close() {
        try {
            if (tree != null) {
                tree.close();
            }
        } finally {
            plants.close();
        }
    }
}
