package io.github.pekkosupervisor.examples.otp;

/** Heap in use after a garbage collection. */
final class Memory {

    private static final int COLLECTIONS = 3;

    private Memory() {}

    static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
