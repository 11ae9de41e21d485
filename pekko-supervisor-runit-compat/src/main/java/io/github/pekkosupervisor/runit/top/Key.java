package io.github.pekkosupervisor.runit.top;

/**
 * A key that was typed.
 *
 * @param name which one
 * @param character what {@link Name#CHARACTER} types; else 0
 */
record Key(Name name, int character) {

    enum Name {
        CHARACTER,
        UP,
        DOWN,
        LEFT,
        RIGHT,
        HOME,
        END,
        PAGE_UP,
        PAGE_DOWN,
        ENTER,
        BACKSPACE,
        ESCAPE,
        /** Control-C, or control-D. */
        LEAVE,
        /** Control-Z. */
        SUSPEND,
        /** Control-L. */
        REDRAW,
        /** Control-U. */
        ERASE
    }

    static Key of(Name name) {
        return new Key(name, 0);
    }

    static Key of(int character) {
        return new Key(Name.CHARACTER, character);
    }
}
