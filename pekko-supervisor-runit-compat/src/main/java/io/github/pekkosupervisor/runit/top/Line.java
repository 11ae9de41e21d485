package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.runit.supervise.Printable;

/** A line of the screen while it is written: no wider than there is room, whatever is put there. */
final class Line {

    private final StringBuilder text = new StringBuilder();
    private final int width;
    private final boolean hasColours;
    private int used;

    /** How a part looks. */
    enum Look {
        PLAIN("", ""),
        BOLD("\033[1m", "\033[22m"),
        GREEN("\033[32m", "\033[39m"),
        RED("\033[31m", "\033[39m"),
        YELLOW("\033[33m", "\033[39m"),
        REVERSED("\033[7m", "\033[27m");

        private final String begin;
        private final String end;

        Look(String begin, String end) {
            this.begin = begin;
            this.end = end;
        }

        private boolean isColour() {
            return this == GREEN || this == RED || this == YELLOW;
        }
    }

    /** @param width in columns */
    Line(int width, boolean hasColours) {
        this.width = width;
        this.hasColours = hasColours;
    }

    /** Adds a text that is printable, as much of it as there is room for. */
    Line put(String part, Look look) {
        boolean isPlain = look == Look.PLAIN || (look.isColour() && !hasColours);
        text.append(isPlain ? "" : look.begin);
        part.codePoints().forEach(character -> {
            String one = Character.toString(character);
            int columns = Printable.columns(one);
            if (used + columns <= width) {
                text.append(one);
                used += columns;
            } else {
                // nothing narrower comes after it
                used = width;
            }
        });
        text.append(isPlain ? "" : look.end);
        return this;
    }

    Line put(String part) {
        return put(part, Look.PLAIN);
    }

    /** Fills up to a column, and leaves room between what stands there and what comes. */
    Line to(int column) {
        return put(" ".repeat(Math.max(0, column - used)));
    }

    /** A cell of a table: not wider than it may be, and two blanks. */
    Line cell(String part, int columns, Look look) {
        int from = used;
        return put(clipped(part, columns), look).to(from + columns + 2);
    }

    private static String clipped(String part, int columns) {
        if (Printable.columns(part) <= columns) {
            return part;
        }
        StringBuilder clipped = new StringBuilder();
        int used = 0;
        for (int i = 0; i < part.length(); i = part.offsetByCodePoints(i, 1)) {
            String one = Character.toString(part.codePointAt(i));
            used += Printable.columns(one);
            if (used > columns - 1) {
                break;
            }
            clipped.append(one);
        }
        return clipped.append('…').toString();
    }

    /** All of it reversed, to the end of the line, as that of the chosen one. */
    String reversed() {
        to(width);
        return Look.REVERSED.begin + text + Look.REVERSED.end;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
