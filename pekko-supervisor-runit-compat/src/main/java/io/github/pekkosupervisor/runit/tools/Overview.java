package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.ServiceTree;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code pekko-supervisor status} and {@code pekko-supervisor tree}: whole services directories at a glance, as a
 * table, as a picture, or both as JSON. They read the files in {@code supervise/}, whoever supervises; children of a
 * tree that is shown so are drawn below their supervisors, and what is in the tree of a service directory below that.
 *
 * <p>Exit code 0; 1 if a service does not do what it is asked to do, or is not supervised, those in trees of service
 * directories left out, which may be another user's to see to; 100 after a usage text; 111 if a directory cannot be
 * read, or what is shown cannot be written.
 */
final class Overview implements Tool {

    /** How it is shown. */
    enum Form {
        TABLE,
        TREE
    }

    private static final int NOT_AS_WANTED = 1;
    private static final int USAGE = 100;
    private static final int FATAL = 111;
    private static final OsString HELP = OsString.of("--help");
    private static final OsString JSON = OsString.of("--json");
    private static final String GREEN = "\033[32m";
    private static final String RED = "\033[31m";
    private static final String YELLOW = "\033[33m";
    private static final String PLAIN = "\033[0m";

    private final Form form;
    private final Clock clock;

    Overview(Form form, Clock clock) {
        this.form = form;
        this.clock = clock;
    }

    @Override
    public int run(OsString name, List<OsString> words) {
        boolean json = !words.isEmpty() && words.get(0).equals(JSON);
        List<OsString> paths = json ? words.subList(1, words.size()) : words;
        for (OsString path : paths) {
            if (path.startsWith("-")) {
                String command = form == Form.TABLE ? "status" : "tree";
                OsString usage = OsString.of("usage: pekko-supervisor " + command + " [--json] [dir ...]\n\n");
                if (path.equals(HELP)) {
                    Out.print(usage);
                    return 0;
                }
                Out.complain(usage);
                return USAGE;
            }
        }
        try {
            List<ScanReport> reports = new ArrayList<>();
            for (OsString path : paths.isEmpty() ? List.of(defaultServices()) : paths) {
                reports.add(ScanReport.of(path));
            }
            Out.printAll(json ? json(reports) : text(reports));
            return areAsWanted(reports) ? 0 : NOT_AS_WANTED;
        } catch (FatalException e) {
            Out.complain(OsString.of("pekko-supervisor: fatal: " + Printable.onTerminal(e.text()) + "\n"));
            return FATAL;
        }
    }

    private OsString json(List<ScanReport> reports) {
        return form == Form.TREE ? OverviewJson.tree(reports, now()) : OverviewJson.of(reports, now());
    }

    private static OsString defaultServices() {
        OsString given = Environment.find(Launch.ofThisJvm().environment(), "SVDIR=");
        return given == null ? OsString.of("/etc/service") : given;
    }

    private long now() {
        return StatusBytes.label(clock);
    }

    private static boolean areAsWanted(List<ScanReport> reports) {
        for (ScanReport report : reports) {
            for (ServiceReport service : report.services()) {
                if (!service.isAllAsWanted()) {
                    return false;
                }
            }
        }
        return true;
    }

    OsString text(List<ScanReport> reports) {
        boolean colour = Descriptor.standard(1).isTerminal();
        StringBuilder text = new StringBuilder();
        for (ScanReport report : reports) {
            if (form == Form.TREE) {
                tree(text, report, colour);
            } else {
                table(text, report, colour, reports.size() > 1);
            }
        }
        return OsString.of(text.toString());
    }

    // ---- table

    private void table(StringBuilder text, ScanReport report, boolean colour, boolean withPath) {
        List<String[]> rows = new ArrayList<>();
        List<String> colours = new ArrayList<>();
        rows.add(row("SERVICE", "STATE", "PID", "AGE", "RESTARTS", "LAST EXIT", "LOG", "NOTES"));
        colours.add("");
        rows(report, "", colour, rows, colours);
        if (withPath) {
            text.append(Printable.onTerminal(report.path())).append('\n');
        }
        int[] widths = widths(rows);
        for (int i = 0; i < rows.size(); i++) {
            line(text, rows.get(i), widths, colours.get(i));
        }
    }

    /** Each before what is in its tree. */
    private void rows(ScanReport report, String above, boolean colour, List<String[]> rows, List<String> colours) {
        for (ServiceReport service : report.services()) {
            String name = above + shown(report, service);
            rows.add(row(
                    name,
                    service.state(),
                    service.pid(),
                    service.age(now()),
                    service.restarts(),
                    service.lastExit(),
                    service.logState(),
                    joined(service.allNotes(now()), report.noteOn(service))));
            colours.add(colour ? colourOf(service) : "");
            report.insideOf(service).ifPresent(tree -> rows(tree, name + "/", colour, rows, colours));
        }
    }

    private static String joined(String notes, String more) {
        return notes + (notes.isEmpty() || more.isEmpty() ? "" : "; ") + more;
    }

    private static String[] row(String... cells) {
        return cells;
    }

    private static String shown(ScanReport report, ServiceReport service) {
        return Printable.onTerminal(service.name().equals(OsString.of(".")) ? report.path() : service.name());
    }

    private static int[] widths(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Printable.columns(row[i]));
            }
        }
        return widths;
    }

    private static void line(StringBuilder text, String[] row, int[] widths, String colour) {
        int last = row.length - 1;
        while (last > 0 && row[last].isEmpty()) {
            last--;
        }
        for (int i = 0; i <= last; i++) {
            boolean isState = i == 1 && !colour.isEmpty();
            text.append(isState ? colour + row[i] + PLAIN : row[i]);
            if (i < last) {
                text.append(" ".repeat(widths[i] - Printable.columns(row[i]) + 2));
            }
        }
        text.append('\n');
    }

    private static String colourOf(ServiceReport service) {
        if (service.isAsWanted()) {
            return service.state().equals("run") ? GREEN : PLAIN;
        }
        return service.status() == null ? RED : YELLOW;
    }

    // ---- tree

    private void tree(StringBuilder text, ScanReport report, boolean colour) {
        text.append(Printable.onTerminal(report.path())).append('\n');
        List<Boolean> lasts = new ArrayList<>();
        for (ServiceTree.Visit visit : ServiceTree.inOrder(ServiceTree.of(report))) {
            lasts.subList(visit.depth(), lasts.size()).clear();
            StringBuilder before = new StringBuilder();
            lasts.forEach(last -> before.append(last ? "   " : "│  "));
            lasts.add(visit.isLast());
            ServiceReport service = visit.node().service();
            text.append(before)
                    .append(visit.isLast() ? "└─ " : "├─ ")
                    .append(branch(service, visit.node().report().noteOn(service), colour));
            if (service.log() != null) {
                boolean isAlone = visit.node().children().isEmpty();
                text.append(before)
                        .append(visit.isLast() ? "   " : "│  ")
                        .append(isAlone ? "└─ " : "├─ ")
                        .append(branch(service.log(), "", colour));
            }
        }
    }

    private String branch(ServiceReport service, String note, boolean colour) {
        String state = colour ? colourOf(service) + service.state() + PLAIN : service.state();
        String process = service.pid().equals("-") ? "" : " " + service.pid();
        String age = service.status() == null ? "" : ", " + service.age(now());
        String notes = service.notes().isEmpty() ? "" : ", " + service.notes();
        notes += note.isEmpty() ? "" : ", " + note;
        String supervision = service.place().supervisionInWords();
        return Printable.onTerminal(service.name()) + " " + state + process + age + notes
                + (supervision.isEmpty() ? "" : " [" + Printable.oneLine(supervision) + "]") + "\n";
    }
}
