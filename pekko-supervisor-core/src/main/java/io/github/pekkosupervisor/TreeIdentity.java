package io.github.pekkosupervisor;

/** One tree that was started: equal to itself and nothing else. */
final class TreeIdentity {}
