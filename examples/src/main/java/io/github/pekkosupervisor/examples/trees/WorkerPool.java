package io.github.pekkosupervisor.examples.trees;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Four workers in this JVM; one that meets a job it cannot do dies and is there again, the others never notice. */
public final class WorkerPool {

    private static final int WORKERS = 4;

    /**
     * Something to divide.
     *
     * @param answer completes with the quotient, or not at all
     */
    record Job(int dividend, int divisor, CompletableFuture<Integer> answer) {}

    private WorkerPool() {}

    static SupervisorSpec tree() {
        List<ChildSpec> workers = IntStream.range(0, WORKERS)
                .mapToObj(i -> ChildSpec.actor("worker-" + i, worker()))
                .toList();
        return SupervisorSpec.oneForOne()
                .withIntensity(10, Duration.ofSeconds(10))
                .withChildren(workers);
    }

    private static Behavior<Job> worker() {
        return Behaviors.receiveMessage(job -> {
            job.answer().complete(job.dividend() / job.divisor());
            return Behaviors.same();
        });
    }

    /** Gives a job to a worker, whichever incarnation of it runs. */
    static CompletableFuture<Integer> divide(SupervisionTree tree, int worker, int dividend, int divisor) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        tree.ref(Job.class, "worker-" + worker % WORKERS).tell(new Job(dividend, divisor, answer));
        return answer.orTimeout(1, java.util.concurrent.TimeUnit.SECONDS);
    }

    public static void main(String[] arguments) {
        try (SupervisionTree tree = SupervisionTree.start(tree())) {
            divide(tree, 0, 1, 0).exceptionally(nobodyAnswers -> 0).join();
            System.out.println("worker 0 has died of 1/0 and says 6/3 = "
                    + divide(tree, 0, 6, 3).join());
        }
    }
}
