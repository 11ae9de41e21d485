package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kind of child, and what was said of it that cannot be. It is never run, since the check refuses it.
 *
 * @param kind as it was before
 * @param mistakes at least one
 */
record MistakenKind(ChildKind kind, Mistakes mistakes) implements ChildKind {

    /** The same kind, with its mistakes if there are any. */
    static ChildKind of(ChildKind kind, Mistakes mistakes) {
        return mistakes.isEmpty() ? kind : new MistakenKind(kind, mistakes);
    }

    /** The kind itself. */
    static ChildKind known(ChildKind kind) {
        return kind instanceof MistakenKind mistaken ? mistaken.kind : kind;
    }

    /** What was said of it that cannot be. */
    static Mistakes mistakes(ChildKind kind) {
        return kind instanceof MistakenKind mistaken ? mistaken.mistakes : Mistakes.NONE;
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public boolean isSupervisor() {
        return kind.isSupervisor();
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return kind.defaultStartTimeout();
    }

    @Override
    public Duration defaultKillGrace() {
        return kind.defaultKillGrace();
    }

    @Override
    public List<Problem> problems(String path) {
        return problems(path, Wording.JAVA);
    }

    @Override
    public List<Problem> problems(String path, Wording words) {
        List<Problem> problems = new ArrayList<>();
        mistakes.sentences().forEach(sentence -> problems.add(new Problem(path, "bad_combination", name(), sentence)));
        problems.addAll(kind.problems(path, words));
        return problems;
    }
}
