package io.github.pekkosupervisor.posix;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Processes by the JDK, for platforms without the native calls. */
final class JdkPosix implements Posix {

    /** {@code error=2, …} up to JDK 22 or so, {@code error: 2 (…)} after. */
    private static final Pattern ERROR_NUMBER = Pattern.compile("error(?:=|: )(\\d{1,4})\\b");

    private final EventLoop loop;

    JdkPosix() throws PosixException {
        this.loop = new EventLoop();
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        if (request.further().isPresent()) {
            throw new PosixException(
                    "spawn",
                    request.command().get(0).toString(),
                    "ENOSYS",
                    "the JDK's process backend passes on no descriptor but 0 to 2; use the native one");
        }
        if (request.grouping() != SpawnRequest.Grouping.INHERIT) {
            throw new PosixException(
                    "spawn",
                    request.command().get(0).toString(),
                    "ENOSYS",
                    "the JDK's process backend cannot give a process a session or group of its own; use the native one");
        }
        ProcessBuilder builder = new ProcessBuilder(
                request.command().stream().map(OsString::toString).toList());
        request.directory()
                .ifPresent(directory ->
                        builder.directory(new File(path(directory.descriptor().number()))));
        // asking for the map makes the JDK pass on what its locale could hold, in an order of its own
        if (System.getenv(Launch.UNCHANGED_ENVIRONMENT) != null || System.getenv(Launch.UNCHANGED_LOCALE) != null) {
            Launch.restore(builder.environment());
        }
        request.environment().ifPresent(entries -> change(builder.environment(), parse(entries)));
        builder.redirectInput(request.stdin()
                .map(in -> Redirect.from(new File(path(in.number()))))
                .orElse(Redirect.INHERIT));
        builder.redirectOutput(redirect(request.stdout()));
        builder.redirectError(redirect(request.stderr()));
        JdkCall.SPAWN.pass();
        try {
            return new JdkChild(builder.start());
        } catch (IOException e) {
            throw refusal(request.command().get(0).toString(), e);
        }
    }

    /** A name under which the JDK, and the process that it starts, can open what this JVM has open. */
    private static String path(int descriptor) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor;
    }

    private static Redirect redirect(Optional<Descriptor> out) {
        return out.map(descriptor -> Redirect.appendTo(new File(path(descriptor.number()))))
                .orElse(Redirect.INHERIT);
    }

    private static Map<String, String> parse(List<OsString> entries) {
        Map<String, String> environment = new HashMap<>();
        for (OsString entry : entries) {
            String text = entry.toString();
            int equals = text.indexOf('=');
            // others are no variables, and the JDK passes on none of them
            if (equals > 0) {
                environment.put(text.substring(0, equals), text.substring(equals + 1));
            }
        }
        return environment;
    }

    /** What stays as it is keeps the bytes that it has. */
    private static void change(Map<String, String> environment, Map<String, String> wanted) {
        environment.keySet().retainAll(wanted.keySet());
        wanted.forEach((name, value) -> {
            if (!value.equals(environment.get(name))) {
                environment.put(name, value);
            }
        });
    }

    /** The JDK gives the error number in a message only: in the cause's, since the outer one repeats the command. */
    private static PosixException refusal(String program, IOException e) {
        String message = String.valueOf(e.getMessage());
        Throwable innermost = e.getCause() == null ? e : e.getCause();
        Matcher number = ERROR_NUMBER.matcher(String.valueOf(innermost.getMessage()));
        // of a descriptor it gives the words alone, in parentheses
        String errno = number.find()
                ? Errno.name(Integer.parseInt(number.group(1)))
                : Errno.namedAtTheEndOf(String.valueOf(innermost.getMessage())).orElse("EIO");
        return new PosixException("spawn", program, errno, message);
    }

    @Override
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException {
        return AdoptedChild.find(who, pidfdInode, leadsGroup, loop, AdoptedChild.NO_CHILD);
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean hasGroups() {
        return false;
    }

    @Override
    public List<String> limitations() {
        return List.of(
                "no session or process group of its own for a process",
                "no descriptor but 0 to 2 is passed on",
                "a pipe as output is opened to write only, so who writes to it dies of SIGPIPE when nobody reads any more",
                "a thread of the JDK for each process",
                "a process that exits with 128 + n looks as if signal n had ended it, and core dumps are not seen",
                "signals that this JVM blocks or ignores, and its limit of open files, are passed on",
                "names and arguments must be valid in the JVM's locale",
                "a program file in no known format is run by the shell as a script",
                "starting takes about ten times as long");
    }

    @Override
    public void close() {
        loop.close();
    }

    private static final class JdkChild implements ChildProcess {
        private final Process process;
        private final ProcessIdentity identity;
        private final CompletableFuture<ExitStatus> exit;

        JdkChild(Process process) {
            this.process = process;
            int pid = Math.toIntExact(process.pid());
            this.identity = ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, ""));
            this.exit = process.onExit().thenApply(ended -> status(ended.exitValue()));
        }

        private static ExitStatus status(int exitValue) {
            final int signalBase = 128;
            final int lastSignal = 64;
            return exitValue > signalBase && exitValue <= signalBase + lastSignal
                    ? ExitStatus.ofSignal(exitValue - signalBase)
                    : ExitStatus.ofCode(exitValue);
        }

        @Override
        public ProcessIdentity identity() {
            return identity;
        }

        @Override
        public CompletionStage<ExitStatus> exit() {
            return exit.minimalCompletionStage();
        }

        @Override
        public boolean signal(Signal signal) throws PosixException {
            return process.isAlive() && ProcessCalls.kill(identity.pid(), signal);
        }

        @Override
        public boolean groupExists() {
            return false;
        }

        @Override
        public boolean signalGroup(Signal signal) {
            throw new IllegalStateException("the JDK's process backend has no process groups");
        }
    }
}
