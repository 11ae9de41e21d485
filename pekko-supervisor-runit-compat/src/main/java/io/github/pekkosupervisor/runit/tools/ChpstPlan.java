package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Exec.Limit;
import io.github.pekkosupervisor.posix.Exec.LimitValue;
import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that {@code chpst}, under whatever name, has been asked to change. */
final class ChpstPlan {

    /** The order in which limits are set. */
    private static final List<Limit> ORDER = List.of(
            Limit.DATA,
            Limit.STACK,
            Limit.LOCKED_MEMORY,
            Limit.ADDRESS_SPACE,
            Limit.OPEN_FILES,
            Limit.PROCESSES,
            Limit.FILE_SIZE,
            Limit.CORE,
            Limit.RESIDENT,
            Limit.CPU);

    /** What is done while another process holds the lock. */
    enum Locking {
        WAIT,
        FAIL
    }

    boolean verbose;
    boolean ownSession;
    boolean plainUser;
    boolean silent;

    @Nullable
    OsString user;

    @Nullable
    OsString userForEnvironment;

    @Nullable
    OsString argument0;

    @Nullable
    OsString environmentDirectory;

    EnvDirectory.Subdirectory subdirectory = EnvDirectory.Subdirectory.SKIPPED;

    @Nullable
    OsString root;

    int nice;

    @Nullable
    OsString lock;

    Locking locking = Locking.FAIL;
    final boolean[] closed = new boolean[3];
    List<OsString> program = List.of();
    private final Map<Limit, Long> limits = new EnumMap<>(Limit.class);

    /** Sets a limit, replacing what was asked before; below 0 it is taken back, but -1 stands for the hard limit. */
    void limit(long value, Limit... what) {
        for (Limit limit : what) {
            limits.put(limit, value);
        }
    }

    List<LimitValue> limits() {
        List<LimitValue> values = new ArrayList<>();
        for (Limit limit : ORDER) {
            Long value = limits.get(limit);
            if (value != null && value >= -1) {
                values.add(new LimitValue(limit, value));
            }
        }
        return values;
    }
}
