package io.github.pekkosupervisor.runit.imports;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A line of shell as a command; if it is one simple command it takes the shell's place, so that it gets the signals.
 */
final class ShellLine {

    private static final Pattern PROGRAM = Pattern.compile("[\\w./+@%:~$\"'][\\w./+@%:~${}\"'-]*");

    /** What is a word of the shell itself, and so no program that could take its place. */
    private static final Set<String> OF_THE_SHELL = Set.of(
            ".",
            ":",
            "alias",
            "bg",
            "break",
            "builtin",
            "case",
            "cd",
            "command",
            "continue",
            "declare",
            "do",
            "done",
            "elif",
            "else",
            "esac",
            "eval",
            "exec",
            "exit",
            "export",
            "fc",
            "fg",
            "fi",
            "for",
            "function",
            "getopts",
            "hash",
            "if",
            "jobs",
            "let",
            "local",
            "read",
            "readonly",
            "return",
            "select",
            "set",
            "shift",
            "shopt",
            "source",
            "then",
            "times",
            "trap",
            "type",
            "typeset",
            "ulimit",
            "umask",
            "unalias",
            "unset",
            "until",
            "wait",
            "while",
            "time",
            "coproc");

    private ShellLine() {}

    static List<Text> command(String line) {
        return List.of(Text.of("/bin/sh"), Text.of("-c"), Text.of(isSimple(line) ? "exec " + line : line));
    }

    /** Whether it is one program with arguments and redirections, and nothing else. */
    static boolean isSimple(String line) {
        String first = line.strip().split("\\s", 2)[0];
        return PROGRAM.matcher(first).matches() && !OF_THE_SHELL.contains(first) && !hasOperator(line);
    }

    /** Something outside of quotes by which there is a second command. */
    private static boolean hasOperator(String line) {
        char quote = 0;
        for (int at = 0; at < line.length(); at++) {
            char c = line.charAt(at);
            if (quote != 0) {
                at += c == '\\' && quote == '"' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '\\') {
                at++;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (";|()`\n".indexOf(c) >= 0 || (c == '&' && !isRedirection(line, at))) {
                return true;
            }
        }
        return quote != 0;
    }

    /** As in 2>&1. */
    private static boolean isRedirection(String line, int at) {
        return at > 0 && "<>".indexOf(line.charAt(at - 1)) >= 0;
    }
}
