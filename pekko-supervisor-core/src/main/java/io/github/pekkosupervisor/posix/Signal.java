package io.github.pekkosupervisor.posix;

/** The signals of POSIX that supervision uses; {@link #number()} is Linux's number. */
public enum Signal {
    /** Hang-up: by custom, read the configuration again. */
    HUP(1),
    /** Interrupt, as from the keyboard. */
    INT(2),
    /** Quit, as from the keyboard, with a core. */
    QUIT(3),
    /** Abort, with a core. */
    ABRT(6),
    /** End at once; cannot be caught. */
    KILL(9),
    /** For the program's own use. */
    USR1(10),
    /** For the program's own use. */
    USR2(12),
    /** A write to a pipe that nobody reads. */
    PIPE(13),
    /** The alarm clock. */
    ALRM(14),
    /** The polite request to end. */
    TERM(15),
    /** A child has ended or stopped. */
    CHLD(17),
    /** Go on after a stop. */
    CONT(18),
    /** Stop; cannot be caught. */
    STOP(19);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** Linux's number of the signal. */
    public int number() {
        return number;
    }
}
