package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Which tree an application has: there is one, made of a bean or of properties. Several would each be ready and give up
 * by themselves, and that is what supervisors in one tree are for.
 *
 * @param beans of the application
 */
record TreeChoice(ListableBeanFactory beans, Environment environment, SupervisorProperties properties) {

    /**
     * What the top supervisor supervises.
     *
     * @throws TreeChoiceException if there are several
     */
    SupervisorSpec spec() {
        String[] names = beans.getBeanNamesForType(SupervisorSpec.class);
        boolean inProperties = PropertyTree.isThere(environment, SupervisorProperties.TREE);
        if (names.length > 0 && inProperties) {
            throw new TreeChoiceException(
                    "there is a tree in the properties, " + SupervisorProperties.TREE + ", and one as a bean ("
                            + String.join(", ", names) + ")",
                    "take one of them away; children that are written in Java have their place in the properties as"
                            + " from-code = NAME, where NAME is that of a ChildSpec that is a bean");
        }
        if (inProperties) {
            return FromCompat.read(
                    PropertyTree.read(environment, SupervisorProperties.TREE), beans.getBeansOfType(ChildSpec.class));
        }
        SupervisorSpec only = beans.getBeanProvider(SupervisorSpec.class).getIfUnique();
        if (only == null) {
            throw new TreeChoiceException(
                    "there are " + names.length + " beans of the type SupervisorSpec, and an application has one tree ("
                            + String.join(", ", names) + ")",
                    "mark the one that is its top with @Primary, and have the others as children in it, by"
                            + " ChildSpec.supervisor(\"NAME\", spec)");
        }
        return only;
    }

    /** How it is run; asked before each start. */
    Supplier<Options> options(Stream<TreeCustomizer> customizers) {
        List<TreeCustomizer> inOrder = customizers.toList();
        return () -> {
            Options options = Options.defaults().withJvmShutdownHook(false);
            Path stateDirectory = properties.stateDirectory();
            if (stateDirectory != null) {
                options = options.withStateDirectory(stateDirectory);
            }
            if (PropertyTree.isThere(environment, SupervisorProperties.EXPORT)) {
                options = options.withExport(
                        FromCompat.export(PropertyTree.read(environment, SupervisorProperties.EXPORT)));
            }
            for (TreeCustomizer customizer : inOrder) {
                options = customizer.customize(options);
            }
            return options;
        };
    }

    /** What is said of an export needs who can show one. */
    void refuseExportWithoutCompat() {
        if (PropertyTree.isThere(environment, SupervisorProperties.EXPORT) && !FromCompat.isThere()) {
            throw new TreeChoiceException(
                    "a tree is shown to sv by " + SupervisorProperties.EXPORT + ", and " + FromCompat.ARTIFACT
                            + " is not on the class path",
                    "add it, or take the property away");
        }
    }
}
