package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.regex.Pattern;

/** What {@link Server#command} says. */
final class CommandRecipe implements ServerRecipe {

    private final List<String> command;
    private final String http;
    private final String line;

    CommandRecipe(List<String> command, String http, String line) {
        this.command = command;
        this.http = http;
        this.line = line;
    }

    @Override
    public SupervisorSpec tree(ServerPlace place) {
        if (Installed.program(place.fill(command.get(0))).isEmpty()) {
            throw new MissingProgramException(
                    "there is no program " + command.get(0) + " in PATH; install it, or give its whole path");
        }
        return place.tree(process(place, command.stream().map(place::fill).toList()));
    }

    private ProcessSpec process(ServerPlace place, List<String> words) {
        if (!line.isEmpty()) {
            return LineSign.process(place, words, Pattern.compile(line));
        }
        return place.program(words.toArray(String[]::new))
                .withReady(
                        http.isEmpty()
                                ? Readiness.tcp(place.port())
                                : Readiness.http("http://127.0.0.1:" + place.port() + place.fill(http)));
    }
}
