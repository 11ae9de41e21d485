package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Which service directories below the children of a tree are linked to, and which links go: those whose entry is gone
 * while the child runs, or is not there when the child has started again. As long as the child is down its links stay,
 * as the directories of other children do. No clock, no files; not for several threads at once.
 */
final class ShownLinks {

    private final Optional<String> tree;
    private final Consumer<ShownPlace> changed;
    private final Map<String, Holder> holders = new HashMap<>();

    /** A child that has service directories below it. */
    private static final class Holder {
        OsString directory;

        /** It is no child any more; kept for as long as links are. */
        boolean isGone;

        final Map<String, ShownPlace> links = new LinkedHashMap<>();

        Holder(OsString directory) {
            this.directory = directory;
        }
    }

    /**
     * Before the first event.
     *
     * @param tree its name, where several are shown in one directory
     * @param changed told of each link that is to be made, or goes after a while
     */
    ShownLinks(Optional<String> tree, Consumer<ShownPlace> changed) {
        this.tree = tree;
        this.changed = changed;
    }

    /** A child may be about to start; nothing of an incarnation before is left. */
    void begins(String child, ChildKind kind) {
        if (kind instanceof ServicesHolder holder) {
            Holder known = holders.computeIfAbsent(child, first -> new Holder(holder.servicesDirectory()));
            known.directory = holder.servicesDirectory();
            known.isGone = false;
            known.links.values().forEach(link -> link.isUnseen = true);
        } else {
            forgets(child);
        }
    }

    /** A child has started, and has told of all that it has found. */
    void isUp(String child) {
        links(child).stream().filter(link -> link.isUnseen).forEach(this::forget);
    }

    /**
     * A service directory was found, is there no more, or its entry has another name.
     *
     * @param runs whether the child that has told of it runs, and is not being stopped
     */
    void happened(ServiceEntry event, boolean runs) {
        String child = TreePath.above(event.path());
        Holder holder = holders.get(child);
        if (holder == null || holder.isGone) {
            return;
        }
        if (runs) {
            event.entryGone().ifPresent(name -> goes(holder, name));
        }
        event.entryThere().filter(ShownLinks::isText).ifPresent(name -> found(holder, child, name));
    }

    private void goes(Holder holder, String name) {
        ShownPlace link = holder.links.get(name);
        if (link != null) {
            forget(link);
        }
    }

    /** What is no text has come with other characters in its place, and nobody could find it by these. */
    private static boolean isText(String name) {
        return name.indexOf('\uFFFD') < 0;
    }

    private void found(Holder holder, String child, String name) {
        ShownPlace link = holder.links.get(name);
        if (link == null) {
            OsString whole = ExportNames.of(tree, TreePath.below(child, name), OptionalLong.empty());
            link = new ShownPlace(
                    whole, ShownKind.OTHER, child, name, OptionalLong.empty(), ShownChild.downSince(Instant.EPOCH));
            holder.links.put(name, link);
        }
        link.leadsTo = ShownLink.text(holder.directory, name);
        link.isForgotten = false;
        link.isUnseen = false;
        changed.accept(link);
    }

    /** A child is shown no more, or is of another kind. */
    void forgets(String child) {
        Holder holder = holders.get(child);
        if (holder != null) {
            holder.isGone = true;
            links(child).forEach(this::forget);
            removeIfUnused(child, holder);
        }
    }

    private void removeIfUnused(String child, Holder holder) {
        if (holder.isGone && holder.links.isEmpty()) {
            holders.remove(child);
        }
    }

    private void forget(ShownPlace link) {
        if (!link.isForgotten) {
            link.isForgotten = true;
            changed.accept(link);
        }
    }

    /** One is gone, if it is one of these. */
    void remove(ShownPlace link) {
        Holder holder = holders.get(link.supervisor);
        if (holder != null) {
            holder.links.remove(link.id, link);
            removeIfUnused(link.supervisor, holder);
        }
    }

    private List<ShownPlace> links(String child) {
        Holder holder = holders.get(child);
        return holder == null ? List.of() : new ArrayList<>(holder.links.values());
    }

    /** All that there are. */
    List<ShownPlace> all() {
        List<ShownPlace> all = new ArrayList<>();
        holders.values().forEach(holder -> all.addAll(holder.links.values()));
        return all;
    }
}
