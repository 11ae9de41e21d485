package io.github.pekkosupervisor.posix;

import java.util.List;

/**
 * A {@link SpawnRequest} with all that the request leaves to this process.
 *
 * @param command program and arguments; a program without a slash is looked up in {@code PATH}
 * @param environment entries {@code NAME=value}, as C strings
 * @param descriptors what it has open, and where it begins
 * @param grouping its session and process group
 * @param blocked signals that are blocked in it, signal n in bit n-1
 * @param defaults signals that have the kernel's default in it, signal n in bit n-1
 */
record NativeSpawn(
        List<OsString> command,
        List<byte[]> environment,
        ChildDescriptors descriptors,
        SpawnRequest.Grouping grouping,
        long blocked,
        long defaults) {

    NativeSpawn with(ChildDescriptors others) {
        return new NativeSpawn(command, environment, others, grouping, blocked, defaults);
    }

    /** Makes it and returns its process id. */
    int run(SpawnSteps.Way way) throws PosixException {
        try (SpawnSteps call = way.begin(command.get(0), OsString.cStrings(command), environment)) {
            descriptors.arrange(call);
            call.attributes(groupingFlag() | SpawnCall.SETSIGMASK | SpawnCall.SETSIGDEF, blocked, defaults);
            return call.spawnByName();
        }
    }

    private int groupingFlag() {
        return switch (grouping) {
            case INHERIT -> 0;
            case OWN_GROUP -> SpawnCall.SETPGROUP;
            case OWN_SESSION -> SpawnCall.SETSID;
        };
    }
}
