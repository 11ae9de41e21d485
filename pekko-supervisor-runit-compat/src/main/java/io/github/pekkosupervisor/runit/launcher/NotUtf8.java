package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;

/**
 * What a file says in bytes that are no UTF-8, such as an id. HOCON is read with a replacement for them, and what is
 * then said is not what was meant; comments may have what they like.
 */
final class NotUtf8 {

    private static final char REPLACEMENT = '\ufffd';

    private NotUtf8() {}

    /** In words, each with file and line, and none with what stands there, which may be a secret. */
    static List<String> in(ConfigObject root) {
        List<String> all = new ArrayList<>();
        look(root, all);
        return all.stream().distinct().toList();
    }

    private static void look(ConfigValue value, List<String> all) {
        try {
            lookInto(value, all);
        } catch (ConfigException.NotResolved e) {
            // a substitution that names nothing: told, if at all, by who reads it
            return;
        }
    }

    private static void lookInto(ConfigValue value, List<String> all) {
        if (value instanceof ConfigObject block) {
            block.forEach((key, below) -> {
                check(key, below, all);
                look(below, all);
            });
        } else if (value instanceof ConfigList list) {
            list.forEach(one -> look(one, all));
        } else if (value.unwrapped() instanceof String text) {
            check(text, value, all);
        }
    }

    private static void check(String text, ConfigValue at, List<String> all) {
        if (text.indexOf(REPLACEMENT) >= 0) {
            boolean isOfFile = at.origin().lineNumber() > 0;
            all.add(at.origin().description()
                    + (isOfFile
                            ? ": what is said here is not UTF-8; write the file in that, as iconv -f LATIN1 -t UTF-8 does"
                                    + " with one in Latin-1"
                            : ": a variable that is used has a value that is not UTF-8; set it to one that is"));
        }
    }
}
