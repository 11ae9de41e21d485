package io.github.pekkosupervisor;

import io.github.pekkosupervisor.spec.ExitReason;

/** What the end of a tree by itself means for the actor system it runs in; as the start type of an OTP application. */
public enum ApplicationType {
    /** Nothing: who wants to know has {@link SupervisionTree#whenEnded()}. */
    TEMPORARY {
        @Override
        boolean endsSystem(ExitReason reason) {
            return false;
        }
    },
    /** The actor system is terminated, unless the tree ended with {@code normal}; giving up is {@code shutdown}. */
    TRANSIENT {
        @Override
        boolean endsSystem(ExitReason reason) {
            return reason != ExitReason.Normal.INSTANCE;
        }
    },
    /** The actor system is terminated. */
    PERMANENT {
        @Override
        boolean endsSystem(ExitReason reason) {
            return true;
        }
    };

    abstract boolean endsSystem(ExitReason reason);
}
