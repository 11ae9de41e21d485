package io.github.pekkosupervisor.springboot;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.Map;
import org.springframework.util.ClassUtils;

/** What {@code pekko-supervisor-runit-compat} adds where it is there: service directories as children, and exports. */
final class FromCompat {

    static final String ARTIFACT = "pekko-supervisor-runit-compat";

    private FromCompat() {}

    static boolean isThere() {
        return ClassUtils.isPresent(
                "io.github.pekkosupervisor.runit.ServiceDirectories", FromCompat.class.getClassLoader());
    }

    /** A tree, by who knows most kinds of child. */
    static SupervisorSpec read(Config config, Map<String, ChildSpec> fromCode) {
        return isThere() ? Compat.read(config, fromCode) : ConfiguredTree.read(config, fromCode);
    }

    /** How the tree is shown to {@code sv}; only where it is there. */
    static TreeExport export(Config config) {
        return Compat.export(config);
    }

    /** Not loaded where the artifact is not there. */
    private static final class Compat {
        private Compat() {}

        static SupervisorSpec read(Config config, Map<String, ChildSpec> fromCode) {
            return ServiceDirectories.read(config, fromCode);
        }

        static TreeExport export(Config config) {
            return ServiceExport.read(config);
        }
    }
}
