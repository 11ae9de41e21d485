package io.github.pekkosupervisor.posix;

/** Why a process cannot have a control group, and what to do about it. */
final class CgroupRefusal {

    /** The key by which it is said is the call of each. */
    static final String KEY = "cgroup";

    private CgroupRefusal() {}

    static PosixException of(String name, String errno, String words) {
        return new PosixException(KEY, name, errno, words);
    }

    /**
     * What the kernel has refused.
     *
     * @param name of the group
     * @param home in which it is to be
     */
    static PosixException of(String name, CgroupPlace home, PosixException e) {
        if (e.call().equals(KEY)) {
            return e;
        }
        return of(
                name,
                e.errno(),
                switch (e.errno()) {
                    case "EACCES", "EPERM" ->
                        "group " + home.group()
                                + " is not the JVM's to divide; have it delegated to its user, as Delegate=yes in a"
                                + " systemd unit does, or start the JVM in one that is";
                    case "EROFS" ->
                        "cgroup v2 is mounted read-only at " + home.directory()
                                + "; a container needs it writable, with cgroups of its own";
                    case "EBUSY" ->
                        "group " + home.group() + " holds processes that are not the JVM's, or " + name
                                + " has groups of its own in which processes run; end those";
                    case "EAGAIN" ->
                        "there are as many groups below " + home.group() + " as cgroup.max.descendants allows";
                    default -> "group " + home.group() + " cannot have it: " + e.getMessage();
                });
    }
}
