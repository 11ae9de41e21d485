package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorResult;

/** What a supervisor is asked for one of its children, because of a letter. */
public final class CallRequests {

    private CallRequests() {}

    /** Of a child that its id names. */
    public static Request<? extends SupervisorResult> byId(String id, Call call) {
        return switch (call) {
            case TERMINATE -> new Request.TerminateChild(id);
            case RESTART -> new Request.RestartChild(id);
            case ONCE -> new Request.StartOnce(id);
            case NOW -> new Request.StartNow(id);
            case RENEW -> new Request.RenewChild(id);
            case KILL -> new Request.KillChild(id);
            case PAUSE, CONTINUE, HUP, ALRM, INT, QUIT, USR1, USR2 -> new Request.SignalChild(id, signal(call));
            case STOP_TREE -> throw new IllegalStateException("a child is no tree");
        };
    }

    /** One of a dynamic supervisor is forgotten when it is down, so that it is never started again. */
    public static Request<? extends SupervisorResult> byHandle(ChildHandle child, Call call) {
        return switch (call) {
            case TERMINATE -> new Request.TerminateHandle(child);
            case ONCE -> new Request.StartOnceHandle(child);
            case NOW, RESTART -> new Request.StartNowHandle(child);
            case RENEW -> new Request.RenewHandle(child);
            case KILL -> new Request.KillHandle(child);
            case PAUSE, CONTINUE, HUP, ALRM, INT, QUIT, USR1, USR2 -> new Request.SignalHandle(child, signal(call));
            case STOP_TREE -> throw new IllegalStateException("a child is no tree");
        };
    }

    private static Signal signal(Call call) {
        return call.signal().orElseThrow();
    }
}
