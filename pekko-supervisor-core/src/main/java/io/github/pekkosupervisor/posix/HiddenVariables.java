package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Variables of a process under names that mean nothing to anybody, until it has left root's rights behind: a dynamic
 * linker, a C library or a shell would obey some of them before that.
 *
 * @param environment entries {@code NAME=value} for the beginning: those hidden are the values of names of ours
 * @param number how many are hidden
 */
record HiddenVariables(List<OsString> environment, int number) {

    private static final String PREFIX = "PEKKO_SUPERVISOR_HIDDEN_";

    /** What a shell can have as a variable; a linker, a library or setpriv obeys no other. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** Those that some shells do not let anybody set, and that mean nothing to anybody else. */
    private static final Set<String> OF_SHELLS =
            Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID");

    /** Ours, by which a process is known while it begins. */
    private static final String OURS = "PEKKO_SUPERVISOR_";

    /** Hides what has to be hidden of an environment. */
    static HiddenVariables of(List<OsString> entries) {
        List<OsString> environment = new ArrayList<>();
        int number = 0;
        for (OsString entry : entries) {
            String text = entry.toString();
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            if (isHarmless(name)) {
                environment.add(entry);
            } else {
                environment.add(OsString.of(PREFIX + number + "=").plus(entry));
                number++;
            }
        }
        return new HiddenVariables(List.copyOf(environment), number);
    }

    private static boolean isHarmless(String name) {
        return (name.startsWith(OURS) && !name.startsWith(PREFIX))
                || OF_SHELLS.contains(name)
                || !NAME.matcher(name).matches();
    }

    boolean areSome() {
        return number > 0;
    }

    /** What a shell does to have them all again under their own names, and nothing of ours. */
    String script() {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < number; i++) {
            script.append("export \"$")
                    .append(PREFIX)
                    .append(i)
                    .append("\"; unset ")
                    .append(PREFIX)
                    .append(i)
                    .append("; ");
        }
        return script.toString();
    }
}
