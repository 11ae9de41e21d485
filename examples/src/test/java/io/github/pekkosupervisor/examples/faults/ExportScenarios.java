package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.actor.ChildRunner;
import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.runit.export.ServiceEntry;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.runit.export.ServicesHolder;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** What a tree goes through that is shown as runit's service directories. */
enum ExportScenarios implements Scenario {

    /**
     * Two trees in a directory that is made for them; a child's files are removed, one exits, all end. A service
     * directory is linked to, and a link is where a child is to be shown.
     */
    SHOWN {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path directory = lane.directory().resolve(id);
            ServiceExport export = ServiceExport.to(directory).withGroup(ownGroup(lane.directory()));
            go.run();
            Services services = new Services();
            SupervisionTree tree = start(
                    lane, export, actor("a"), actor("b"), actor("x".repeat(300)), ChildSpec.of("services", services));
            Lane.await_("a of " + id, () -> areReady(directory, "a"));
            Files.createSymbolicLink(directory.resolve("other.a"), Path.of("/gone/./a"));
            SupervisionTree other = start(lane, export.withName("other"), actor("a"));
            Lane.await_("all of " + id, () -> areReady(directory, "a", "b", "other.a", "@tree", "other"));
            Path web = directory.resolve("services.web");
            Lane.await_("the link of " + id, () -> leadsTo(web, "/sv/./web"));
            Files.delete(web);
            Files.createSymbolicLink(web, Path.of("/gone/./web"));
            services.found();
            Lane.await_("the link anew of " + id, () -> leadsTo(web, "/sv/./web"));

            remove(directory.resolve("a/supervise"));
            Instant before = Instant.now();
            assertThat(ProcessLane.done(tree.root().renewChild("a"))).isInstanceOf(SupervisorResult.Started.class);
            Lane.await_(
                    "files anew of " + id,
                    () -> areReady(directory, "a")
                            && !status(directory, "a").stamp().plusMillis(2).isBefore(before));
            Files.writeString(directory.resolve("b/supervise/control"), "x", StandardOpenOption.WRITE);
            Lane.await_(
                    "b of " + id + " is closed",
                    () -> leadToTheSame(
                            directory.resolve("b/supervise/ok"), directory.resolve(".pekko-supervisor/ok.closed")));
            assertThat(status(directory, "b").state()).isEqualTo(State.DOWN);

            other.close();
            tree.close();
            for (String name : List.of("a", "b", "other.a", "@tree", "other")) {
                assertThat(status(directory, name).state()).as(name).isEqualTo(State.DOWN);
            }
        }
    },

    /** What an earlier tree has left goes after a while, and a child that is forgotten. */
    SHOWN_NO_LONGER {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path directory = lane.directory().resolve(id);
            ServiceExport export = ServiceExport.to(directory);
            start(lane, export, actor("left"), actor("copied"), actor("again")).close();
            for (String name : List.of("copied", "again")) {
                Path lock = directory.resolve(name + "/supervise/lock");
                Files.delete(lock);
                Files.createFile(lock);
            }
            Path half = directory.resolve(".pekko-supervisor/tmp-9/supervise");
            Files.createDirectories(half);
            Files.createFile(half.resolve("pid"));
            Files.createFile(directory.resolve(".pekko-supervisor/tmp-10"));
            go.run();
            SupervisionTree tree = start(lane, export, actor("a").withRestart(RestartType.TEMPORARY), actor("again"));
            Lane.await_("all of " + id, () -> areReady(directory, "a", "again", "@tree"));
            assertThat(directory.resolve(".pekko-supervisor/tmp-9")).doesNotExist();

            ProcessLane.done(tree.root().terminateChild("a"));

            Lane.await_(
                    "what is no more of " + id,
                    () -> Stream.of("a", "left", "copied").noneMatch(name -> Files.exists(directory.resolve(name))));
            tree.close();
        }
    };

    /** A kind of child that says that it has a service directory, and has none. */
    private static final class Services implements ChildKind, ChildRunner, ServicesHolder {

        private final AtomicReference<@Nullable IncarnationContext> incarnation = new AtomicReference<>();

        private record Entry(String path, Optional<String> entryGone, Optional<String> entryThere)
                implements ServiceEntry {}

        void found() {
            IncarnationContext child = Objects.requireNonNull(incarnation.get(), "it has not been started");
            child.tell(new Entry(TreePath.below(child.path(), "web"), Optional.empty(), Optional.of("web")));
        }

        @Override
        public Behavior<?> incarnation(IncarnationContext child) {
            incarnation.set(child);
            found();
            return Behaviors.empty();
        }

        @Override
        public boolean acknowledgesItself() {
            return false;
        }

        @Override
        public String name() {
            return "services";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.empty();
        }

        @Override
        public OsString servicesDirectory() {
            return OsString.of("/sv");
        }
    }

    abstract void play(RunitLane lane, String id, Runnable go) throws Exception;

    @Override
    public void play(Lane lane, String id, Runnable go) throws Exception {
        play((RunitLane) lane, id, go);
    }

    private static ChildSpec actor(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static SupervisionTree start(RunitLane lane, ServiceExport export, ChildSpec... children) {
        Options options =
                Options.defaults().withSystem(lane.system()).withLogging(false).withExport(export);
        return lane.faults()
                .within(() -> SupervisionTree.start(ProcessLane.root().withChildren(List.of(children)), options));
    }

    static String ownGroup(Path directory) throws IOException {
        Path probe = Files.createTempFile(
                directory,
                "group",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.getAttribute(probe, "unix:gid").toString();
    }

    private static boolean areReady(Path directory, String... names) {
        return Stream.of(names)
                .allMatch(name -> status(directory, name).state() == State.RUN
                        && Files.exists(directory.resolve(name + "/supervise/.ready")));
    }

    private static ServiceStatus status(Path directory, String name) {
        try {
            return StatusBytes.parse(Files.readAllBytes(directory.resolve(name + "/supervise/status")))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leadToTheSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean leadsTo(Path link, String text) {
        try {
            return Files.readSymbolicLink(link).toString().equals(text);
        } catch (IOException e) {
            return false;
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
