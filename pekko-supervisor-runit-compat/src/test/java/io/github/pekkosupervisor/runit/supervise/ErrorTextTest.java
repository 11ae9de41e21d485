package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.PosixException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ENOEXEC | exec format error
            ENOENT | file does not exist
            EBADF | file descriptor not open
            EACCES | access denied
            ECHILD | no child processes
            EPERM | permission denied
            EFAULT | bad address
            EAGAIN | temporary failure
            EBUSY | device busy
            EEXIST | file already exists
            EXDEV | cross-device link
            ENXIO | device not configured
            ENODEV | device does not support operation
            EISDIR | is a directory
            EINVAL | invalid argument
            ENOTDIR | not a directory
            ENFILE | system cannot open more files
            EINTR | interrupted system call
            EMFILE | process cannot open more files
            ENOMEM | out of memory
            ENOTTY | not a tty
            ETXTBSY | text busy
            EFBIG | file too big
            EIO | input/output error
            ENOSPC | out of disk space
            EPIPE | broken pipe
            ESPIPE | unseekable descriptor
            EROFS | read-only file system
            EMLINK | too many links
            ESRCH | no such process
            ELOOP | symbolic link loop
            E2BIG | argument list too long
            ENAMETOOLONG | file name too long
            EDEADLK | operation would cause deadlock
            ENOTEMPTY | directory not empty
            ENOLCK | no locks available
            ENOSYS | system call not available
            EDQUOT | disk quota exceeded
            ESTALE | stale NFS file handle
            ECONNREFUSED | connection refused
            EADDRINUSE | address already used
            """)
    void an_error_has_the_words_that_runit_gives_it(String errno, String text) {
        PosixException refused = new PosixException("open", "supervise/ok", errno, "the words of the C library");

        assertThat(ErrorText.of(refused)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOTSOCK", "ETIMEDOUT", "EOVERFLOW", "", "no such name"})
    void any_other_is_unknown(String errno) {
        PosixException refused = new PosixException("open", "supervise/ok", errno, "the words of the C library");

        assertThat(ErrorText.of(refused)).isEqualTo("unknown error");
    }
}
