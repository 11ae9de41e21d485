package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One child that is shown, or the top; {@link ExportTable} guards what changes. */
final class ShownPlace {

    final OsString name;
    final OsString wholeName;
    /** Path of the supervisor; of the top its own. */
    final String supervisor;

    /** Its id; of the top {@code /}. */
    final String id;

    /** Whether it is to be addressed by its incarnation, since others may have the same id. */
    final boolean isOfDynamic;

    /** Another specification of the same id may be of another kind. */
    volatile ShownKind kind;

    ShownChild child;

    /** What it goes by, if it is a supervisor. */
    String supervision = SupervisionText.NONE;

    /** The id of the sibling whose restart brings it back, if it was stopped for that. */
    @Nullable
    String waitsFor;

    /** Its last incarnation. */
    @Nullable
    ChildHandle handle;

    /** Its supervisor knows it no longer, and it will be shown for a while yet. */
    boolean isForgotten;

    /** It has not been heard of since its supervisor ended. */
    boolean isUnseen;

    /** It is in the queue of those that are to be written. */
    boolean isMarked;

    ShownPlace(
            OsString wholeName, ShownKind kind, String supervisor, String id, boolean isOfDynamic, ShownChild child) {
        this.wholeName = wholeName;
        this.name = ExportNames.shown(wholeName);
        this.kind = kind;
        this.supervisor = supervisor;
        this.id = id;
        this.isOfDynamic = isOfDynamic;
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
