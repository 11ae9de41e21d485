/**
 * Erlang's supervisors for Java: a tree of children that are started in order, watched, restarted by rules, and stopped
 * in reverse order.
 *
 * <p>A child is an actor, a plain Java service, an operating system process or another supervisor. What is right comes
 * from Erlang/OTP's {@code supervisor}; each deliberate difference is a row of {@code docs/otp-differences.md}. Whoever
 * does not use Pekko reads {@link io.github.pekkosupervisor.SupervisionTree} first, whoever does
 * {@link io.github.pekkosupervisor.Supervisor}. Here are the doors; specifications are in {@code spec}, trees from
 * HOCON in {@code config}, processes in {@code process}, calls and events in {@code protocol}, supervisors at work in
 * {@code actor}, and decisions are made in {@code rule}, which knows neither actors nor a clock.
 */
@NullMarked
package io.github.pekkosupervisor;

import org.jspecify.annotations.NullMarked;
