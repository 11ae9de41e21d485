package io.github.pekkosupervisor.posix;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a system call comes from: the function of the C library, the frames of {@code posix} that led to it, and the
 * innermost frame of {@code process} or {@code runit}, if there is one: the event loop calls by itself.
 *
 * @param function of the C library, or of the JDK's own calls
 * @param frames innermost first
 */
public record CallSite(String function, List<Frame> frames) {

    private static final String OURS = "io.github.pekkosupervisor.";
    private static final List<String> CALLERS = List.of(OURS + "process.", OURS + "runit.");
    private static final String POSIX = OURS + "posix.";

    private static final List<String> NO_DESCRIPTOR = List.of("EMFILE", "ENFILE");
    private static final List<String> CHANGE = List.of("ENOSPC", "EROFS", "EIO", "EINTR");
    private static final List<String> LOOK = List.of("EIO", "EINTR");

    /** What each function may meet; those that are not here are excused in {@link BoundFunctions}. */
    private static final Map<String, List<String>> ERRORS = Map.ofEntries(
            Map.entry("openat", List.of("EMFILE", "ENFILE", "EIO", "EINTR")),
            Map.entry("mkdirat", CHANGE),
            Map.entry("mkfifoat", CHANGE),
            Map.entry("symlinkat", CHANGE),
            Map.entry("linkat", CHANGE),
            Map.entry("fchownat", CHANGE),
            Map.entry("faccessat", LOOK),
            Map.entry("renameat", CHANGE),
            Map.entry("renameat2", CHANGE),
            Map.entry("unlinkat", CHANGE),
            Map.entry("fchmodat", CHANGE),
            Map.entry("fchmod", CHANGE),
            Map.entry("ftruncate", CHANGE),
            Map.entry("fsync", List.of("EIO", "ENOSPC", "EINTR")),
            Map.entry("readlinkat", LOOK),
            Map.entry("statx", LOOK),
            Map.entry("getdents64", LOOK),
            Map.entry("close", LOOK),
            Map.entry("read", LOOK),
            Map.entry("write", List.of("ENOSPC", "EIO", "EINTR")),
            Map.entry("pread", LOOK),
            Map.entry("pwrite", List.of("ENOSPC", "EIO", "EINTR")),
            Map.entry("tee", List.of("EAGAIN", "EIO", "EINTR")),
            Map.entry("splice", List.of("EAGAIN", "ENOSPC", "EIO", "EINTR")),
            Map.entry("flock", List.of("EAGAIN", "EINTR")),
            Map.entry("fcntl", NO_DESCRIPTOR),
            Map.entry("dup2", List.of("EINTR")),
            Map.entry("poll", List.of("EINTR")),
            Map.entry("pipe2", NO_DESCRIPTOR),
            Map.entry("epoll_create1", NO_DESCRIPTOR),
            Map.entry("eventfd", NO_DESCRIPTOR),
            Map.entry("timerfd_create", NO_DESCRIPTOR),
            Map.entry("inotify_init1", NO_DESCRIPTOR),
            Map.entry("epoll_ctl", List.of("ENOSPC")),
            Map.entry("epoll_wait", List.of("EINTR")),
            Map.entry("inotify_add_watch", List.of("ENOSPC")),
            Map.entry("waitpid", List.of("EINTR")),
            Map.entry("waitid", List.of("EINTR")),
            Map.entry("syscall", NO_DESCRIPTOR),
            Map.entry("kill", List.of("EPERM")),
            Map.entry("setrlimit", List.of("EPERM")),
            Map.entry("posix_spawnp", List.of("EAGAIN", "EMFILE", "ENFILE", "EIO", "ENOMEM")),
            Map.entry("posix_spawn_file_actions_adddup2", List.of("ENOMEM")),
            Map.entry("posix_spawn_file_actions_addclose", List.of("ENOMEM")),
            Map.entry("posix_spawn_file_actions_addclosefrom_np", List.of("ENOMEM")),
            Map.entry("posix_spawn_file_actions_addfchdir_np", List.of("ENOMEM")),
            Map.entry("socket", NO_DESCRIPTOR),
            Map.entry("bind", List.of("ENOMEM")),
            Map.entry("listen", List.of("EADDRINUSE", "ENOBUFS")),
            Map.entry("recvmsg", List.of("EAGAIN", "EINTR", "ENOMEM")),
            Map.entry("connect", List.of("EAGAIN", "EINTR")),
            Map.entry("sendto", List.of("EAGAIN", "EINTR", "EIO")),
            Map.entry("spawn", List.of("EAGAIN", "EMFILE", "ENOMEM")));

    /**
     * A place in our code.
     *
     * @param type its class, without our common prefix
     * @param method its method; the one around it if it is a lambda
     * @param line in the class's file
     */
    public record Frame(String type, String method, int line) {
        static Frame of(StackFrame frame) {
            String method = frame.getMethodName();
            return new Frame(
                    frame.getClassName().substring(OURS.length()),
                    method.startsWith("lambda$") ? method.substring(7, method.lastIndexOf('$')) : method,
                    frame.getLineNumber());
        }

        /** Without the line, which changes with each edit. */
        public String place() {
            return type + "." + method;
        }

        @Override
        public String toString() {
            return place() + ":" + line;
        }
    }

    /** Whether a function may fail at all. */
    public static boolean mayFail(String function) {
        return ERRORS.containsKey(function);
    }

    /** Of the call that this thread is about to make. */
    static CallSite here(String function) {
        return new CallSite(function, StackWalker.getInstance().walk(CallSite::frames));
    }

    private static List<Frame> frames(Stream<StackFrame> stack) {
        List<Frame> frames = new ArrayList<>();
        for (StackFrame frame : (Iterable<StackFrame>) stack::iterator) {
            String type = frame.getClassName();
            if (CALLERS.stream().anyMatch(type::startsWith)) {
                frames.add(Frame.of(frame));
                break;
            }
            if (type.startsWith(POSIX) && !isSeam(type)) {
                frames.add(Frame.of(frame));
            }
        }
        return List.copyOf(frames);
    }

    private static boolean isSeam(String type) {
        return Stream.of("CFunction", "JdkCall", "CallSite", "Faults", "OpenFilesGate")
                .anyMatch(name -> {
                    String seam = POSIX + name;
                    return type.equals(seam) || type.startsWith(seam + "$");
                });
    }

    /** The frame of {@code process} or {@code runit}, or the outermost of {@code posix}. */
    public Frame caller() {
        return frames.get(frames.size() - 1);
    }

    private boolean passes(String... methods) {
        return frames.stream()
                .anyMatch(frame ->
                        Stream.of(methods).anyMatch(method -> frame.place().endsWith("." + method)));
    }

    /** The names of the errors that this call may meet. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>(ERRORS.get(function));
        if (function.equals("openat")
                && passes("openNew", "openOwn", "openAppend", "openTruncated", "openOverwrite", "openWrite")) {
            errors.addAll(List.of("ENOSPC", "EROFS"));
        }
        if (passes(
                "readIfReady",
                "writeIfReady",
                "DescriptorWatch.readable",
                "Inotify.read",
                "Epoll.wake",
                "Epoll.awake")) {
            errors.add("EAGAIN");
        }
        if (passes("ProcessCalls.sendSignal", "ProcessCalls.sendGroupSignal")) {
            return List.of("EPERM");
        }
        if (passes("Epoll.wake")) {
            // what it writes to is no file
            return List.of("EAGAIN", "EINTR");
        }
        boolean ofWhatIsOpen = switch (function) {
            case "epoll_ctl" -> !passes("Epoll.add");
            case "fcntl" -> !passes("copy", "copyOf");
            case "flock" -> passes("DescriptorCalls.awaitExclusiveLock", "DescriptorCalls.unlock");
            default -> passes("SignalCalls.stopIgnoring");
        };
        if (ofWhatIsOpen) {
            // which cannot be refused
            return List.of();
        }
        return errors;
    }

    @Override
    public String toString() {
        return function + " in " + frames.stream().map(Frame::toString).collect(Collectors.joining(" < "));
    }
}
