package io.github.pekkosupervisor.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Starts what {@link Server}, {@link Postgres} and {@link Redis} ask for, hands it out, and stops it. */
final class ServersExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                BeforeTestExecutionCallback,
                ParameterResolver,
                TestExecutionExceptionHandler {

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(ServersExtension.class);

    /** The servers of one class, in the order of their starts. */
    @SuppressWarnings("deprecation") // as in RunningServer
    private record Started(Map<Declared, RunningServer> servers)
            implements AutoCloseable, ExtensionContext.Store.CloseableResource {
        @Override
        public void close() {
            List<Map.Entry<Declared, RunningServer>> all = new ArrayList<>(servers.entrySet());
            Collections.reverse(all);
            all.stream()
                    .filter(one -> one.getKey().lifetime() == Lifetime.CLASS)
                    .forEach(one -> one.getValue().close());
        }
    }

    /** The directory of the JVM's servers, removed when all is over. */
    @SuppressWarnings("deprecation") // as in RunningServer
    private record Held(TestDirectory directory) implements AutoCloseable, ExtensionContext.Store.CloseableResource {
        @Override
        public void close() {
            directory.close();
        }
    }

    /** What a server has written while the test ran that has failed. */
    private static final class Wrote extends Exception {
        private static final long serialVersionUID = 1L;

        Wrote(String message) {
            super(message, null, false, false);
        }
    }

    // ---- starting

    @Override
    public void beforeAll(ExtensionContext context) throws IllegalAccessException {
        Started started = started(context);
        for (Field field : fieldsOf(context.getRequiredTestClass())) {
            if (Modifier.isStatic(field.getModifiers())) {
                fill(field, null, started);
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IllegalAccessException {
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            List<Field> fields = fieldsOf(instance.getClass());
            fields.removeIf(field -> Modifier.isStatic(field.getModifiers()));
            if (!fields.isEmpty()) {
                Started started = started(ofClass(context, instance.getClass()));
                for (Field field : fields) {
                    fill(field, instance, started);
                }
            }
        }
    }

    private static ExtensionContext ofClass(ExtensionContext context, Class<?> type) {
        ExtensionContext here = context;
        while (here.getTestMethod().isPresent() || here.getRequiredTestClass() != type) {
            here = here.getParent().orElseThrow();
        }
        return here;
    }

    private static List<Field> fieldsOf(Class<?> type) {
        return new ArrayList<>(ReflectionSupport.findFields(
                type, field -> !Declared.at(field).isEmpty(), HierarchyTraversalMode.TOP_DOWN));
    }

    private static void fill(Field field, @Nullable Object instance, Started started) throws IllegalAccessException {
        for (Declared declared : Declared.at(field)) {
            TestServer server = Objects.requireNonNull(
                            started.servers().get(declared), "it was started with the others")
                    .server();
            if (!field.getType().isInstance(server) || Modifier.isFinal(field.getModifiers())) {
                throw new ExtensionConfigurationException(field + " gets a "
                        + server.getClass().getSimpleName() + "; let it be of that type, and not final");
            }
            field.setAccessible(true);
            field.set(instance, server);
        }
    }

    /** Also for a constructor's parameters, which may be wanted before anything else. */
    private static Started started(ExtensionContext ofClass) {
        Class<?> type = ofClass.getRequiredTestClass();
        return ofClass.getStore(OURS)
                .getOrComputeIfAbsent("servers of " + type.getName(), any -> start(ofClass, type), Started.class);
    }

    private static Started start(ExtensionContext ofClass, Class<?> type) {
        List<Declared> wanted = new ArrayList<>(Declared.at(type));
        fieldsOf(type).forEach(field -> wanted.addAll(Declared.at(field)));
        Started started = new Started(new LinkedHashMap<>());
        try {
            for (Declared declared : wanted) {
                if (started.servers().keySet().stream().anyMatch(one -> one.id().equals(declared.id()))) {
                    throw new ExtensionConfigurationException(type.getName() + " has two servers with the id \""
                            + declared.id() + "\"; give one of them another");
                }
                started.servers().put(declared, running(ofClass.getRoot(), declared));
            }
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private static RunningServer running(ExtensionContext root, Declared declared) {
        ExtensionContext.Store ofSuite = root.getStore(OURS);
        try {
            TestDirectory directory = ofSuite.getOrComputeIfAbsent(
                            TestDirectory.class, any -> new Held(TestDirectory.make()), Held.class)
                    .directory();
            return declared.lifetime() == Lifetime.SUITE
                    ? ofSuite.getOrComputeIfAbsent(
                            declared, any -> RunningServer.start(declared, directory), RunningServer.class)
                    : RunningServer.start(declared, directory);
        } catch (MissingProgramException e) {
            if (declared.optional()) {
                Assumptions.abort(e.getMessage());
            }
            throw e;
        }
    }

    // ---- handing out

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TestServer.class.isAssignableFrom(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        Optional<String> id = parameter.findAnnotation(FromServer.class).map(FromServer::value);
        Map<String, TestServer> visible = visible(context);
        List<TestServer> fitting = visible.values().stream()
                .filter(server ->
                        type.isInstance(server) && id.map(server.id()::equals).orElse(true))
                .toList();
        if (fitting.size() != 1) {
            String named = id.map(one -> " with the id \"" + one + "\"").orElse("");
            throw new ParameterResolutionException(
                    fitting.isEmpty()
                            ? "there is no " + type.getSimpleName() + named + " for it, only " + visible.keySet()
                            : "each of " + fitting.stream().map(TestServer::id).toList()
                                    + " could be meant; say which by @FromServer(\"…\")");
        }
        return fitting.get(0);
    }

    /** Those of the class, and of the classes that it is nested in, by id; the nearest wins. */
    private static Map<String, TestServer> visible(ExtensionContext context) {
        Map<String, TestServer> visible = new HashMap<>();
        Optional<ExtensionContext> next = Optional.of(context);
        while (next.isPresent()) {
            ExtensionContext here = next.get();
            if (here.getTestClass().isPresent() && here.getTestMethod().isEmpty()) {
                started(here)
                        .servers()
                        .values()
                        .forEach(one -> visible.putIfAbsent(one.server().id(), one.server()));
            }
            next = here.getParent();
        }
        return visible;
    }

    // ---- when a test fails

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        visible(context)
                .forEach((id, server) -> context.getStore(OURS)
                        .put(writtenBefore(id), server.place().writtenSoFar()));
    }

    private static String writtenBefore(String id) {
        return "written before by " + id;
    }

    /** With what the servers have written meanwhile, which may say why. */
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        visible(context).forEach((id, server) -> {
            Long before = context.getStore(OURS).get(writtenBefore(id), Long.class);
            List<String> lines =
                    server.place().written(before == null ? 0 : before).lines().toList();
            if (!lines.isEmpty()) {
                failure.addSuppressed(new Wrote(server + ":" + RunningServer.lastLines(lines)));
            }
        });
        throw failure;
    }
}
