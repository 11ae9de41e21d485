package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.Directory;
import java.io.File;
import java.time.Clock;

/** What a rule must not do, so that a test can see it reported. */
public record ImpureRule(Clock clock, File file, Directory directory) {}
