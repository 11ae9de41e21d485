package io.github.pekkosupervisor.runit.imports;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Procfile: a line NAME: COMMAND for each process, where the command is a line of shell. */
final class Procfile {

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]+):\\s*(.*\\S)\\s*");
    private static final String RELEASE = "release";
    private static final String VARIABLES = ".env";
    private static final int FIRST_PORT = 5000;
    private static final int PORTS_APART = 100;

    /** A line of it. */
    private record Entry(int line, String command) {}

    private final ForeignFile file;
    private final Conversion to;
    private final Text here;
    private final boolean hasVariables;

    Procfile(ForeignFile file) {
        this.file = file;
        to = new Conversion(file.name());
        here = to.variables().here(file.directory().toString());
        hasVariables = file.hasBeside(VARIABLES);
    }

    Translation translate() throws ForeignFileException {
        Map<String, Entry> entries = entries();
        if (entries.isEmpty()) {
            throw to.mistake(1, "no line of it is NAME: COMMAND; is this a Procfile?");
        }
        remarks();
        Entry release = entries.remove(RELEASE);
        if (release != null) {
            Child first = child(RELEASE, release);
            first.tell(
                    release.line(),
                    "release is run before all others, and to its end, as in Heroku's release phase; foreman runs it"
                            + " beside them");
            first.process().set("oneshot", "true");
            first.rules().put("restart-delay", new Block().set("min", "1s"));
            to.add(to.written(first));
        }
        int port = FIRST_PORT;
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            Child child = child(entry.getKey(), entry.getValue());
            child.process().put("environment", new Block().set("PORT", Hocon.word(Integer.toString(port))));
            child.rules().put("restart-delay", new Block().set("min", "1s").set("max", "1m"));
            to.add(to.written(child));
            port += PORTS_APART;
        }
        return to.finish(file.name());
    }

    private void remarks() {
        to.remark("A Procfile does not say what follows when a process ends. Here it alone is started again, as on"
                + " Heroku.");
        to.remark("foreman ends all of them then: for that, auto-shutdown = any-significant beside the strategy, and");
        to.remark("restart = temporary, significant = true in the place of each restart-delay.");
        to.remark("PORT is as foreman gives it: from " + FIRST_PORT + " on, " + PORTS_APART + " more for each one.");
        if (hasVariables) {
            to.remark(
                    "foreman begins with the PORT of .env, if that has one: write that in the place of the first here.");
        }
    }

    private Map<String, Entry> entries() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        String[] lines = file.text().split("\\R", -1);
        for (int at = 0; at < lines.length; at++) {
            String line = lines[at].strip();
            Matcher entry = LINE.matcher(line);
            if (entry.matches()) {
                Entry before = entries.remove(entry.group(1));
                if (before != null) {
                    to.tell(
                            before.line(),
                            entry.group(1) + " is there again in line " + (at + 1)
                                    + ", which is the one that counts; give one of them another name to have both");
                }
                entries.put(entry.group(1), new Entry(at + 1, entry.group(2)));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                to.tell(at + 1, "this is not NAME: COMMAND, and so left out, as foreman does");
            }
        }
        return entries;
    }

    private Child child(String name, Entry entry) {
        Child child = new Child(name);
        child.process()
                .set("command", Text.list(ShellLine.command(entry.command())))
                .set("directory", here);
        if (hasVariables) {
            child.process().set("environment-files", Hocon.list(List.of(Hocon.word(VARIABLES))));
        }
        child.process().set("output", "prefix");
        return child;
    }
}
