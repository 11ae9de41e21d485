/** Compares our supervisor with Erlang/OTP's and with actors that are spawned and watched by hand. */
@NullMarked
package io.github.pekkosupervisor.examples.otp;

import org.jspecify.annotations.NullMarked;
