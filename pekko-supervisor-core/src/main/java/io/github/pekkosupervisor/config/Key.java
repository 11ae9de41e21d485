package io.github.pekkosupervisor.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A key of the files as it is declared: what it means and where it may stand. The reader knows no other key, and the
 * tables for readers are made from this.
 */
final class Key {

    /** What holds where a key is left out that may not be. */
    static final String NEEDED = "needed";

    private final String name;
    private final String meaning;
    private String values = "";
    private String example = "";
    private String tooLow = "";
    private String tooHigh = "";
    private String elsewhere = "";
    private String instead = "";
    private final List<String> formerNames = new ArrayList<>();
    private final Map<Place, Use> uses = new EnumMap<>(Place.class);

    /**
     * What a key is in one place.
     *
     * @param value what it is set to by default, in HOCON; empty where that cannot be written or is nothing
     * @param otherwise what holds where it is left out and there is no such value, in words
     * @param isBuilt whether it is read already; else it is refused
     * @param meanwhile what can be done as long as it is not, in words; empty if nothing
     */
    record Use(String value, String otherwise, boolean isBuilt, String meanwhile) {}

    private Key(String name, String meaning) {
        this.name = name;
        this.meaning = meaning;
    }

    // ---- declaring; once, before anybody else sees it

    /**
     * Begins.
     *
     * @param meaning sentences
     */
    static Key of(String name, String meaning) {
        return new Key(name, meaning);
    }

    /** What it may be set to, the unit included. */
    Key values(String text) {
        values = text;
        return this;
    }

    /** A value in HOCON, for who has no default to look at. */
    Key example(String hocon) {
        example = hocon;
        return this;
    }

    /** What becomes of it when it is set too low and too high, a sentence each. */
    Key limits(String low, String high) {
        tooLow = low;
        tooHigh = high;
        return this;
    }

    /** What others call it. */
    Key like(String others) {
        elsewhere = others;
        return this;
    }

    /** What says the same in the kind of file that has no such key. */
    Key instead(String words) {
        instead = words;
        return this;
    }

    /** What it was called before. */
    Key formerly(String oldName) {
        formerNames.add(oldName);
        return this;
    }

    /** It is read here, and has this value by default. */
    Key in(Place place, String defaultValue) {
        uses.put(place, new Use(defaultValue, "", true, ""));
        return this;
    }

    /** It is read here; left out, this holds. */
    Key orElse(Place place, String otherwise) {
        uses.put(place, new Use("", otherwise, true, ""));
        return this;
    }

    /** It will be read here, and is refused until then. */
    Key notYet(Place place, String otherwise, String meanwhile) {
        uses.put(place, new Use("", otherwise, false, meanwhile));
        return this;
    }

    // ---- looking

    String name() {
        return name;
    }

    String meaning() {
        return meaning;
    }

    String values() {
        return values;
    }

    String example() {
        return example;
    }

    String tooLow() {
        return tooLow;
    }

    String tooHigh() {
        return tooHigh;
    }

    String elsewhere() {
        return elsewhere;
    }

    /** Whether this is what others call it. */
    boolean isCalledElsewhere(String other) {
        return Arrays.asList(elsewhere.split(", ")).contains(other);
    }

    /** Empty if nothing does. */
    String instead() {
        return instead;
    }

    List<String> formerNames() {
        return List.copyOf(formerNames);
    }

    /** In the order of the places. */
    Map<Place, Use> uses() {
        return Collections.unmodifiableMap(uses);
    }

    Optional<Use> use(Place place) {
        return Optional.ofNullable(uses.get(place));
    }

    /** Whether it is read in a place. */
    boolean isBuiltIn(Place place) {
        return use(place).map(Use::isBuilt).orElse(false);
    }

    /** As a whole line, to show how it is written; empty if there is no example. */
    String line() {
        return name + (example.startsWith("{") ? " " : " = ") + example;
    }
}
