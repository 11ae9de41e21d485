/*
 * The floor under any start of many processes: posix_spawn the given command COUNT times, one after another, each in a
 * session of its own, waiting for nothing in between. Prints the microseconds, then kills and reaps all.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    pid_t *pids = calloc((size_t) count + 1, sizeof *pids);
    posix_spawnattr_t attributes;
    int error = 0;
    int started = 0;
    if (count <= 0 || pids == NULL) {
        fprintf(stderr, "usage: posix-spawn-floor COUNT PROGRAM [ARGUMENT...]\n");
        return 100;
    }
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);

    long long start = micros();
    while (started < count && error == 0) {
        error = posix_spawnp(&pids[started], argv[2], NULL, &attributes, argv + 2, environ);
        if (error == 0)
            started++;
    }
    long long elapsed = micros() - start;

    for (int i = 0; i < started; i++)
        kill(pids[i], SIGKILL);
    for (int i = 0; i < started; i++)
        while (waitpid(pids[i], NULL, 0) < 0 && errno == EINTR)
            ;
    if (error != 0) {
        fprintf(stderr, "posix-spawn-floor: %s\n", strerror(error));
        return 111;
    }
    printf("%lld\n", elapsed);
    return 0;
}
