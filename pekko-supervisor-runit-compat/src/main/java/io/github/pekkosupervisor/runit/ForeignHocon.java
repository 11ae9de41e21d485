package io.github.pekkosupervisor.runit;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import io.github.pekkosupervisor.config.Problems;
import io.github.pekkosupervisor.runit.ServiceConf.MistakenException;
import java.io.File;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * HOCON by somebody who need not have the rights of this process: just keys and values. It has a bound in length and in
 * depth, reads no other file, no address and no environment, and whatever goes wrong in it is a message about it.
 */
final class ForeignHocon {

    /** The most bytes that are looked at. */
    static final int LONGEST = 64 * 1024;

    /** How many blocks, lists and parts of a key there may be in one another; the library's parser is recursive. */
    static final int DEEPEST = 32;

    /** How many values may be told as unknown: what the library keeps of them grows with the square. */
    static final int MOST_OTHERS = 100;

    private final String name;
    private final String text;
    /** Where a key would begin that is {@code include}. */
    private final List<Integer> includes = new ArrayList<>();
    /** For each open bracket the levels that it and its key make. */
    private final Deque<Integer> open = new ArrayDeque<>();

    private int at;
    private int line = 1;
    private int levels;
    private int keyParts;
    private int others;
    private boolean mayBeKey = true;

    private ForeignHocon(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Reads the bytes of a file, in UTF-8. Values that are other values' are left as such: they have none here.
     *
     * @param name of the file, for messages
     * @param problems where it is noted that another file is asked for; it counts as empty
     */
    static ConfigObject parse(String name, byte[] file, Problems problems) throws MistakenException {
        if (file.length > LONGEST) {
            throw new MistakenException(List.of(name + " is longer than " + LONGEST + " bytes"));
        }
        String text = new String(file, StandardCharsets.UTF_8);
        ForeignHocon hocon = new ForeignHocon(name, text);
        hocon.check();
        Iterator<Integer> lines = hocon.includes.iterator();
        Runnable refused = () -> problems.add(
                ConfigOriginFactory.newSimple(name).withLineNumber(lines.hasNext() ? lines.next() : -1),
                name,
                "",
                "include is not possible here");
        try {
            return ConfigFactory.parseString(
                            text,
                            ConfigParseOptions.defaults()
                                    .setOriginDescription(name)
                                    .setIncluder(new NoInclude(refused)))
                    .root();
        } catch (ConfigException e) {
            throw new MistakenException(List.of(inShort(String.valueOf(e.getMessage()))));
        } catch (RuntimeException | Error e) {
            // of the library's; it may have run out of stack or memory, and there is nothing of ours in the middle of
            throw new MistakenException(List.of(name + " cannot be read; please report this: "
                    + e.getClass().getSimpleName()));
        }
    }

    /** What it quotes may be a secret, which itself may have quotes: what stands behind is not shown either. */
    private static String inShort(String text) {
        final int shown = 3;
        String message = text.replaceFirst("(?s) \\(if you intended .*", "");
        int quote = message.indexOf('\'');
        while (quote >= 0) {
            int end = message.indexOf('\'', quote + 1);
            if (end < 0 || end - quote > shown || message.charAt(quote + 1) == '\'') {
                return message.substring(0, quote) + "'...': from there on it cannot be read";
            }
            quote = message.indexOf('\'', end + 1);
        }
        return message;
    }

    // ---- before the parser sees it

    private void check() throws MistakenException {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '"') {
                skipString();
            } else if (next == '#' || text.startsWith("//", at)) {
                skipUpTo("\n");
            } else {
                if ((text.startsWith("${", at) || text.startsWith("+=", at)) && ++others > MOST_OTHERS) {
                    throw mistake(
                            "has more than " + MOST_OTHERS + " values that are others', which are not known here");
                }
                look(next);
                at++;
            }
        }
    }

    private void look(char next) throws MistakenException {
        if (mayBeKey && text.startsWith("include", at)) {
            includes.add(line);
        }
        mayBeKey = "{,\n".indexOf(next) >= 0 || (mayBeKey && next <= ' ');
        switch (next) {
            case '{', '[' -> {
                open.push(keyParts + 1);
                levels += keyParts + 1;
                keyParts = 0;
            }
            case '}', ']' -> {
                levels -= open.isEmpty() ? 0 : open.pop();
                keyParts = 0;
            }
            case '\n' -> {
                line++;
                keyParts = 0;
            }
            case ',' -> keyParts = 0;
            case '.' -> keyParts++;
            default -> {
                // of a word, or between words
            }
        }
        if (levels + keyParts > DEEPEST) {
            throw mistake("has more than " + DEEPEST + " levels of blocks, lists and keys in one another");
        }
    }

    private void skipString() {
        mayBeKey = false;
        if (text.startsWith("\"\"\"", at)) {
            at += 3;
            skipUpTo("\"\"\"");
            // the last three of them end it
            while (at < text.length() && text.charAt(at) == '"') {
                at++;
            }
            return;
        }
        at++;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private void skipUpTo(String end) {
        int found = text.indexOf(end, at);
        int stop = found < 0 ? text.length() : found;
        for (; at < stop; at++) {
            line += text.charAt(at) == '\n' ? 1 : 0;
        }
    }

    private MistakenException mistake(String what) {
        return new MistakenException(List.of(name + ": " + line + ": it " + what));
    }

    /** Refuses every way to ask for another file. */
    private record NoInclude(Runnable refused)
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            return nothing();
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            return nothing();
        }

        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            return nothing();
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            return nothing();
        }

        private ConfigObject nothing() {
            refused.run();
            return ConfigFactory.empty().root();
        }
    }
}
