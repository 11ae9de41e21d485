package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One child that is shown, or the top; {@link ExportTable} guards what changes. */
final class ShownPlace {

    final OsString name;
    final OsString wholeName;
    /** Path of the supervisor; of the top its own. */
    final String supervisor;

    /** Its id; of the top {@code /}. */
    final String id;

    /** What it is found by among its siblings: its id, or its number in a dynamic supervisor. */
    final Object key;

    /** Whether it is to be addressed by its incarnation, since others may have the same id. */
    final boolean isOfDynamic;

    /** Another specification of the same id may be of another kind. */
    volatile ShownKind kind;

    /** The text of the link that it is shown by; null if it has a directory of its own. */
    volatile @Nullable OsString leadsTo;

    ShownChild child;

    /** What it goes by, if it is a supervisor. */
    String supervision = SupervisionText.NONE;

    /** Its last incarnation. */
    @Nullable
    ChildHandle handle;

    /** Its supervisor knows it no longer, and it will be shown for a while yet. */
    boolean isForgotten;

    /** It is shown no more, and what still comes for it means nothing. */
    boolean hasVanished;

    /** It has not been heard of since its supervisor ended. */
    boolean isUnseen;

    /** It is in the queue of those that are to be written. */
    boolean isMarked;

    /** @param number of the child, in a dynamic supervisor */
    ShownPlace(
            OsString wholeName, ShownKind kind, String supervisor, String id, OptionalLong number, ShownChild child) {
        this.wholeName = wholeName;
        this.name = ExportNames.shown(wholeName);
        this.kind = kind;
        this.supervisor = supervisor;
        this.id = id;
        this.isOfDynamic = number.isPresent();
        this.key = isOfDynamic ? (Object) number.getAsLong() : id;
        this.child = child;
    }

    /** Where it stands in its tree. */
    String path() {
        return kind.isTop() ? TreePath.TOP : TreePath.below(supervisor, id);
    }

    Optional<ChildHandle> handle() {
        return Optional.ofNullable(handle);
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
