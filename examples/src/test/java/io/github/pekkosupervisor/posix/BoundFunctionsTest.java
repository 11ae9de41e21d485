package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The walk of faults knows each function of the C library that we call: whoever binds one more is asked what of it. */
final class BoundFunctionsTest {

    private static Set<String> bound() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.github.pekkosupervisor.posix")
                        .stream()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                        .filter(field -> field.getRawType().getSimpleName().equals("CFunction"))
                        .map(BoundFunctionsTest::name)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(JavaField field) {
        return BoundFunctions.name(field.getOwner().getName(), field.getName());
    }

    @Test
    void each_is_refused_in_the_walk_or_excused_with_a_reason() {
        Set<String> bound = bound();

        assertThat(bound).hasSizeGreaterThan(60).contains("openat", "timerfd_create", "posix_spawnp");
        assertThat(bound).allMatch(name -> CallSite.mayFail(name) != BoundFunctions.EXCUSED.containsKey(name));
        assertThat(bound).containsAll(BoundFunctions.EXCUSED.keySet());
    }
}
