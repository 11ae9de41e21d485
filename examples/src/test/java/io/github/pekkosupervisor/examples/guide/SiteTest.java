package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The site of the guide, and the links of all pages. */
class SiteTest {

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+)[^\"]*\"");

    @Test
    void no_link_of_any_page_is_dead() throws IOException {
        assertThat(new Site(Path.of("..")).mistakes()).isEmpty();
    }

    @Test
    void each_link_of_the_site_leads_to_a_file_of_it(@TempDir Path site) throws IOException {
        new Site(Path.of("..")).write(site);

        List<Path> files;
        try (Stream<Path> all = Files.walk(site)) {
            files = all.filter(file -> file.toString().endsWith(".html")).toList();
        }
        assertThat(files).contains(site.resolve("index.html"), site.resolve("docs/guide/first-tree.html"));
        for (Path file : files) {
            assertThat(REFERENCE
                            .matcher(Files.readString(file))
                            .results()
                            .map(found -> found.group(1))
                            .filter(link -> !link.contains(":")))
                    .as(file.toString())
                    .allSatisfy(link ->
                            assertThat(file.resolveSibling(link).normalize()).isRegularFile());
        }
    }

    @Test
    void a_long_page_begins_with_a_list_of_its_parts(@TempDir Path site) throws IOException {
        new Site(Path.of("..")).write(site);
        String manual = Files.readString(site.resolve("docs/operating.html"));
        String list = manual.substring(manual.indexOf("<ul class=\"contents\">"), manual.indexOf("<h2"));

        List<String> parts = Pattern.compile("<h2 id=\"([^\"]+)\"")
                .matcher(manual)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(Pattern.compile("href=\"#([^\"]+)\"").matcher(list).results().map(found -> found.group(1)))
                .containsExactlyElementsOf(parts);
        assertThat(Files.readString(site.resolve("docs/guide/first-tree.html"))).doesNotContain("class=\"contents\"");
    }

    @Test
    void a_dead_link_is_reported(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("docs/guide"));
        Path template = Files.createDirectories(root.resolve("examples/src/test/resources/guide"));
        Files.writeString(template.resolve("page.html"), "{title}{navigation}{body}");
        Files.writeString(root.resolve("CHANGELOG.md"), "# Changes\n");
        Files.writeString(root.resolve("README.md"), "# Top\n\n[a](docs/guide/README.md#one-two) [b](docs/none.md)\n");
        Files.writeString(
                root.resolve("docs/guide/README.md"),
                "# Guide\n\n## One `two`!\n\n[c](#three) ![d](no.svg) [e](../..)\n");

        assertThat(new Site(root).mistakes())
                .containsExactlyInAnyOrder(
                        "README.md: [docs/none.md] leads nowhere",
                        "docs/guide/README.md: [#three] leads to no heading",
                        "docs/guide/README.md: [no.svg] leads nowhere");
    }

    @ParameterizedTest
    @CsvSource({
        "When the launcher dies, when-the-launcher-dies",
        "What `java -jar` can do, what-java--jar-can-do",
        "Tests of 2 kinds: A_b, tests-of-2-kinds-a_b"
    })
    void a_heading_has_the_name_that_forges_give_it(String heading, String name) {
        assertThat(Site.id(heading)).isEqualTo(name);
    }

    static List<Path> pictures() throws IOException {
        try (Stream<Path> files = Files.list(GuideTest.GUIDE.resolve("pictures"))) {
            return files.sorted().toList();
        }
    }

    /** Its title is for those who do not see it, and it has colours for dark surroundings. */
    @ParameterizedTest
    @MethodSource("pictures")
    void a_picture_is_for_everybody(Path picture) throws Exception {
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(picture.toFile());

        assertThat(document.getDocumentElement().getElementsByTagName("title").getLength())
                .isPositive();
        assertThat(Files.readString(picture)).contains("prefers-color-scheme: dark");
        assertThat(GuideTest.pages())
                .anySatisfy(page -> assertThat(Files.readString(page)).contains("pictures/" + picture.getFileName()));
    }
}
