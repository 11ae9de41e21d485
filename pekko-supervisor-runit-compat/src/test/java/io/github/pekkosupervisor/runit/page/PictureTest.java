package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a tree is enough to know it, and no more than what is different. */
final class PictureTest {

    private static final List<State> STATES = List.of(State.values());
    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

    private static Node leaf(String parent, String id, State state) {
        return Node.of(TreePath.below(parent, id), "process", state);
    }

    private static Picture picture(Optional<Picture> before, Node... children) {
        Node top = Node.of("/", "supervisor", State.RUNNING).withChildren(List.of(children));
        return Picture.of(new TreeSnapshot(THEN, top), before, Map.of(), false, Optional.empty());
    }

    @Test
    void what_is_the_same_is_not_told_again() {
        Picture before = picture(Optional.empty(), leaf("/", "a", State.RUNNING), leaf("/", "b", State.RUNNING));
        Picture after = picture(Optional.of(before), leaf("/", "a", State.RUNNING), leaf("/", "b", State.STOPPED));

        assertThat(after.since(before)).contains("\"/b\"").doesNotContain("\"/a\"");
        assertThat(after.isAs(before)).isFalse();
        assertThat(picture(Optional.of(after), leaf("/", "a", State.RUNNING), leaf("/", "b", State.STOPPED))
                        .isAs(after))
                .isTrue();
    }

    @Test
    void an_order_is_told_only_where_it_does_not_follow() {
        Picture before = picture(Optional.empty(), leaf("/", "a", State.RUNNING), leaf("/", "c", State.RUNNING));
        Picture atTheEnd = picture(Optional.of(before), leaf("/", "c", State.RUNNING), leaf("/", "d", State.RUNNING));
        Picture between = picture(
                Optional.of(before),
                leaf("/", "a", State.RUNNING),
                leaf("/", "b", State.RUNNING),
                leaf("/", "c", State.RUNNING));

        assertThat(atTheEnd.since(before)).contains("\"gone\":[\"/a\"],\"order\":[]");
        assertThat(between.since(before)).contains("\"order\":[{\"parent\":\"/\",\"keys\":[\"/a\",\"/b\",\"/c\"]}]");
    }

    @Test
    void a_path_that_several_have_is_no_key() {
        Node job = leaf("/", "job", State.RUNNING);
        Picture two = picture(Optional.empty(), job, job);

        assertThat(two.size()).isEqualTo(3);
        assertThat(two.row("/job")).isEmpty();
    }

    @Test
    void a_tree_that_is_deeper_than_a_stack_is_told() {
        int depth = 3_000;
        Node below = Node.of("/x".repeat(depth), "process", State.RUNNING);
        for (int i = depth - 1; i > 0; i--) {
            below = Node.of("/x".repeat(i), "supervisor", State.RUNNING).withChildren(List.of(below));
        }

        assertThat(picture(Optional.empty(), below).whole(THEN)).contains("\"" + "/x".repeat(depth) + "\"");
    }

    /** By random changes: whoever has heard them all knows what one knows who has just come. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void who_has_heard_all_changes_knows_the_whole(long seed) {
        Random random = new Random(seed);
        Node top = Node.of("/", "supervisor", State.RUNNING);
        Picture before = picture(Optional.empty());
        Picture heard = before;
        Known known = new Known().hear("tree", before.whole(THEN));

        for (int i = 0; i < 100; i++) {
            top = changed(top, random, 0);
            Picture now = Picture.of(
                    new TreeSnapshot(THEN, top),
                    Optional.of(before),
                    random.nextBoolean() ? Map.of("/a", List.of((long) i)) : Map.of(),
                    random.nextInt(4) > 0,
                    Optional.empty());
            before = now;
            // who is slow misses some
            if (random.nextInt(3) > 0) {
                known.hear("change", now.since(heard));
                heard = now;
                assertThat(known.all())
                        .isEqualTo(new Known().hear("tree", now.whole(THEN)).all());
            }
        }
    }

    private static Node changed(Node node, Random random, int depth) {
        List<Node> children = new ArrayList<>(node.children());
        switch (random.nextInt(6)) {
            case 0 ->
                children.add(
                        random.nextInt(children.size() + 1),
                        Node.of(
                                TreePath.below(node.path(), "" + (char) ('a' + random.nextInt(8))),
                                "supervisor",
                                STATES.get(random.nextInt(STATES.size()))));
            case 1 -> Collections.shuffle(children, random);
            case 2 -> children.removeIf(one -> random.nextInt(4) == 0);
            default ->
                children.replaceAll(one -> random.nextInt(3) == 0
                        ? one.withState(STATES.get(random.nextInt(STATES.size())), random.nextBoolean())
                                .withRestarts(
                                        random.nextInt(5), Optional.of(LastExit.of("why", THEN)), Optional.empty())
                        : one);
        }
        if (depth < 3) {
            children.replaceAll(one -> random.nextInt(3) == 0 ? changed(one, random, depth + 1) : one);
        }
        return node.withChildren(children);
    }

    @Test
    void what_is_heard_wrongly_would_be_seen() {
        Picture before = picture(Optional.empty(), leaf("/", "a", State.RUNNING), leaf("/", "b", State.RUNNING));
        Picture after = picture(Optional.of(before), leaf("/", "b", State.RUNNING), leaf("/", "a", State.RUNNING));
        Known deaf = new Known().hear("tree", before.whole(THEN));

        assertThat(deaf.all())
                .isNotEqualTo(new Known().hear("tree", after.whole(THEN)).all());
        assertThat(deaf.hear("change", after.since(before)).all())
                .isEqualTo(new Known().hear("tree", after.whole(THEN)).all());
    }
}
