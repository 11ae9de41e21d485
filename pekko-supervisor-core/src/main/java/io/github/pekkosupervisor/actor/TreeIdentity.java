package io.github.pekkosupervisor.actor;

/** One tree that was started: equal to itself and nothing else. */
public final class TreeIdentity {}
