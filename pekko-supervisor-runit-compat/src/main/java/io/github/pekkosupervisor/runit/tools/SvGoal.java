package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.runit.supervise.StatusBytes;

/**
 * When a service has done what {@code sv} asked.
 *
 * @param command what was asked
 * @param startLabel when sv was started
 */
record SvGoal(SvCommand command, long startLabel) {

    boolean isReached(SvService service) {
        for (int i = 0; i < command.bytes().length(); i++) {
            if (!isReached(command.bytes().charAt(i), service)) {
                return false;
            }
        }
        return true;
    }

    private boolean isReached(char asked, SvService service) {
        StatusBytes status = service.status();
        boolean hasProcess = status.pid() != 0;
        return switch (asked) {
            case 'u' -> hasProcess && status.isRunning() && service.passesCheck();
            case 'd' -> !hasProcess && status.isDown();
            case 'C' -> !hasProcess || service.passesCheck();
            case 't', 'k' -> (!hasProcess && status.want() == 'd') || isAnotherProcess(status, service);
            case 'o' -> (hasProcess || !isOlder(status)) && !(hasProcess && status.want() != 'd');
            case 'p' -> !hasProcess || status.isPaused();
            case 'c' -> !hasProcess || !status.isPaused();
            // as long as there is a runsv
            case 'x' -> false;
            default -> true;
        };
    }

    private boolean isAnotherProcess(StatusBytes status, SvService service) {
        return !isOlder(status) && status.pid() != 0 && !status.gotTerm() && service.passesCheck();
    }

    private boolean isOlder(StatusBytes status) {
        return Long.compareUnsigned(startLabel, status.label()) > 0;
    }
}
