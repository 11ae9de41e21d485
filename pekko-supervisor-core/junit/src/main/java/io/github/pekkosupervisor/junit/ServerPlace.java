package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one server has for itself: a directory, and ports. They stay the same when it is started again. */
public final class ServerPlace {

    /** The name of the port that has none. */
    static final String MAIN_PORT = "";

    private static final int TAIL = 64 * 1024;
    private static final int RESTARTS = 3;
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final Pattern MARK = Pattern.compile("\\{(?:port(?:\\.(?<port>[^{}]+))?|directory)}");

    private final Path directory;
    private final Path output;
    private final Map<String, Integer> ports = new TreeMap<>();

    ServerPlace(Path directory, Path output) {
        this.directory = directory;
        this.output = output;
    }

    /** A directory that exists, is empty at first, and is removed afterwards. */
    public Path directory() {
        return directory;
    }

    /** The port of 127.0.0.1 for those who use the server; free before it is started. */
    public int port() {
        return port(MAIN_PORT);
    }

    /**
     * A further port of 127.0.0.1, the same whenever it is asked for by the same name.
     *
     * @param name such as {@code admin}
     */
    public synchronized int port(String name) {
        return ports.computeIfAbsent(name, any -> FreePort.next());
    }

    /**
     * A process with {@link #directory} as its working directory, whose output is kept for {@link TestServer#output}.
     *
     * @param command the program, looked for in {@code PATH}, and its arguments
     */
    public ProcessSpec program(String... command) {
        String[] arguments = List.of(command).subList(1, command.length).toArray(String[]::new);
        return ProcessSpec.of(command[0], arguments).withDirectory(directory).withOutput(Stdio.file(output));
    }

    /**
     * A tree of processes: each is started when the one before is ready, or, if it is a oneshot, done. When one dies it
     * and those after it are started again, up to three times within five seconds.
     *
     * @param processes each with another name
     */
    public SupervisorSpec tree(ProcessSpec... processes) {
        SupervisorSpec tree = SupervisorSpec.restForOne().withIntensity(RESTARTS, WITHIN);
        for (ProcessSpec process : processes) {
            tree = tree.withChild(ChildSpec.process(process.name(), process));
        }
        return tree;
    }

    /** With <code>{port}</code>, <code>{port.NAME}</code> and <code>{directory}</code> replaced. */
    String fill(String text) {
        Matcher mark = MARK.matcher(text);
        return mark.replaceAll(found -> {
            boolean isPort = found.group().startsWith("{port");
            String name = found.group(1) == null ? MAIN_PORT : found.group(1);
            return Matcher.quoteReplacement(isPort ? String.valueOf(port(name)) : directory.toString());
        });
    }

    synchronized Map<String, Integer> ports() {
        return Map.copyOf(ports);
    }

    Path outputFile() {
        return output;
    }

    /** How much its processes have written. */
    long writtenSoFar() {
        return output.toFile().length();
    }

    /**
     * What its processes have written last.
     *
     * @param from where what is of interest begins
     */
    String written(long from) {
        try (FileChannel file = FileChannel.open(output, StandardOpenOption.READ)) {
            long begin = Math.max(from, file.size() - TAIL);
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, file.size() - begin));
            file.read(bytes, begin);
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(output + " cannot be read: " + e.getMessage(), e);
        }
    }
}
