/*
 * The floor under any supervisor's launch time: fork and exec DIR/run for every DIR given, waiting for nothing
 * in between. Prints the microseconds from the first fork to the last successful exec, then kills and reaps all.
 *
 * Every child holds the write end of one close-on-exec pipe. A successful exec closes it without a byte, a failed
 * one writes its number first; so the end of file is the moment in which the last child has become its script.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void run(const char *directory, int failures)
{
    if (chdir(directory) == 0)
        execl("./run", "./run", (char *) NULL);
    int error = errno;
    if (write(failures, &error, sizeof error) < 0)
        _exit(112);
    _exit(111);
}

static void end_all(const pid_t *pids, int count)
{
    for (int i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    for (int i = 0; i < count; i++)
        while (waitpid(pids[i], NULL, 0) < 0 && errno == EINTR)
            ;
}

int main(int argc, char **argv)
{
    int ends[2];
    int count = 0;
    int error = 0;
    pid_t *pids = calloc((size_t) argc, sizeof *pids);
    if (pids == NULL || pipe2(ends, O_CLOEXEC) < 0) {
        perror("fork-exec-floor");
        return 111;
    }

    long long start = micros();
    for (int i = 1; i < argc && error == 0; i++) {
        pid_t pid = fork();
        if (pid == 0)
            run(argv[i], ends[1]);
        if (pid < 0)
            error = errno;
        else
            pids[count++] = pid;
    }
    close(ends[1]);
    int failure;
    while (read(ends[0], &failure, sizeof failure) > 0)
        error = failure;
    long long elapsed = micros() - start;

    end_all(pids, count);
    free(pids);
    if (error != 0) {
        fprintf(stderr, "fork-exec-floor: a service could not be started: %s\n", strerror(error));
        return 111;
    }
    printf("%lld\n", elapsed);
    return 0;
}
