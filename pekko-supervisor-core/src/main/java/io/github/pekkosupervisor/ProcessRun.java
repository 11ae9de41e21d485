package io.github.pekkosupervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.process.OneRun;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * A command that is run once, to its end, and not supervised: started, fed, waited for, and what it writes collected.
 *
 * <pre>{@code
 * String version = ProcessRun.of("git", "describe").withTimeout(Duration.ofSeconds(5)).run().orThrow().stdout().text();
 * }</pre>
 *
 * <p>It is started as a child process of a tree is, so nothing of it is left when this is over: it leads a group of its
 * own, all of which is stopped with it, and it is killed with this JVM. Standard output and standard error are
 * collected where the {@link ProcessSpec} does not send them elsewhere. Immutable; the {@code with} methods return
 * changed copies and throw nothing: what is wrong is told all at once by {@link #run} and {@link #start}.
 */
public final class ProcessRun {

    /** How many bytes of each output are kept by default: a mebibyte. */
    public static final int DEFAULT_OUTPUT_LIMIT = 1024 * 1024;

    private static final int LARGEST_OUTPUT_LIMIT = 1024 * 1024 * 1024;

    /** Longer times cannot be timed. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(100);

    private final Parts parts;

    private static final class Parts implements Cloneable {
        private ProcessSpec spec;
        private byte @Nullable [] input;
        private int limit = DEFAULT_OUTPUT_LIMIT;
        private Optional<Duration> timeout = Optional.empty();
        private Optional<ActorSystem<?>> system = Optional.empty();
        private Mistakes mistakes = Mistakes.NONE;

        Parts(ProcessSpec spec) {
            this.spec = spec;
        }

        @Override
        public Parts clone() {
            try {
                return (Parts) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("it is cloneable", e);
            }
        }
    }

    private ProcessRun(Parts parts) {
        this.parts = parts;
    }

    /** This program with these arguments; no shell is involved. */
    public static ProcessRun of(String program, String... arguments) {
        return of(ProcessSpec.of(program, arguments));
    }

    /** This process, with its directory, environment and the like. */
    public static ProcessRun of(ProcessSpec spec) {
        return new ProcessRun(new Parts(spec));
    }

    private ProcessRun with(String method, @Nullable String mistake, Consumer<Parts> change) {
        Parts changed = parts.clone();
        if (mistake == null) {
            change.accept(changed);
        }
        changed.mistakes = parts.mistakes.after(method, mistake);
        return new ProcessRun(changed);
    }

    /** These bytes are its standard input, which ends after them; it need not read them all. */
    public ProcessRun withInput(byte[] bytes) {
        return with("withInput", Mistakes.ofNull(bytes), changed -> changed.input = bytes.clone());
    }

    /** The same with a text, in UTF-8. */
    public ProcessRun withInput(String text) {
        return with("withInput", Mistakes.ofNull(text), changed -> changed.input = text.getBytes(UTF_8));
    }

    /**
     * How long it has; then it is stopped by its {@link ProcessSpec#stop()}, and killed five seconds later. Default as
     * long as it likes.
     *
     * @param limit more than zero, at most 100 days
     */
    public ProcessRun withTimeout(Duration limit) {
        String mistake = Mistakes.ofNull(limit);
        if (limit != null && (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST_TIMEOUT) > 0)) {
            mistake = "must be more than zero and at most 100 days, was " + limit + "; leave it out for no limit";
        }
        return with("withTimeout", mistake, changed -> changed.timeout = Optional.of(limit));
    }

    /**
     * How much of each output is kept, its beginning; what is more is read, counted and thrown away, so that the
     * process does not wait. Default {@link #DEFAULT_OUTPUT_LIMIT}.
     *
     * @param bytes 0 to 1 GiB
     */
    public ProcessRun withOutputLimit(int bytes) {
        boolean isRight = bytes >= 0 && bytes <= LARGEST_OUTPUT_LIMIT;
        return with(
                "withOutputLimit",
                isRight ? null : "must be 0 to " + LARGEST_OUTPUT_LIMIT + " bytes, was " + bytes,
                changed -> changed.limit = bytes);
    }

    /**
     * In the application's actor system. Without it, one is made for this run and terminated after it, which takes some
     * tenths of a second: who runs many commands gives one.
     */
    public ProcessRun withSystem(ActorSystem<?> system) {
        return with("withSystem", Mistakes.ofNull(system), changed -> changed.system = Optional.of(system));
    }

    /**
     * Runs it, and waits until nothing of it is left.
     *
     * @return also if it has failed or was stopped; see {@link ProcessResult#orThrow}
     * @throws PosixException if it cannot be started: which says why
     * @throws IOException if the actor system ends first; the process has been killed then
     * @throws InterruptedException if the thread is interrupted; the process is being killed then
     * @throws InvalidSpecException listing all that is wrong with what it was given
     */
    public ProcessResult run() throws IOException, InterruptedException {
        CompletableFuture<ProcessResult> result = start();
        try {
            return result.get();
        } catch (InterruptedException e) {
            result.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                io.addSuppressed(new IllegalStateException("run from here"));
                throw io;
            }
            throw new IllegalStateException("a run has failed", e.getCause());
        }
    }

    /**
     * Starts it.
     *
     * @return completes when nothing of it is left, or fails as {@link #run} does; to cancel it kills the process
     * @throws InvalidSpecException listing all that is wrong with what it was given
     */
    public CompletableFuture<ProcessResult> start() {
        List<Problem> problems = problems();
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
        TreeSystem host = TreeSystem.of(parts.system);
        CompletableFuture<ProcessResult> run = OneRun.begin(
                host.system(),
                new OneRun.Order(
                        process(),
                        ByteBuffer.wrap(parts.input == null ? new byte[0] : parts.input),
                        parts.limit,
                        parts.timeout));
        CompletableFuture<ProcessResult> result = new CompletableFuture<>();
        var over = run.whenComplete((done, failure) -> {
            var gone = host.over().thenRun(() -> {
                if (failure == null) {
                    result.complete(done);
                } else {
                    result.completeExceptionally(failure);
                }
            });
            assert gone != null;
        });
        var cancelled = result.whenComplete((done, failure) -> {
            if (result.isCancelled()) {
                run.cancel(true);
            }
        });
        assert over != null && cancelled != null;
        return result;
    }

    /** With pipes where it is fed and collected. */
    private ProcessSpec process() {
        ProcessSpec spec = parts.spec;
        if (parts.input != null) {
            spec = spec.withStdin(Stdio.pipe());
        }
        if (spec.stdout().equals(Stdio.inherited())) {
            spec = spec.withStdout(Stdio.pipe());
        }
        return spec.stderr().equals(Stdio.inherited()) ? spec.withStderr(Stdio.pipe()) : spec;
    }

    private List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        parts.mistakes.sentences().forEach(sentence -> problems.add(new Problem("run", "invalid_run", "", sentence)));
        String name = parts.spec.name();
        problems.addAll(
                SpecCheck.problems(ChildSpec.process(name.isEmpty() ? "run" : name, parts.spec), AutoShutdown.NEVER));
        if (parts.spec.ready() != Readiness.immediately()) {
            problems.add(unfit(
                    parts.spec.ready(), "what is run to its end is not waited for to be ready; leave withReady out"));
        }
        if (parts.spec.stdin() instanceof Stdio.Connected) {
            problems.add(unfit("", "what is run once has no connection; use withInput, and leave withConnection out"));
        }
        parts.spec
                .live()
                .ifPresent(live -> problems.add(unfit(
                        live,
                        "nobody looks whether what is run to its end still works; leave withLive out, and give it"
                                + " withTimeout")));
        parts.spec
                .oneshot()
                .ifPresent(again ->
                        problems.add(unfit(again, "what is run once is a oneshot by itself; leave withOneshot out")));
        if (parts.spec.hasStartTimeout()) {
            problems.add(unfit(
                    parts.spec.startTimeout(),
                    "what is run to its end is not waited for to be ready; leave withStartTimeout out, and give it"
                            + " withTimeout"));
        }
        if (!parts.spec.ignoreExitCodes().isEmpty()) {
            problems.add(unfit(
                    parts.spec.ignoreExitCodes(),
                    "every end of what is run once is told, and none ignored; leave withIgnoreExitCodes out, and look"
                            + " at the status of the result"));
        }
        if (parts.spec.whenSupervisorDies() == WhenSupervisorDies.KEEP) {
            problems.add(unfit(
                    WhenSupervisorDies.KEEP,
                    "what is run once is killed with this JVM, since nobody would take it up again; leave"
                            + " withWhenSupervisorDies out"));
        }
        if (parts.spec.ownerLost() == OwnerLost.KEEP) {
            problems.add(unfit(
                    OwnerLost.KEEP,
                    "what is run once is killed with the actor system that it is run in, since nobody would take it up"
                            + " again; leave withOwnerLost out"));
        }
        return problems;
    }

    private static Problem unfit(Object value, String sentence) {
        return new Problem("run", "bad_combination", value.toString(), sentence);
    }
}
