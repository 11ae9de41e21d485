package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A program that adopts a process with the rights that it is given: says what it has found, and how that has ended.
 *
 * <p>Arguments: process id, start tick, boot id and inode.
 */
final class Adopter {

    private Adopter() {}

    public static void main(String[] arguments) throws Exception {
        ProcessIdentity who =
                new ProcessIdentity(Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]), arguments[2]);
        try (Posix posix = Posix.open(new PosixSettings(Backend.NATIVE, OptionalLong.empty(), false))) {
            Found found = posix.adopt(who, Long.parseLong(arguments[3]), false);
            if (found instanceof Found.Running running) {
                System.out.println("running");
                System.out.println(
                        running.process().exit().toCompletableFuture().get(30, TimeUnit.SECONDS));
            } else {
                System.out.println(found);
            }
        }
    }
}
