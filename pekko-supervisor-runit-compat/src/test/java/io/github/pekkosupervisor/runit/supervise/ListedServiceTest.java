package io.github.pekkosupervisor.runit.supervise;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of the list of services. */
class ListedServiceTest {

    private static final ListedService WEB =
            new ListedService(new FileStatus.Id(8, 77), OsString.of("web"), OsString.of("/etc/sv/web"));

    private static String line(ListedService service) {
        return new String(service.toLine(), US_ASCII);
    }

    @Test
    void line_says_device_inode_name_and_path() {
        assertThat(line(WEB)).isEqualTo("8 77 web /etc/sv/web\n");
    }

    @Test
    void what_is_not_plain_is_escaped() {
        ListedService odd = new ListedService(
                new FileStatus.Id(-1, 1),
                OsString.of("a b\n%\u00e9".getBytes(ISO_8859_1)),
                OsString.of("/\u007f".getBytes(ISO_8859_1)));

        assertThat(line(odd)).isEqualTo("18446744073709551615 1 a%20b%0a%25%e9 /%7f\n");
        assertThat(ListedService.parse(odd.toLine())).containsExactly(odd);
    }

    @Test
    void any_name_comes_back() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            byte[] name = new byte[1 + random.nextInt(20)];
            for (int at = 0; at < name.length; at++) {
                int each = 1 + random.nextInt(255);
                name[at] = (byte) (each == '/' ? '.' : each);
            }
            ListedService service = new ListedService(
                    new FileStatus.Id(random.nextLong(), random.nextLong()),
                    OsString.of(name),
                    OsString.of("/").plus(OsString.of(name)));

            assertThat(ListedService.parse(service.toLine())).containsExactly(service);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8 77 web /etc/sv/web",
                "8 77 web\n",
                "8 77 web etc/web\n",
                "x 77 web /etc/web\n",
                "8 77 a/b /etc/web\n",
                "8 77  /etc/web\n",
                "8 77 web /etc/%2\n",
                "8 77 web /etc/%zz\n",
                "8 77 web /etc/%00\n",
                "8 77 web /etc/web more\n",
                "\n"
            })
    void what_is_no_such_line_is_left_out(String line) {
        String file = "8 1 one /one\n" + line;

        assertThat(ListedService.parse(file.getBytes(US_ASCII)))
                .extracting(service -> service.name().toString())
                .containsExactly("one");
    }
}
