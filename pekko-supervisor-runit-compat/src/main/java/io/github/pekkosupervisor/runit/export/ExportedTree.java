package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.actor.ActorNames;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.process.Processes;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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

    private final ExportSettings settings;
    private final ExportTable table;
    private final AtomicReference<Exporter.@Nullable Opened> opened;
    private final ActorRef<Exporter.Command> exporter;
    private final DownLooks looks;
    private final DownSurvey survey;
    private final CompletableFuture<Void> over;
    private final Consumer<ExportedTree> whenOver;

    private ExportedTree(
            ExportSettings settings,
            ExportTable table,
            AtomicReference<Exporter.@Nullable Opened> opened,
            ActorRef<Exporter.Command> exporter,
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
        ExportComplaints complaints = new ExportComplaints();
        AtomicReference<Exporter.@Nullable Opened> opened = new AtomicReference<>(open(settings, complaints));
        boolean done = false;
        try {
            ExportedTree exported = begin(settings, tree, whenOver, opened, complaints);
            done = true;
            return exported;
        } finally {
            Exporter.Opened unused = opened.get();
            if (!done && unused != null) {
                unused.directory().close(Set.of());
            }
        }
    }

    private static Exporter.@Nullable Opened open(ExportSettings settings, ExportComplaints complaints)
            throws IOException {
        try {
            return Exporter.open(settings);
        } catch (IOException e) {
            if (settings.isRequired()) {
                throw e;
            }
            complaints.tell(settings.refusal(), e);
            return null;
        }
    }

    private static ExportedTree begin(
            ExportSettings settings,
            TreeExport.Exported tree,
            Consumer<ExportedTree> whenOver,
            AtomicReference<Exporter.@Nullable Opened> opened,
            ExportComplaints complaints) {
        AtomicReference<@Nullable ActorRef<Exporter.Command>> writer = new AtomicReference<>();
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
        ActorRef<Exporter.Command> exporter = tree.system()
                .systemActorOf(
                        Exporter.create(settings, table, new Callers(tree), loop, opened, complaints, over),
                        "pekko-supervisor-export-" + ActorNames.unique(),
                        files);
        writer.set(exporter);
        return new ExportedTree(settings, table, opened, exporter, looks, over, whenOver);
    }

    /** Before there is anybody nobody is woken: he begins by looking. */
    private static void wake(@Nullable ActorRef<Exporter.Command> writer) {
        if (writer != null) {
            writer.tell(Exporter.Write.INSTANCE);
        }
    }

    @Override
    public void event(TreeEvent event) {
        if (event instanceof SupervisorEvent ofSupervisor) {
            table.happened(ofSupervisor);
            if (event instanceof SupervisorEvent.SupervisorStarted started
                    && started.supervisor().equals(TreePath.TOP)) {
                exporter.tell(Exporter.TreeIsUp.INSTANCE);
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
        exporter.tell(Exporter.End.INSTANCE);
        return over.whenComplete((done, failure) -> whenOver.accept(this));
    }

    // ---- what keeps a child down

    @Override
    public Optional<StartGate> startGate() {
        return Optional.of(this::mayStart);
    }

    /** A file is looked at where waiting for a disk holds up no supervisor but the one that asks, and that not long. */
    private CompletionStage<Boolean> mayStart(StartGate.Start start) {
        Exporter.Opened here = opened.get();
        if (here == null || !settings.obeysDownFiles()) {
            return CompletableFuture.completedFuture(table.mayStart(start, false));
        }
        return isDown(start, here.directory()).thenApply(isThere -> mayStart(start, isThere));
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

    private CompletionStage<Boolean> isDown(StartGate.Start start, ExportDirectory here) {
        OsString name = name(start);
        return switch (start.cause()) {
            case START_UP -> survey.look(here, name, here::withDownFile, () -> here.hasDownFile(name));
            case GROUP -> looks.look(() -> here.hasDownFile(name));
            case RESTART, DELAY_OVER, CALL -> CompletableFuture.completedFuture(false);
        };
    }
}
