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

/// Passes a descriptor over a Unix socket with one byte beside it (cmsg(3), SCM_RIGHTS), and does not wait for room.
/// Returns 0, or -1 with errno set.
static inline int asr_send_descriptor(int socket, int descriptor) {
    char byte = 0;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof(control));
    struct msghdr message = {0};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
    flags |= MSG_NOSIGNAL;
#endif
    return sendmsg(socket, &message, flags) == 1 ? 0 : -1;
}

/// Waits for a descriptor that is passed with one byte. Returns it; -1 at the end of the connection or with errno set; -2
/// if a byte came without a descriptor, as happens where this process may have no more of them.
static inline int asr_receive_descriptor(int socket) {
    char byte = 0;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof(control));
    struct msghdr message = {0};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof(control);
    int flags = 0;
#ifdef MSG_CMSG_CLOEXEC
    flags |= MSG_CMSG_CLOEXEC;
#endif
    ssize_t count;
    do {
        count = recvmsg(socket, &message, flags);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return -2;
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    return descriptor;
}
