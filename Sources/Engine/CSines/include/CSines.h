#ifndef CSINES_H
#define CSINES_H

/// Sine and cosine of an angle in radians, as the C library's sincos(3) has them. Linux only, as is what follows.
void csines_sincos(double angle, double *sine, double *cosine);

/// How often the calling thread has had to ask the C library.
unsigned long long csines_misses(void);

#endif
