// libseccomp, and what Swift does not import of it: macros that take a value.
#ifdef __linux__
#include <seccomp.h>

/// The answer to a call that fails with an error (SCMP_ACT_ERRNO).
static inline uint32_t asr_seccomp_error(uint16_t number) { return SCMP_ACT_ERRNO(number); }
#endif
