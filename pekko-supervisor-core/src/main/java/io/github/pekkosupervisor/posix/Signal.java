package io.github.pekkosupervisor.posix;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The signals of Linux, by their names without {@code SIG}; {@link #number()} is Linux's number, and
 * {@link #toString()} the name as {@code kill -l} shows it. Those from {@code RTMIN} to {@code RTMAX} are the real-time
 * signals, as far as the C library leaves them to programs.
 */
public enum Signal {
    /** Hang-up: by custom, read the configuration again. */
    HUP(1),
    /** Interrupt, as from the keyboard. */
    INT(2),
    /** Quit, as from the keyboard, with a core. */
    QUIT(3),
    /** An instruction that there is not, with a core. */
    ILL(4),
    /** A breakpoint, with a core. */
    TRAP(5),
    /** Abort, with a core. */
    ABRT(6),
    /** A place in memory that cannot be had, with a core. */
    BUS(7),
    /** A wrong calculation, as a division by zero, with a core. */
    FPE(8),
    /** End at once; cannot be caught. */
    KILL(9),
    /** For the program's own use. */
    USR1(10),
    /** Memory that is not its own, with a core. */
    SEGV(11),
    /** For the program's own use. */
    USR2(12),
    /** A write to a pipe that nobody reads. */
    PIPE(13),
    /** The alarm clock. */
    ALRM(14),
    /** The polite request to end. */
    TERM(15),
    /** Not used by Linux. */
    STKFLT(16),
    /** A child has ended or stopped. */
    CHLD(17),
    /** Go on after a stop. */
    CONT(18),
    /** Stop; cannot be caught. */
    STOP(19),
    /** Stop, as from the keyboard. */
    TSTP(20),
    /** Reading from the terminal in the background: stop. */
    TTIN(21),
    /** Writing to the terminal in the background: stop. */
    TTOU(22),
    /** Urgent news on a socket. */
    URG(23),
    /** Past the limit of processor time, with a core. */
    XCPU(24),
    /** Past the limit of the size of a file, with a core. */
    XFSZ(25),
    /** The alarm clock of the own processor time. */
    VTALRM(26),
    /** The alarm clock of profilers. */
    PROF(27),
    /** The terminal has another size. */
    WINCH(28),
    /** Something can be read or written. */
    IO(29),
    /** The power fails. */
    PWR(30),
    /** A system call that there is not, or that is forbidden, with a core. */
    SYS(31),
    /** Real-time signal RTMIN. */
    RTMIN(34),
    /** Real-time signal RTMIN+1. */
    RTMIN_PLUS_1(35),
    /** Real-time signal RTMIN+2. */
    RTMIN_PLUS_2(36),
    /** Real-time signal RTMIN+3. */
    RTMIN_PLUS_3(37),
    /** Real-time signal RTMIN+4. */
    RTMIN_PLUS_4(38),
    /** Real-time signal RTMIN+5. */
    RTMIN_PLUS_5(39),
    /** Real-time signal RTMIN+6. */
    RTMIN_PLUS_6(40),
    /** Real-time signal RTMIN+7. */
    RTMIN_PLUS_7(41),
    /** Real-time signal RTMIN+8. */
    RTMIN_PLUS_8(42),
    /** Real-time signal RTMIN+9. */
    RTMIN_PLUS_9(43),
    /** Real-time signal RTMIN+10. */
    RTMIN_PLUS_10(44),
    /** Real-time signal RTMIN+11. */
    RTMIN_PLUS_11(45),
    /** Real-time signal RTMIN+12. */
    RTMIN_PLUS_12(46),
    /** Real-time signal RTMIN+13. */
    RTMIN_PLUS_13(47),
    /** Real-time signal RTMIN+14. */
    RTMIN_PLUS_14(48),
    /** Real-time signal RTMIN+15. */
    RTMIN_PLUS_15(49),
    /** Real-time signal RTMAX-14. */
    RTMAX_MINUS_14(50),
    /** Real-time signal RTMAX-13. */
    RTMAX_MINUS_13(51),
    /** Real-time signal RTMAX-12. */
    RTMAX_MINUS_12(52),
    /** Real-time signal RTMAX-11. */
    RTMAX_MINUS_11(53),
    /** Real-time signal RTMAX-10. */
    RTMAX_MINUS_10(54),
    /** Real-time signal RTMAX-9. */
    RTMAX_MINUS_9(55),
    /** Real-time signal RTMAX-8. */
    RTMAX_MINUS_8(56),
    /** Real-time signal RTMAX-7. */
    RTMAX_MINUS_7(57),
    /** Real-time signal RTMAX-6. */
    RTMAX_MINUS_6(58),
    /** Real-time signal RTMAX-5. */
    RTMAX_MINUS_5(59),
    /** Real-time signal RTMAX-4. */
    RTMAX_MINUS_4(60),
    /** Real-time signal RTMAX-3. */
    RTMAX_MINUS_3(61),
    /** Real-time signal RTMAX-2. */
    RTMAX_MINUS_2(62),
    /** Real-time signal RTMAX-1. */
    RTMAX_MINUS_1(63),
    /** Real-time signal RTMAX. */
    RTMAX(64);

    private static final Map<String, Signal> BY_NAME = new HashMap<>();
    private static final Signal[] BY_NUMBER = new Signal[65];

    static {
        for (Signal signal : values()) {
            BY_NUMBER[signal.number] = signal;
            BY_NAME.put(signal.toString(), signal);
        }
        for (int offset = 0; offset <= RTMAX.number - RTMIN.number; offset++) {
            BY_NAME.put("RTMIN+" + offset, BY_NUMBER[RTMIN.number + offset]);
            BY_NAME.put("RTMAX-" + offset, BY_NUMBER[RTMAX.number - offset]);
        }
        BY_NAME.put("IOT", ABRT);
        BY_NAME.put("POLL", IO);
        BY_NAME.put("CLD", CHLD);
    }

    private final int number;
    private final String label;

    Signal(int number) {
        this.number = number;
        this.label = name().replace("_PLUS_", "+").replace("_MINUS_", "-");
    }

    /** Linux's number of the signal. */
    public int number() {
        return number;
    }

    /** The signal of a number; empty if Linux's C library has none of it. */
    public static Optional<Signal> ofNumber(int number) {
        return number > 0 && number < BY_NUMBER.length ? Optional.ofNullable(BY_NUMBER[number]) : Optional.empty();
    }

    /** How a signal is to be shown of which only the number is known: its name, or the number of one without. */
    public static String nameOf(int number) {
        return ofNumber(number).map(Signal::toString).orElseGet(() -> Integer.toString(number));
    }

    /**
     * Reads a name: {@code TERM}, {@code SIGTERM}, {@code RTMIN+3}, {@code RTMAX-2}, in capitals or not.
     *
     * @throws IllegalArgumentException if there is no such signal
     */
    public static Signal parse(String name) {
        String capitals = name.toUpperCase(Locale.ROOT);
        Signal signal = BY_NAME.get(capitals.startsWith("SIG") ? capitals.substring(3) : capitals);
        if (signal == null) {
            throw new IllegalArgumentException(
                    "there is no signal \"" + name + "\"; use a name such as TERM, SIGHUP or RTMIN+3");
        }
        return signal;
    }

    /** Its name: {@code TERM}, {@code RTMIN+3}. */
    @Override
    public String toString() {
        return label;
    }
}
