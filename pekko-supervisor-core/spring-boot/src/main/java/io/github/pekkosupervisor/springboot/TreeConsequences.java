package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.springboot.SupervisorProperties.AtEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;

/** What the end of the tree by itself means: it is published, and the application ends where that has been set. */
final class TreeConsequences implements ApplicationTree.Consequences {

    private static final Logger LOG = LoggerFactory.getLogger(ApplicationTree.class);

    private final ApplicationContext context;
    private final SupervisorProperties properties;
    private final TreeAvailability availability;
    private final Exit exit;

    /** Ends an application. */
    interface Exit {
        /** Closes the context, and ends the JVM with this code, unless a bean has another one to say. */
        void end(ApplicationContext context, int code);
    }

    TreeConsequences(
            ApplicationContext context, SupervisorProperties properties, TreeAvailability availability, Exit exit) {
        this.context = context;
        this.properties = properties;
        this.availability = availability;
        this.exit = exit;
    }

    /** In a thread of its own, for which nobody waits: those of the tree are to end now. */
    static Exit ofTheJvm() {
        return (context, code) -> {
            Thread thread = new Thread(
                    () -> System.exit(SpringApplication.exit(context, () -> code)), "pekko-supervisor-at-end");
            thread.setDaemon(false);
            thread.start();
        };
    }

    @Override
    public void of(ApplicationTree tree, TreeEnd end) {
        if (end.isFailure()) {
            availability.broken();
        }
        try {
            context.publishEvent(new TreeEndedEvent(tree, end));
        } catch (RuntimeException e) {
            // what follows is not for it to prevent
            LOG.error("a listener has failed when it was told that the tree has ended: [{}]", end, e);
        }
        // a call to close it is not an end by itself
        if (properties.atEnd() == AtEnd.EXIT && (end.isFailure() || !(end instanceof TreeEnd.Closed))) {
            int code = end.isFailure() ? properties.exitCode() : 0;
            LOG.info("the application ends with exit code [{}], since its tree has ended: [{}]", code, end);
            exit.end(context, code);
        }
    }
}
