/** The rules of the tools, without a process; what their users see is compared in {@code conformance}. */
@NullMarked
package io.github.pekkosupervisor.runit.tools;

import org.jspecify.annotations.NullMarked;
