package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;

/**
 * The options of a command line, one after another, in the way of runit's programs: single letters, which may share a
 * word; an argument is the rest of the word or the next word; the first operand ends them, and so does any word that
 * begins with two dashes, which is swallowed whatever follows.
 */
final class Options {

    /** There are no more. */
    static final char END = 0;

    /** One that is not among the letters, or lacks its argument; standard error has been told. */
    static final char BAD = '?';

    private final OsString name;
    private final List<OsString> words;
    private final String letters;
    private int word;
    private int at;
    private OsString argument = OsString.of("");

    /**
     * @param name the program, for complaints
     * @param letters which options there are; a colon follows each that takes an argument
     */
    Options(OsString name, List<OsString> words, String letters) {
        this.name = name;
        this.words = words;
        this.letters = letters;
    }

    /** The next option's letter, {@link #END} or {@link #BAD}. */
    char next() {
        if (at == 0 && !beginWord()) {
            return END;
        }
        OsString current = words.get(word);
        char letter = (char) (current.at(at) & 0xff);
        at++;
        boolean last = at == current.length();
        int known = letter == ':' ? -1 : letters.indexOf(letter);
        boolean takesArgument = known >= 0 && known + 1 < letters.length() && letters.charAt(known + 1) == ':';
        if (takesArgument && !last) {
            argument = current.slice(at, current.length());
        }
        if (takesArgument || last) {
            word++;
            at = 0;
        }
        if (known < 0) {
            return complain("illegal option", letter);
        }
        if (takesArgument && last) {
            if (word == words.size()) {
                return complain("option requires an argument", letter);
            }
            argument = words.get(word);
            word++;
        }
        return letter;
    }

    /** Whether the next word holds options; the word that ends them is stepped over. */
    private boolean beginWord() {
        if (word == words.size()) {
            return false;
        }
        OsString next = words.get(word);
        if (next.length() < 2 || next.at(0) != '-') {
            return false;
        }
        if (next.at(1) == '-') {
            word++;
            return false;
        }
        at = 1;
        return true;
    }

    private char complain(String what, char letter) {
        Out.complain(name.plus(": " + what + " -- ")
                .plus(OsString.of(new byte[] {(byte) letter}))
                .plus("\n"));
        return BAD;
    }

    /** The argument of the last option that takes one. */
    OsString argument() {
        return argument;
    }

    /** The words after the options. */
    List<OsString> operands() {
        return words.subList(word, words.size());
    }
}
