package io.github.pekkosupervisor;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

final class ServiceKind {
    static ChildKind of(Callable<? extends ChildSpec.Service> make) {
        throw new UnsupportedOperationException();
    }

    static <S> ChildKind startStop(Callable<? extends S> start, ChildSpec.Action<? super S> stop) {
        throw new UnsupportedOperationException();
    }

    static ChildKind runnable(ChildSpec.Action<? super ChildContext> run) {
        throw new UnsupportedOperationException();
    }

    static ChildKind completion(Callable<? extends CompletionStage<?>> start) {
        throw new UnsupportedOperationException();
    }

    private ServiceKind() {}
}
