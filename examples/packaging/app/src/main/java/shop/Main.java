package shop;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;

/** A side-car that says when it is ready, shown to {@code sv} in the directory that is given. */
public final class Main {

    private static final String SIDECAR = "echo warming up; sleep 0.2; echo ready; exec sleep 100000";

    private Main() {}

    public static void main(String[] arguments) {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.process(
                        "sidecar", ProcessSpec.of("sh", "-c", SIDECAR).withReady(Readiness.line("ready"))));
        Options shown = Options.defaults().withExport(ServiceExport.to(Path.of(arguments[0])));

        SupervisionTree tree = SupervisionTree.start(spec, shown); // the side-car is ready, or this throws
        System.out.println("up: "
                + tree.process("sidecar").toCompletableFuture().join().orElseThrow().pid());
        System.exit(tree.whenEnded().toCompletableFuture().join().isFailure() ? 1 : 0);
    }
}
