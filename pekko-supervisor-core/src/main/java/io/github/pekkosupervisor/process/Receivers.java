package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** Where lines of output go. */
final class Receivers {

    private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);

    private Receivers() {}

    /** To a logger; {@code context} is put into the MDC around each call. */
    static OutputReader.Receiver logger(String name, Level level, Map<String, String> context) {
        Logger logger = LoggerFactory.getLogger(name);
        return lines -> {
            if (!logger.isEnabledForLevel(level)) {
                return;
            }
            context.forEach(MDC::put);
            try {
                lines.forEach(line -> logger.atLevel(level).log(text(line)));
            } finally {
                context.keySet().forEach(MDC::remove);
            }
        };
    }

    private static String text(byte[] line) {
        int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        return new String(line, 0, length, UTF_8);
    }

    /** To a stream of this JVM, asked for anew each time; whole lines in one write. */
    static OutputReader.Receiver stream(Supplier<PrintStream> stream, byte[] prefix) {
        return lines -> {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] line : lines) {
                all.writeBytes(prefix);
                all.writeBytes(line);
                all.write('\n');
            }
            PrintStream target = stream.get();
            target.write(all.toByteArray(), 0, all.size());
            target.flush();
        };
    }

    /** Calls back once, when a pattern has been found in a line. */
    static OutputReader.Receiver search(Pattern pattern, Runnable found) {
        return new OutputReader.Receiver() {
            private boolean over;

            @Override
            public void receive(List<byte[]> lines) {
                if (!over && lines.stream().anyMatch(this::isIn)) {
                    over = true;
                    found.run();
                }
            }

            private boolean isIn(byte[] line) {
                Search.Result result = Search.of(pattern, text(line));
                if (result == Search.Result.TOO_MUCH) {
                    LOG.warn(
                            "the pattern [{}] of a readiness cannot be tried on a line of [{}] bytes: it nests too"
                                    + " deeply, or would take too long; write it without alternatives or repetitions"
                                    + " that are repeated",
                            pattern,
                            line.length);
                }
                return result == Search.Result.FOUND;
            }
        };
    }
}
