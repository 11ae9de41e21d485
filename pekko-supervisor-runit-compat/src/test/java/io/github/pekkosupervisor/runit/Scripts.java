package io.github.pekkosupervisor.runit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is executed a moment later. A process that is being started has, until it has become its program, all
 * files open that this JVM had open when it was made; if one of them was a script that another thread was writing then,
 * nobody can execute that meanwhile (ETXTBSY). So a process that is nobody's parent but of such as do nothing else
 * writes it. It ends with this JVM.
 */
public final class Scripts {

    private static final String WRITER = """
            while IFS= read -r draft && IFS= read -r script; do
                said=$(cp -- "$draft" "$script" 2>&1) && said=ok
                printf '%s\\n' "$said" | tr '\\n' ' '
                echo
            done
            """;

    private static final String OK = "ok";

    private static @Nullable Process writer;

    private Scripts() {}

    /** Writes a file that everybody may execute; what was in it before is gone. */
    public static Path write(Path script, String text) throws IOException {
        Path draft = Files.createTempFile("script", "");
        try {
            Files.writeString(draft, text);
            String said = said(draft, script.toAbsolutePath());
            if (!said.strip().equals(OK)) {
                throw new IOException("cannot write " + script + ": " + said);
            }
        } finally {
            Files.delete(draft);
        }
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What whoever copies says: ok, or what is wrong. */
    private static String said(Path draft, Path script) throws IOException {
        return script.toString().contains("\n") ? saidByAnother(draft, script) : saidByWriter(draft, script);
    }

    /** One whose name is no line has a process of its own. */
    private static String saidByAnother(Path draft, Path script) throws IOException {
        Process copy = new ProcessBuilder("cp", "--", draft.toString(), script.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(copy.getInputStream().readAllBytes(), UTF_8);
        try {
            return copy.waitFor() == 0 ? OK : said;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static synchronized String saidByWriter(Path draft, Path script) throws IOException {
        Process running = writer;
        if (running == null || !running.isAlive()) {
            running = new ProcessBuilder("sh", "-c", WRITER)
                    .redirectErrorStream(true)
                    .start();
            writer = running;
        }
        BufferedWriter to = running.outputWriter();
        to.write(draft + "\n" + script + "\n");
        to.flush();
        BufferedReader from = running.inputReader();
        return String.valueOf(from.readLine());
    }
}
