// What Swift cannot call or does not import: variadic functions, the numbers of system calls, some headers.
#ifdef __linux__
#include <linux/filter.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Asks Linux to kill this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG); variadic in C.
static inline int asr_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

/// Promises Linux that neither this process nor what it starts ever gains privileges (prctl(2), PR_SET_NO_NEW_PRIVS).
static inline int asr_set_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/// Makes a system call by its number (syscall(2)).
static inline long asr_system_call(
    long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d, unsigned long e, unsigned long f) {
    return syscall(number, a, b, c, d, e, f);
}
#endif
