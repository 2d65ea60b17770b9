// A sincos(3) that remembers.
//
// sherpa-onnx takes Whisper's spectra by an FFT of 400 points that asks the C library for sine and cosine at every step,
// though there are not much more than a thousand angles: a quarter of all the computing with Whisper tiny
// (Benchmarks/RESULTS.md, "Whisper"). A program's own definition goes before that of a shared library (ld.so(8)), so
// sherpa-onnx finds this one. Each thread that asks gets a table of what the C library said of an angle; the results are the
// library's, bit by bit.
#if defined(__linux__)

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "CSines.h"

#define ENTRIES 8192 // 256 kB for each thread that asks

typedef struct {
    uint64_t key; // the angle's bits and 1, so that an empty entry is none; 0 is no key
    double sine, cosine;
    unsigned long long unused;
} Entry;

static _Thread_local Entry *table;
static _Thread_local unsigned long long misses;

static pthread_key_t owned;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void) { pthread_key_create(&owned, free); }

// The calling thread's table, which goes with the thread; NULL if there is no memory.
static Entry *own_table(void) {
    if (!table) {
        pthread_once(&once, make_key);
        Entry *made = calloc(ENTRIES, sizeof *made);
        if (!made) return NULL;
        if (pthread_setspecific(owned, made) != 0) {
            free(made);
            return NULL;
        }
        table = made;
    }
    return table;
}

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
    Entry *entries = own_table();
    if (!entries || key == 0) {
        of_library()(angle, sine, cosine);
        return;
    }
    // Fibonacci hashing: the upper bits of the product depend on all bits of the angle.
    Entry *entry = &entries[(bits * UINT64_C(0x9E3779B97F4A7C15)) >> 51];
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
