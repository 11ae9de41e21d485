package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.Order;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be seen, and what follows from a key: which service is chosen, what is folded and left out, what is asked.
 * It knows neither terminal nor files.
 */
final class View {

    private static final Map<Integer, Order> ORDERS = Map.ofEntries(
            Map.entry((int) 'r', Order.RESTART),
            Map.entry((int) 'd', Order.DOWN),
            Map.entry((int) 'u', Order.UP),
            Map.entry((int) 'o', Order.ONCE),
            Map.entry((int) 't', Order.TERM),
            Map.entry((int) 'k', Order.KILL),
            Map.entry((int) 'h', Order.HUP),
            Map.entry((int) 'a', Order.ALARM),
            Map.entry((int) 'i', Order.INTERRUPT),
            Map.entry((int) 'Q', Order.QUIT),
            Map.entry((int) '1', Order.USER_1),
            Map.entry((int) '2', Order.USER_2),
            Map.entry((int) 'p', Order.PAUSE),
            Map.entry((int) 'c', Order.CONTINUE));

    private final OsString services;
    private ScanReport report;
    private List<Row> rows = List.of();
    private final Set<OsString> folded = new HashSet<>();
    private String filter = "";
    private Sorting sorting = Sorting.NAME;
    private @Nullable OsString chosen;
    private int index;
    private int top;
    private int page = 1;
    private String said = "";
    private String trouble = "";
    private Mode mode = Mode.LIST;
    private @Nullable Asked asked;

    enum Mode {
        LIST,
        /** What is typed goes into the filter. */
        FILTER,
        /** Whether to stop something. */
        ASKS,
        HELP
    }

    /** An order that is given if the answer is yes. */
    record Asked(Order order, OsString name, OsString path) {}

    /** What the program is to do now. */
    sealed interface Deed {}

    enum Simple implements Deed {
        NOTHING,
        QUIT,
        SUSPEND,
        REDRAW
    }

    /**
     * An order to a service.
     *
     * @param path of its directory
     */
    record Give(Order order, OsString name, OsString path) implements Deed {}

    View(OsString services) {
        this.services = services;
        this.report = new ScanReport(services, List.of());
    }

    // ---- what is seen

    /** How all are now: the same object if nothing has changed. */
    @SuppressWarnings("ReferenceEquality")
    void show(ScanReport now) {
        if (now != report) {
            report = now;
            list();
        }
    }

    /** Something to tell, until the next key. */
    void say(String text) {
        said = text;
    }

    /** What is wrong with the whole of it, as long as it is; empty if nothing is. */
    void trouble(String text) {
        trouble = text;
    }

    /** How many services fit. */
    void fit(int lines) {
        page = Math.max(1, lines);
        scroll();
    }

    private void list() {
        rows = Rows.of(report, folded, filter, sorting);
        int found = -1;
        for (int i = 0; i < rows.size() && found < 0; i++) {
            found = Objects.equals(rows.get(i).name(), chosen) ? i : -1;
        }
        // one that has gone leaves its place to the next
        choose(found < 0 ? index : found);
    }

    private void choose(int wanted) {
        index = Math.max(0, Math.min(wanted, rows.size() - 1));
        if (!rows.isEmpty()) {
            chosen = rows.get(index).name();
        }
        scroll();
    }

    private void scroll() {
        int last = Math.max(0, rows.size() - page);
        top = Math.max(index - page + 1, Math.min(Math.min(top, index), last));
    }

    // ---- keys

    Deed key(Key key) {
        said = "";
        if (key.name() == Key.Name.LEAVE) {
            return Simple.QUIT;
        } else if (key.name() == Key.Name.SUSPEND) {
            return Simple.SUSPEND;
        } else if (key.name() == Key.Name.REDRAW) {
            return Simple.REDRAW;
        }
        return switch (mode) {
            case LIST -> inList(key);
            case FILTER -> inFilter(key);
            case ASKS -> answer(key);
            case HELP -> {
                mode = Mode.LIST;
                yield key.character() == 'q' ? Simple.QUIT : Simple.NOTHING;
            }
        };
    }

    private Deed inList(Key key) {
        switch (key.name()) {
            case ESCAPE -> filter("");
            case LEFT -> fold(true);
            case RIGHT -> fold(false);
            case ENTER -> foldOrUnfold();
            case CHARACTER -> {
                return character(key.character());
            }
            default -> move(key);
        }
        return Simple.NOTHING;
    }

    private void move(Key key) {
        switch (key.name()) {
            case UP -> choose(index - 1);
            case DOWN -> choose(index + 1);
            case PAGE_UP -> choose(index - page);
            case PAGE_DOWN -> choose(index + page);
            case HOME -> choose(0);
            case END -> choose(rows.size() - 1);
            default -> {
                // means nothing
            }
        }
    }

    private Deed character(int character) {
        switch (character) {
            case 'q' -> {
                return Simple.QUIT;
            }
            case '?' -> mode = Mode.HELP;
            case '/' -> mode = Mode.FILTER;
            case 's' -> {
                sorting = sorting.next();
                list();
            }
            case ' ' -> foldOrUnfold();
            default -> {
                return order(character);
            }
        }
        return Simple.NOTHING;
    }

    private Deed order(int character) {
        Order order = ORDERS.get(character);
        if (order == null) {
            said = "no key " + Printable.oneLine(Character.toString(character)) + "; ? shows those there are";
            return Simple.NOTHING;
        }
        if (rows.isEmpty()) {
            said = "there is no service to " + order.words();
            return Simple.NOTHING;
        }
        Row row = rows.get(index);
        Asked wish = new Asked(order, row.name(), row.path(services));
        if (order.stops()) {
            asked = wish;
            mode = Mode.ASKS;
            return Simple.NOTHING;
        }
        return new Give(wish.order, wish.name, wish.path);
    }

    private Deed answer(Key key) {
        Asked wish = asked;
        mode = Mode.LIST;
        asked = null;
        if (wish != null && (key.character() == 'y' || key.character() == 'Y')) {
            return new Give(wish.order, wish.name, wish.path);
        }
        said = "nothing is done";
        return Simple.NOTHING;
    }

    private Deed inFilter(Key key) {
        switch (key.name()) {
            case ENTER -> mode = Mode.LIST;
            case ESCAPE -> {
                mode = Mode.LIST;
                filter("");
            }
            case BACKSPACE ->
                filter(filter.isEmpty() ? "" : filter.substring(0, filter.offsetByCodePoints(filter.length(), -1)));
            case ERASE -> filter("");
            case CHARACTER -> filter(filter + Character.toString(key.character()));
            default -> move(key);
        }
        return Simple.NOTHING;
    }

    private void filter(String wanted) {
        filter = wanted;
        list();
    }

    private void foldOrUnfold() {
        if (!rows.isEmpty()) {
            fold(!rows.get(index).isFolded());
        }
    }

    /** Of one with nothing below it, folding leads to the one above. */
    private void fold(boolean isToBeFolded) {
        if (rows.isEmpty()) {
            return;
        }
        Row row = rows.get(index);
        if (isToBeFolded && (!row.hasBelow() || row.isFolded())) {
            choose(above(index));
        } else if (row.hasBelow() && (isToBeFolded ? folded.add(row.name()) : folded.remove(row.name()))) {
            list();
        }
    }

    private int above(int at) {
        int depth = rows.get(at).before().length();
        for (int i = at - 1; i >= 0; i--) {
            if (rows.get(i).before().length() < depth) {
                return i;
            }
        }
        return at;
    }

    // ---- for the painter

    OsString services() {
        return services;
    }

    ScanReport report() {
        return report;
    }

    List<Row> rows() {
        return rows;
    }

    /** The first one that is seen. */
    int top() {
        return top;
    }

    /** The number of the chosen one. */
    int index() {
        return index;
    }

    String filter() {
        return filter;
    }

    Sorting sorting() {
        return sorting;
    }

    Mode mode() {
        return mode;
    }

    String said() {
        return said.isEmpty() ? trouble : said;
    }

    /** What is asked, in words; empty if nothing is. */
    Optional<String> question() {
        return Optional.ofNullable(asked).map(wish -> wish.order.words() + " " + shown(wish.name) + "? y/n");
    }

    /** What a service is called where it is seen. */
    String shown(OsString name) {
        return Printable.onTerminal(name.equals(OsString.of(".")) ? services : name);
    }
}
