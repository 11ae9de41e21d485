package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The process group of one that another JVM started and that has ended: those of it who go on. As a
 * {@link ChildProcess} it is one that ends at once, and whose group can be ended.
 *
 * <p>Its number is no other group's as long as one of those is in it who were there when it was known to be ours; when
 * the last of them is gone it is not looked for any more, and nobody is signalled.
 */
public final class LeftGroup implements ChildProcess {

    private final ProcessIdentity leader;
    private final CompletionStage<ExitStatus> exit;

    /** Those who were in it at the last look, zombies too, and when each was started. */
    private Map<Integer, Long> members;

    /** What a look shows. */
    public sealed interface Sight {}

    /** Nobody is left. */
    public enum Nobody implements Sight {
        /** The only one. */
        INSTANCE
    }

    /**
     * It is surely the group of that process.
     *
     * @param group to be ended
     */
    public record Ours(LeftGroup group) implements Sight {}

    /**
     * It has the number of that group, and may be another one that has got it since.
     *
     * @param members who is in it
     */
    public record Perhaps(List<GroupMember> members) implements Sight {

        /** Copies. */
        public Perhaps {
            members = List.copyOf(members);
        }
    }

    private LeftGroup(ProcessIdentity leader, ExitStatus status, Map<Integer, Long> members) {
        this.leader = leader;
        this.exit = CompletableFuture.completedStage(status);
        this.members = members;
    }

    /**
     * Looks for it.
     *
     * @param leader of the group, and of a session, who has ended
     * @param status how, as far as that is known
     * @param hasJustEnded whether it was there a moment ago, so that nobody else can have its number
     * @param directory where it was started: who is in it, in that session, is one of the group
     * @param output what its descriptor 1 was, if that tells anything: the same of who writes to it
     * @throws PosixException if it cannot be told now
     */
    public static Sight look(
            ProcessIdentity leader,
            ExitStatus status,
            boolean hasJustEnded,
            FileStatus.Id directory,
            Optional<FileStatus.Id> output)
            throws PosixException {
        int number = leader.pid();
        if (!ProcessCalls.groupExists(number) || isTaken(leader)) {
            return Nobody.INSTANCE;
        }
        List<ProcStat> members = members(number);
        if (members.stream().noneMatch(ProcStat::isRunning)) {
            return Nobody.INSTANCE;
        }
        boolean isSure = hasJustEnded;
        for (ProcStat member : members) {
            isSure = isSure || isOf(leader, member, directory, output);
        }
        return isSure
                ? new Ours(new LeftGroup(leader, status, byNumber(members)))
                : new Perhaps(ProcFs.runningMembers(number));
    }

    /** As long as somebody has the number of a group as his own, the group is his. */
    private static boolean isTaken(ProcessIdentity leader) throws PosixException {
        return ProcStat.ifShown(leader.pid())
                .filter(stat -> stat.startTicks() != leader.startTicks() || stat.isRunning())
                .isPresent();
    }

    private static boolean isOf(
            ProcessIdentity leader, ProcStat member, FileStatus.Id directory, Optional<FileStatus.Id> output)
            throws PosixException {
        boolean mayBe = leader.startTicks() != 0
                && member.session() == leader.pid()
                && member.startTicks() >= leader.startTicks();
        OtherProcess other = new OtherProcess(new ProcessIdentity(member.pid(), member.startTicks(), leader.bootId()));
        try {
            return mayBe
                    && (other.workingDirectory().id().equals(directory)
                            || (output.isPresent() && other.descriptor(1).id().equals(output.get())));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // it hides itself, has closed that, or has ended
            return false;
        }
    }

    private static List<ProcStat> members(int group) throws PosixException {
        List<ProcStat> members = new ArrayList<>();
        try (Directory processes = Directory.open(OsString.of("/proc"))) {
            for (OsString name : processes.list()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9') {
                    ProcStat.ifShown(Integer.parseInt(name.toString()))
                            .filter(stat -> stat.group() == group)
                            .ifPresent(members::add);
                }
            }
        }
        return members;
    }

    private static Map<Integer, Long> byNumber(List<ProcStat> members) {
        Map<Integer, Long> started = new HashMap<>();
        members.forEach(one -> started.put(one.pid(), one.startTicks()));
        return started;
    }

    /** Those who are in it now, if it is still ours: then so are all. */
    private synchronized List<ProcStat> look() throws PosixException {
        List<ProcStat> now = members(leader.pid());
        Map<Integer, Long> before = members;
        boolean isOurs =
                now.stream().anyMatch(one -> Long.valueOf(one.startTicks()).equals(before.get(one.pid())));
        members = isOurs ? byNumber(now) : Map.of();
        return isOurs ? now : List.of();
    }

    @Override
    public ProcessIdentity identity() {
        return leader;
    }

    @Override
    public CompletionStage<ExitStatus> exit() {
        return exit;
    }

    @Override
    public boolean signal(Signal signal) {
        return false;
    }

    @Override
    public boolean signalGroup(Signal signal) throws PosixException {
        return !look().isEmpty() && GroupSignal.send(leader.pid(), signal);
    }

    @Override
    public boolean groupExists() {
        try {
            return look().stream().anyMatch(ProcStat::isRunning);
        } catch (PosixException e) {
            return true;
        }
    }

    @Override
    public List<GroupMember> groupMembers() {
        return groupExists() ? ProcFs.runningMembers(leader.pid()) : List.of();
    }
}
