package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.ProcessResult;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.TreeLeft;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/** Tries a distribution before this launcher becomes it: its archive of classes is made, and it has to check itself. */
final class UpgradeCheck {

    private static final Duration FOR_THE_ARCHIVE = Duration.ofMinutes(3);
    private static final Duration FOR_THE_CHECK = Duration.ofMinutes(1);
    private static final int LONGEST_REASON = 600;

    private UpgradeCheck() {}

    /** The file that is started. */
    static OsString program(OsString dist) {
        return dist.plus("/bin/pekko-supervisor");
    }

    /**
     * What becomes of it.
     *
     * @param refusal why it will not do, in words; empty if it will
     * @param command its program file, and the words with which a JVM is started, before those of the program
     */
    record Verdict(Optional<String> refusal, List<OsString> command) {
        static Verdict no(String why) {
            return new Verdict(Optional.of(why), List.of());
        }
    }

    /**
     * Tries it; never fails.
     *
     * @param further words by which it is asked whether it can do what this launcher does
     */
    static CompletionStage<Verdict> of(
            OsString dist, OsString javaHome, Optional<List<OsString>> further, ActorSystem<?> system) {
        // the script would take another one that it finds
        if (javaHome.length() > 0 && !isExecutable(javaHome.plus("/bin/java"))) {
            return CompletableFuture.completedFuture(
                    Verdict.no(javaHome + " is no JDK, there is no program bin/java in it; --java-home names one"));
        }
        if (!isExecutable(program(dist))) {
            return CompletableFuture.completedFuture(Verdict.no(
                    dist + " is no distribution, there is no program bin/pekko-supervisor in it; --dist names one"));
        }
        // without an archive it starts slowly, which is no reason not to become it
        return run(dist, javaHome, FOR_THE_ARCHIVE, system, "archive")
                .handle((done, failure) -> failure == null)
                .thenCompose(any -> run(
                        dist,
                        javaHome,
                        FOR_THE_CHECK,
                        system,
                        "--self-check",
                        Integer.toString(Succession.VERSION),
                        Integer.toString(StateFile.VERSION),
                        Integer.toString(TreeLeft.VERSION)))
                .handle((result, failure) -> failure == null ? verdict(result) : Verdict.no(inWords(failure)))
                .thenCompose(verdict -> verdict.refusal().isPresent() || further.isEmpty()
                        ? CompletableFuture.completedFuture(verdict)
                        : further(dist, javaHome, further.get(), verdict, system));
    }

    private static CompletionStage<Verdict> further(
            OsString dist, OsString javaHome, List<OsString> words, Verdict verdict, ActorSystem<?> system) {
        return run(
                        dist,
                        javaHome,
                        FOR_THE_CHECK,
                        system,
                        words.stream().map(OsString::toString).toArray(String[]::new))
                .handle((result, failure) -> failure != null
                        ? Verdict.no(inWords(failure))
                        : result.isNormal() ? verdict : Verdict.no(refusal("it cannot do this", result)));
    }

    private static boolean isExecutable(OsString path) {
        try {
            return Directory.statusOf(path)
                    .filter(status -> status.isRegularFile() && status.isOwnerExecutable())
                    .isPresent();
        } catch (PosixException e) {
            return false;
        }
    }

    private static CompletableFuture<ProcessResult> run(
            OsString dist, OsString javaHome, Duration limit, ActorSystem<?> system, String... words) {
        ProcessSpec spec = ProcessSpec.of(program(dist).toString(), words);
        if (javaHome.length() > 0) {
            spec = spec.withEnvironment("JAVA_HOME", javaHome.toString());
        }
        return ProcessRun.of(spec).withTimeout(limit).withSystem(system).start();
    }

    private static String inWords(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return "it cannot be started: " + cause.getMessage();
    }

    private static Verdict verdict(ProcessResult result) {
        Optional<List<OsString>> command = result.stdout().lines().stream()
                .filter(line -> line.startsWith(SelfCheck.COMMAND))
                .findFirst()
                .map(line -> Arrays.stream(
                                line.substring(SelfCheck.COMMAND.length()).split(" ", -1))
                        .map(word -> OsString.of(HexFormat.of().parseHex(word)))
                        .toList());
        if (result.isNormal() && command.isPresent()) {
            return new Verdict(Optional.empty(), command.get());
        }
        return Verdict.no(refusal("its check of itself has failed", result));
    }

    private static String refusal(String what, ProcessResult result) {
        String said = said(result.stderr().lines(), result.stdout().lines());
        String how = result.timedOut() ? "was stopped since its time was over" : "ended with " + result.status();
        return what + ", " + String.join(" ", result.command()) + " " + how + (said.isEmpty() ? "" : ": " + said);
    }

    private static String said(List<String> errors, List<String> output) {
        String all = Printable.oneLine(String.join("; ", errors.isEmpty() ? output : errors));
        return all.length() <= LONGEST_REASON ? all : all.substring(0, LONGEST_REASON) + "…";
    }
}
