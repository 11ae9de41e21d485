/**
 * What follows from what: OTP's {@code supervisor} as a function of state, event, time, and chance for jitter. No
 * actor, clock, thread or file is used here, and no code of an application is called; what is decided leaves as a list
 * of actions that the supervisor's actor carries out. Which child is restarted, and when, is {@code RestartRule}, one
 * page. Read {@link io.github.pekkosupervisor.rule.SupervisorRule} first.
 */
@NullMarked
package io.github.pekkosupervisor.rule;

import org.jspecify.annotations.NullMarked;
