// System calls by their numbers, past the C library, and headers that Swift does not import.
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/// Makes a system call by its number (syscall(2)); variadic in C.
static inline long asr_system_call(
    long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d, unsigned long e, unsigned long f) {
    return syscall(number, a, b, c, d, e, f);
}
#endif
