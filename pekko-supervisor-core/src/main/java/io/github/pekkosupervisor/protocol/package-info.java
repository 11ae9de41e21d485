/**
 * What a supervisor can be asked, what it answers, and what it tells: requests and their results, events, handles, and
 * how a tree has ended. Values and interfaces; no actor is here. As the functions and reports of OTP
 * {@code supervisor}. Read {@link io.github.pekkosupervisor.protocol.SupervisorRef} first.
 */
@NullMarked
package io.github.pekkosupervisor.protocol;

import org.jspecify.annotations.NullMarked;
