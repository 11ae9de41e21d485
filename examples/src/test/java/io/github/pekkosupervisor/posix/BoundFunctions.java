package io.github.pekkosupervisor.posix;

import java.lang.reflect.Field;
import java.util.Map;

/** The functions of the C library that are bound, by the constants that hold them. */
public final class BoundFunctions {

    private static final String OF_TOOLS = "of programs that become another one, which say so and exit";
    private static final String OF_MEMORY = "fills memory that is there";
    private static final String SPARED = "for want of it something is left out that nobody depends on";
    private static final String OF_CONDITIONS =
            "of a child that waits for it: what it says is the start's refusal, and the child is ended";
    private static final String ALWAYS = "always succeeds";

    /** Those that are never refused, with the reason. */
    static final Map<String, String> EXCUSED = Map.ofEntries(
            Map.entry("posix_spawn", "as posix_spawnp, which the walk refuses at the same place"),
            Map.entry("posix_spawn_file_actions_init", OF_MEMORY),
            Map.entry("posix_spawn_file_actions_destroy", ALWAYS),
            Map.entry("posix_spawnattr_init", OF_MEMORY),
            Map.entry("posix_spawnattr_destroy", ALWAYS),
            Map.entry("posix_spawnattr_setflags", OF_MEMORY),
            Map.entry("posix_spawnattr_setsigmask", OF_MEMORY),
            Map.entry("posix_spawnattr_setsigdefault", OF_MEMORY),
            Map.entry("timerfd_settime", "of a timer that is open, with a time that is right"),
            Map.entry("inotify_rm_watch", "of a watch that may be gone already; what it says is not looked at"),
            Map.entry("ioctl", "of a pidfd that is open; older kernels do not have it, and its answer is done without"),
            Map.entry("fstatfs", "of a pidfd that is open; without an answer its inode is not believed"),
            Map.entry("setsockopt", "of a socket that is open, with a value that is right"),
            Map.entry("getsockopt", "of a socket that is open; without an answer it is taken for another"),
            Map.entry("getsockname", "of a socket that is open; without an answer it is taken for another"),
            Map.entry("lseek", "of a file that is open, to a place that is right"),
            Map.entry("setpriority", OF_CONDITIONS),
            Map.entry("prlimit", OF_CONDITIONS),
            Map.entry("isatty", "of what is open; no is an answer"),
            Map.entry("getrlimit", ALWAYS),
            Map.entry("geteuid", ALWAYS),
            Map.entry("getpid", ALWAYS),
            Map.entry("getpgrp", ALWAYS),
            Map.entry("getsid", ALWAYS),
            Map.entry("clock_gettime", ALWAYS),
            Map.entry("memcpy", ALWAYS),
            Map.entry("sbrk", "asks where the heap ends, and moves nothing"),
            Map.entry("prctl", SPARED + ": a process title, a signal at the death of a parent, orphans"),
            Map.entry("signal", "sets what a signal does that may be set"),
            Map.entry("sigaction", SPARED + ": a handler of our own; the JVM's stays"),
            Map.entry("mmap", SPARED + ": a handler of our own, the JVM's stays; or a lock keeps its descriptor"),
            Map.entry("munmap", "of a page that is mapped"),
            Map.entry("mprotect", SPARED + ": a handler of our own; the JVM's stays"),
            Map.entry("pthread_sigmask", OF_TOOLS),
            Map.entry("tcgetattr", OF_TOOLS),
            Map.entry("tcsetattr", OF_TOOLS),
            Map.entry("cfmakeraw", OF_TOOLS),
            Map.entry("getpwnam", OF_TOOLS),
            Map.entry("getgrnam", OF_TOOLS),
            Map.entry("setsid", OF_TOOLS),
            Map.entry("chdir", OF_TOOLS),
            Map.entry("chroot", OF_TOOLS),
            Map.entry("nice", OF_TOOLS),
            Map.entry("setgroups", OF_TOOLS),
            Map.entry("setgid", OF_TOOLS),
            Map.entry("setuid", OF_TOOLS),
            Map.entry("execve", OF_TOOLS));

    private BoundFunctions() {}

    /** The function that a constant of {@code posix} is bound to. */
    public static String name(String type, String constant) {
        try {
            Field field = Class.forName(type).getDeclaredField(constant);
            field.setAccessible(true);
            Field name = CFunction.class.getDeclaredField("name");
            name.setAccessible(true);
            return String.valueOf(name.get(field.get(null)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + "." + constant + " is no constant", e);
        }
    }
}
