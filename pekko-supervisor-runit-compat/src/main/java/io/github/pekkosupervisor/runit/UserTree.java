package io.github.pekkosupervisor.runit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.process.Processes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A services directory that is supervised within this JVM apart from all others: by an actor system of its own, whose
 * threads bear the rights of its user, with an event loop of its own. What holds it up, a disk that hangs or a great
 * many directories, holds up nobody else.
 */
final class UserTree {

    private static final String NAME = "tree";
    private static final String RESOURCE = "pekko-supervisor-tree.conf";

    private final ActorSystem<Runsvdir.Command> system;

    /**
     * What a tree is begun with.
     *
     * @param conf what {@code service.conf} says
     * @param settings of the runsv in whose place it is
     */
    record Start(TreeConf conf, RunsvSettings settings) {

        /**
         * Begins, with threads of its own.
         *
         * @param around the actor system of who begins it
         * @throws PosixException in words, if the user's rights cannot be had
         */
        UserTree begin(ActorSystem<?> around) throws PosixException {
            Optional<UserRights> rights = rights();
            ClassLoader loader = rights.map(UserRights::bearer).orElseGet(UserTree.class::getClassLoader);
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            // the threads that are made here and by nobody else's factory are the tree's as well
            thread.setContextClassLoader(loader);
            try {
                return new UserTree(begin(config(around, rights.isPresent()), rights));
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        private Optional<UserRights> rights() throws PosixException {
            if (conf.user().isEmpty()) {
                return Optional.empty();
            }
            Account whose = Account.of(conf.user().get());
            return UserRights.of(whose, conf.openFiles());
        }

        /** Its threads have the context class loader of the one that makes it. */
        private ActorSystem<Runsvdir.Command> begin(Config config, Optional<UserRights> rights) throws PosixException {
            RunsvdirSettings tree = new RunsvdirSettings(
                    conf.directory(),
                    settings.ownSessions(),
                    settings.messages(),
                    settings.clock(),
                    List.of(),
                    Optional.empty());
            Behavior<Runsvdir.Command> guarded = Behaviors.setup(context -> {
                if (!UserRights.ofThisThread().equals(rights)) {
                    throw new IllegalStateException("a thread of the tree of " + rights + " has other rights");
                }
                return Runsvdir.create(tree);
            });
            ActorSystem<Runsvdir.Command> system = ActorSystem.create(guarded, NAME, config, Runsvdir.dispatcher());
            // with its event loop
            try {
                Processes.get(system);
            } catch (IllegalStateException e) {
                system.terminate();
                throw new PosixException(
                        "user",
                        conf.user().orElse("of the launcher"),
                        "EMFILE",
                        e.getMessage()
                                + "; for inotify_init1 that is fs.inotify.max_user_instances, which counts for the"
                                + " tree's user");
            }
            return system;
        }

        private static Config config(ActorSystem<?> around, boolean ofAnother) {
            Config config = ConfigFactory.parseResources(UserTree.class.getClassLoader(), RESOURCE)
                    .withFallback(around.settings().config());
            // what the launcher was given is not the user's
            return ofAnother
                    ? config.withValue(
                            "pekko-supervisor.process.passed-on-descriptors",
                            ConfigValueFactory.fromIterable(List.of()))
                    : config;
        }
    }

    private UserTree(ActorSystem<Runsvdir.Command> system) {
        this.system = system;
    }

    void tell(Runsvdir.Command command) {
        system.tell(command);
    }

    /** Its services go on; whoever supervises the directory next takes them up. */
    void leave() {
        system.terminate();
    }

    /** Completes when nothing of it is left in this JVM. */
    CompletionStage<Done> ended() {
        return system.getWhenTerminated();
    }
}
