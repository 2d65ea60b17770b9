// prctl(2) is variadic, which Swift cannot call.
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>

/// Asks Linux to kill this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG).
static inline int asr_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }
#endif
