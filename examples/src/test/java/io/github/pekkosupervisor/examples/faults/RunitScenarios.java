package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.LauncherLock;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.SingleService;
import io.github.pekkosupervisor.runit.StreamPlace;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.spec.ChildSpec;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;

/** What service directories go through. */
enum RunitScenarios implements Scenario {

    /** {@code run}, {@code finish}, control scripts, a logger process; d, u, a crash of both, an end. */
    LOGGER_PROCESS {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = lane.prepare(id)
                    .script("run", "echo begun >>starts; echo begun; exec sleep 1000")
                    .script("finish", "echo \"$1 $2\" >>ends")
                    .script("log/run", "exec cat >>../seen")
                    .script("control/t", "exit 1")
                    .script("control/d", "exit 0")
                    .script("control/u", "exit 0")
                    .old();
            go.run();
            lane.link(service);
            int first = service.awaitUp("", 0);
            service.awaitUp("log/", 0);

            Lane.await_("all lines of " + id, () -> haveLines(service, 1));
            command(lane, service, "d", State.DOWN);
            command(lane, service, "u", State.RUN);
            int second = service.awaitUp("", first);
            Lane.await_("all lines of " + id, () -> haveLines(service, 2));
            int logger = service.status("log/").pid();
            ServiceDirectoryUnderTest.kill(second);
            ServiceDirectoryUnderTest.kill(logger);
            service.awaitUp("", second);
            service.awaitUp("log/", logger);
            Lane.await_("all lines of " + id, () -> haveLines(service, 3));

            lane.unlink(service);
            Lane.await_(id + " is given up", service::isFree);
            assertThat(service.status("").state()).isEqualTo(State.DOWN);
            assertThat(service.lines("seen")).hasSameSizeAs(service.lines("starts"));
            assertThat(service.lines("ends")).hasSameSizeAs(service.lines("starts"));
        }
    },

    /** Ready by the descriptor that s6 has for it; a crash, an end. */
    READY {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = lane.prepare(id)
                    .script("run", "echo >&5; exec sleep 1000")
                    .file("notification-fd", "5\n")
                    .old();
            go.run();
            lane.link(service);
            int first = service.awaitUp("", 0);
            ServiceDirectoryUnderTest.kill(first);
            service.awaitUp("", first);

            lane.unlink(service);
            Lane.await_(id + " is given up", service::isFree);
            assertThat(service.status("").state()).isEqualTo(State.DOWN);
        }
    },

    /** A log of ours, which is rotated by size and by command and processed; h, a, a crash, an end. */
    OWN_LOG {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = lane.prepare(id)
                    .script("run", "for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; exec sleep 1000")
                    .file("service.conf", "log { directory = main }\n")
                    // the processor fails once
                    .file(
                            "log/main/config",
                            "s1020\nn0\nu127.0.0.1:9\n!test -e ../tried || exec >../tried false; cat\n")
                    .file("log/main/current", "line 0\n")
                    .file("log/main/@400000000000000000000000.t", "left over")
                    .old();
            go.run();
            lane.link(service);
            int first = service.awaitUp("", 0);
            awaitLog(service, 10);
            service.logControl("h");
            service.logControl("a");
            ServiceDirectoryUnderTest.kill(first);
            service.awaitUp("", first);
            awaitLog(service, 19);

            lane.unlink(service);
            Lane.await_(id + " is given up", service::isFree);
            assertThat(service.logged("log/main")).isEqualTo(lines(2));
            assertThat(service.path().resolve("log/main/@400000000000000000000000.t"))
                    .doesNotExist();
        }
    },

    /** A services directory from its beginning to its end, with a look at its entries that was asked for. */
    DIRECTORY {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path first = Files.createDirectories(lane.directory().resolve(id + ".1"));
            Path second = Files.createDirectories(lane.directory().resolve(id + ".2"));
            Path link = lane.directory().resolve(id);
            Files.createSymbolicLink(link, first);
            ServiceDirectoryUnderTest one = ServiceDirectoryUnderTest.create(first.resolve("one"))
                    .script("run", "exec sleep 1000")
                    .script("log/run", "exec cat >/dev/null")
                    .file("down", "")
                    .file("log/down", "")
                    .old();
            ServiceDirectoryUnderTest two = ServiceDirectoryUnderTest.create(second.resolve("two"))
                    .script("run", "exec sleep 1000")
                    .old();
            Files.createSymbolicLink(two.path().resolve("supervise"), Path.of("elsewhere"));
            go.run();
            LauncherLock lock = new LauncherLock();
            lane.faults().within(() -> lock.await(path(link), Lane.PATIENCE));
            ActorRef<Runsvdir.Command> runsvdir =
                    lane.spawn(Runsvdir.create(lane.settings(link), lock, StreamPlace.ALONE));
            one.awaitState(State.DOWN);
            lane.faults().within(() -> LauncherLock.holder(path(link)));
            ServiceDirectoryUnderTest.create(first.resolve("new"))
                    .script("run", "exec sleep 1000")
                    .awaitUp("", 0);
            int[] looks = {0};
            Lane.await_("the mark of a rescan", () -> {
                // whoever is told that it could not be written asks again
                if (looks[0]++ % LOOKS_BEFORE_ASKING_AGAIN == 0) {
                    runsvdir.tell(Runsvdir.Rescan.INSTANCE);
                }
                return Files.exists(first.resolve(".forced-rescan"));
            });
            Files.delete(link);
            Files.createSymbolicLink(link, second);
            runsvdir.tell(Runsvdir.Rescan.INSTANCE);
            two.awaitUp("", 0);
            Lane.await_("one is given up", one::isFree);

            lane.stop(runsvdir);
            assertThat(two.status("").state()).isEqualTo(State.DOWN);
            Lane.await_("two is given up", two::isFree);
        }
    },

    /** Others are let in: a services directory says so, and one in it says it for itself. */
    ACCESS {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path directory = Files.createDirectories(lane.directory().resolve(id));
            String group = ExportScenarios.ownGroup(lane.directory());
            Files.writeString(
                    directory.resolve(".service.conf"),
                    "access { group = " + group + ", status = all, control = group }\n");
            ServiceDirectoryUnderTest usual = ServiceDirectoryUnderTest.create(directory.resolve("usual"))
                    .script("run", "exec sleep 1000")
                    .script("log/run", "exec cat >/dev/null")
                    .old();
            ServiceDirectoryUnderTest own = ServiceDirectoryUnderTest.create(directory.resolve("own"))
                    .script("run", "exec sleep 1000")
                    .file("service.conf", "access { group = " + group + " }\n")
                    .old();
            go.run();
            ActorRef<Runsvdir.Command> runsvdir = lane.spawn(Runsvdir.create(lane.settings(directory)));
            int first = usual.awaitUp("", 0);
            usual.awaitUp("log/", 0);
            own.awaitUp("", 0);
            ServiceDirectoryUnderTest.kill(first);
            usual.awaitUp("", first);

            lane.stop(runsvdir);
            assertThat(usual.status("").state()).isEqualTo(State.DOWN);
            assertThat(own.status("").state()).isEqualTo(State.DOWN);
        }
    },

    /** A launcher on a directory that another has. */
    SECOND_LAUNCHER {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path directory = Files.createDirectories(lane.directory().resolve(id));
            try (LauncherLock first = new LauncherLock();
                    LauncherLock second = new LauncherLock()) {
                assertThat(first.await(path(directory), Lane.PATIENCE)).isTrue();
                go.run();
                assertThat(lane.faults().within(() -> second.await(path(directory), Duration.ofMillis(400))))
                        .as("a second launcher has the directory too")
                        .isFalse();
            }
        }
    },

    /** A services directory as a child of a tree, which is looked at. */
    CHILD {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path directory = Files.createDirectories(lane.directory().resolve(id));
            ServiceDirectoryUnderTest service = ServiceDirectoryUnderTest.create(directory.resolve("service"))
                    .script("run", "exec sleep 1000")
                    .old();
            ChildSpec services = ServiceDirectories.scanned(id, lane.settings(directory));
            go.run();
            SupervisionTree tree = lane.faults()
                    .within(() -> ProcessLane.started(
                            ProcessLane.root().withChild(services),
                            Options.defaults().withSystem(lane.system())));
            int pid = service.awaitUp("", 0);
            try {
                Lane.await_(
                        "the process of " + id + " in a snapshot",
                        () -> ProcessLane.done(tree.snapshot()).toJson().contains(String.valueOf(pid)));
            } finally {
                tree.close();
            }
            Lane.await_(id + " is given up", service::isFree);
            assertThat(service.status("").state()).isEqualTo(State.DOWN);
        }
    },

    /**
     * A service is wanted again while its logger drains, which takes its time; beside it one without room for a FIFO.
     */
    PIPES {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = lane.prepare(id)
                    .script("run", "echo begun >>starts; echo begun; exec sleep 1000")
                    .script("log/run", "cat >>../seen; while ! [ -e ../go ]; do sleep 0.02; done")
                    .old();
            ServiceDirectoryUnderTest noRoom = lane.prepare(id + ".full")
                    .script("run", "echo begun >>starts; echo begun; exec sleep 1000")
                    .script("log/run", "exec cat >>../seen")
                    .file("supervise/.log/occupied", "")
                    .old();
            go.run();
            lane.link(service);
            lane.link(noRoom);
            int first = service.awaitUp("", 0);
            int logger = service.awaitUp("log/", 0);
            Lane.await_("all lines of " + id, () -> haveLines(service, 1) && haveLines(noRoom, 1));
            command(lane, service, "x", State.DOWN);
            command(lane, service, "u", State.RUN);
            service.awaitUp("", first);
            service.file("go", "");
            service.awaitUp("log/", logger);
            Lane.await_("all lines of " + id, () -> haveLines(service, 2));

            lane.unlink(service);
            lane.unlink(noRoom);
            Lane.await_(id + " is given up", () -> service.isFree() && noRoom.isFree());
            assertThat(service.status("").state()).isEqualTo(State.DOWN);
            assertThat(noRoom.status("").state()).isEqualTo(State.DOWN);
        }
    },

    /** What a launcher has left that is gone: two processes with their pipe, and a script that was due. */
    LEFT_WITH_A_SCRIPT {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = logged(lane.prepare(id)).script("control/t", "exit 1");
            try (LeftBehind left = new LeftBehind(service)) {
                left.start("supervise/.log");
                left.recordBoth();
                go.run();
                lane.link(service.old());

                // told TERM by the script that was due
                AtomicInteger next = new AtomicInteger();
                saidAgain(
                        lane,
                        "another run of " + id,
                        () -> {
                            service.upAfter("", left.run()).ifPresent(next::set);
                            return next.get() != 0;
                        },
                        () -> service.control("t"));
                assertThat(service.status("log/").pid()).isEqualTo(left.logger());
                Lane.await_("second run of " + id, () -> service.hasLines("starts", 2));
                ServiceDirectoryUnderTest.kill(next.get());
                service.awaitUp("", next.get());

                awaitNoCopies(lane, service, left, 3);
            }
        }
    },

    /** The same of a logger, a start that was under way, a pipe that has no name. */
    LEFT_WITH_A_START {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = logged(lane.prepare(id));
            try (LeftBehind left = new LeftBehind(service)) {
                // of an earlier version, or without a place for a FIFO
                left.start("fifo");
                Files.delete(service.path().resolve("fifo"));
                left.recordStart();
                go.run();
                lane.link(service.old());

                assertThat(service.awaitUp("", 0)).isEqualTo(left.run());
                command(lane, service, "d", State.DOWN);
                command(lane, service, "u", State.RUN);

                awaitNoCopies(lane, service, left, 2);
            }
        }
    },

    /** The same of two processes whose records are garbage. */
    LEFT_WITH_GARBAGE {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = logged(lane.prepare(id));
            try (LeftBehind left = new LeftBehind(service)) {
                left.start("supervise/.log");
                left.tellBoth();
                service.age("supervise/status");
                go.run();
                lane.link(service.old());

                Lane.await_(id + " is adopted", () -> service.isWritten("supervise/status"));
                assertThat(service.status("").pid()).isEqualTo(left.run());
                assertThat(service.status("log/").pid()).isEqualTo(left.logger());
                ServiceDirectoryUnderTest.kill(left.run());
                service.awaitUp("", left.run());

                awaitNoCopies(lane, service, left, 2);
            }
        }
    },

    /** A service directory by itself, which has a list of its own. */
    ALONE {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            ServiceDirectoryUnderTest service = lane.prepare(id).script("run", "echo begun >>starts; exec sleep 1000");
            try (LeftBehind left = new LeftBehind(service)) {
                left.startRun();
                left.recordRun();
                service.file(".pekko-supervisor/runs", "");
                Files.write(service.path().resolve(".pekko-supervisor/runs"), left.lineOfRun());
                service.old();
                go.run();
                AtomicInteger exit = new AtomicInteger(CANNOT_BEGIN);
                AtomicReference<ActorRef<SingleService.Command>> runsv = new AtomicReference<>();
                Lane.await_(id + " is adopted", () -> {
                    if (exit.compareAndSet(CANNOT_BEGIN, -1)) {
                        runsv.set(lane.spawn(SingleService.create(
                                path(service.path()),
                                message -> lane.heard(message.toString()),
                                StreamPlace.ALONE,
                                exit::set)));
                    }
                    return service.upAfter("", 0).isPresent();
                });
                assertThat(service.status("").pid()).isEqualTo(left.run());
                ServiceDirectoryUnderTest.kill(left.run());
                service.awaitUp("", left.run());
                Lane.await_("second run of " + id, () -> service.hasLines("starts", 2));

                Objects.requireNonNull(runsv.get()).tell(SingleService.Terminate.INSTANCE);
                Lane.await_("the end of " + id, () -> exit.get() == 0);
                assertThat(service.lines("starts")).hasSize(2);
            }
        }
    },

    /** A list of services that a launcher has left which is gone, of which some have lost their entries. */
    LOST_ENTRIES {
        @Override
        void play(RunitLane lane, String id, Runnable go) throws Exception {
            Path services = Files.createDirectories(lane.directory().resolve(id));
            Path state = Files.createDirectories(lane.directory().resolve(id + ".state"));
            RunsvdirSettings settings = lane.settings(services).withState(state);
            List<ServiceDirectoryUnderTest> all = new ArrayList<>();
            for (String name :
                    List.of("kept", "unlinked", "renamed", "removed", "away", "anew", "emptied", "another", "lost")) {
                all.add(lane.prepare(id + "." + name)
                        .script("run", "echo begun >>starts; exec sleep 1000")
                        .file("down", "")
                        .old());
                Files.createSymbolicLink(
                        services.resolve(name), all.get(all.size() - 1).path());
            }
            // who is away or made anew has a run that has gone elsewhere
            all.get(4).script("run", "cd /; exec sleep 1000");
            all.get(5).script("run", "test -e known && exec sleep 1000; cd /; exec sleep 1000");
            all.get(7).script("run", "cd /; exec sleep 1000");
            ServiceDirectoryUnderTest idle = lane.prepare(id + ".idle")
                    .script("run", "exec sleep 1000")
                    .file("down", "")
                    .old();
            Files.createSymbolicLink(services.resolve("idle"), idle.path());
            // made before anything is removed, so that it has an inode of its own
            ServiceDirectoryUnderTest next =
                    lane.prepare(id + ".next").script("run", "exec sleep 1000").old();
            ActorRef<Runsvdir.Command> runsvdir = lane.spawn(Runsvdir.create(settings));
            all.forEach(service -> service.awaitState(State.DOWN));
            idle.awaitState(State.DOWN);
            lane.stop(runsvdir);

            List<LeftBehind> left = new ArrayList<>();
            try {
                for (ServiceDirectoryUnderTest service : all) {
                    LeftBehind one = new LeftBehind(service);
                    left.add(one);
                    one.startRun();
                    one.recordRun();
                }
                leaveList(state, left);
                ServiceDirectoryUnderTest kept = all.get(0);
                ServiceDirectoryUnderTest anew = all.get(5);
                for (String name : List.of("unlinked", "renamed", "removed", "away", "idle", "lost")) {
                    Files.delete(services.resolve(name));
                }
                Files.move(all.get(2).path(), all.get(2).path().resolveSibling(id + ".new-name"));
                all.get(3).remove();
                all.get(4).remove();
                anew.remove("supervise");
                Files.delete(anew.path().resolve("down"));
                anew.file("known", "");
                ServiceDirectoryUnderTest emptied = all.get(6);
                emptied.remove("supervise");
                all.get(8).remove("supervise");
                ServiceDirectoryUnderTest another = all.get(7);
                another.remove();
                Files.move(next.path(), another.path());
                go.run();
                runsvdir = lane.spawn(Runsvdir.create(settings));

                assertThat(kept.awaitUp("", 0)).isEqualTo(left.get(0).run());
                assertThat(emptied.awaitUp("", 0)).isEqualTo(left.get(6).run());
                for (int follower : List.of(5, 7)) {
                    assertThat(left.get(follower).areOver()).isFalse();
                    left.get(follower).close();
                }
                anew.awaitUp("", left.get(5).run());
                another.awaitUp("", left.get(7).run());
                Lane.await_(
                        "the end of those of " + id + " that have lost their entries",
                        () -> left.get(8).areOver()
                                && left.subList(1, 4).stream().allMatch(LeftBehind::areOver));
                assertThat(left.get(0).areOver()).isFalse();
                assertThat(left.get(4).areOver()).isFalse();
                assertThat(left.get(6).areOver()).isFalse();

                lane.stop(runsvdir);
                Lane.await_("the end of " + id, left.get(0)::areOver);
                assertThat(kept.lines("starts")).hasSize(1);
                assertThat(kept.status("").state()).isEqualTo(State.DOWN);
                assertThat(anew.status("").state()).isEqualTo(State.DOWN);
            } catch (Exception | AssertionError e) {
                runsvdir.tell(new Runsvdir.Kill(lane.system().ignoreRef()));
                throw e;
            } finally {
                left.forEach(LeftBehind::close);
            }
        }
    };

    /** Says whose all this is, as the launcher has written it down. */
    private static void leaveList(Path state, List<LeftBehind> left) throws Exception {
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("services-")) {
                    Files.write(file, LeftBehind.lineOfSupervisor(), StandardOpenOption.APPEND);
                } else {
                    ByteArrayOutputStream lines = new ByteArrayOutputStream();
                    for (LeftBehind one : left.subList(0, 5)) {
                        lines.writeBytes(one.lineOfRun());
                    }
                    // one that is of a former directory, and one that is not known by its birth
                    lines.writeBytes(left.get(5).lineOfRun(1));
                    lines.writeBytes(left.get(6).lineOfRun(0));
                    lines.writeBytes(left.get(7).lineOfRun());
                    lines.writeBytes(left.get(8).lineOfRun());
                    lines.writeBytes(left.get(0).lineOfSomeLogger());
                    Files.write(file, lines.toByteArray());
                }
            }
        }
    }

    private static ServiceDirectoryUnderTest logged(ServiceDirectoryUnderTest service) throws Exception {
        return service.script("run", "echo begun >>starts; exec sleep 1000").script("log/run", "exec cat >/dev/null");
    }

    /** A second copy would leave its line. */
    private static void awaitNoCopies(RunitLane lane, ServiceDirectoryUnderTest service, LeftBehind left, int runs)
            throws Exception {
        Path name = service.path().getFileName();
        Lane.await_("all runs of " + name, () -> service.hasLines("starts", runs));
        lane.unlink(service);
        Lane.await_(name + " is given up", () -> left.areOver() && service.isFree());
        assertThat(service.lines("starts")).hasSize(runs);
        assertThat(service.status("").state()).isEqualTo(State.DOWN);
    }

    private static OsString path(Path path) {
        return OsString.of(path.toString());
    }

    /** Of runsv, which runsvdir would start again. */
    private static final int CANNOT_BEGIN = 111;

    /** Some four seconds. */
    private static final int LOOKS_BEFORE_ASKING_AGAIN = 160;

    private static boolean haveLines(ServiceDirectoryUnderTest service, int lines) {
        try {
            return service.lines("starts").size() >= lines
                    && service.lines("seen").size() == service.lines("starts").size();
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static void command(RunitLane lane, ServiceDirectoryUnderTest service, String letter, State wanted)
            throws Exception {
        service.control(letter);
        saidAgain(
                lane,
                service.path().getFileName() + " " + wanted,
                () -> service.status("").state() == wanted,
                () -> service.control(letter));
    }

    /** Who may not be signalled is not; whoever has read so in the log says it again. */
    private static void saidAgain(RunitLane lane, String what, BooleanSupplier fact, Runnable command) {
        int[] looks = {0};
        Lane.await_(what, () -> {
            if (lane.faults().hasRefused("EPERM") && ++looks[0] % LOOKS_BEFORE_ASKING_AGAIN == 0) {
                command.run();
            }
            return fact.getAsBoolean();
        });
    }

    private static void awaitLog(ServiceDirectoryUnderTest service, int lines) {
        Lane.await_(lines + " lines in the log of " + service.path().getFileName(), () -> {
            try {
                return service.logged("log/main").size() >= lines;
            } catch (java.io.IOException e) {
                return false;
            }
        });
    }

    private static List<String> lines(int times) {
        return IntStream.rangeClosed(0, times * 9)
                .mapToObj(n -> "line " + (n == 0 ? 0 : (n - 1) % 9 + 1))
                .toList();
    }

    abstract void play(RunitLane lane, String id, Runnable go) throws Exception;

    @Override
    public void play(Lane lane, String id, Runnable go) throws Exception {
        play((RunitLane) lane, id, go);
    }
}
