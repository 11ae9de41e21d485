package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is looked for below a supervisor.
 *
 * @param ids that lead from it to the one place that is looked for; empty for all
 * @param unwellOnly leaves out what is as it should be, but for what has others below it
 */
public record Scope(List<String> ids, boolean unwellOnly) {

    /** Everything. */
    public static final Scope ALL = new Scope(List.of(), false);

    /** What is not as it should be. */
    public static final Scope UNWELL = new Scope(List.of(), true);

    /** One place, and what is on the way there. */
    public static Scope place(List<String> ids) {
        return new Scope(List.copyOf(ids), false);
    }

    boolean takes(String id) {
        return ids.isEmpty() || ids.get(0).equals(id);
    }

    /** Nobody promises that a temporary child is up. */
    boolean takes(Node node, boolean isTemporary, boolean mayHaveOthersBelow) {
        return !unwellOnly || (!isTemporary && (mayHaveOthersBelow || !TreeHealth.isWell(node)));
    }

    /** What is looked for below the one that leads there; null if it is not to be asked. */
    public @Nullable Scope below(boolean isSupervisor) {
        if (ids.isEmpty()) {
            return this;
        }
        // who is looked for is asked itself only if its supervisor cannot know all of it
        return ids.size() == 1 && isSupervisor ? null : new Scope(ids.subList(1, ids.size()), unwellOnly);
    }
}
