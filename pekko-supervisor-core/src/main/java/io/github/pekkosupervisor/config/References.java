package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Which other values a value uses that are nowhere, so that whoever is to set them need not look for their names. */
final class References {

    /** A piece of text in quotes, which may look like the other; or such a use, whose path may have quotes in it. */
    private static final Pattern TEXT_OR_USE =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|\\$\\{(?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*+\")*+\\}");

    private References() {}

    /** As they are written, each once; nothing else of the value, which may be a secret. */
    static List<String> in(ConfigValue value) {
        return TEXT_OR_USE
                .matcher(value.render(ConfigRenderOptions.concise()))
                .results()
                .map(MatchResult::group)
                .filter(piece -> piece.startsWith("$"))
                .distinct()
                .toList();
    }

    /** A sentence without its subject. */
    static String notKnown(List<String> names) {
        return "uses " + String.join(" and ", names) + (names.size() == 1 ? ", which is" : ", which are")
                + " not known here";
    }
}
