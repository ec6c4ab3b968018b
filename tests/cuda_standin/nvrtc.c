/* A stand-in for libnvrtc.so that makes machine code of the host, for kernels.c to run: device.h stands in for what the
 * real compiler knows by itself, and the host's C++ compiler does the work (STANDIN_CXX, clang++, g++ or c++).
 *
 * Kernels are `extern "C" __global__` and take one argument by value, as those of this project do. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef STANDIN_SOURCE
#error "STANDIN_SOURCE is the folder that has device.h"
#endif

enum { OK = 0, COMPILATION = 6 };
enum { MAX_HEADERS = 16 };

struct program {
    char *source, *name, *headers[MAX_HEADERS], *header_names[MAX_HEADERS];
    int header_count;
    char *log, *binary;
    size_t log_size, binary_size;
};

static char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    *size = 0;
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    text = calloc(*size + 1, 1);
    if (fread(text, 1, *size, file) != *size) abort();
    fclose(file);
    return text;
}

static void spill(const char *folder, const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file)) abort();
}

int nvrtcVersion(int *major, int *minor) { *major = 12; *minor = 8; return OK; }
int nvrtcGetNumSupportedArchs(int *count) { *count = 3; return OK; }
int nvrtcGetSupportedArchs(int *archs) { archs[0] = 75, archs[1] = 86, archs[2] = 90; return OK; }
const char *nvrtcGetErrorString(int code) { return code == OK ? "NVRTC_SUCCESS" : "NVRTC_ERROR_COMPILATION"; }

int nvrtcCreateProgram(struct program **made, const char *source, const char *name, int headers, const char *const *texts,
                       const char *const *names) {
    struct program *program = calloc(1, sizeof *program);
    if (headers > MAX_HEADERS) return 2;
    program->source = strdup(source);
    program->name = strdup(name);
    program->header_count = headers;
    for (int i = 0; i < headers; i++) {
        program->headers[i] = strdup(texts[i]);
        program->header_names[i] = strdup(names[i]);
    }
    *made = program;
    return OK;
}

int nvrtcDestroyProgram(struct program **program) {
    struct program *p = *program;
    for (int i = 0; i < p->header_count; i++) free(p->headers[i]), free(p->header_names[i]);
    free(p->source), free(p->name), free(p->log), free(p->binary), free(p);
    *program = NULL;
    return OK;
}

/* C functions for each kernel: one that takes the argument's address, one that tells its size, and the blocks of its
 * clusters where it has any. */
static void add_callers(char *text, const char *path) {
    FILE *file = fopen(path, "ab");
    for (char *at = text; (at = strstr(at, "standin_kernel")); ) {
        char name[200];
        at += strlen("standin_kernel");
        char *word = strstr(at, "void");
        if (!word || sscanf(word, "void %199[A-Za-z0-9_]", name) != 1) continue;
        fprintf(file, "\nextern \"C\" void standin_call_%s(void **args) { standin_invoke(%s, args); }", name, name);
        fprintf(file, "\nextern \"C\" unsigned standin_size_%s() { return standin_size(%s); }", name, name);
        unsigned cluster;
        if (sscanf(at, " standin_cluster(%u)", &cluster) == 1)
            fprintf(file, "\nextern \"C\" unsigned standin_cluster_%s() { return %u; }", name, cluster);
    }
    fclose(file);
}

static int shell(struct program *p, const char *folder, const char *command) {
    char line[4096], log[512];
    snprintf(log, sizeof log, "%s/log", folder);
    snprintf(line, sizeof line, "cd %s && { %s; } >log 2>&1", folder, command);
    int failed = system(line) != 0;
    free(p->log);
    p->log = slurp(log, &p->log_size);
    return failed;
}

int nvrtcCompileProgram(struct program *p, int count, const char *const *options) {
    char folder[] = "/tmp/standin-nvrtc.XXXXXX", command[4096], path[512];
    if (!mkdtemp(folder)) return COMPILATION;
    const char *fused = "-ffp-contract=fast";
    int arch = 90;
    for (int i = 0; i < count; i++) {
        if (!strcmp(options[i], "--fmad=false")) fused = "-ffp-contract=off";
        sscanf(options[i], "--gpu-architecture=sm_%d", &arch);
    }
    spill(folder, "kernel.cu", p->source);
    for (int i = 0; i < p->header_count; i++) spill(folder, p->header_names[i], p->headers[i]);
    snprintf(command, sizeof command,
             "cxx=${STANDIN_CXX:-$(command -v clang++ || command -v g++ || command -v c++)}; "
             "flags='-std=c++17 -O2 -fPIC -fno-exceptions -fno-rtti -fno-strict-aliasing -nostdinc++ -Wno-unknown-pragmas -D__CUDA_ARCH__=%d0 %s'; "
             "$cxx $flags -x c++ -E -P -I%s -I. -include %s/device.h kernel.cu -o kernel.ii",
             arch, fused, STANDIN_SOURCE, STANDIN_SOURCE);
    int failed = shell(p, folder, command);
    if (!failed) {
        size_t size;
        snprintf(path, sizeof path, "%s/kernel.ii", folder);
        char *text = slurp(path, &size);
        add_callers(text, path);
        free(text);
        char *end = strstr(command, "$cxx $flags");
        snprintf(end, sizeof command - (size_t)(end - command),
                 "sed -i 's/standin_kernel//g; s/standin_cluster([0-9]*)//g' kernel.ii; $cxx $flags -x c++-cpp-output kernel.ii -shared -Wl,-z,defs -lm -o kernel.so");
        failed = shell(p, folder, command);
        snprintf(path, sizeof path, "%s/kernel.so", folder);
        if (!failed) p->binary = slurp(path, &p->binary_size);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) return COMPILATION;
    return failed ? COMPILATION : OK;
}

int nvrtcGetProgramLogSize(struct program *p, size_t *size) { *size = p->log_size + 1; return OK; }
int nvrtcGetProgramLog(struct program *p, char *log) { memcpy(log, p->log, p->log_size + 1); return OK; }
int nvrtcGetCUBINSize(struct program *p, size_t *size) { *size = p->binary_size; return OK; }
int nvrtcGetCUBIN(struct program *p, char *binary) { memcpy(binary, p->binary, p->binary_size); return OK; }
int nvrtcGetPTXSize(struct program *p, size_t *size) { return nvrtcGetCUBINSize(p, size); }
int nvrtcGetPTX(struct program *p, char *binary) { return nvrtcGetCUBIN(p, binary); }
