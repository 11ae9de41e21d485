package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.Terminal;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The lines of the screen: what is seen as a function of what there is, of the time and of the room. */
final class Painter {

    /** Above the services: what is shown, and the names of the columns. */
    private static final int HEAD = 2;

    private static final int FOOT = 1;
    private static final int LEAST_NAME = 12;
    private static final int WIDEST_CELL = 24;
    private static final String KEYS = "?: keys  q: quit  /: filter  s: sort  r: restart  d: down  u: up  t: TERM";

    private static final List<String> HELP = List.of(
            "arrows, Home, End, pages   choose a service",
            "left, right, Enter, blank  fold, or show, what is below it",
            "/                          show those alone whose name, state or notes",
            "                           have what is typed; Enter keeps that, Escape ends it",
            "s                          sort by name, state, age, restarts",
            "",
            "Commands, as sv's. Those with a star ask first, since they stop something:",
            "r* restart     d* down          u  up            o  once",
            "t* TERM        k* KILL          i* INT           Q* QUIT",
            "h  HUP         a  ALRM          1  USR1          2  USR2",
            "p* pause       c  continue",
            "",
            "control-L writes all anew, control-Z leaves this for a while,",
            "q or control-C ends it.",
            "What a service does stays as it is then. Any key goes back to the list.");

    /** A column beside the name. */
    private record Column(String title, Function<ServiceReport, String> text) {}

    private final boolean hasColours;

    Painter(boolean hasColours) {
        this.hasColours = hasColours;
    }

    /** How many services there is room for. */
    static int room(Terminal.Size size) {
        return Math.max(1, size.rows() - HEAD - FOOT);
    }

    /**
     * What is on the screen now, a text for each line of it.
     *
     * @param nowLabel of the moment, for ages
     */
    List<String> paint(View view, Terminal.Size size, long nowLabel) {
        List<String> lines = new ArrayList<>();
        lines.add(head(view, size));
        if (view.mode() == View.Mode.HELP) {
            lines.add("");
            HELP.forEach(text -> lines.add(line(size).put(text).toString()));
        } else {
            table(view, size, nowLabel, lines);
        }
        while (lines.size() < size.rows() - FOOT) {
            lines.add("");
        }
        List<String> seen = new ArrayList<>(lines.subList(0, Math.max(0, size.rows() - FOOT)));
        seen.add(foot(view, size));
        return seen;
    }

    /** Nothing is put in the last column, after which a terminal may go on in the next line. */
    private Line line(Terminal.Size size) {
        return new Line(Math.max(0, size.columns() - 1), hasColours);
    }

    private String head(View view, Terminal.Size size) {
        List<ServiceReport> services = view.report().services();
        Map<String, Integer> states = new LinkedHashMap<>();
        services.forEach(service -> states.merge(word(service), 1, Integer::sum));
        long wrong =
                services.stream().filter(service -> !service.isAllAsWanted()).count();
        String counts = states.entrySet().stream()
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", "));
        Line head = line(size)
                .put(Printable.onTerminal(view.services()), Line.Look.BOLD)
                .put("  " + services.size() + (services.size() == 1 ? " service" : " services")
                        + (counts.isEmpty() ? "" : ": " + counts));
        if (wrong > 0) {
            head.put("  ").put(wrong + " not as wanted", Line.Look.YELLOW);
        }
        String sorting =
                view.sorting() == Sorting.NAME ? "" : "  by " + view.sorting().word();
        String filter = view.filter().isEmpty() ? "" : "  /" + Printable.oneLine(view.filter());
        return head.put(sorting + filter).toString();
    }

    private static String word(ServiceReport service) {
        return service.status() == null ? "not known" : service.state();
    }

    private void table(View view, Terminal.Size size, long nowLabel, List<String> lines) {
        List<Row> rows = view.rows();
        int end = Math.min(rows.size(), view.top() + room(size));
        List<Row> seen = rows.subList(Math.min(view.top(), end), end);
        List<Column> columns = List.of(
                new Column("STATE", ServiceReport::state),
                new Column("PID", ServiceReport::pid),
                new Column("AGE", service -> service.age(nowLabel)),
                new Column("RESTARTS", ServiceReport::restarts),
                new Column("LAST EXIT", ServiceReport::lastExit),
                new Column("LOG", ServiceReport::logState),
                new Column("NOTES", service -> notes(service, nowLabel)));
        int name = Math.min(
                Math.max(
                        LEAST_NAME,
                        widest(rows.stream().map(row -> named(view, row)).toList())),
                Math.max(LEAST_NAME, size.columns() * 2 / 5));
        List<Integer> widths = columns.stream()
                .map(column -> Math.min(
                        WIDEST_CELL,
                        Math.max(
                                column.title.length(),
                                widest(seen.stream()
                                        .map(row -> column.text.apply(row.service()))
                                        .toList()))))
                .toList();
        Line titles = line(size).cell("SERVICE", name, Line.Look.BOLD);
        for (int i = 0; i < columns.size(); i++) {
            titles.cell(columns.get(i).title, widths.get(i), Line.Look.BOLD);
        }
        lines.add(titles.toString());
        for (int i = 0; i < seen.size(); i++) {
            Line line = line(size).cell(named(view, seen.get(i)), name, Line.Look.PLAIN);
            cells(line, seen.get(i).service(), columns, widths);
            lines.add(view.top() + i == view.index() ? line.reversed() : line.toString());
        }
        if (seen.isEmpty()) {
            lines.add(line(size)
                    .put(view.filter().isEmpty() ? "no services" : "no service has that; Escape shows all")
                    .toString());
        }
    }

    private static void cells(Line line, ServiceReport service, List<Column> columns, List<Integer> widths) {
        int last = columns.size() - 1;
        for (int i = 0; i < last; i++) {
            line.cell(columns.get(i).text.apply(service), widths.get(i), i == 0 ? lookOf(service) : Line.Look.PLAIN);
        }
        // as much as there is room for
        line.put(columns.get(last).text.apply(service));
    }

    /** By the same colours as in {@code status}. */
    private static Line.Look lookOf(ServiceReport service) {
        if (service.isAsWanted()) {
            return service.state().equals("run") ? Line.Look.GREEN : Line.Look.PLAIN;
        }
        return service.status() == null ? Line.Look.RED : Line.Look.YELLOW;
    }

    private static String named(View view, Row row) {
        return row.before() + (row.isFolded() ? "+ " : "") + view.shown(row.name());
    }

    private static String notes(ServiceReport service, long nowLabel) {
        String by = service.place().supervisionInWords();
        String notes = service.allNotes(nowLabel);
        return Printable.oneLine(notes + (by.isEmpty() ? "" : (notes.isEmpty() ? "" : " ") + "[" + by + "]"));
    }

    private static int widest(List<String> texts) {
        return texts.stream().mapToInt(Printable::columns).max().orElse(0);
    }

    private String foot(View view, Terminal.Size size) {
        Line foot = line(size);
        if (view.question().isPresent()) {
            return foot.put(view.question().get(), Line.Look.BOLD).toString();
        } else if (view.mode() == View.Mode.FILTER) {
            return foot.put("/" + Printable.oneLine(view.filter()) + "_").toString();
        }
        return foot.put(view.said().isEmpty() ? KEYS : Printable.oneLine(view.said()))
                .toString();
    }
}
