package io.github.pekkosupervisor.posix;

/** The signals of POSIX that supervision uses; {@link #number()} is this platform's number. */
public enum Signal {
    /** Hang-up: by custom, read the configuration again. */
    HUP,
    /** Interrupt, as from the keyboard. */
    INT,
    /** Quit, as from the keyboard, with a core. */
    QUIT,
    /** Abort, with a core. */
    ABRT,
    /** End at once; cannot be caught. */
    KILL,
    /** For the program's own use. */
    USR1,
    /** For the program's own use. */
    USR2,
    /** A write to a pipe that nobody reads. */
    PIPE,
    /** The alarm clock. */
    ALRM,
    /** The polite request to end. */
    TERM,
    /** A child has ended or stopped. */
    CHLD,
    /** Go on after a stop. */
    CONT,
    /** Stop; cannot be caught. */
    STOP;

    /** This platform's number of the signal. */
    public int number() {
        return LibC.signalNumber(name());
    }
}
