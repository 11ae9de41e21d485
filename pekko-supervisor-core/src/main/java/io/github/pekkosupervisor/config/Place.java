package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.File.EXPORT_CONF;
import static io.github.pekkosupervisor.config.Place.File.PAGE_CONF;
import static io.github.pekkosupervisor.config.Place.File.RUN_CONF;
import static io.github.pekkosupervisor.config.Place.File.SERVICE_CONF;
import static io.github.pekkosupervisor.config.Place.File.TREE;

/** A block of a file, in which keys stand. */
public enum Place {
    /** The flags of a supervisor, those of the whole tree included. */
    SUPERVISOR(TREE, "", "a supervisor"),
    /** An element of {@code children}. */
    CHILD(TREE, "", "a child"),
    /** How a child's restarts wait. */
    RESTART_DELAY(TREE, "restart-delay.", "restart-delay { }"),
    /** An operating system process. */
    PROCESS(TREE, "", "process { }"),
    /** When a process counts as up. */
    READY(TREE, "ready.", "ready { }"),
    /** Whether a process still works. */
    LIVE(TREE, "live.", "live { }"),
    /** What a process may use. */
    LIMITS(TREE, "limits.", "limits { }"),
    /** What the control group of a process may use. */
    CGROUP(TREE, "cgroup.", "cgroup { }"),
    /** A socket that is opened for a process, an element of {@code sockets}. */
    SOCKET(TREE, "sockets.", "sockets = [ { } ]"),
    /** The file {@code service.conf} of a service directory. */
    SERVICE(SERVICE_CONF, "", "service.conf"),
    /** Whether {@code run} of a service directory still works. */
    SERVICE_LIVE(SERVICE_CONF, "live.", "live { } of service.conf"),
    /** When the process of a service directory counts as up. */
    SERVICE_READY(SERVICE_CONF, "ready.", "ready { } of service.conf"),
    /** What {@code run} of a service directory may use. */
    SERVICE_LIMITS(SERVICE_CONF, "limits.", "limits { } of service.conf"),
    /** What the control group of {@code run} of a service directory may use. */
    SERVICE_CGROUP(SERVICE_CONF, "cgroup.", "cgroup { } of service.conf"),
    /** How {@code run} of a service directory waits before it is started again. */
    SERVICE_RESTART_DELAY(SERVICE_CONF, "restart-delay.", "restart-delay { } of service.conf"),
    /** When it is enough of that. */
    GIVE_UP(SERVICE_CONF, "give-up.", "give-up { }"),
    /** A socket that is opened for {@code run}, an element of {@code sockets}. */
    SERVICE_SOCKET(SERVICE_CONF, "sockets.", "sockets = [ { } ] of service.conf"),
    /** The log of a service directory that we write ourselves. */
    LOG(SERVICE_CONF, "log.", "log { }"),
    /** What is supervised in the place of {@code run}. */
    USER_TREE(SERVICE_CONF, "tree.", "tree { }"),
    /** The file {@code .service.conf} of a services directory, for all that are in it. */
    SERVICES(SERVICE_CONF, "", ".service.conf of a services directory"),
    /** Who may use the files in {@code supervise/}. */
    ACCESS(SERVICE_CONF, "access.", "access { }"),
    /** How a tree is shown as service directories. */
    EXPORT(EXPORT_CONF, "", "pekko-supervisor.export { }"),
    /** By whom some of its children may be used, an element of {@code access}. */
    EXPORT_ACCESS(EXPORT_CONF, "access.", "access = [ { } ] of pekko-supervisor.export"),
    /** How a tree is shown in a browser. */
    PAGE(PAGE_CONF, "", "pekko-supervisor.page { }"),
    /** What is said of the program that runs a tree, in the same file. */
    RUN(RUN_CONF, "pekko-supervisor.", "pekko-supervisor { } of a file for pekko-supervisor run");

    /** A kind of file. */
    enum File {
        /** A tree, by the operator. */
        TREE("trees", Place.RESOLVE),
        /** {@code service.conf}, by whoever has the service directory. */
        SERVICE_CONF("service.conf", "write the value itself"),
        /** The export of a tree in the configuration of an application, by the operator. */
        EXPORT_CONF("pekko-supervisor.export", Place.RESOLVE),
        /** The page of a tree in the configuration of an application, by the operator. */
        PAGE_CONF("pekko-supervisor.page", Place.RESOLVE),
        /** A tree with what the program that runs it is to do, by the operator. */
        RUN_CONF("a file for pekko-supervisor run", Place.RESOLVE);

        private final String title;
        private final String whenNotKnown;

        File(String title, String whenNotKnown) {
            this.title = title;
            this.whenNotKnown = whenNotKnown;
        }

        /** What to do about a value that is another one's which is not known. */
        String whenNotKnown() {
            return whenNotKnown;
        }

        /** Whether other values are looked up for it, so that one which is left is nowhere. */
        boolean looksUp() {
            return whenNotKnown.equals(RESOLVE);
        }

        String title() {
            return title;
        }
    }

    private static final String RESOLVE =
            "write the value itself, or have it set in the same file or in the environment; an application is to resolve"
                    + " the whole configuration before it reads a part of it";

    private final File file;
    private final String prefix;
    private final String title;

    Place(File file, String prefix, String title) {
        this.file = file;
        this.prefix = prefix;
        this.title = title;
    }

    File file() {
        return file;
    }

    /** A key as messages name it: with the block that it is in, where that is a small one with a name of its own. */
    String named(String key) {
        return "\"" + prefix + key + "\"";
    }

    /** Whether it is a block that is the value of one key. */
    boolean isValue() {
        return !prefix.isEmpty();
    }

    /** Of that. */
    String ofKey() {
        return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    }

    /** For sentences and tables. */
    String title() {
        return title;
    }
}
