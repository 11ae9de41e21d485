package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Exec.Limit;
import io.github.pekkosupervisor.posix.OsString;
import java.util.List;

/** The command lines of {@code chpst} and of the daemontools programs that it stands in for. */
final class ChpstWords {

    static final String USAGE = " [-vVP012] [-u user[:group]] [-U user[:group]] [-b argv0] [-e dir] [-/ root] [-n nice]"
            + " [-l|-L lock] [-m n] [-d n] [-o n] [-p n] [-f n] [-c n] [-t n] prog";
    private static final String SETLOCK_USAGE = " [ -nNxX ] file program [ arg ... ]";
    private static final String SOFTLIMIT_USAGE = " [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes]"
            + " [-l lockbytes] [-m membytes] [-o openfiles] [-p processes] [-r residentbytes] [-s stackbytes]"
            + " [-t cpusecs] child";
    private static final String VERSION = "$Id: f279d44141c981dd7535a12260efcf1ef7beed26 $\n";

    private ChpstWords() {}

    /**
     * Understands the words by the rules of the program of this name.
     *
     * @param name without a leading d
     * @param called the name with it, for complaints
     */
    static ChpstPlan parse(OsString name, OsString called, List<OsString> words) throws UsageException {
        return switch (name.toString()) {
            case "setuidgid" -> setuidgid(words);
            case "envuidgid" -> envuidgid(words);
            case "envdir" -> envdir(words);
            case "pgrphack" -> pgrphack(words);
            case "setlock" -> setlock(called, words);
            case "softlimit" -> softlimit(called, words);
            default -> chpst(called, words);
        };
    }

    private static ChpstPlan setuidgid(List<OsString> words) throws UsageException {
        ChpstPlan plan = withProgram(words, 1, " account child");
        plan.user = words.get(0);
        plan.plainUser = true;
        return plan;
    }

    private static ChpstPlan envuidgid(List<OsString> words) throws UsageException {
        ChpstPlan plan = withProgram(words, 1, " account child");
        plan.userForEnvironment = words.get(0);
        plan.plainUser = true;
        return plan;
    }

    private static ChpstPlan envdir(List<OsString> words) throws UsageException {
        ChpstPlan plan = withProgram(words, 1, " dir child");
        plan.environmentDirectory = words.get(0);
        plan.subdirectory = EnvDirectory.Subdirectory.FATAL;
        return plan;
    }

    private static ChpstPlan pgrphack(List<OsString> words) throws UsageException {
        ChpstPlan plan = withProgram(words, 0, " child");
        plan.ownSession = true;
        return plan;
    }

    private static ChpstPlan setlock(OsString name, List<OsString> words) throws UsageException {
        Options options = new Options(name, words, "nNxX");
        ChpstPlan.Locking locking = ChpstPlan.Locking.FAIL;
        boolean silent = false;
        for (char option = options.next(); option != Options.END; option = options.next()) {
            switch (option) {
                // the other way round than in daemontools, as in runit
                case 'n' -> locking = ChpstPlan.Locking.WAIT;
                case 'N' -> locking = ChpstPlan.Locking.FAIL;
                case 'x' -> silent = true;
                case 'X' -> silent = false;
                default -> throw new UsageException(SETLOCK_USAGE);
            }
        }
        ChpstPlan plan = withProgram(options.operands(), 1, SETLOCK_USAGE);
        plan.lock = options.operands().get(0);
        plan.locking = locking;
        plan.silent = silent;
        return plan;
    }

    private static ChpstPlan softlimit(OsString name, List<OsString> words) throws UsageException {
        Options options = new Options(name, words, "a:c:d:f:l:m:o:p:r:s:t:");
        ChpstPlan plan = new ChpstPlan();
        for (char option = options.next(); option != Options.END; option = options.next()) {
            if (option == Options.BAD) {
                throw new UsageException(SOFTLIMIT_USAGE);
            }
            long value = options.argument().equals(OsString.of("=")) ? -1 : number(options.argument());
            switch (option) {
                case 'a' -> plan.limit(value, Limit.ADDRESS_SPACE);
                case 'l' -> plan.limit(value, Limit.LOCKED_MEMORY);
                case 's' -> plan.limit(value, Limit.STACK);
                default -> limit(plan, option, value);
            }
        }
        plan.program = program(options.operands(), 0, SOFTLIMIT_USAGE);
        return plan;
    }

    private static ChpstPlan chpst(OsString name, List<OsString> words) throws UsageException {
        Options options = new Options(name, words, "u:U:b:e:m:d:o:p:f:c:r:t:/:n:l:L:vP012V");
        ChpstPlan plan = new ChpstPlan();
        for (char option = options.next(); option != Options.END; option = options.next()) {
            OsString argument = options.argument();
            switch (option) {
                case 'u' -> plan.user = argument;
                case 'U' -> plan.userForEnvironment = argument;
                case 'b' -> plan.argument0 = argument;
                case 'e' -> plan.environmentDirectory = argument;
                case '/' -> plan.root = argument;
                case 'n' -> plan.nice = nice(argument);
                case 'l' -> lock(plan, argument, ChpstPlan.Locking.WAIT);
                case 'L' -> lock(plan, argument, ChpstPlan.Locking.FAIL);
                case 'v' -> plan.subdirectory = EnvDirectory.Subdirectory.SKIPPED_WITH_WARNING;
                case 'P' -> plan.ownSession = true;
                case '0', '1', '2' -> plan.closed[option - '0'] = true;
                case 'V' -> {
                    Out.complain(OsString.of(VERSION));
                    throw new UsageException(USAGE);
                }
                case Options.BAD -> throw new UsageException(USAGE);
                default -> limit(plan, option, number(argument));
            }
        }
        plan.program = program(options.operands(), 0, USAGE);
        return plan;
    }

    /** The limits that chpst and softlimit have in common. */
    private static void limit(ChpstPlan plan, char option, long value) {
        switch (option) {
            case 'm' -> plan.limit(value, Limit.DATA, Limit.STACK, Limit.LOCKED_MEMORY, Limit.ADDRESS_SPACE);
            case 'd' -> plan.limit(value, Limit.DATA);
            case 'o' -> plan.limit(value, Limit.OPEN_FILES);
            case 'p' -> plan.limit(value, Limit.PROCESSES);
            case 'f' -> plan.limit(value, Limit.FILE_SIZE);
            case 'c' -> plan.limit(value, Limit.CORE);
            case 'r' -> plan.limit(value, Limit.RESIDENT);
            case 't' -> plan.limit(value, Limit.CPU);
            default -> throw new IllegalStateException("option -" + option + " is declared but not understood");
        }
    }

    private static void lock(ChpstPlan plan, OsString file, ChpstPlan.Locking locking) throws UsageException {
        if (plan.lock != null) {
            throw new UsageException(USAGE);
        }
        plan.lock = file;
        plan.locking = locking;
    }

    private static int nice(OsString text) throws UsageException {
        boolean minus = text.startsWith("-");
        OsString digits = minus || text.startsWith("+") ? text.slice(1, text.length()) : text;
        long value = number(digits);
        return (int) (minus ? -value : value);
    }

    private static long number(OsString text) throws UsageException {
        if (Numbers.end(text, 0) != text.length()) {
            throw new UsageException(USAGE);
        }
        return Numbers.at(text, 0);
    }

    private static ChpstPlan withProgram(List<OsString> words, int before, String usage) throws UsageException {
        ChpstPlan plan = new ChpstPlan();
        plan.program = program(words, before, usage);
        return plan;
    }

    private static List<OsString> program(List<OsString> words, int before, String usage) throws UsageException {
        if (words.size() <= before) {
            throw new UsageException(usage);
        }
        return words.subList(before, words.size());
    }
}
