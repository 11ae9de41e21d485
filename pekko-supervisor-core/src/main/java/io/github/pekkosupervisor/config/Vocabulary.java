package io.github.pekkosupervisor.config;

import io.github.pekkosupervisor.posix.Excerpt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All keys of all files: which there are in a place, and what one that is not there may be. */
final class Vocabulary {

    /** Beyond that nobody meant one of ours. */
    private static final int LONGEST_SLIP = 40;

    private static final int LONGEST_SHOWN = 100;

    private static final List<Key> KEYS = all();
    private static final Map<Place, Map<String, Key>> BY_PLACE = byPlace();
    private static final Map<Place, Set<String>> READ = read();

    private Vocabulary() {}

    private static List<Key> all() {
        List<Key> all = new ArrayList<>(TreeKeys.ALL);
        all.addAll(ProcessKeys.ALL);
        all.addAll(ConditionKeys.ALL);
        all.addAll(SocketKeys.ALL);
        all.addAll(LiveKeys.ALL);
        all.addAll(ServiceKeys.ALL);
        all.addAll(ExportKeys.ALL);
        all.addAll(PageKeys.ALL);
        all.addAll(LaterKeys.ALL);
        return List.copyOf(all);
    }

    private static Map<Place, Map<String, Key>> byPlace() {
        Map<Place, Map<String, Key>> places = new EnumMap<>(Place.class);
        for (Place place : Place.values()) {
            Map<String, Key> here = new LinkedHashMap<>();
            for (Key key : KEYS) {
                if (key.use(place).isPresent() && here.put(key.name(), key) != null) {
                    throw new IllegalStateException(key.name() + " is declared twice for " + place);
                }
            }
            places.put(place, here);
        }
        return places;
    }

    private static Map<Place, Set<String>> read() {
        Map<Place, Set<String>> read = new EnumMap<>(Place.class);
        for (Place place : Place.values()) {
            Set<String> names = new TreeSet<>();
            in(place).values().stream().filter(key -> key.isBuiltIn(place)).forEach(key -> names.add(key.name()));
            read.put(place, names);
        }
        return read;
    }

    /** Each of them, in the order of the tables. */
    static List<Key> keys() {
        return KEYS;
    }

    /** A key of a place, built or not. */
    static Optional<Key> find(Place place, String name) {
        return Optional.ofNullable(in(place).get(name));
    }

    /** The names of all that are read in a place. */
    static Set<String> readIn(Place place) {
        return READ.getOrDefault(place, Set.of());
    }

    private static Map<String, Key> in(Place place) {
        return BY_PLACE.getOrDefault(place, Map.of());
    }

    // ---- what does not belong

    /** What to say of a key that is in a file and not read there. */
    static String refusal(Place place, String given) {
        String name = Excerpt.of(given, LONGEST_SHOWN);
        Optional<Key> former = in(place).values().stream()
                .filter(key -> key.formerNames().contains(name))
                .findFirst();
        if (former.isPresent()) {
            return "key " + place.named(name) + " is called "
                    + place.named(former.get().name());
        }
        Optional<Place> home = home(place, name);
        if (home.isPresent()) {
            return misplaced(place, name, home.get());
        }
        String unknown = "key " + place.named(name) + " is not known here; ";
        return unknown
                + nearest(place, name)
                        .map(near -> "did you mean " + place.named(near) + "?")
                        .orElseGet(() -> elsewhere(place, name));
    }

    /** Whether this is what {@link #refusal} says of a key that is in a file. */
    static boolean isMeant(Place place, String given, String key) {
        boolean isFormer =
                find(place, key).map(one -> one.formerNames().contains(given)).orElse(false);
        return isFormer
                || (home(place, given).isEmpty() && nearest(place, given).equals(Optional.of(key)));
    }

    /** The keys that a key may have been meant to be which is not read here. */
    static List<String> meant(Place place, String given) {
        List<String> meant = new ArrayList<>(in(place).values().stream()
                .filter(key -> key.formerNames().contains(given) || key.isCalledElsewhere(given))
                .map(Key::name)
                .toList());
        nearest(place, given).ifPresent(meant::add);
        return meant;
    }

    /** The place of the same file that such a key is for; this one first. */
    private static Optional<Place> home(Place place, String name) {
        List<Place> candidates = new ArrayList<>(List.of(place));
        candidates.addAll(List.of(Place.values()));
        return candidates.stream()
                .filter(other -> other.file() == place.file() && in(other).containsKey(name))
                .findFirst();
    }

    private static String misplaced(Place place, String name, Place home) {
        Optional<Key.Use> use = find(home, name).flatMap(key -> key.use(home));
        if (use.map(Key.Use::isBuilt).orElse(false)) {
            return "key " + place.named(name) + " is not known here; it belongs in " + home.title();
        }
        String meanwhile = use.map(Key.Use::meanwhile).orElse("");
        return "key " + place.named(name) + " is not yet possible"
                + (meanwhile.isEmpty() ? "" : "; meanwhile " + meanwhile);
    }

    private static String elsewhere(Place place, String name) {
        return KEYS.stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .flatMap(Vocabulary::itsFile)
                .or(() -> calledElsewhere(place, name))
                .orElseGet(() -> "known are " + readIn(place));
    }

    /** What others call so. */
    private static Optional<String> calledElsewhere(Place place, String name) {
        List<Place> places = new ArrayList<>(List.of(place));
        places.addAll(List.of(Place.values()));
        return places.stream()
                .filter(home -> home.file() == place.file())
                .map(home -> in(home).values().stream()
                        .filter(key -> key.isCalledElsewhere(name))
                        .map(key -> home.named(key.name())
                                + (home == place ? "" : " in " + home.title())
                                + (key.isBuiltIn(home) ? "" : ", which is not yet possible"))
                        .toList())
                .filter(keys -> !keys.isEmpty())
                .findFirst()
                .map(keys -> "here that is " + String.join(" or ", keys));
    }

    private static Optional<String> itsFile(Key key) {
        String instead = key.instead().isEmpty() ? "" : "; here it is " + key.instead();
        return key.uses().keySet().stream()
                .findFirst()
                .map(other -> "it is for " + other.file().title() + instead);
    }

    private static Optional<String> nearest(Place place, String name) {
        if (name.length() > LONGEST_SLIP) {
            return Optional.empty();
        }
        return in(place).values().stream()
                .filter(key -> Slips.unlikeness(name, key.name()) < Integer.MAX_VALUE)
                .min(Comparator.comparing((Key key) -> Slips.unlikeness(name, key.name()))
                        .thenComparing(key -> !key.isBuiltIn(place)))
                .map(Key::name);
    }
}
