package io.github.pekkosupervisor.actor;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * On which kind of threads the code of plain Java children runs, by the setting {@code pekko-supervisor.child-threads}.
 *
 * <p>This is compiled for Java 17, which has no virtual threads: they are looked up at run time.
 */
enum ChildThreads {
    /** Virtual ones where nothing that a child may do can hold up others with them, else those of the system. */
    AUTO,
    /** Virtual ones. */
    VIRTUAL,
    /** Those of the operating system. */
    PLATFORM;

    private static final String KEY = "pekko-supervisor.child-threads";

    /** The first Java that has them. */
    private static final int FIRST_WITH = 21;

    /**
     * The first in which a virtual thread that waits inside {@code synchronized} gives its carrier back (JEP 491):
     * before, as many of them as there are processors hold up all others of the JVM.
     */
    private static final int FIRST_WITHOUT_PINNING = 24;

    /** What runs each task on a virtual thread; empty where the platform's are to be used. */
    static Optional<ExecutorService> of(Config config) {
        int java = Runtime.version().feature();
        return read(config, java).isVirtual(java) ? Optional.of(perTask(virtual())) : Optional.empty();
    }

    /**
     * What is set.
     *
     * @throws ConfigException if it is none of these, or not to be had with this version of Java
     */
    static ChildThreads read(Config config, int java) {
        String given = config.getString(KEY);
        ChildThreads threads = switch (given) {
            case "auto" -> AUTO;
            case "virtual" -> VIRTUAL;
            case "platform" -> PLATFORM;
            default ->
                throw new ConfigException.BadValue(
                        config.origin(), KEY, "must be auto, virtual or platform, was \"" + given + "\"");
        };
        if (threads == VIRTUAL && java < FIRST_WITH) {
            throw new ConfigException.BadValue(
                    config.origin(),
                    KEY,
                    "virtual threads need Java " + FIRST_WITH + " or later, this is " + java + "; set it to auto");
        }
        return threads;
    }

    /** Whether they are virtual with this version of Java. */
    boolean isVirtual(int java) {
        return this == VIRTUAL || (this == AUTO && java >= FIRST_WITHOUT_PINNING);
    }

    /** {@code Thread.ofVirtual().factory()}. */
    private static ThreadFactory virtual() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> virtualBuilder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual =
                    lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtualBuilder));
            MethodHandle factory = lookup.findVirtual(
                    Class.forName("java.lang.Thread$Builder"), "factory", MethodType.methodType(ThreadFactory.class));
            return (ThreadFactory) factory.invoke(ofVirtual.invoke());
        } catch (Throwable e) {
            throw new IllegalStateException("virtual threads cannot be had; set " + KEY + " to platform", e);
        }
    }

    /** {@code Executors.newThreadPerTaskExecutor}. */
    private static ExecutorService perTask(ThreadFactory factory) {
        try {
            MethodHandle perTask = MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class, ThreadFactory.class));
            return (ExecutorService) perTask.invoke(factory);
        } catch (Throwable e) {
            throw new IllegalStateException("virtual threads cannot be had; set " + KEY + " to platform", e);
        }
    }
}
