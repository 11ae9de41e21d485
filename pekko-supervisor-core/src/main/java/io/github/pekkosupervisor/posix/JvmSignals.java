package io.github.pekkosupervisor.posix;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * The JDK's only door to signals, {@code sun.misc.Signal}, kept in one place. By reflection, since the compiler warns
 * of its name wherever it stands and cannot be told otherwise. Used where {@link SignalHandler} is not to be had.
 */
final class JvmSignals {

    private JvmSignals() {}

    /** Runs the handler, on a thread of the JVM, each time that the signal arrives; an ignored signal stays ignored. */
    static void handle(String name, Runnable handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        handler.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("signal " + name + " cannot be handled", e);
            }
            // the JVM keeps this one for itself (started with -Xrs, for instance): its default stays
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal", e);
        }
    }
}
