/**
 * What an operator can get wrong, and what a machine can refuse, against the built launcher in {@code target/dist}: a
 * bad service directory is named in one sentence, its healthy neighbour stays as it is, and it comes up by itself once
 * the cause is gone. Start with {@link io.github.pekkosupervisor.runit.badinput.BadServiceDirectoryTest}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.badinput;

import org.jspecify.annotations.NullMarked;
