package io.github.pekkosupervisor;

/** One child as its supervisor knows it. */
final class Child {
    private ChildSpec spec;

    Child(ChildSpec spec) {
        this.spec = spec;
    }

    String id() {
        return spec.id();
    }
}
