package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.spec.ChildSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A child that opens a port, and may fail after that. */
final class PortHolder {

    static final class Plan {
        final int port;
        volatile boolean fails;

        Plan(int port) {
            this.port = port;
        }

        ServerSocket open() throws IOException {
            ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            if (fails) {
                socket.close();
                throw new IOException("fails after it has opened port " + port);
            }
            return socket;
        }
    }

    private PortHolder() {}

    static ChildSpec child(String id, Bed.Kind kind, Plan plan) {
        return switch (kind) {
            case ACTOR -> ChildSpec.actor(id, actor(plan));
            case SERVICE -> ChildSpec.closeable(id, plan::open);
        };
    }

    private static Behavior<Object> actor(Plan plan) {
        return Behaviors.setup(context -> {
            ServerSocket socket = plan.open();
            return Behaviors.receive(Object.class)
                    .onSignal(PostStop.class, signal -> {
                        socket.close();
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
