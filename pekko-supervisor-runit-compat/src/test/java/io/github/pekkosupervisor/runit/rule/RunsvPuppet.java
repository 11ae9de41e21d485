package io.github.pekkosupervisor.runit.rule;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.Optional;

/**
 * {@link RunsvRule} with a memory: is told one event after another, at times that the test sets, and says in words what
 * it would do. Scripts are answered by the test, like everything else.
 */
final class RunsvPuppet {

    private RunsvState state;
    private Instant now = InWords.START;

    private RunsvPuppet(RunsvState state) {
        this.state = state;
    }

    // ---- where tests begin

    static RunsvPuppet of(RunsvState.Unit service) {
        return new RunsvPuppet(RunsvState.beginning(service, Optional.empty()));
    }

    static RunsvPuppet of(RunsvState.Unit service, RunsvState.Unit log) {
        return new RunsvPuppet(RunsvState.beginning(service, Optional.of(log)));
    }

    /** One that goes on from what another has left. */
    static RunsvPuppet after(RunsvState left) {
        return new RunsvPuppet(left.takenOver()).at(5_000);
    }

    static RunsvState.Unit wanted(Want want) {
        return RunsvState.Unit.down(want, InWords.START);
    }

    static RunsvState.Unit adopted(State state, int pid, Want want) {
        return RunsvState.Unit.of(new ServiceStatus(InWords.START, pid, false, false, want, state));
    }

    /** The same where each start is to be ordered. */
    RunsvPuppet byOrders() {
        state = state.byOrders();
        return this;
    }

    /** The same as a oneshot, or as none. */
    RunsvPuppet as(RunsvState.Oneshot oneshot) {
        state = state.as(oneshot);
        return this;
    }

    /** The same with restarts as {@code service.conf} has them. */
    RunsvPuppet restarted(RestartPolicy policy) {
        state = state.restarted(Optional.of(Restarting.beginning(policy)));
        return this;
    }

    /** Down by orders: nothing was ordered; a command is awaited, the time is 5,000. */
    static RunsvPuppet ordered() {
        RunsvPuppet runsv = of(wanted(Want.UP)).byOrders();
        runsv.begin();
        return runsv.at(5_000);
    }

    /** Started by an order as pid 7 at 5,000, and told; the time is 5,100. */
    static RunsvPuppet orderedUp() {
        RunsvPuppet runsv = ordered();
        runsv.order(false);
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 7);
        return runsv.at(5_100);
    }

    /** Not wanted up, never started; a command is awaited, the time is 5,000. */
    static RunsvPuppet down() {
        RunsvPuppet runsv = of(wanted(Want.DOWN));
        runsv.begin();
        return runsv.at(5_000);
    }

    /** Started as pid 7 at 0, wanted up; a command is awaited, the time is 5,000. */
    static RunsvPuppet running() {
        RunsvPuppet runsv = of(wanted(Want.UP));
        runsv.begin();
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 7);
        return runsv.at(5_000);
    }

    /** Run has ended with code 3 at 5,000, finish is pid 8; the time is 6,000. */
    static RunsvPuppet finishing() {
        RunsvPuppet runsv = running();
        runsv.ended(ExitStatus.ofCode(3), true);
        runsv.started(Role.SERVICE, 8);
        return runsv.at(6_000);
    }

    /** Run has ended at 500, half a second after its start; the time is 600. */
    static RunsvPuppet throttled() {
        RunsvPuppet runsv = running().at(500);
        runsv.ended(ExitStatus.ofCode(1), false);
        return runsv.at(600);
    }

    /** The pause is over and the second run has been asked for, but there is no answer; the time is 1,600. */
    static RunsvPuppet starting() {
        RunsvPuppet runsv = throttled().at(1_500);
        runsv.throttleElapsed(Role.SERVICE);
        runsv.scriptEnded('u');
        return runsv.at(1_600);
    }

    /** A request to terminate has begun control/t while pid 7 runs and a command is awaited; the time is 5,000. */
    static RunsvPuppet terminating() {
        RunsvPuppet runsv = running();
        runsv.terminate();
        return runsv;
    }

    /** Logger pid 5 and service pid 7 were started at 0; commands are awaited, the time is 5,000. */
    static RunsvPuppet runningWithLog() {
        RunsvPuppet runsv = of(wanted(Want.UP), wanted(Want.UP));
        runsv.begin();
        runsv.started(Role.LOG, 5);
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 7);
        return runsv.at(5_000);
    }

    /** Service and logger are wanted down and have never been started; the time is 5,000. */
    static RunsvPuppet downWithLog() {
        RunsvPuppet runsv = of(wanted(Want.DOWN), wanted(Want.DOWN));
        runsv.begin();
        return runsv.at(5_000);
    }

    /** The service was told to exit and has ended at 5,000; logger pid 5 has not yet. */
    static RunsvPuppet draining() {
        RunsvPuppet runsv = runningWithLog();
        runsv.exitCommand();
        runsv.ended(ExitStatus.ofSignal(15), false);
        return runsv;
    }

    // ---- what happens

    RunsvPuppet at(long millis) {
        now = InWords.START.plusMillis(millis);
        return this;
    }

    String tell(RunsvEvent event) {
        RunsvRule.Decision decision = RunsvRule.decide(state, event, now);
        state = decision.state();
        return decision.actions().stream().map(InWords::of).collect(joining("; "));
    }

    String begin() {
        return tell(RunsvEvent.Begin.INSTANCE);
    }

    String read(char letter) {
        return tell(new RunsvEvent.CommandRead(Role.SERVICE, letter));
    }

    String readOnLog(char letter) {
        return tell(new RunsvEvent.CommandRead(Role.LOG, letter));
    }

    String terminate() {
        return tell(RunsvEvent.TerminateRequested.INSTANCE);
    }

    String order(boolean once) {
        return tell(new RunsvEvent.StartOrdered(once));
    }

    /** As a supervisor stops a child for good. */
    String stop() {
        return tell(new RunsvEvent.StopOrdered(false, false));
    }

    /** It does not work, and is to be stopped for that. */
    String hung() {
        return tell(new RunsvEvent.Hung("silent", true));
    }

    String hangOverdue() {
        return tell(RunsvEvent.HangOverdue.INSTANCE);
    }

    String stop(boolean again, boolean scriptHasRun) {
        return tell(new RunsvEvent.StopOrdered(again, scriptHasRun));
    }

    String leaveDown() {
        return tell(RunsvEvent.LeftDown.INSTANCE);
    }

    String started(Role role, int pid) {
        return tell(new RunsvEvent.ProcessStarted(role, pid));
    }

    String refused(Role role) {
        return tell(new RunsvEvent.StartRefused(role));
    }

    String ended(ExitStatus status, boolean finishPresent) {
        return tell(new RunsvEvent.ProcessEnded(Role.SERVICE, status, finishPresent));
    }

    String logEnded() {
        return tell(new RunsvEvent.ProcessEnded(Role.LOG, ExitStatus.ofCode(0), false));
    }

    String throttleElapsed(Role role) {
        return tell(new RunsvEvent.ThrottleElapsed(role));
    }

    /** It was not there, or did not succeed. */
    String scriptEnded(char letter) {
        return tell(new RunsvEvent.ScriptEnded(letter, false));
    }

    String scriptVetoed(char letter) {
        return tell(new RunsvEvent.ScriptEnded(letter, true));
    }

    /** {@code x} on a running service without control scripts. */
    void exitCommand() {
        read('x');
        scriptEnded('t');
        scriptEnded('x');
    }

    /** {@code d} on a running service without control scripts. */
    void downCommand() {
        read('d');
        scriptEnded('t');
        scriptEnded('d');
    }

    // ---- what shows

    String service() {
        return InWords.of(state.service().status());
    }

    String log() {
        return InWords.of(state.unit(Role.LOG).status());
    }

    RunsvState state() {
        return state;
    }
}
