package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.runit.rule.Role;

/** What a format must not do, so that a test can see it reported. */
public record UpwardsFromSupervise(Role role) {}
