package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Redis, which saves nothing. */
final class RedisRecipe implements ServerRecipe {

    private final Path program;
    private final List<String> arguments;

    RedisRecipe(Path program, List<String> arguments) {
        this.program = program;
        this.arguments = arguments;
    }

    @Override
    public SupervisorSpec tree(ServerPlace place) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(place.port()),
                "--dir",
                place.directory().toString(),
                "--save",
                "",
                "--appendonly",
                "no"));
        command.addAll(arguments);
        return place.tree(
                place.program(command.toArray(String[]::new)).withName("redis").withReady(Readiness.tcp(place.port())));
    }
}
