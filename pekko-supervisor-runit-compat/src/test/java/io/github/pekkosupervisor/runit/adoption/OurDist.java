package io.github.pekkosupervisor.runit.adoption;

import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A distribution with the script as it is shipped and the classes of now, without archives of classes. */
final class OurDist {

    private static final Path SHIPPED = Path.of("src/main/dist");

    private OurDist() {}

    /** Makes it; the directory of its programs. */
    static Path make(Path dist, String... programs) throws IOException {
        Path bin = Files.createDirectories(dist.resolve("bin"));
        Path lib = Files.createDirectories(dist.resolve("lib"));
        for (String program : programs) {
            Scripts.write(bin.resolve(program), Files.readString(SHIPPED.resolve("pekko-supervisor")));
        }
        Files.copy(SHIPPED.resolve("tools.options"), lib.resolve("tools.options"));
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, "io.github.pekkosupervisor.runit.launcher.Main");
        main.put(Attributes.Name.CLASS_PATH, classPath());
        main.putValue("Enable-Native-Access", "ALL-UNNAMED");
        try (OutputStream file = Files.newOutputStream(lib.resolve("tools.jar"));
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.finish();
        }
        // as if the archives had been made; without the files everything works, only later
        Files.write(lib.resolve("made-for"), List.of("none", BuiltDist.javaHome() + "/bin/java", lib.toString()));
        return bin;
    }

    private static String classPath() {
        List<String> options = ReachableClassPath.options();
        return Stream.of(options.get(options.size() - 1).split(":", -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
    }
}
