package io.github.pekkosupervisor.process;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A program for {@link KeptChildrenTest}: an application with a state directory. Writes each start and end of a child
 * into a file.
 *
 * <p>Arguments: a directory, the name of the file, and the tree.
 */
final class KeptHost {

    private KeptHost() {}

    public static void main(String[] arguments) {
        Path place = Path.of(arguments[0]);
        Path events = place.resolve(arguments[1]);
        SupervisionTree.start(
                ConfiguredTree.read(ConfigFactory.parseString(arguments[2])),
                SupervisionTree.Options.defaults()
                        .withStateDirectory(place.resolve("state"))
                        .withTransitions(true)
                        .withListener(event -> write(events, event)));
        write(events, "up\n");
    }

    private static void write(Path events, TreeEvent event) {
        if (event instanceof SupervisorEvent.ChildStarted started) {
            write(
                    events,
                    started.child().id() + " " + started.cause() + " "
                            + started.child()
                                    .handle()
                                    .orElseThrow()
                                    .process()
                                    .orElseThrow()
                                    .pid() + "\n");
        } else if (event instanceof SupervisorEvent.ChildStarting starting
                && starting.child().spec().kind().oneshot().isPresent()) {
            write(events, starting.child().id() + " starting\n");
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            write(events, done.child().id() + " done " + done.cause() + "\n");
        } else if (event instanceof SupervisorEvent.StartError failed) {
            write(events, failed.child().id() + " failed: " + failed.reason() + "\n");
        } else if (event instanceof SupervisorEvent.ChildEnd end) {
            write(events, end.child().id() + " ended: " + end.reason() + "\n");
        }
    }

    private static void write(Path events, String line) {
        try {
            Files.writeString(events, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
