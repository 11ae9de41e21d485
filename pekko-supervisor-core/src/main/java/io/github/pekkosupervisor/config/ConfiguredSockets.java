package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.posix.ListenAddress;
import io.github.pekkosupervisor.process.ListeningSocket;
import io.github.pekkosupervisor.process.ProcessSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads which sockets are opened for a process, in both files. */
public final class ConfiguredSockets {

    private ConfiguredSockets() {}

    /**
     * The process with them; without them if something is wrong, which is noted.
     *
     * @param place of the blocks {@code sockets} in this file
     */
    public static ProcessSpec read(ConfigSection section, Place place, ProcessSpec spec) {
        List<ListeningSocket> sockets = new ArrayList<>();
        List<ConfigSection> blocks = section.sections("sockets", place);
        for (ConfigSection block : blocks) {
            socket(block).ifPresent(sockets::add);
        }
        if (sockets.isEmpty()) {
            return spec;
        }
        ProcessSpec with = spec.withSockets(sockets.toArray(ListeningSocket[]::new));
        List<String> problems = new ArrayList<>(with.problems());
        problems.removeAll(spec.problems());
        problems.forEach(problem -> section.problem("sockets", "\"sockets\": " + problem));
        return problems.isEmpty() ? with : spec;
    }

    private static Optional<ListeningSocket> socket(ConfigSection block) {
        if (block.lacks("listen")) {
            block.problem("a socket needs \"listen\", as in listen = \"tcp:127.0.0.1:8080\"");
        }
        // what is wrong elsewhere is noted although the address is
        Optional<ListeningSocket> at = block.get("listen", value -> ListenAddress.parse(ConfigValues.string(value)))
                .map(ListeningSocket::of);
        ListeningSocket socket = at.orElseGet(() -> ListeningSocket.of("tcp:127.0.0.1:1"));
        socket = changed(block, "name", socket, (old, value) -> old.withName(ConfigValues.string(value)));
        socket = changed(block, "as-stdin", socket, (old, value) -> ConfigValues.bool(value) ? old.asStdin() : old);
        socket = changed(block, "backlog", socket, (old, value) -> old.withBacklog(ConfigValues.integer(value)));
        socket = changed(block, "mode", socket, (old, value) -> old.withMode(ConfiguredConditions.mode(value)));
        socket = changed(block, "owner", socket, (old, value) -> old.withOwner(ConfigValues.name(value)));
        socket = changed(
                block, "reuse-port", socket, (old, value) -> ConfigValues.bool(value) ? old.withReusePort() : old);
        block.end();
        ListeningSocket read = socket;
        return at.map(address -> read);
    }

    private static ListeningSocket changed(ConfigSection block, String key, ListeningSocket socket, Change change) {
        return block.get(key, value -> right(change.of(socket, value))).orElse(socket);
    }

    private interface Change {
        ListeningSocket of(ListeningSocket socket, ConfigValue value);
    }

    private static ListeningSocket right(ListeningSocket socket) {
        if (!socket.mistakes().isEmpty()) {
            throw new IllegalArgumentException(
                    socket.mistakes().byMethod().values().iterator().next());
        }
        return socket;
    }
}
