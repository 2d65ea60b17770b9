// A sincos(3) that remembers.
//
// sherpa-onnx takes Whisper's spectra by an FFT of 400 points that asks the C library for sine and cosine at every step,
// though there are not much more than a thousand angles: a quarter of all the computing with Whisper tiny
// (Benchmarks/RESULTS.md, "Whisper"). A program's own definition goes before that of a shared library (ld.so(8)), so
// sherpa-onnx finds this one. Each thread has a table of what the C library said of an angle; the results are the library's,
// bit by bit.
#if defined(__linux__)

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "CSines.h"

#define ENTRIES 8192 // 256 kB of addresses a thread; memory is what is used of them

typedef struct {
    uint64_t key; // the angle's bits and 1, so that an empty entry is none
    double sine, cosine;
    unsigned long long unused;
} Entry;

static _Thread_local Entry table[ENTRIES];
static _Thread_local unsigned long long misses;

typedef void Sincos(double, double *, double *);

static Sincos *of_library(void) {
    static _Atomic(Sincos *) found;
    Sincos *function = found;
    if (!function) found = function = (Sincos *)dlsym(RTLD_NEXT, "sincos");
    return function;
}

void csines_sincos(double angle, double *sine, double *cosine) {
    uint64_t bits;
    memcpy(&bits, &angle, sizeof bits);
    uint64_t key = bits + 1;
    // Fibonacci hashing: the upper bits of the product depend on all bits of the angle.
    Entry *entry = &table[(bits * UINT64_C(0x9E3779B97F4A7C15)) >> 51];
    if (entry->key != key) {
        misses++;
        of_library()(angle, &entry->sine, &entry->cosine);
        entry->key = key;
    }
    *sine = entry->sine;
    *cosine = entry->cosine;
}

unsigned long long csines_misses(void) { return misses; }

void sincos(double angle, double *sine, double *cosine) { csines_sincos(angle, sine, cosine); }

#endif
