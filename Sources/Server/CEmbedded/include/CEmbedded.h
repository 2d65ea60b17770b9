#ifndef CEMBEDDED_H
#define CEMBEDDED_H

#include <stddef.h>

/// The content of a file that is part of the program. It exists as long as the process.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} cembedded_file;

/// The catalogue of models, in YAML.
cembedded_file cembedded_catalogue(void);

#endif
