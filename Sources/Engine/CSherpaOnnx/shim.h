#include "../../../.deps/include/sherpa-onnx/c-api/c-api.h"

#include <stdio.h>
#include <unistd.h>

/// Sees a piece of text that went to the C `stderr`, on the thread that wrote it. Afterwards, since it takes memory: words
/// about the want of memory have to get out.
typedef void (*asr_stderr_observer)(const char *text, long length);

#ifdef __APPLE__
static int asr_observed_write(void *cookie, const char *text, int length) {
  int written = (int)write(STDERR_FILENO, text, (size_t)length);
  ((asr_stderr_observer)cookie)(text, length);
  return written;
}
#else
#include <stddef.h>
#include <sys/types.h>

static ssize_t asr_observed_write(void *cookie, const char *text, size_t length) {
  ssize_t written = write(STDERR_FILENO, text, length);
  ((asr_stderr_observer)cookie)(text, (long)length);
  return written;
}

// glibc declares these for _GNU_SOURCE only: fopencookie(3).
typedef struct {
  ssize_t (*read)(void *, char *, size_t);
  ssize_t (*write)(void *, const char *, size_t);
  int (*seek)(void *, long *, int);
  int (*close)(void *);
} asr_cookie_functions;
extern FILE *asr_fopencookie(void *, const char *, asr_cookie_functions) __asm__("fopencookie");
#endif

/// Makes the C `stderr` an unbuffered stream that writes to descriptor 2 as before and shows each piece to `observer`.
static inline void asr_observe_stderr(asr_stderr_observer observer) {
#ifdef __APPLE__
  FILE *stream = funopen((void *)observer, NULL, asr_observed_write, NULL, NULL);
#else
  asr_cookie_functions functions = {NULL, asr_observed_write, NULL, NULL};
  FILE *stream = asr_fopencookie((void *)observer, "w", functions);
#endif
  if (stream == NULL) return;
  setvbuf(stream, NULL, _IONBF, 0);
  stderr = stream;
}
