package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Exec;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The step from one launcher to the next. */
final class Become {

    /**
     * They are to have an effect on the next launcher as on this one, and not on what it is before it can hear them:
     * the JVM leaves alone what is ignored, and what is blocked waits.
     */
    private static final List<Signal> HEARD = List.of(Signal.HUP, Signal.INT, Signal.TERM, Signal.ALRM);

    /** As many descriptors as a JVM needs beside those that are kept, and some more. */
    private static final int ROOM = 200;

    private Become() {}

    /**
     * What to become, and with what.
     *
     * @param command the program file, and the words with which a JVM is started
     * @param words the program and its words
     * @param lasting what stays open
     * @param sockets the same of sockets, by their names
     * @param named the same, by words
     * @param said whatever else is to be told, by words
     * @param openFilesLimit the soft limit that services get; -1 for that of this process
     * @param file a file without a name, in which it finds all that; closed if it comes to nothing
     */
    record Next(
            List<OsString> command,
            List<OsString> words,
            List<Descriptor> lasting,
            Map<String, Descriptor> sockets,
            Map<String, Descriptor> named,
            Map<String, OsString> said,
            long openFilesLimit,
            Descriptor file) {}

    /**
     * Becomes it, on a thread that has nothing else to do.
     *
     * @param refused told why not, if it comes to nothing; all is as it was but the signals, which are ignored
     */
    static void next(Next next, Consumer<String> refused) {
        Thread thread = new Thread(
                () -> {
                    List<Descriptor> kept = new ArrayList<>();
                    String why;
                    try {
                        why = String.valueOf(become(next, kept).getMessage());
                    } catch (PosixException | RuntimeException | Error e) {
                        // everything stands still until it is told
                        why = String.valueOf(e.getMessage());
                    }
                    kept.forEach(Exec::keepNoMore);
                    next.file().close();
                    refused.accept(why);
                },
                "pekko-supervisor-upgrade");
        thread.setDaemon(true);
        thread.start();
    }

    private static PosixException become(Next next, List<Descriptor> kept) throws PosixException {
        Launch launch = Launch.ofThisJvm();
        InheritedDescriptors given = InheritedDescriptors.ofThisJvm();
        Succession left = new Succession(
                launch.environment(),
                Launch.blockedAtLaunch(),
                Launch.ignoredAtLaunch(),
                next.openFilesLimit(),
                given.further(),
                next.lasting().stream().map(Descriptor::number).toList(),
                numbers(next.sockets()),
                numbers(next.named()),
                next.said());
        long limit = OwnProcess.openFilesLimitOf(OwnProcess.pid());
        if (limit >= 0 && next.file().number() + ROOM > limit) {
            throw new PosixException(
                    "execve",
                    "",
                    "EMFILE",
                    "another JVM would not find the " + ROOM + " descriptors that it needs below the limit of " + limit
                            + "; raise that, and start the launcher anew");
        }
        next.file().write(left.toBytes());
        given.keepOnlyThese();
        List<Descriptor> all = new ArrayList<>(next.lasting());
        all.addAll(next.sockets().values());
        all.addAll(next.named().values());
        all.add(next.file());
        for (Descriptor one : all) {
            Exec.keep(one);
            kept.add(one);
        }
        List<OsString> environment = new ArrayList<>(launch.environment());
        environment.removeIf(entry -> entry.startsWith(Succession.VARIABLE + "=") || entry.startsWith("LC_ALL="));
        environment.add(OsString.of(Succession.VARIABLE + "=" + next.file().number()));
        // as the script has it: the JVM cannot open what its locale cannot spell
        environment.add(OsString.of("LC_ALL=C.UTF-8"));
        List<OsString> arguments =
                new ArrayList<>(next.command().subList(1, next.command().size()));
        arguments.addAll(next.words());
        long heard = HEARD.stream().mapToLong(Become::bit).sum();
        return Exec.become(
                List.of(),
                List.of(next.command().get(0)),
                arguments,
                environment,
                // and the one of which nothing is to come
                new Exec.Signals(Launch.blockedAtLaunch() | heard, heard | bit(Signal.USR2)));
    }

    private static long bit(Signal signal) {
        return 1L << (signal.number() - 1);
    }

    private static Map<String, Integer> numbers(Map<String, Descriptor> open) {
        Map<String, Integer> numbers = new HashMap<>();
        open.forEach((name, one) -> numbers.put(name, one.number()));
        return numbers;
    }
}
