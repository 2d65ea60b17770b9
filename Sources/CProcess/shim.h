// What Swift cannot call by itself.
#ifdef __linux__
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>

/// Asks Linux to kill this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG); variadic in C.
static inline int asr_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

/// Gives freed memory back to the system (malloc_trim(3)); in no header that Swift imports.
static inline void asr_return_freed_memory(void) { malloc_trim(0); }
#endif
