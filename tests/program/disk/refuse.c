/* A disk that refuses: preloaded into the program by the tests (`disk.rs` says how), it stands between it and the system.
 *
 *   REFUSE       which calls: create, write, rename, mkdir, remove, fsync, syncfs, socket, one or several
 *   REFUSE_PATH  only where the path has this in it
 *   REFUSE_FROM  the how manieth of these calls is refused, counted from 1
 *   REFUSE_LAST  and up to which; without it, all that follow
 *   REFUSE_WITH  the number of the error; 0 lets the call wait for an hour instead, like a disk that hangs
 *   REFUSE_MARK  a file that is made when the first call is refused
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;

static long number(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text ? atol(text) : otherwise;
}

/* Counts a call, and returns whether it is to be refused: errno says why. */
static int refused(const char *call, const char *path)
{
    const char *wanted = getenv("REFUSE"), *part = getenv("REFUSE_PATH"), *mark = getenv("REFUSE_MARK");
    if (!wanted || !strstr(wanted, call) || !path || (part && !strstr(path, part)))
        return 0;
    long this = atomic_fetch_add(&calls, 1) + 1;
    if (this < number("REFUSE_FROM", 1) || this > number("REFUSE_LAST", LONG_MAX))
        return 0;
    if (mark) {
        int (*make)(const char *, mode_t) = dlsym(RTLD_NEXT, "creat");
        close(make(mark, 0600));
    }
    int with = (int)number("REFUSE_WITH", EIO);
    if (!with) {
        struct timespec hour = {.tv_sec = 3600};
        nanosleep(&hour, NULL);
        return 0;
    }
    errno = with;
    return 1;
}

static int refused_open(const char *call, int file)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return refused(call, path);
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);                                                 \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        return (flags & O_CREAT) && refused("create", path) ? -1 : next(path, flags, mode);                            \
    }
OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t length)
{
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    return refused_open("write", file) ? -1 : next(file, bytes, length);
}

int rename(const char *from, const char *to)
{
    int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    return refused("rename", to) ? -1 : next(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    int (*next)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    return refused("mkdir", path) ? -1 : next(path, mode);
}

int unlink(const char *path)
{
    int (*next)(const char *) = dlsym(RTLD_NEXT, "unlink");
    return refused("remove", path) ? -1 : next(path);
}

int socket(int domain, int type, int protocol)
{
    int (*next)(int, int, int) = dlsym(RTLD_NEXT, "socket");
    int is_network = domain == AF_INET || domain == AF_INET6;
    return is_network && refused("socket", "network") ? -1 : next(domain, type, protocol);
}

#define SYNC(name)                                                                                                     \
    int name(int file)                                                                                                 \
    {                                                                                                                  \
        int (*next)(int) = dlsym(RTLD_NEXT, #name);                                                                    \
        return refused_open(#name, file) ? -1 : next(file);                                                            \
    }
SYNC(fsync)
SYNC(syncfs)
