package io.github.pekkosupervisor.runit.imports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How values of a compose file are read: with their variables, or as one thing that has to be known now. */
final class ComposeContext {

    private final ForeignFile file;
    private final Conversion to;
    private final Interpolation interpolation;

    ComposeContext(ForeignFile file, Conversion to) {
        this.file = file;
        this.to = to;
        interpolation = new Interpolation(to.variables());
    }

    ForeignFile file() {
        return file;
    }

    boolean usesVariables() {
        return interpolation.isUsed();
    }

    boolean usesDefaultsForEmpty() {
        return interpolation.isAlsoForEmpty();
    }

    ForeignFileException mistake(int line, String what) {
        return to.mistake(line, what);
    }

    Text text(Yaml value, Child child) throws ForeignFileException {
        return interpolate(value.text(), value.line(), child);
    }

    Text interpolate(String text, int line, Child child) {
        return interpolation.of(text, wrong -> child.tell(line, wrong));
    }

    /** A line is split as by a shell, a list is one. */
    List<Text> words(Yaml value, Child child) throws ForeignFileException {
        List<Text> words = new ArrayList<>();
        if (value.isList()) {
            for (Yaml item : value.items()) {
                words.add(text(item, child));
            }
            return words;
        }
        try {
            ShellWords.splitAroundVariables(value.text()).forEach(word -> {
                Text read = interpolate(word, value.line(), child);
                if (read.parts().size() == 1 && read.parts().get(0) instanceof Text.Reference) {
                    child.tell(
                            value.line(),
                            word + " is one word here, as in quotes; compose splits what it puts in at blanks");
                }
                words.add(read);
            });
        } catch (IllegalArgumentException e) {
            throw to.mistake(value.line(), "this cannot be split into words: " + e.getMessage());
        }
        return words;
    }

    /** What has to be known when it is written. */
    String fixed(Yaml value) throws ForeignFileException {
        String text = value.text();
        if (text.replace("$$", "").indexOf('$') >= 0) {
            throw to.mistake(value.line(), "a variable cannot be taken over here; write down its value: " + text);
        }
        return text.replace("$$", "$");
    }

    int number(Yaml value) throws ForeignFileException {
        try {
            return Integer.parseInt(fixed(value));
        } catch (NumberFormatException e) {
            throw to.mistake(value.line(), "this must be a number, was " + value.text());
        }
    }

    Duration time(Yaml value) throws ForeignFileException {
        String text = fixed(value);
        return Times.parse(text)
                .orElseThrow(() -> to.mistake(value.line(), "this must be a time, such as 1m30s, was " + text));
    }

    /** A path of compose is from where the file is. */
    Text path(Text path) {
        boolean isAbsolute = path.shown().startsWith("/") || path.shown().startsWith("${");
        String above = path.shown().startsWith("./") ? path.shown().substring(2) : path.shown();
        if (isAbsolute) {
            return path;
        }
        Text relative = path.isLiteral() ? Text.of(above) : path;
        return to.variables()
                .here(file.directory().toString())
                .plus(Text.of("/"))
                .plus(relative);
    }
}
