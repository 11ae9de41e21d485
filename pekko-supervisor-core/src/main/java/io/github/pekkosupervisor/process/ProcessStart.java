package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.NotifySocket;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.posix.SpawnRequest.Further;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The descriptors of one start: opened before it, closed after it unless somebody goes on using them. */
final class ProcessStart implements AutoCloseable {

    private static final int IDENTITY_MODE = 0644;
    private static final String LISTEN_FDS = "LISTEN_FDS";
    private static final String LISTEN_FDNAMES = "LISTEN_FDNAMES";

    /** It finds its own number there, of which the start sees to. */
    private static final String LISTEN_PID = "LISTEN_PID";

    private static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";
    private static final String WATCHDOG_USEC = "WATCHDOG_USEC";

    /** Nobody can say a number before there is a process; without it, it is for whoever reads it. */
    private static final String WATCHDOG_PID = "WATCHDOG_PID";

    private final ProcessSpec spec;
    private final Processes processes;
    private final Runnable ready;
    private final List<AutoCloseable> ours = new ArrayList<>();
    private final List<AutoCloseable> closedIfFailed = new ArrayList<>();
    private final List<OutputReader> readers = new ArrayList<>();
    private final Tail tail = new Tail();
    private Optional<Descriptor> stdinEnd = Optional.empty();
    private Optional<Descriptor> stdoutEnd = Optional.empty();
    private Optional<Descriptor> stderrEnd = Optional.empty();
    private Optional<PipeReader> notifications = Optional.empty();
    private Optional<NotifyListener> notify = Optional.empty();
    private Optional<Descriptor> socketAsStdin = Optional.empty();
    private Optional<Descriptor> connectedIn = Optional.empty();
    private Optional<Descriptor> connectedOut = Optional.empty();
    private Optional<ProcessConnection> connection = Optional.empty();
    private Optional<ProcessStreams> streams = Optional.empty();
    private Optional<PosixException> identityProblem = Optional.empty();
    private ProcessCgroup cgroup = ProcessCgroup.NONE;

    private record Outlet(Descriptor descriptor, String stream, Stdio stdio) {}

    private final List<Outlet> outlets = new ArrayList<>();

    /**
     * Prepares.
     *
     * @param ready called, on some thread, when the process has given the sign that it is ready, if that comes through
     *     a descriptor
     */
    ProcessStart(ProcessSpec spec, Processes processes, Runnable ready) {
        this.spec = spec;
        this.processes = processes;
        this.ready = ready;
    }

    ChildProcess spawn() throws PosixException {
        try {
            return spawnAsAsked();
        } catch (PosixException e) {
            throw StartRefusal.ofLimit(e);
        }
    }

    private ChildProcess spawnAsAsked() throws PosixException {
        refuseWhatCannotBeReady();
        List<Descriptor> sockets = sockets();
        connect();
        Optional<Descriptor> stdin = socketAsStdin.isPresent() ? socketAsStdin : input();
        Optional<Descriptor> stdout = output(spec.stdout(), "stdout", end -> stdoutEnd = Optional.of(end));
        Optional<Descriptor> stderr = output(spec.stderr(), "stderr", end -> stderrEnd = Optional.of(end));
        Optional<Further> further = notification();
        Optional<Directory> directory = directory();
        Optional<HostGuard.Birth> birth = birth();
        notify = listener(spec);
        notify.ifPresent(this::theirs);
        ChildProcess process = spawn(new SpawnRequest(
                spec.command(),
                environment(birth.flatMap(HostGuard.Birth::mark), told(), directory),
                directory,
                stdin,
                stdout,
                stderr,
                spec.grouping(),
                further,
                conditions(),
                sockets));
        birth.ifPresent(expected -> expected.succeeded(process.identity()));
        closedIfFailed.clear();
        spec.identityFile().ifPresent(file -> write(file, process.identity()));
        begin(process.identity());
        return process;
    }

    /** The control group that it has of its own. */
    ProcessCgroup cgroup() {
        return cgroup;
    }

    private ChildProcess spawn(SpawnRequest request) throws PosixException {
        try {
            return processes.posix().spawn(request);
        } catch (PosixException e) {
            throw Conditions.areRefused(e) ? e : StartRefusal.ofProgram(e, request);
        }
    }

    ProcessEvent.Started started(ProcessIdentity identity) {
        return new ProcessEvent.Started(identity, identityProblem, stdinEnd, stdoutEnd, stderrEnd, tail::lines);
    }

    /** What passes between the process and this JVM from now on. */
    ProcessChannels channels() {
        return new ProcessChannels(readers, tail, connection, streams, notifications, notify);
    }

    /**
     * What passes between this JVM and a process that runs: its outputs are read on.
     *
     * @param unread those that somebody before has read
     */
    static ProcessChannels resumed(
            ProcessSpec spec, Processes processes, ProcessIdentity identity, List<UnreadOutput> unread) {
        if (unread.isEmpty()) {
            return ProcessChannels.NONE;
        }
        ProcessStart start = new ProcessStart(spec, processes, () -> {});
        for (UnreadOutput one : unread) {
            Stdio stdio = start.readable(one.stream().equals("stdout") ? spec.stdout() : spec.stderr());
            Outlet outlet = new Outlet(one.source(), one.stream(), stdio);
            start.readers.add(new OutputReader(
                    one.stream(),
                    start.reader(one.source()),
                    processes.outputs(),
                    List.of(start.tail.stream(), start.receiver(outlet, identity))));
        }
        for (int i = 0; i < unread.size(); i++) {
            start.readers.get(i).startWith(unread.get(i).unfinished());
        }
        return start.channels();
    }

    // ---- before the start

    private void refuseWhatCannotBeReady() throws PosixException {
        List<String> problems = new ArrayList<>(spec.problems());
        spec.contradiction().ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw new PosixException("spawn", spec.command().get(0).toString(), "EINVAL", String.join("; ", problems));
        }
        Optional<Probe> probe = Probes.of(spec);
        if (probe.isPresent() && spec.sockets().isEmpty()) {
            // where connections wait for it nobody else can be told from it
            probe.get().refuseIfTaken();
        }
    }

    /** What it has from descriptor 3 on. */
    private List<Descriptor> sockets() throws PosixException {
        Optional<HeldSockets> held = spec.heldSockets();
        if (spec.sockets().isEmpty() && (held.isEmpty() || held.get().isEmpty())) {
            return List.of();
        }
        List<Descriptor> all = held.isPresent() ? held.get().open(spec.sockets()) : openOnce();
        List<Descriptor> told = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (spec.sockets().get(i).isStdin()) {
                socketAsStdin = Optional.of(all.get(i));
            } else {
                told.add(all.get(i));
            }
        }
        return told;
    }

    private List<Descriptor> openOnce() throws PosixException {
        HeldSockets once = new HeldSockets(toString());
        own(once::leave);
        return once.open(spec.sockets());
    }

    private void connect() throws PosixException {
        if (spec.stdout() instanceof Stdio.Connected connected) {
            if (!connected.connection().take()) {
                throw new PosixException(
                        "spawn",
                        spec.command().get(0).toString(),
                        "EBUSY",
                        "its connection to the application is in use by another process; give each its own");
            }
            connection = Optional.of(connected.connection());
            closedIfFailed.add(connected.connection()::release);
        }
    }

    /** A pipe that the process is to read from. */
    private Pipe pipeTo() throws PosixException {
        Pipe pipe = processes.posix().pipe();
        own(pipe.readEnd());
        theirs(pipe.writeEnd());
        return pipe;
    }

    /** A pipe that the process is to write to. */
    private Pipe pipeFrom() throws PosixException {
        Pipe pipe = processes.posix().pipe();
        own(pipe.writeEnd());
        theirs(pipe.readEnd());
        return pipe;
    }

    private Optional<Descriptor> input() throws PosixException {
        if (spec.stdin() instanceof Stdio.Pipe) {
            Pipe pipe = pipeTo();
            stdinEnd = Optional.of(pipe.writeEnd());
            return Optional.of(pipe.readEnd());
        }
        if (spec.stdin() instanceof Stdio.Connected) {
            Pipe pipe = pipeTo();
            connectedIn = Optional.of(pipe.writeEnd());
            pipe.writeEnd().makeNonBlocking();
            return Optional.of(pipe.readEnd());
        }
        if (spec.stdin() instanceof Stdio.File file) {
            try {
                return Optional.of(
                        own(Descriptor.openRead(OsString.of(file.path().toString()))));
            } catch (PosixException e) {
                throw StartRefusal.ofFile(e, "stdin cannot be read from this file; make it, or name another");
            }
        }
        return given(spec.stdin());
    }

    private Optional<Descriptor> output(Stdio asked, String stream, Consumer<Descriptor> otherEnd)
            throws PosixException {
        Stdio stdio = readable(asked);
        if (stdio instanceof Stdio.Pipe) {
            Pipe pipe = pipeFrom();
            otherEnd.accept(pipe.readEnd());
            return Optional.of(pipe.writeEnd());
        }
        if (stdio instanceof Stdio.Logged || stdio instanceof Stdio.Copied || stdio instanceof Stdio.Connected) {
            Pipe pipe = pipeFrom();
            pipe.readEnd().makeNonBlocking();
            if (stdio instanceof Stdio.Connected) {
                connectedOut = Optional.of(pipe.readEnd());
            } else {
                outlets.add(new Outlet(pipe.readEnd(), stream, stdio));
            }
            return Optional.of(pipe.writeEnd());
        }
        if (stdio instanceof Stdio.File file) {
            try {
                return Optional.of(
                        own(Descriptor.openWrite(OsString.of(file.path().toString()), file.append())));
            } catch (PosixException e) {
                throw StartRefusal.ofFile(
                        e, stream + " cannot be written to this file; see to its directory, or name another");
            }
        }
        return given(stdio);
    }

    /** An output that a line is to be found in has to pass through this JVM. */
    private Stdio readable(Stdio stdio) {
        boolean lookForLine = spec.ready() instanceof Readiness.Line;
        return lookForLine && stdio instanceof Stdio.Inherited ? new Stdio.Copied(false) : stdio;
    }

    private static Optional<Descriptor> given(Stdio stdio) {
        return stdio instanceof Stdio.Given given ? Optional.of(given.descriptor()) : Optional.empty();
    }

    private Optional<Further> notification() throws PosixException {
        if (spec.ready() instanceof Readiness.Notification notification) {
            if (spec.signs().file().isPresent()) {
                return Optional.of(new Further(
                        notification.number(),
                        own(FileProbe.make(spec.signs().file().get()))));
            }
            Pipe pipe = pipeFrom();
            pipe.readEnd().makeNonBlocking();
            notifications = Optional.of(reader(pipe.readEnd()));
            return Optional.of(new Further(notification.number(), pipe.writeEnd()));
        }
        return Optional.empty();
    }

    /** Where it can say how it is, if it is to be told of such a place. */
    static Optional<NotifyListener> listener(ProcessSpec spec) throws PosixException {
        Optional<NotifyAccess> access = spec.heard();
        if (access.isEmpty()) {
            return Optional.empty();
        }
        String name = spec.signs().socket().orElseGet(() -> ProcessSigns.socketName(ProcessSigns.newSocketNumber()));
        return Optional.of(new NotifyListener(NotifySocket.open(name), access.get()));
    }

    private Optional<Directory> directory() throws PosixException {
        if (spec.directory() instanceof WorkingDirectory.Open open) {
            return Optional.of(
                    open.below().isPresent()
                            ? own(open.directory().directory(open.below().get()))
                            : open.directory());
        }
        if (spec.directory() instanceof WorkingDirectory.At at) {
            try {
                return Optional.of(own(Directory.open(OsString.of(at.path().toString()))));
            } catch (PosixException e) {
                throw StartRefusal.ofDirectory(e, spec.command().get(0).toString());
            }
        }
        return Optional.empty();
    }

    private Optional<HostGuard.Birth> birth() throws PosixException {
        if (spec.whenSupervisorDies() != WhenSupervisorDies.KILL) {
            return Optional.empty();
        }
        boolean leadsGroup = spec.grouping() != Grouping.INHERIT;
        return Optional.of(own(
                spec.directory() instanceof WorkingDirectory.Open open
                        ? processes.expectGuarded(leadsGroup, place(open.directory()))
                        : processes.expectGuarded(leadsGroup)));
    }

    /** A process of a service directory finds nothing of ours in its environment. */
    private static OsString place(Directory directory) {
        try {
            return directory.realPath();
        } catch (PosixException e) {
            // then it is known when it has begun, and not a moment before
            return OsString.of(HostGuard.NOWHERE);
        }
    }

    /** What it is told by its environment, whatever else is said there; without a value it is taken from it. */
    private Map<String, Optional<String>> told() {
        Map<String, Optional<String>> told = new LinkedHashMap<>();
        notify.ifPresent(listener -> told.put(NOTIFY_SOCKET, Optional.of(listener.address())));
        List<String> sockets = spec.sockets().stream()
                .filter(socket -> !socket.isStdin())
                .map(ListeningSocket::name)
                .toList();
        if (!sockets.isEmpty()) {
            told.put(LISTEN_FDS, Optional.of(String.valueOf(sockets.size())));
            told.put(LISTEN_FDNAMES, Optional.of(String.join(":", sockets)));
            told.put(LISTEN_PID, Optional.empty());
        }
        spec.live().filter(Liveness::isWatchdog).ifPresent(watchdog -> {
            told.put(
                    WATCHDOG_USEC,
                    Optional.of(String.valueOf(
                            TimeUnit.NANOSECONDS.toMicros(watchdog.timeout().toNanos()))));
            told.put(WATCHDOG_PID, Optional.empty());
        });
        return told;
    }

    private Optional<List<OsString>> environment(
            Optional<OsString> mark, Map<String, Optional<String>> told, Optional<Directory> directory)
            throws PosixException {
        if (!Variables.changes(spec) && mark.isEmpty() && told.isEmpty()) {
            return Optional.empty();
        }
        Variables variables = new Variables(mark, told);
        if (!spec.clearsEnvironment()) {
            variables.inherit(Launch.ofThisJvm().environment());
        }
        for (Path file : spec.environmentFiles()) {
            variables.add(EnvironmentFile.read(file, directory));
        }
        variables.change(spec.environment());
        return Optional.of(variables.entries());
    }

    private Conditions conditions() throws PosixException {
        Optional<String> user = spec.user();
        Conditions conditions =
                user.isPresent() ? spec.conditions().withAccount(Account.of(user.get())) : spec.conditions();
        cgroup = ProcessCgroup.prepare(spec);
        closedIfFailed.add(cgroup::leave);
        return cgroup.cgroup().map(conditions::withCgroup).orElse(conditions);
    }

    private <T extends AutoCloseable> T own(T resource) {
        ours.add(resource);
        return resource;
    }

    private <T extends AutoCloseable> T theirs(T resource) {
        closedIfFailed.add(resource);
        return resource;
    }

    // ---- after it

    private void write(ProcessSpec.IdentityFile file, ProcessIdentity identity) {
        try (Descriptor open = file.directory().openOwn(file.name(), IDENTITY_MODE)) {
            open.write(identity.toLine());
        } catch (PosixException e) {
            identityProblem = Optional.of(e);
        }
    }

    private void begin(ProcessIdentity identity) {
        for (Outlet outlet : outlets) {
            List<OutputReader.Receiver> receivers = new ArrayList<>(List.of(tail.stream(), receiver(outlet, identity)));
            search().ifPresent(receivers::add);
            readers.add(new OutputReader(outlet.stream(), reader(outlet.descriptor()), processes.outputs(), receivers));
        }
        if (connectedOut.isPresent() && connectedIn.isPresent()) {
            PipeWriter in = new PipeWriter(connectedIn.get(), processes.posix().loop(), processes.outputs());
            ApplicationPipe out =
                    new ApplicationPipe(reader(connectedOut.get()), processes.outputs(), listenersOfApplication());
            streams = Optional.of(new ProcessStreams(identity, out, in));
            out.start();
        }
        readers.forEach(OutputReader::start);
        notifications.ifPresent(this::awaitNewline);
    }

    private Optional<OutputReader.Receiver> search() {
        return spec.ready() instanceof Readiness.Line line
                ? Optional.of(Receivers.search(line.pattern(), ready))
                : Optional.empty();
    }

    /** Of what goes to the application, until the line has been found. */
    private List<OutputReader.Receiver> listenersOfApplication() {
        return search().map(search -> List.of(tail.stream(), search)).orElse(List.of());
    }

    private PipeReader reader(Descriptor descriptor) {
        return new PipeReader(descriptor, processes.posix().loop(), processes.outputs());
    }

    private OutputReader.Receiver receiver(Outlet outlet, ProcessIdentity identity) {
        if (outlet.stdio() instanceof Stdio.Logged logged) {
            Map<String, String> context = new HashMap<>(spec.logContext());
            context.put("process", spec.name());
            context.put("pid", String.valueOf(identity.pid()));
            context.put("stream", outlet.stream());
            return Receivers.logger(logged.logger().orElse("process." + spec.name()), logged.level(), context);
        }
        boolean prefixed = outlet.stdio() instanceof Stdio.Copied copied && copied.prefixed();
        byte[] prefix = prefixed ? ("[" + spec.name() + "] ").getBytes(UTF_8) : new byte[0];
        return outlet.stream().equals("stdout")
                ? Receivers.stream(() -> System.out, prefix)
                : Receivers.stream(() -> System.err, prefix);
    }

    private void awaitNewline(PipeReader pipe) {
        CompletionStage<byte[]> next = pipe.read();
        next.thenAccept(bytes -> {
            boolean said = new String(bytes, UTF_8).indexOf('\n') >= 0;
            if (said) {
                ready.run();
            }
            if (said || bytes.length == 0) {
                pipe.close();
            } else {
                awaitNewline(pipe);
            }
        });
    }

    @Override
    public void close() {
        ours.forEach(ProcessStart::close);
        closedIfFailed.forEach(ProcessStart::close);
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a descriptor failed", e);
        }
    }
}
