package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.PosixException;

/** The words that runit has for an error number, whatever the locale. */
public final class ErrorText {

    private ErrorText() {}

    /** The text for the error of a refused call. */
    public static String of(PosixException e) {
        return switch (e.errno()) {
            case "ENOENT" -> "file does not exist";
            case "EACCES" -> "access denied";
            case "EPERM" -> "permission denied";
            case "EAGAIN" -> "temporary failure";
            case "EEXIST" -> "file already exists";
            case "ENXIO" -> "device not configured";
            case "EISDIR" -> "is a directory";
            case "ENOTDIR" -> "not a directory";
            case "EINTR" -> "interrupted system call";
            case "ENOMEM" -> "out of memory";
            case "ETXTBSY" -> "text busy";
            case "EIO" -> "input/output error";
            case "EPIPE" -> "broken pipe";
            case "EROFS" -> "read-only file system";
            case "ESRCH" -> "no such process";
            case "E2BIG" -> "argument list too long";
            case "EDEADLK", "EDEADLOCK" -> "operation would cause deadlock";
            case "ENOLCK" -> "no locks available";
            case "EDQUOT" -> "disk quota exceeded";
            case "EADDRINUSE" -> "address already used";
            case "ECONNREFUSED" -> "connection refused";
            case "ENOEXEC" -> "exec format error";
            case "EBADF" -> "file descriptor not open";
            case "ECHILD" -> "no child processes";
            case "EFAULT" -> "bad address";
            case "EBUSY" -> "device busy";
            case "EXDEV" -> "cross-device link";
            case "ENODEV" -> "device does not support operation";
            case "EINVAL" -> "invalid argument";
            case "ENFILE" -> "system cannot open more files";
            case "EMFILE" -> "process cannot open more files";
            case "ENOTTY" -> "not a tty";
            case "EFBIG" -> "file too big";
            case "ENOSPC" -> "out of disk space";
            case "ESPIPE" -> "unseekable descriptor";
            case "EMLINK" -> "too many links";
            case "ELOOP" -> "symbolic link loop";
            case "ENAMETOOLONG" -> "file name too long";
            case "ENOTEMPTY" -> "directory not empty";
            case "ENOSYS" -> "system call not available";
            case "ESTALE" -> "stale NFS file handle";
            default -> "unknown error";
        };
    }
}
