// What Swift cannot call or does not import: variadic functions and macros of C.
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>

/// Asks Linux to kill this process when the thread that started it ends (prctl(2), PR_SET_PDEATHSIG); variadic in C.
static inline int asr_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

/// Names the calling thread (prctl(2), PR_SET_NAME), which keeps 15 bytes; variadic in C.
static inline int asr_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
#endif

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/// A message of one byte with room for one descriptor beside it (cmsg(3)). It points into itself: do not move it.
struct asr_passing {
    char byte;
    struct iovec data;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message;
};

static inline struct msghdr *asr_prepare_passing(struct asr_passing *passing) {
    memset(passing, 0, sizeof(*passing));
    passing->data.iov_base = &passing->byte;
    passing->data.iov_len = 1;
    passing->message.msg_iov = &passing->data;
    passing->message.msg_iovlen = 1;
    passing->message.msg_control = &passing->control;
    passing->message.msg_controllen = sizeof(passing->control);
    return &passing->message;
}

/// Passes a descriptor over a Unix socket with one byte beside it (SCM_RIGHTS), and does not wait for room.
/// Returns 0, or -1 with errno set.
static inline int asr_send_descriptor(int socket, int descriptor) {
    struct asr_passing passing;
    struct msghdr *message = asr_prepare_passing(&passing);
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
    flags |= MSG_NOSIGNAL;
#endif
    return sendmsg(socket, message, flags) == 1 ? 0 : -1;
}

/// Waits for a descriptor that is passed with one byte. Returns it; -1 at the end of the connection or with errno set; -2
/// if a byte came without a descriptor, as happens where this process may have no more of them.
static inline int asr_receive_descriptor(int socket) {
    struct asr_passing passing;
    struct msghdr *message = asr_prepare_passing(&passing);
    int flags = 0;
#ifdef MSG_CMSG_CLOEXEC
    flags |= MSG_CMSG_CLOEXEC;
#endif
    ssize_t count;
    do {
        count = recvmsg(socket, message, flags);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -2;
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    return descriptor;
}

#include <fcntl.h>
#include <signal.h>
#ifdef __linux__
#include <sys/syscall.h>
#else
#include <stdio.h>
#endif

/// Swaps two files on one disk atomically (renameat2(2), RENAME_EXCHANGE; renamex_np(2)). Returns 0, or -1 with errno set:
/// EINVAL, ENOSYS or ENOTSUP if the file system cannot.
static inline int asr_exchange(const char *first, const char *second) {
#ifdef __linux__
    return (int)syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, 2);
#else
    return renamex_np(first, second, RENAME_SWAP);
#endif
}

/// Whether a process has this file open for writing: 1 or 0; -1 if the system does not tell. The descriptor must be open
/// for reading only. Asks for a read lease, which Linux grants only if there is no writer (fcntl(2), F_SETLEASE), and gives
/// it back.
static inline int asr_has_writer(int descriptor) {
#ifdef __linux__
    enum { set_signal = 10, set_lease = 1024 };
    // A writer that comes at that moment causes a signal: SIGIO would end the process, SIGURG is ignored.
    if (fcntl(descriptor, set_signal, SIGURG) != 0) return -1;
    if (fcntl(descriptor, set_lease, F_RDLCK) == 0) {
        fcntl(descriptor, set_lease, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
#else
    return -1;
#endif
}
