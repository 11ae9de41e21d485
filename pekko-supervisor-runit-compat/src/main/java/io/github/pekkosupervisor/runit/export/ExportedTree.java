package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.actor.ActorNames;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One tree while it is shown: what it tells goes into the table, and who writes is woken. Its gate keeps down what a
 * file or a command has put down.
 */
final class ExportedTree implements TreeExport.Exporting {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    /** Where files are touched, which may take for ever. */
    private static final String FILES = "pekko-supervisor.runit.export-dispatcher";

    /** How long the start of a child waits for a file system. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    /** How long the start of a tree waits for it. */
    private static final Duration LONGEST_OPENING = Duration.ofSeconds(5);

    /** The same of a tree that must be shown. */
    private static final Duration LONGEST_IF_REQUIRED = Duration.ofSeconds(10);

    private final ExportSettings settings;
    private final ExportTable table;
    private final AtomicReference<@Nullable OpenExport> opened;
    private final ActorRef<ExporterMessage> exporter;
    private final DownLooks looks;
    private final DownSurvey survey;
    private final CompletableFuture<Void> over;
    private final Consumer<ExportedTree> whenOver;

    private ExportedTree(
            ExportSettings settings,
            ExportTable table,
            AtomicReference<@Nullable OpenExport> opened,
            ActorRef<ExporterMessage> exporter,
            DownLooks looks,
            CompletableFuture<Void> over,
            Consumer<ExportedTree> whenOver) {
        this.settings = settings;
        this.table = table;
        this.opened = opened;
        this.exporter = exporter;
        this.looks = looks;
        this.survey = new DownSurvey(looks, System::nanoTime);
        this.over = over;
        this.whenOver = whenOver;
    }

    /**
     * Begins to show a tree.
     *
     * @param whenOver told when it is shown no more
     * @throws IOException it is required, and the directory cannot be used
     */
    static ExportedTree begin(ExportSettings settings, TreeExport.Exported tree, Consumer<ExportedTree> whenOver)
            throws IOException {
        Executor files = tree.system().dispatchers().lookup(DispatcherSelector.fromConfig(FILES));
        return begin(
                settings,
                tree,
                whenOver,
                OpenExport.open(settings, files),
                settings.isRequired() ? LONGEST_IF_REQUIRED : LONGEST_OPENING);
    }

    /**
     * The same.
     *
     * @param first the opening of the directory, which may take for ever
     * @param patience how long it is waited for, so that the first child is shown from its start and its file down is
     *     looked at
     */
    static ExportedTree begin(
            ExportSettings settings,
            TreeExport.Exported tree,
            Consumer<ExportedTree> whenOver,
            CompletableFuture<OpenExport> first,
            Duration patience)
            throws IOException {
        ExportComplaints complaints = new ExportComplaints();
        Exporter.Opening opening = Exporter.Opening.of(first);
        boolean done = false;
        try {
            await(settings, opening, patience, complaints);
            ExportedTree exported = begin(settings, tree, whenOver, opening, complaints);
            done = true;
            return exported;
        } finally {
            if (!done) {
                opening.close();
            }
        }
    }

    private static void await(
            ExportSettings settings, Exporter.Opening opening, Duration patience, ExportComplaints complaints)
            throws IOException {
        try {
            opening.now()
                    .set(opening.first()
                            .copy()
                            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                            .join());
        } catch (CompletionException e) {
            IOException refusal = e.getCause() instanceof IOException refused
                    ? refused
                    : new IOException(
                            settings.directory() + " does not answer within " + DurationText.given(patience), e);
            if (settings.isRequired()) {
                throw refusal;
            }
            if (e.getCause() instanceof TimeoutException) {
                complaints.tell("the tree is not shown until its directory can be opened", refusal);
            }
        }
    }

    private static ExportedTree begin(
            ExportSettings settings,
            TreeExport.Exported tree,
            Consumer<ExportedTree> whenOver,
            Exporter.Opening opening,
            ExportComplaints complaints) {
        AtomicReference<@Nullable ActorRef<ExporterMessage>> writer = new AtomicReference<>();
        ExportTable table = new ExportTable(
                settings.terms(), tree.spec(), InstantSource.system(), OwnProcess.pid(), () -> wake(writer.get()));
        EventLoop loop = Processes.get(tree.system()).posix().loop();
        CompletableFuture<Void> over = new CompletableFuture<>();
        DispatcherSelector files = DispatcherSelector.fromConfig(FILES);
        Executor executor = tree.system().dispatchers().lookup(files);
        DownLooks looks = new DownLooks(
                executor,
                LONGEST_LOOK,
                () -> LOG.error(
                        "[{}] does not answer; files down in it do not count until it does", settings.directory()),
                failure -> LOG.error(
                        "it could not be seen whether there is a file down in [{}], so it does not count; please report"
                                + " this",
                        settings.directory(),
                        failure));
        ActorRef<ExporterMessage> exporter = tree.system()
                .systemActorOf(
                        Exporter.create(settings, table, new Callers(tree), loop, opening, complaints, over),
                        "pekko-supervisor-export-" + ActorNames.unique(),
                        files);
        writer.set(exporter);
        ExportRest rest = new ExportRest(exporter, opening.now(), table);
        Standstill all = Standstill.get(tree.system());
        all.add(Standstill.Stage.COMMANDS, rest);
        var gone = over.thenRun(() -> all.remove(Standstill.Stage.COMMANDS, rest));
        assert gone != null;
        return new ExportedTree(settings, table, opening.now(), exporter, looks, over, whenOver);
    }

    /** Before there is anybody nobody is woken: he begins by looking. */
    private static void wake(@Nullable ActorRef<ExporterMessage> writer) {
        if (writer != null) {
            writer.tell(ExporterMessage.Write.INSTANCE);
        }
    }

    @Override
    public void event(TreeEvent event) {
        if (event instanceof SupervisorEvent ofSupervisor) {
            table.happened(ofSupervisor);
            if (event instanceof SupervisorEvent.SupervisorStarted started
                    && started.supervisor().equals(TreePath.TOP)) {
                exporter.tell(ExporterMessage.TreeIsUp.INSTANCE);
            }
        } else if (event instanceof ServiceEntry entry) {
            table.happened(entry);
        }
    }

    /** Completes when all that has happened until now is to be seen. */
    CompletableFuture<Void> whenWritten() {
        // who has ended writes no more
        return table.whenWritten().acceptEither(over, done -> {});
    }

    @Override
    public CompletionStage<Void> ended(TreeEnd end) {
        exporter.tell(ExporterMessage.End.INSTANCE);
        return over.whenComplete((done, failure) -> whenOver.accept(this));
    }

    // ---- what keeps a child down

    @Override
    public Optional<StartGate> startGate() {
        return Optional.of(this::mayStartInAnyCase);
    }

    /** A gate that fails has said no, and what fails here is to keep no child down. */
    private CompletionStage<Boolean> mayStartInAnyCase(StartGate.Start start) {
        CompletableFuture<Boolean> said;
        try {
            said = mayStart(start);
            if (said.isDone() && !said.isCompletedExceptionally()) {
                return said;
            }
        } catch (RuntimeException | Error e) {
            return CompletableFuture.completedFuture(inAnyCase(start, e));
        }
        return said.exceptionally(failure -> inAnyCase(start, failure));
    }

    private static boolean inAnyCase(StartGate.Start start, Throwable failure) {
        LOG.error(
                "it is not known whether something keeps [{}] down, so it is started; please report this",
                start.path(),
                failure);
        return true;
    }

    /** A file is looked at where waiting for a disk holds up no supervisor but the one that asks, and that not long. */
    private CompletableFuture<Boolean> mayStart(StartGate.Start start) {
        OpenExport here = opened.get();
        // a service directory has a file of its own, which is looked at by who supervises it
        boolean isLookedAt = settings.obeysDownFiles() && !(start.child().kind() instanceof LinkedService);
        if (here == null || !isLookedAt) {
            return CompletableFuture.completedFuture(table.mayStart(start, false));
        }
        CompletableFuture<Boolean> isDown = isDown(start, here.directory());
        return isDown.isDone() && !isDown.isCompletedExceptionally()
                ? CompletableFuture.completedFuture(mayStart(start, isDown.join()))
                : isDown.thenApply(isThere -> mayStart(start, isThere));
    }

    /** Said only if that is why: who has seen the file too late has not kept the child from its start. */
    private boolean mayStart(StartGate.Start start, boolean hasDownFile) {
        if (hasDownFile) {
            MDC.put("supervisor", start.supervisor());
            MDC.put("child", start.child().id());
            try {
                LOG.warn("it is not started, since there is a file [{}/{}/down]", settings.directory(), name(start));
            } finally {
                MDC.remove("supervisor");
                MDC.remove("child");
            }
        }
        return table.mayStart(start, hasDownFile);
    }

    private OsString name(StartGate.Start start) {
        return ExportNames.shown(ExportNames.of(settings.name(), start.path(), OptionalLong.empty()));
    }

    private CompletableFuture<Boolean> isDown(StartGate.Start start, ExportDirectory here) {
        return switch (start.cause()) {
            case START_UP ->
                survey.look(here, () -> name(start), here::withDownFile, () -> here.hasDownFile(name(start)));
            case GROUP -> looks.look(() -> here.hasDownFile(name(start)));
            case RESTART, DELAY_OVER, CALL -> CompletableFuture.completedFuture(false);
        };
    }
}
