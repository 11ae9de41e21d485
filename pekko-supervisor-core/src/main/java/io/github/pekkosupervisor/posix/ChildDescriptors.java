package io.github.pekkosupervisor.posix;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The descriptors of a new process, by their numbers here. Those that are not named and not passed on it has not.
 *
 * <p>It is for one spawn, and its arrays are not copied.
 */
final class ChildDescriptors {

    private static final int STANDARD = 3;
    static final int NONE = -1;

    private final int[] sources;
    private final int directory;
    private final int[] passedOn;
    private final Optional<int[]> lasting;

    /**
     * @param sources what descriptor n of the process is here; -1 for none
     * @param directory where it begins; -1 for the directory of this process
     * @param passedOn those that stay as they are, in ascending order
     * @param lasting all from 3 on that a child would have unless they are closed for it; empty if that is not known
     */
    private ChildDescriptors(int[] sources, int directory, int[] passedOn, Optional<int[]> lasting) {
        this.sources = sources;
        this.directory = directory;
        this.passedOn = passedOn;
        this.lasting = lasting;
    }

    /**
     * @param further what it has beside the standard three
     * @param directory where it begins; -1 for the directory of this process
     */
    static ChildDescriptors of(
            SpawnRequest request, List<SpawnRequest.Further> further, int directory, int[] passedOn) {
        int last = further.stream().mapToInt(SpawnRequest.Further::number).max().orElse(STANDARD - 1);
        int[] sources = new int[last + 1];
        Arrays.fill(sources, NONE);
        sources[0] = number(request.stdin(), 0);
        sources[1] = number(request.stdout(), 1);
        sources[2] = number(request.stderr(), 2);
        further.forEach(one -> sources[one.number()] = one.descriptor().number());
        return new ChildDescriptors(sources, directory, passedOn, Optional.empty());
    }

    private static int number(Optional<Descriptor> descriptor, int standard) {
        return descriptor.map(Descriptor::number).orElse(standard);
    }

    /**
     * The streams are made one after another in the child. Where one is to be another standard stream of ours, a copy
     * stands in, lest that has become something else by then.
     *
     * @param copies gets the copies, to be closed after the spawn
     */
    void copyExchanged(List<Descriptor> copies) throws PosixException {
        for (int target = 0; target < sources.length; target++) {
            if (sources[target] >= 0 && sources[target] < sources.length && sources[target] != target) {
                Descriptor copy = Descriptor.copyOf(sources[target]);
                copies.add(copy);
                sources[target] = copy.number();
            }
        }
    }

    /** All that are needed of this process. */
    int[] needed() {
        if (directory < 0) {
            return sources;
        }
        int[] needed = Arrays.copyOf(sources, sources.length + 1);
        needed[sources.length] = directory;
        return needed;
    }

    /**
     * The same in another table.
     *
     * @param others what stands there for those that are {@link #needed}, in the same order
     * @param last all in that table that stay open on exec, from 3 on
     */
    ChildDescriptors fetched(int[] others, int[] last) {
        return new ChildDescriptors(
                Arrays.copyOf(others, sources.length),
                directory < 0 ? NONE : others[sources.length],
                passedOn,
                Optional.of(last));
    }

    /** Has the child put all of them in their places. */
    void arrange(SpawnSteps call) throws PosixException {
        for (int target = 0; target < STANDARD; target++) {
            if (sources[target] != target) {
                call.duplicate(sources[target], target);
            }
        }
        if (directory >= 0) {
            call.begin(directory);
        }
        for (int target = STANDARD; target < sources.length; target++) {
            if (sources[target] >= 0) {
                // even onto itself: a copy stays open on exec
                call.duplicate(sources[target], target);
            }
        }
        withholdOthers(call);
    }

    private void withholdOthers(SpawnSteps call) throws PosixException {
        if (lasting.isEmpty()) {
            withholdGaps(call);
            return;
        }
        // a handful, where the gaps between the numbers that are passed on may be hundreds
        for (int number : lasting.get()) {
            if (!stays(number)) {
                call.withhold(number);
            }
        }
        call.withholdFrom(end());
    }

    private boolean stays(int number) {
        return (number < sources.length && sources[number] >= 0) || Arrays.binarySearch(passedOn, number) >= 0;
    }

    /** Above all that stay. */
    private int end() {
        int last = passedOn.length == 0 ? STANDARD - 1 : passedOn[passedOn.length - 1];
        return Math.max(sources.length, last + 1);
    }

    private void withholdGaps(SpawnSteps call) throws PosixException {
        int end = end();
        for (int number = STANDARD; number < end; number++) {
            if (!stays(number)) {
                call.withhold(number);
            }
        }
        call.withholdFrom(end);
    }
}
