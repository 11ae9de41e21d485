package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.SupervisionTree;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What an annotation says of a server. Two that are equal are the same server where it lives as long as the suite.
 *
 * @param id by which it is told from others
 * @param lifetime how long it runs
 * @param optional whether the class is skipped where a program is missing
 * @param what what is to be started
 */
record Declared(String id, Lifetime lifetime, boolean optional, What what) {

    /** What is to be started. */
    sealed interface What {
        /** Finds its programs and says what it is. */
        ServerRecipe recipe(TestDirectory directory);

        /** What its tests get. */
        TestServer server(String id, ServerPlace place, SupervisionTree tree);
    }

    /** A PostgreSQL. */
    record OfPostgres(List<String> settings) implements What {
        @Override
        public ServerRecipe recipe(TestDirectory directory) {
            Path programs = Installed.postgres();
            String name = "cluster" + programs.toString().replaceAll("[^A-Za-z0-9]", "-");
            return new PostgresRecipe(programs, settings, directory.resolve(name));
        }

        @Override
        public TestServer server(String id, ServerPlace place, SupervisionTree tree) {
            return new PostgresServer(id, place, tree, Installed.postgres());
        }
    }

    /** A Redis. */
    record OfRedis(List<String> arguments) implements What {
        @Override
        public ServerRecipe recipe(TestDirectory directory) {
            return new RedisRecipe(Installed.redis(), arguments);
        }

        @Override
        public TestServer server(String id, ServerPlace place, SupervisionTree tree) {
            return new RedisServer(id, place, tree);
        }
    }

    /** A command. */
    record OfCommand(List<String> command, String http, String line) implements What {
        @Override
        public ServerRecipe recipe(TestDirectory directory) {
            return new CommandRecipe(command, http, line);
        }

        @Override
        public TestServer server(String id, ServerPlace place, SupervisionTree tree) {
            return new TestServer(id, place, tree);
        }
    }

    /** A recipe of the user. */
    record OfRecipe(Class<? extends ServerRecipe> type) implements What {
        @Override
        public ServerRecipe recipe(TestDirectory directory) {
            return ReflectionSupport.newInstance(type);
        }

        @Override
        public TestServer server(String id, ServerPlace place, SupervisionTree tree) {
            return new TestServer(id, place, tree);
        }
    }

    /** Of a class or a field; none if nothing is said there. */
    static List<Declared> at(AnnotatedElement element) {
        List<Declared> all = new ArrayList<>();
        AnnotationSupport.findRepeatableAnnotations(element, Server.class).forEach(one -> all.add(of(one)));
        AnnotationSupport.findAnnotation(element, Postgres.class)
                .map(one ->
                        new Declared(one.id(), one.lifetime(), one.optional(), new OfPostgres(List.of(one.settings()))))
                .ifPresent(all::add);
        AnnotationSupport.findAnnotation(element, Redis.class)
                .map(one ->
                        new Declared(one.id(), one.lifetime(), one.optional(), new OfRedis(List.of(one.arguments()))))
                .ifPresent(all::add);
        return all;
    }

    private static Declared of(Server server) {
        boolean hasRecipe = server.recipe() != ServerRecipe.OfCommand.class;
        if (hasRecipe == server.command().length > 0) {
            throw new ExtensionConfigurationException("@Server \"" + server.id()
                    + (hasRecipe
                            ? "\" has both a command and a recipe; say one"
                            : "\" has no command and no recipe; say one"));
        } else if (hasRecipe && !(server.http() + server.line()).isEmpty()) {
            throw new ExtensionConfigurationException("@Server \"" + server.id()
                    + "\" has a recipe, which says itself when it is ready; leave http and line out");
        } else if (!server.http().isEmpty() && !server.line().isEmpty()) {
            throw new ExtensionConfigurationException(
                    "@Server \"" + server.id() + "\" has both http and line; say one");
        } else if (!server.http().isEmpty() && !server.http().startsWith("/")) {
            throw new ExtensionConfigurationException("http of @Server \"" + server.id() + "\" is \"" + server.http()
                    + "\"; it must be a path that begins with /");
        }
        What what = hasRecipe
                ? new OfRecipe(server.recipe())
                : new OfCommand(List.of(server.command()), server.http(), server.line());
        return new Declared(server.id(), server.lifetime(), server.optional(), what);
    }
}
