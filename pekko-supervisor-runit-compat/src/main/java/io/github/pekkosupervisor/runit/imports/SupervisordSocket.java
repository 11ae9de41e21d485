package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The socket of an [fcgi-program:] of supervisord's, which all its processes have as standard input. */
final class SupervisordSocket {

    static final Set<String> KEYS = Set.of("socket", "socket_backlog", "socket_owner", "socket_mode");

    private static final Pattern TCP = Pattern.compile("tcp://(.*):(\\d+)");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.]+\\]");
    private static final String UNIX = "unix://";

    private final SupervisordKeys keys;
    private final Child child;
    private final Expansion expansion;

    SupervisordSocket(SupervisordKeys keys, Child child, Expansion expansion) {
        this.keys = keys;
        this.child = child;
        this.expansion = expansion;
    }

    /** @param isShared with other processes of the same program */
    void write(boolean isShared) throws ForeignFileException {
        Value said = keys.get("socket");
        if (said == null) {
            throw keys.mistake("socket", "is not there, and an [fcgi-program:] needs it");
        }
        Text socket = expansion.expand(said.text().strip(), wrong -> tell("socket", wrong));
        Matcher tcp = TCP.matcher(socket.shown());
        Optional<Text> file = file(socket);
        Block written = new Block();
        if (tcp.matches()) {
            written.set("listen", Hocon.word("tcp:" + host(tcp.group(1)) + ":" + tcp.group(2)));
            if (isShared) {
                written.set("reuse-port", "true");
                tell(
                        "socket",
                        "each process has a socket of its own at that port, and the kernel spreads who connects");
            }
        } else if (file.isPresent()) {
            written.set("listen", Text.of("unix:").plus(file.get()));
            file(written);
            if (isShared) {
                tell("socket", "several processes cannot share a file here; give each one of its own, or leave one");
            }
        } else {
            throw keys.mistake(
                    "socket",
                    socket.isLiteral()
                            ? "must be tcp://HOST:PORT or unix:///PATH, was " + said.text()
                            : "can have no variable at this place; write down its value: " + said.text());
        }
        if (keys.get("socket_backlog") != null) {
            written.set("backlog", Integer.toString(keys.number("socket_backlog", 0)));
        }
        written.set("as-stdin", "true");
        child.process().set("sockets", "[{ " + String.join(", ", written.lines()) + " }]");
    }

    /** The path of a file, which may begin with a variable; empty if it is no such socket. */
    private static Optional<Text> file(Text socket) {
        List<Text.Part> parts = new ArrayList<>(socket.parts());
        if (parts.isEmpty()
                || !(parts.remove(0) instanceof Text.Literal first)
                || !first.text().startsWith(UNIX)) {
            return Optional.empty();
        }
        String begin = first.text().substring(UNIX.length());
        boolean isPath = begin.startsWith("/") || (begin.isEmpty() && !parts.isEmpty());
        return isPath ? Optional.of(Text.of(begin).plus(new Text(parts))) : Optional.empty();
    }

    private String host(String name) {
        if (name.equals("localhost")) {
            return "127.0.0.1";
        }
        String host = name.equals("*") || name.isEmpty() ? "0.0.0.0" : name;
        if (!NUMERIC.matcher(host).matches()) {
            tell("socket", "names are not looked up here; write the number of " + host + " in its place");
        }
        return host;
    }

    /** By default it is for its user alone, as with supervisord. */
    private void file(Block written) {
        Value mode = keys.get("socket_mode");
        written.set("mode", Hocon.word(mode == null ? "700" : mode.text().replaceFirst("^0[oO]?", "")));
        Value owner = keys.get("socket_owner") == null ? keys.get("user") : keys.get("socket_owner");
        if (owner == null) {
            return;
        }
        Text who = expansion.expand(owner.text().strip(), wrong -> {});
        if (who.shown().startsWith(".") || who.shown().startsWith(":")) {
            tell("socket_owner", "a group alone is not known here; write USER:GROUP");
        } else {
            written.set("owner", who);
        }
    }

    private void tell(String key, String what) {
        child.tell(keys.lineOf(key), key + ": " + what);
    }
}
