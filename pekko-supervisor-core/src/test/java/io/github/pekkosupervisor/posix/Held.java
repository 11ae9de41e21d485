package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A program that starts processes with the rights that it is given: says of each condition what has become of it. */
final class Held {

    static final int PRECEDENCE = -5;
    static final int FIVE = 5;

    /** Whoever starts this may give way already. */
    static final int MOST = 19;

    private static final long MORE = 1L << 40;

    private Held() {}

    public static void main(String[] arguments) throws Exception {
        try (Posix posix = Posix.open(new PosixSettings(Backend.NATIVE, OptionalLong.empty(), false))) {
            for (Conditions conditions : List.of(
                    Conditions.NONE.withUmask(FIVE).withNice(MOST).withOomScoreAdj(FIVE),
                    Conditions.NONE.withLimits(Map.of(Resource.CORE_SIZE, 0L)),
                    Conditions.NONE.withNice(PRECEDENCE),
                    Conditions.NONE.withOomScoreAdj(-1000),
                    Conditions.NONE.withLimits(Map.of(Resource.OPEN_FILES, MORE)),
                    Conditions.NONE.withAccount(new Account(1, List.of(1))),
                    Conditions.NONE.withAccount(new Account(OwnProcess.user(), List.of(OwnProcess.user()))))) {
                System.out.println(start(posix, conditions));
            }
        }
    }

    private static String start(Posix posix, Conditions conditions) throws Exception {
        try {
            return posix.spawn(PreludeTest.request(conditions, "true"))
                    .exit()
                    .toCompletableFuture()
                    .get()
                    .toString();
        } catch (PosixException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
