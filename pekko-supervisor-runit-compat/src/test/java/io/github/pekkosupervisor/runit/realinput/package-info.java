/**
 * Real input for the launcher: service directories as Debian ships them, and servers that people really run. Nothing
 * here looks inside our classes; every test drives a {@code runsvdir} from outside, the real one and ours alike, and
 * asks the real {@code sv} what became of it. The judge is always runit itself. Start reading at {@code Sandbox}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.realinput;

import org.jspecify.annotations.NullMarked;
