#include "CEmbedded.h"

// Embedded, because a file beside the program could be missing or of another version.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char catalogue[] = {
#embed "catalogue.yaml"
};

cembedded_file cembedded_catalogue(void) { return (cembedded_file){catalogue, sizeof catalogue}; }
