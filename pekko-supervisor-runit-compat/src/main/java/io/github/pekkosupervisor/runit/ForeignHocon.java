package io.github.pekkosupervisor.runit;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import io.github.pekkosupervisor.runit.ServiceConf.MistakenException;
import java.io.File;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private final String name;
    private final String text;
    /** For each open bracket the levels that it and its key make. */
    private final Deque<Integer> open = new ArrayDeque<>();

    private int at;
    private int line = 1;
    private int levels;
    private int keyParts;

    private ForeignHocon(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Reads the bytes of a file, in UTF-8.
     *
     * @param name of the file, for messages
     */
    static ConfigObject parse(String name, byte[] file) throws MistakenException {
        if (file.length > LONGEST) {
            throw new MistakenException(List.of(name + " is longer than " + LONGEST + " bytes"));
        }
        String text = new String(file, StandardCharsets.UTF_8);
        new ForeignHocon(name, text).check();
        try {
            return ConfigFactory.parseString(
                            text,
                            ConfigParseOptions.defaults()
                                    .setOriginDescription(name)
                                    .setIncluder(new NoInclude(name)))
                    .root();
        } catch (ConfigException e) {
            // what it quotes may be a secret
            String message = String.valueOf(e.getMessage()).replaceAll("(?s)'.{3,}'", "'...'");
            throw new MistakenException(List.of(message));
        } catch (RuntimeException | Error e) {
            // of the library's; it may have run out of stack or memory, and there is nothing of ours in the middle of
            throw new MistakenException(List.of(name + " cannot be read: " + e));
        }
    }

    // ---- before the parser sees it

    private void check() throws MistakenException {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '"') {
                skipString();
            } else if (next == '#' || text.startsWith("//", at)) {
                skipUpTo("\n");
            } else if (text.startsWith("${", at) || text.startsWith("+=", at)) {
                throw mistake("uses another value (" + text.substring(at, at + 2) + "), which is not possible here");
            } else {
                look(next);
                at++;
            }
        }
    }

    private void look(char next) throws MistakenException {
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
        if (text.startsWith("\"\"\"", at)) {
            at += 3;
            skipUpTo("\"\"\"");
            at += 3;
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
    private record NoInclude(String name)
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            throw refused();
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            throw refused();
        }

        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            throw refused();
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            throw refused();
        }

        private ConfigException refused() {
            return new ConfigException.Generic(name + ": include is not possible here");
        }
    }
}
