package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * {@code pekko-supervisor upgrade}: asks the launcher of a services directory, or of the directory that a tree is shown
 * in, to become another version of itself, and says what becomes of that.
 *
 * <p>Exit code 0 when it is done; 1 if it was refused, and all goes on as before; 100 if it was called wrongly; 111 if
 * nobody could be asked, or the launcher has ended or is about to.
 */
final class Upgrade implements Tool {

    private static final String ANSWERS = ".answers-";

    private static final int REFUSED = 1;
    private static final int USAGE = 100;
    private static final int FATAL = 111;
    private static final int MODE = 0600;
    private static final int CHUNK = 4096;

    /** For the first word of an answer, in milliseconds. */
    private static final int FIRST_ANSWER = 20_000;

    /** For all of it: more than the launcher takes with what it waits for. */
    private static final int LAST_ANSWER = 10 * 60_000;

    private static final OsString PROC = OsString.of("/proc/");
    private static final OsString DIST = OsString.of("--dist");
    private static final OsString JAVA_HOME = OsString.of("--java-home");
    private static final OsString STATE = OsString.of("--state");
    private static final OsString HELP = OsString.of("--help");
    private static final String USAGE_TEXT =
            "usage: pekko-supervisor upgrade [--dist new] [--java-home jdk] [--state state] dir\n\n";
    private static final String HELP_TEXT = USAGE_TEXT + """
            Has the launcher that is at work in dir become another version of itself; its services go on. Of runsvdir dir is
            the services directory, of run the directory that its tree is shown in, or else its state directory.

              --dist new       the distribution to become, from then on (default: its own, as that is now)
              --java-home jdk  the JDK to become it with, from then on (default: as before)
              --state state    where the list of services is, if not in dir

            Exit code: 0 done, 1 refused and all goes on as before, 100 called wrongly, 111 nobody could be asked, or the
            launcher has ended or is about to.
            """;

    private OsString dist = OsString.of("");
    private OsString javaHome = OsString.of("");
    private Optional<OsString> state = Optional.empty();
    private Optional<OsString> services = Optional.empty();

    @Override
    public int run(OsString name, List<OsString> words) {
        if (words.contains(HELP)) {
            Out.print(OsString.of(HELP_TEXT));
            return 0;
        }
        Optional<String> mistake = mistakeIn(words);
        if (mistake.isPresent()) {
            Out.complain(OsString.of("pekko-supervisor: upgrade: " + mistake.get() + "\n" + USAGE_TEXT));
            return USAGE;
        }
        OsString directory = services.orElseThrow();
        ListPlace place = new ListPlace(directory, state);
        try (Directory opened = Directory.open(directory)) {
            return ask(opened, place);
        } catch (PosixException e) {
            return fatal("nobody can be asked: " + Printable.onTerminal(directory) + ": " + ErrorText.of(e));
        }
    }

    private int ask(Directory services, ListPlace place) {
        try (Directory beside = place.openIfThere(services)) {
            return ask(beside, place.requests());
        } catch (PosixException e) {
            String where = Printable.onTerminal(this.services.orElseThrow());
            if (e.is("EACCES") || e.is("EPERM")) {
                return fatal("nobody can be asked: only the user of a launcher, and root, may ask it, and what it keeps"
                        + " beside " + where + " is closed to this one: " + ErrorText.of(e));
            }
            return e.is("ENXIO") || e.is("ENOENT")
                    ? fatal("nobody can be asked: no launcher of this version is at work in " + where
                            + ", or it keeps its list elsewhere (--state), or it is just becoming another one (then try"
                            + " again)")
                    : fatal("nobody can be asked: " + e.call() + " " + e.argument() + ": " + ErrorText.of(e));
        }
    }

    /** In words; empty if there is none. */
    private Optional<String> mistakeIn(List<OsString> words) {
        for (int i = 0; i < words.size(); i++) {
            OsString word = words.get(i);
            boolean hasValue = i + 1 < words.size();
            if (word.equals(DIST) && hasValue) {
                i++;
                dist = absolute(words.get(i));
            } else if (word.equals(JAVA_HOME) && hasValue) {
                i++;
                javaHome = absolute(words.get(i));
            } else if (word.equals(STATE) && hasValue) {
                i++;
                state = Optional.of(words.get(i));
            } else if (List.of(DIST, JAVA_HOME, STATE).contains(word)) {
                return Optional.of(word + " needs a value");
            } else if (word.startsWith("-")) {
                return Optional.of("unknown option " + Printable.onTerminal(word));
            } else if (services.isPresent()) {
                return Optional.of("one services directory, and not also " + Printable.onTerminal(word));
            } else {
                services = Optional.of(word);
            }
        }
        return services.isPresent() ? Optional.empty() : Optional.of("of which services directory?");
    }

    private static OsString absolute(OsString path) {
        return path.startsWith("/")
                ? path
                : OsString.of(System.getProperty("user.dir") + "/").plus(path);
    }

    private int ask(Directory beside, OsString requests) throws PosixException {
        OsString answersOf = requests.plus(ANSWERS);
        OsString name = answersOf.plus(String.valueOf(OwnProcess.pid()));
        removeLeft(beside, answersOf);
        beside.remove(name);
        beside.makeFifo(name, MODE);
        int launchers = beside.linkStatus(requests).owner();
        if (launchers != beside.linkStatus(name).owner()) {
            // root asks somebody else's, which is to be able to answer
            beside.setOwner(name, launchers);
        }
        try (Descriptor answers = beside.openFifoToRead(name)) {
            try (Descriptor fifo = beside.openWrite(requests)) {
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                for (OsString word : List.of(name, dist, javaHome)) {
                    request.writeBytes(word.bytes());
                    request.write(0);
                }
                fifo.write(request.toByteArray());
            }
            return listen(answers);
        } finally {
            beside.remove(name);
        }
    }

    /** Of such as were ended while they waited. */
    private static void removeLeft(Directory beside, OsString answersOf) throws PosixException {
        if (!Directory.exists(PROC.plus("self"))) {
            return;
        }
        for (OsString one : beside.list()) {
            if (one.startsWith(answersOf.toString())
                    && !Directory.exists(PROC.plus(one.slice(answersOf.length(), one.length())))) {
                beside.remove(one);
            }
        }
    }

    private static int listen(Descriptor answers) throws PosixException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        OsString pid = OsString.of("?");
        boolean heard = false;
        while (Descriptor.awaitReadable(heard ? LAST_ANSWER : FIRST_ANSWER, answers)[0]) {
            byte[] chunk = answers.read(CHUNK);
            if (chunk.length == 0) {
                return fatal(
                        "the launcher, process " + pid + ", has ended on the way, or lets nobody know what became of"
                                + " it. If it is gone its services go on, unattended: start it again, which adopts them");
            }
            heard = true;
            for (byte one : chunk) {
                if (one != '\n') {
                    line.write(one);
                    continue;
                }
                OsString said = OsString.of(line.toByteArray());
                line.reset();
                if (said.startsWith("pid ")) {
                    pid = said.slice("pid ".length(), said.length());
                } else if (said.startsWith("done")) {
                    Out.print(OsString.of("process " + pid + " is the new launcher now: " + said + "\n"));
                    return 0;
                } else if (said.startsWith("refused ")) {
                    Out.complain(OsString.of("pekko-supervisor: upgrade refused, all goes on as before: "
                            + Printable.onTerminal(said.slice("refused ".length(), said.length())) + "\n"));
                    return REFUSED;
                } else if (said.startsWith("ends ")) {
                    return fatal("given up, process " + pid + " is about to end: "
                            + Printable.onTerminal(said.slice("ends ".length(), said.length())));
                }
            }
        }
        return fatal((heard ? "no further answer from the launcher, process " + pid : "no answer from the launcher")
                + ": it may have been stopped by a signal, be short of descriptors, or have a disk that hangs; what it"
                + " says on its standard error tells more");
    }

    private static int fatal(String why) {
        Out.complain(OsString.of("pekko-supervisor: fatal: " + why + "\n"));
        return FATAL;
    }
}
