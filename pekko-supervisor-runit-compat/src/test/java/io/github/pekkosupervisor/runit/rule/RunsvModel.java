package io.github.pekkosupervisor.runit.rule;

import java.util.ArrayList;
import java.util.List;

/**
 * One runsv, written down as naively as its manual tells it: variables, and one pass of its loop after each event. Says
 * what it does in the words of {@link InWords} and shares no code with {@link RunsvRule}; the two are compared.
 *
 * <p>Follows our version where that differs: the pause after a short run is a state, {@code k} only sends the signal,
 * and a service that is wanted while its logger drains gets a new pipe.
 */
final class RunsvModel {

    private static final long A_SECOND = 1_000;
    private static final int NOTHING_READ = -1;
    private static final char NONE = ' ';

    /** A process and what is known of it. */
    private static final class Side {
        final String name;
        int pid;
        String state = "down";
        String want = "up";
        long since;
        boolean paused;
        boolean gotTerm;
        boolean once;
        boolean pausing;
        boolean beingStarted;
        int byteRead = NOTHING_READ;
        boolean wantsByte = true;

        Side(String name) {
            this.name = name;
        }

        String shown() {
            return state + " " + pid + " " + want + " @" + since + (paused ? " paused" : "") + (gotTerm ? " term" : "");
        }
    }

    private final Side service = new Side("service");
    private final Side log = new Side("log");
    private final boolean hasLog;
    private final boolean oneshot;
    private final List<String> said = new ArrayList<>();
    private boolean termReceived;
    private boolean pipeIsOpen = true;
    private boolean gone;
    private char script = NONE;
    private int finishCode;
    private int finishStatus;
    private boolean endIsDue;
    private int endCode;
    private int endStatus;
    private boolean endFindsFinish;

    /** Beyond runit: works, is to be stopped, is being stopped, or is to be killed. */
    private String hang = "works";

    private long now;

    /** Without a logger, or with one; and of a run that is over when it has ended well, or of one that is not. */
    RunsvModel(boolean hasLog, boolean oneshot) {
        this.hasLog = hasLog;
        this.oneshot = oneshot;
    }

    /** Before {@link #begin}: the service or its logger is like this. */
    void is(Role role, String state, int pid, String want, long since) {
        Side side = side(role);
        side.state = state;
        side.pid = pid;
        side.want = want;
        side.since = since;
    }

    // ---- what happens; each returns what is done about it

    List<String> begin(long time) {
        return pass(time);
    }

    List<String> byteRead(Role role, char letter, long time) {
        side(role).byteRead = letter;
        return pass(time);
    }

    List<String> termReceived(long time) {
        termReceived = true;
        return pass(time);
    }

    /** Runsv's manual has no such thing: as if somebody had sent {@code t}, and {@code k} after a while. */
    List<String> hangs(long time) {
        if (service.state.equals("run") && !service.gotTerm && !endIsDue && hang.equals("works")) {
            hang = "stop";
            if (script != NONE) {
                said.add("await hung");
            }
        }
        return pass(time);
    }

    /** Something that it has nothing to do with. */
    List<String> nothing(long time) {
        return pass(time);
    }

    List<String> hangsStill(long time) {
        if (hang.equals("stopping")) {
            hang = "kill";
        }
        if (!hang.equals("works") && script != NONE) {
            said.add("kill script");
        }
        return pass(time);
    }

    List<String> started(Role role, int pid, long time) {
        now = time;
        Side side = side(role);
        side.beingStarted = false;
        side.pid = pid;
        side.paused = false;
        side.gotTerm = false;
        if (!side.state.equals("finish")) {
            side.state = "run";
            side.since = now;
            side.once = false;
        }
        show(side);
        return pass(time);
    }

    List<String> refused(Role role, long time) {
        side(role).beingStarted = false;
        side(role).pausing = true;
        said.add("pause " + side(role).name + " refused");
        return pass(time);
    }

    List<String> notExecutable(Role role, boolean finishPresent, long time) {
        now = time;
        Side side = side(role);
        side.beingStarted = false;
        side.paused = false;
        if (!side.state.equals("finish")) {
            side.state = "run";
            side.since = now;
            side.once = false;
        }
        childEnded(side, 111, 0, finishPresent);
        return pass(time);
    }

    List<String> ended(Role role, int code, int status, boolean finishPresent, long time) {
        now = time;
        if (role == Role.LOG) {
            childEnded(log, code, status, finishPresent);
        } else {
            endIsDue = true;
            endCode = code;
            endStatus = status;
            endFindsFinish = finishPresent;
        }
        return pass(time);
    }

    List<String> pauseOver(Role role, long time) {
        side(role).pausing = false;
        return pass(time);
    }

    List<String> scriptEnded(boolean vetoed, long time) {
        now = time;
        char ended = script;
        script = NONE;
        if (ended == 'u') {
            service.beingStarted = true;
            said.add("run service");
        } else if (ended == 't') {
            if (!vetoed) {
                term(service);
            }
            if (service.want.equals("down")) {
                said.add("signal service CONT");
                runScript('d');
            } else if (service.want.equals("exit")) {
                said.add("signal service CONT");
                runScript('x');
            } else if (hang.equals("stopping")) {
                said.add("signal service CONT");
            }
        } else if (ended != 'd' && ended != 'x' && !vetoed) {
            said.add("signal service " + signal(ended));
        }
        return pass(time);
    }

    // ---- one pass

    private List<String> pass(long time) {
        now = time;
        // reap
        if (!stalled() && endIsDue) {
            endIsDue = false;
            childEnded(service, endCode, endStatus, endFindsFinish);
        }
        // one byte of each FIFO
        if (!stalled() && service.byteRead != NOTHING_READ) {
            char letter = (char) service.byteRead;
            service.byteRead = NOTHING_READ;
            service.wantsByte = true;
            obeyService(letter);
        }
        if (hasLog && !log.beingStarted && log.byteRead != NOTHING_READ) {
            char letter = (char) log.byteRead;
            log.byteRead = NOTHING_READ;
            log.wantsByte = true;
            obeyLog(letter);
        }
        // TERM
        if (!stalled() && termReceived) {
            termReceived = false;
            obeyService('x');
        }
        // what hangs
        if (!stalled() && hang.equals("stop")) {
            hang = "stopping";
            said.add("await hung");
            runScript('t');
        } else if (!stalled() && hang.equals("kill")) {
            hang = "killing";
            said.add("await hung");
            runScript('k');
        }
        // the logger, then the service
        if (hasLog && pipeIsOpen && isDue(log)) {
            log.beingStarted = true;
            said.add("run log");
        }
        if (!stalled() && !(hasLog && log.beingStarted)) {
            if (service.state.equals("finish") && service.pid == 0 && !service.pausing) {
                service.beingStarted = true;
                said.add("finish " + finishCode + " " + finishStatus);
            } else if (isDue(service)) {
                runScript('u');
            }
        }
        // the end
        if (service.want.equals("exit") && service.state.equals("down") && !stalled()) {
            boolean loggerIsGone = !hasLog || (log.state.equals("down") && !log.beingStarted);
            if (loggerIsGone) {
                gone = true;
                said.add("exit");
            } else if (pipeIsOpen && log.state.equals("run")) {
                pipeIsOpen = false;
                log.want = "exit";
                log.once = false;
                show(log);
                said.add("close pipe");
            }
        }
        // wait for the next bytes
        if (!gone && service.wantsByte && !stalled()) {
            service.wantsByte = false;
            said.add("read service");
        }
        if (!gone && hasLog && log.wantsByte && !log.beingStarted) {
            log.wantsByte = false;
            said.add("read log");
        }
        List<String> done = List.copyOf(said);
        said.clear();
        return done;
    }

    private boolean stalled() {
        return script != NONE || service.beingStarted;
    }

    private boolean isDue(Side side) {
        return side.state.equals("down")
                && !side.beingStarted
                && !side.pausing
                && (side.want.equals("up") || side.once);
    }

    private void childEnded(Side side, int code, int status, boolean finishPresent) {
        boolean isRun = side == service && side.state.equals("run");
        boolean endedWell = code == 0 && status == 0 && !side.gotTerm && hang.equals("works");
        if (oneshot && isRun && endedWell && side.want.equals("up")) {
            side.want = "down";
        }
        side.pid = 0;
        side.gotTerm = false;
        if (side == service) {
            hang = "works";
        }
        if (side == service && side.state.equals("run") && finishPresent) {
            side.state = "finish";
            finishCode = code;
            finishStatus = status;
            show(side);
            return;
        }
        long began = side.since;
        side.state = "down";
        side.since = now;
        show(side);
        if (now < began + A_SECOND) {
            side.pausing = true;
            said.add("pause " + side.name + " short run");
        }
    }

    // ---- the table of commands

    private void obeyService(char letter) {
        if (letter == 'u' || letter == 'o') {
            service.want = letter == 'u' ? "up" : "down";
            if (letter == 'o') {
                service.once = service.state.equals("down");
            }
            show(service);
            if (!pipeIsOpen) {
                pipeIsOpen = true;
                said.add("open pipe");
                log.want = "up";
                show(log);
            }
        } else if (letter == 'd' || letter == 'x') {
            service.want = letter == 'd' ? "down" : "exit";
            service.once = false;
            show(service);
            if (service.state.equals("run")) {
                runScript('t');
            }
        } else if (letter == 'p' || letter == 'c') {
            service.paused = letter == 'p';
            show(service);
            if (service.state.equals("run")) {
                runScript(letter);
            }
        } else if ("tkhaiq12".indexOf(letter) >= 0 && service.state.equals("run")) {
            runScript(letter);
        }
    }

    private void obeyLog(char letter) {
        boolean runs = log.state.equals("run");
        if (letter == 'u') {
            log.want = "up";
            show(log);
        } else if (letter == 'o') {
            log.want = "down";
            log.once = !runs;
            show(log);
        } else if (letter == 'd') {
            log.want = "down";
            log.once = false;
            show(log);
            if (runs) {
                term(log);
                said.add("signal log CONT");
            }
        } else if (letter == 't' && runs) {
            term(log);
            if (!log.want.equals("up")) {
                said.add("signal log CONT");
            }
        } else if (letter == 'p' || letter == 'c') {
            log.paused = letter == 'p';
            show(log);
            if (runs) {
                said.add("signal log " + signal(letter));
            }
        } else if ("khaiq12".indexOf(letter) >= 0 && runs) {
            said.add("signal log " + signal(letter));
        }
    }

    private void term(Side side) {
        said.add("signal " + side.name + " TERM");
        side.gotTerm = true;
        show(side);
    }

    private static String signal(char letter) {
        String[] names = {"KILL", "STOP", "CONT", "HUP", "ALRM", "INT", "QUIT", "USR1", "USR2"};
        return names["kpchaiq12".indexOf(letter)];
    }

    private void runScript(char letter) {
        script = letter;
        said.add("script " + letter);
    }

    private void show(Side side) {
        said.add("publish " + side.name + " " + side.shown());
    }

    // ---- what can be seen

    private Side side(Role role) {
        return role == Role.LOG ? log : service;
    }

    String shown(Role role) {
        return side(role).shown();
    }

    boolean isGone() {
        return gone;
    }
}
