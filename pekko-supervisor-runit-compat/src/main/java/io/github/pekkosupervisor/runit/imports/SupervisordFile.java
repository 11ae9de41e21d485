package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Section;
import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** supervisord's configuration: programs that are started by their priorities and restarted each by itself. */
final class SupervisordFile {

    private static final String PROGRAM = "program:";
    private static final String FCGI_PROGRAM = "fcgi-program:";
    private static final String GROUP = "group:";
    private static final String ITSELF = "supervisord";

    /** Of sections that are no program, by how they begin: why they are not needed, or what is to be done. */
    private static final Map<String, String> OTHERS = new LinkedHashMap<>();

    static {
        OTHERS.put(
                "eventlistener:",
                "nothing speaks the protocol of event listeners here; an application has Options.withListener, and"
                        + " pekko-supervisor status --json tells what runs");
        OTHERS.put("include", "what it names is not read; import each file by itself, and put its children in here");
        String shown = "supervisorctl is sv here, and pekko-supervisor status, on the directory in which the tree is"
                + " shown; pekko-supervisor { page { } } shows a page on this machine, and there is no XML-RPC";
        OTHERS.put("unix_http_server", shown);
        OTHERS.put("inet_http_server", shown);
        OTHERS.put("rpcinterface:", shown);
        OTHERS.put("ctlplugin:", shown);
        OTHERS.put("supervisorctl", shown);
    }

    /** Of keys of supervisord itself. */
    private static final Map<String, String> OF_ITSELF = Map.ofEntries(
            Map.entry("user", "start pekko-supervisor as that user; each program may have a user of its own"),
            Map.entry("logfile", "pekko-supervisor run writes its log to standard error"),
            Map.entry("logfile_maxbytes", "pekko-supervisor run writes its log to standard error"),
            Map.entry("logfile_backups", "pekko-supervisor run writes its log to standard error"),
            Map.entry("loglevel", "pekko-supervisor run writes its log to standard error"),
            Map.entry("silent", "redirect standard output for that"),
            Map.entry("pidfile", "there is none; the state directory keeps a second one from being started"),
            Map.entry("nodaemon", "pekko-supervisor run is always in the foreground"),
            Map.entry("childlogdir", "what a program without a log file writes goes to standard output, line by line"),
            Map.entry("nocleanup", "there are no log files that would have to be removed"),
            Map.entry("strip_ansi", "what a program writes stays as it is"),
            Map.entry("identifier", "the name of the file is the name of the tree"));

    /** With a priority: a program, or a group of them. */
    private record Ranked(
            int priority, List<Child> children, @Nullable String group) {}

    private final ForeignFile file;
    private final Conversion to;
    private final Map<String, SupervisordProgram> programs = new LinkedHashMap<>();

    SupervisordFile(ForeignFile file) {
        this.file = file;
        to = new Conversion(file.name());
    }

    Translation translate() throws ForeignFileException {
        List<Section> sections = IniFile.read(file.text(), to);
        SupervisordDefaults defaults = new SupervisordDefaults(file, to, itself(sections));
        for (Section section : sections) {
            if (isProgram(section)) {
                boolean hasSocket = section.name().startsWith(FCGI_PROGRAM);
                String name = section.name()
                        .substring(hasSocket ? FCGI_PROGRAM.length() : PROGRAM.length())
                        .strip();
                programs.put(name, new SupervisordProgram(name, hasSocket, section, defaults, to));
            } else if (!section.name().startsWith(GROUP) && !section.name().equals(ITSELF)) {
                tellOther(section);
            }
        }
        if (programs.isEmpty()) {
            throw to.mistake(1, "there is no [program:] in it, and so nothing to run");
        }
        remarks(sections);
        List<Ranked> ranked = ranked(sections);
        ranked.sort(Comparator.comparingInt(Ranked::priority));
        ranked.forEach(this::write);
        return to.finish(file.name());
    }

    private static boolean isProgram(Section section) {
        return section.name().startsWith(PROGRAM) || section.name().startsWith(FCGI_PROGRAM);
    }

    private void remarks(List<Section> sections) {
        to.remark("Programs are in the order of their priorities, and signals go to the whole group of each.");
        to.remark("A program that cannot even be started the first time keeps the tree from being started.");
        if (sections.stream().anyMatch(one -> isProgram(one) && one.get("user") != null)) {
            to.remark("A user has its own group here; further ones are named behind it: user = \"NAME:GROUP:GROUP\".");
        }
    }

    private @Nullable Section itself(List<Section> sections) {
        for (Section section : sections) {
            if (section.name().equals(ITSELF)) {
                section.values().forEach((key, value) -> {
                    if (OF_ITSELF.containsKey(key)) {
                        to.tell(value.line(), key + ": " + OF_ITSELF.get(key));
                    } else if (!SupervisordDefaults.KEYS.contains(key)) {
                        to.tell(value.line(), key + " is no key of [supervisord] that is known here");
                    }
                });
                return section;
            }
        }
        return null;
    }

    private void tellOther(Section section) {
        String what = OTHERS.entrySet().stream()
                .filter(other -> section.name().startsWith(other.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("no section of supervisord that is known here");
        Value files = section.get("files");
        to.tell(section.line(), "[" + section.name() + "]" + (files == null ? "" : " " + files.text()) + ": " + what);
    }

    private List<Ranked> ranked(List<Section> sections) throws ForeignFileException {
        List<Ranked> ranked = new ArrayList<>();
        Map<String, SupervisordProgram> alone = new LinkedHashMap<>(programs);
        for (Section section : sections) {
            if (section.name().startsWith(GROUP)) {
                ranked.add(group(section, alone));
            }
        }
        for (SupervisordProgram program : alone.values()) {
            // each is a group there, so the names of its processes need not tell it from others
            ranked.add(new Ranked(
                    program.priority(),
                    program.children(program.name()),
                    program.isNamedByItsProcesses() ? null : program.name()));
        }
        return ranked;
    }

    private Ranked group(Section section, Map<String, SupervisordProgram> alone) throws ForeignFileException {
        String group = section.name().substring(GROUP.length()).strip();
        Value names = section.get("programs");
        if (names == null) {
            throw to.mistake(section.line(), "[" + section.name() + "] has no programs");
        }
        List<Ranked> within = new ArrayList<>();
        for (String name : names.text().split("[,\n]", -1)) {
            if (name.isBlank()) {
                continue;
            }
            SupervisordProgram program = programs.get(name.strip());
            if (program == null) {
                throw to.mistake(names.line(), "there is no [program:" + name.strip() + "]");
            }
            alone.remove(name.strip());
            within.add(new Ranked(program.priority(), program.children(group), null));
        }
        within.sort(Comparator.comparingInt(Ranked::priority));
        return new Ranked(
                new SupervisordKeys(section, to).priority(),
                within.stream().flatMap(one -> one.children().stream()).toList(),
                group);
    }

    private void write(Ranked one) {
        List<Block> written = one.children().stream().map(to::written).toList();
        if (one.group() == null) {
            written.forEach(to::add);
        } else {
            Block supervisor = new Block()
                    .set("strategy", "one-for-one")
                    .set("intensity", "infinite")
                    .put("children", written);
            to.add(Child.supervisor(one.group(), supervisor).inBraces());
        }
    }
}
