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

/// One of several files in a folder.
typedef struct {
    /// Relative to the folder, with slashes.
    const char *path;
    cembedded_file content;
} cembedded_named_file;

/// The first of the files of the page for people, and their number.
const cembedded_named_file *cembedded_page(void);
size_t cembedded_page_count(void);

/// The first of the parts of the documents for programs, and their number. Each is a JSON object.
const cembedded_named_file *cembedded_api(void);
size_t cembedded_api_count(void);

#endif
