package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.KeptProcesses;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** How a {@code pekko-supervisor run} becomes another version of itself: what its {@link Upgrader} is told. */
final class RunUpgrade {

    static final String WITHOUT_STATE =
            "it has no state directory, so another launcher would not know who is whose; name one by"
                    + " pekko-supervisor.state-directory";

    private RunUpgrade() {}

    /** What {@link RunProgram} is asked. */
    sealed interface Question {}

    /** Whether it may be: empty, or why not, in words. */
    record MayIt(CompletableFuture<Optional<String>> answer) implements Question {}

    /** All is to come to rest. */
    record Settle(ActorRef<? super Runsvdir.Rest> replyTo) implements Question {}

    /** All goes on as before. */
    enum GoOn implements Question {
        INSTANCE
    }

    /** To be told when all has been taken up. */
    record AwaitTakenUp(ActorRef<? super Done> replyTo) implements Question {}

    /** Where it is asked: where its tree is shown, else where it writes down what outlives it. */
    static Optional<Path> place(TreeFile file, Optional<Path> state) {
        return file.export().map(export -> export.directory()).or(() -> state);
    }

    /**
     * Spawns who has it done.
     *
     * @param place where he is asked
     * @param said its words, before the file
     * @param lasting what else stays open
     */
    static void spawn(
            ActorContext<?> context,
            RunOptions options,
            Path place,
            List<OsString> said,
            Map<String, Descriptor> lasting,
            Runnable listenAgain,
            Consumer<Question> program) {
        OsString directory = OsString.of(place.toString());
        make(directory);
        List<OsString> words = new ArrayList<>(List.of(OsString.of("run")));
        words.addAll(said);
        context.spawn(
                Upgrader.create(
                        new OfRun(options, program, Standstill.get(context.getSystem())),
                        new Upgrader.Launched(directory, Optional.empty(), () -> words, lasting, listenAgain),
                        Upgrader.Arrival.ofThisJvm(),
                        System::nanoTime),
                "upgrader",
                Processes.dispatcher());
    }

    /** Where a tree is shown it is there. */
    private static void make(OsString place) {
        try (Directory directory = Directory.open(place)) {
            new ListPlace(place, Optional.empty()).open(directory).close();
        } catch (PosixException e) {
            // it is looked for again and again, and until it is there nobody can ask
        }
    }

    private record OfRun(RunOptions options, Consumer<Question> program, Standstill all)
            implements Upgrader.Supervision {
        @Override
        public CompletionStage<Optional<String>> refusal() {
            CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
            program.accept(new MayIt(answer));
            return answer;
        }

        @Override
        public void settle(ActorRef<? super Runsvdir.Rest> replyTo) {
            program.accept(new Settle(replyTo));
        }

        @Override
        public void goOn() {
            program.accept(GoOn.INSTANCE);
        }

        @Override
        public void awaitDecided(ActorRef<? super Done> replyTo) {
            program.accept(new AwaitTakenUp(replyTo));
        }

        @Override
        public Optional<List<OsString>> check() {
            return Optional.of(List.of(OsString.of("run"), OsString.of("--check"), options.file()));
        }

        @Override
        public Map<String, Descriptor> lastingByName() {
            return all.lastingByName();
        }

        @Override
        public Map<String, OsString> words() {
            return Map.of(KeptProcesses.TREE_IS_LEFT, OsString.of("yes"));
        }
    }
}
