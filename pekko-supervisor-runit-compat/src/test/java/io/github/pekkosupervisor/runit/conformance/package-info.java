/**
 * Runs the shell scenarios of {@code src/test/resources/conformance} against the real runit and against ours and
 * compares the transcripts. A scenario chooses the implementation through {@code PATH} alone; whatever is not tested
 * ({@code svstat}, monit …) is the machine's own. The numbers in the scripts are the acceptance cases of the project's
 * description of runit. Start with {@link io.github.pekkosupervisor.runit.conformance.ConformanceTest}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.conformance;

import org.jspecify.annotations.NullMarked;
