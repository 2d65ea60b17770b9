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

/// A file of the page for people.
typedef struct {
    /// Relative to the page's folder, with slashes.
    const char *path;
    cembedded_file content;
} cembedded_page_file;

/// The first of the page's files, and their number.
const cembedded_page_file *cembedded_page(void);
size_t cembedded_page_count(void);

#endif
