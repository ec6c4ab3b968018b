/*
 * What NVIDIA's libnvbufsurface.so asks of the machine it runs on, for those that do not tell, such as containers and
 * small virtual machines: without /proc/modules it allocates nothing. To be preloaded; a file that is there is read.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

FILE *fopen(const char *path, const char *mode) {
    FILE *(*next)(const char *, const char *) = (FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT, "fopen");
    FILE *file = next(path, mode);
    /* No modules, hence none of Jetson's. */
    return file || strcmp(path, "/proc/modules") != 0 ? file : next("/dev/null", mode);
}

DIR *opendir(const char *path) {
    DIR *(*next)(const char *) = (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");
    DIR *folder = next(path);
    /* A folder without any of Jetson's devices in it. */
    return folder || strcmp(path, "/sys/bus/platform/devices/") != 0 ? folder : next("/proc/self/task");
}
