package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is promised to users: these types, and no other is public. The release makes Javadoc for them. */
class ArchitectureTest {

    private static final List<String> PROMISED =
            List.of("ApplicationTree", "SupervisorAutoConfiguration", "TreeCustomizer", "TreeEndedEvent");

    @Test
    void what_is_public_is_promised() throws Exception {
        assertThat(publicTypes()).containsExactlyInAnyOrderElementsOf(PROMISED);
    }

    private static List<String> publicTypes() throws IOException, ReflectiveOperationException {
        URI classes = URI.create(ApplicationTree.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
        Path place =
                Path.of(classes).resolve(ApplicationTree.class.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(place)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[A-Z]\\w*\\.class"))
                    .map(name -> name.replace(".class", ""))
                    .toList();
            List<String> found = new java.util.ArrayList<>();
            for (String name : names) {
                if (Modifier.isPublic(Class.forName(ApplicationTree.class.getPackageName() + "." + name)
                        .getModifiers())) {
                    found.add(name);
                }
            }
            return found;
        }
    }
}
