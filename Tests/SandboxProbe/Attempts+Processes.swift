#if os(Linux)
    import CSystemCalls
    import Foundation

    extension Attempts {
        var programs: [Attempt] {
            var all = [
                Attempt("posix_spawn", .programs, .all(EPERM)) {
                    var child = pid_t()
                    return withProgram { posix_spawn(&child, "/bin/true", nil, nil, $0, nil) }
                },
                Attempt("execve", .programs, .all(EPERM)) { call(__NR_execve, nowhere) },
                Attempt("execve of a program", .programs, .all(EPERM), isHarmless: false) {
                    withProgram { failure(of: execv("/bin/true", $0)) }
                },
                Attempt("execveat", .programs, .all(EPERM)) { call(__NR_execveat, 0, nowhere) },
                Attempt("clone of a process", .programs, .all(EPERM), isHarmless: false) {
                    call(__NR_clone, UInt(SIGCHLD))
                },
                Attempt("clone as vfork does", .programs, .all(EPERM), isHarmless: false) {
                    call(__NR_clone, 0x4100 | UInt(SIGCHLD))
                },
                Attempt("clone of a thread in a new network", .programs, .all(EPERM), isHarmless: false) {
                    call(__NR_clone, 0x4000_0000 | 0x3_0F00)
                },
                Attempt("clone3", .programs, .all(ENOSYS)) { call(__NR_clone3, nowhere, 64) },
            ]
            #if arch(x86_64)
                all += [
                    Attempt("fork", .programs, .all(EPERM), isHarmless: false) { call(__NR_fork) },
                    Attempt("vfork", .programs, .all(EPERM), isHarmless: false) { call(__NR_vfork) },
                    Attempt("uselib", .programs, .all(ENOSYS), isHarmless: false) { call(__NR_uselib, nowhere) },
                ]
            #endif
            return all
        }

        var others: [Attempt] {
            [
                Attempt("ptrace", .others, .all(EPERM), isHarmless: false) { call(__NR_ptrace, 16, parent) },
                Attempt("process_vm_readv", .others, .all(ENOSYS)) { call(__NR_process_vm_readv, parent) },
                Attempt("process_vm_writev", .others, .all(ENOSYS)) { call(__NR_process_vm_writev, parent) },
                Attempt("process_madvise", .others, .all(ENOSYS)) { call(__NR_process_madvise, 0) },
                Attempt("process_mrelease", .others, .all(ENOSYS)) { call(448, 0) },
                Attempt("kcmp", .others, .all(ENOSYS)) { call(__NR_kcmp, parent, own, 0) },
                Attempt("pidfd_open", .others, .all(ENOSYS)) { call(__NR_pidfd_open, parent, 0) },
                Attempt("pidfd_getfd", .others, .all(ENOSYS)) { call(__NR_pidfd_getfd, 0, 0, 0) },
                Attempt("userfaultfd", .others, .all(ENOSYS)) { call(__NR_userfaultfd, 1) },
                Attempt("a limit of the parent", .others, .all(EPERM)) {
                    call(__NR_prlimit64, parent, UInt(RLIMIT_CORE.rawValue), 0, 0)
                },
                Attempt("change a limit", .others, .all(EPERM)) {
                    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
                    return failure(of: setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit))
                },
                Attempt("setrlimit", .others, .all(EPERM)) {
                    call(__NR_setrlimit, UInt(RLIMIT_CORE.rawValue), nowhere)
                },
                Attempt("setsid", .others, .all(EPERM), isHarmless: false) { failure(of: setsid()) },
                Attempt("setpgid", .others, .all(EPERM)) { failure(of: setpgid(0, 0)) },
                Attempt("PR_SET_PDEATHSIG", .others, .all(ENOSYS)) { call(__NR_prctl, 1, 0) },
                Attempt("PR_SET_DUMPABLE", .others, .all(ENOSYS)) { call(__NR_prctl, 4, 1) },
                Attempt("PR_SET_CHILD_SUBREAPER", .others, .all(ENOSYS)) { call(__NR_prctl, 36, 0) },
                Attempt("TIOCSTI", .others, .all(ENOSYS)) { [self] in control(terminal, 0x5412) },
                Attempt("TIOCSTI beyond 32 bits", .others, .all(ENOSYS)) { [self] in
                    control(terminal, 0x1_0000_5412)
                },
                Attempt("TIOCLINUX", .others, .all(ENOSYS)) { [self] in control(terminal, 0x541C) },
                Attempt("TIOCSCTTY", .others, .all(ENOSYS), isHarmless: false) { [self] in control(terminal, 0x540E) },
                Attempt("TIOCSPGRP", .others, .all(ENOSYS)) { [self] in control(terminal, 0x5410) },
                Attempt("FIOSETOWN", .others, .all(ENOSYS)) { [self] in control(connectedPair.0, 0x8901) },
                Attempt("SIOCSPGRP", .others, .all(ENOSYS)) { [self] in control(connectedPair.0, 0x8902) },
                Attempt("FIOASYNC", .others, .all(ENOSYS)) { [self] in control(connectedPair.0, 0x5452) },
                Attempt("F_SETOWN", .others, .all(ENOSYS)) { [self] in call(__NR_fcntl, UInt(openFile), 8, 0) },
                Attempt("F_SETSIG", .others, .all(ENOSYS)) { [self] in call(__NR_fcntl, UInt(openFile), 10, 0) },
                Attempt("F_SETOWN_EX", .others, .all(ENOSYS)) { [self] in
                    call(__NR_fcntl, UInt(openFile), 15, nowhere)
                },
                Attempt("F_SETLK", .others, .all(ENOSYS)) { [self] in call(__NR_fcntl, UInt(openFile), 6, nowhere) },
                Attempt("F_SETLEASE", .others, .all(ENOSYS)) { [self] in call(__NR_fcntl, UInt(openFile), 1024, 2) },
                Attempt("flock", .others, .all(ENOSYS)) { [self] in failure(of: flock(openFile, LOCK_SH | LOCK_NB)) },
            ]
        }

        var systemV: [Attempt] {
            let (memory, queue, semaphore) = (
                surroundings.sharedMemory, surroundings.messageQueue, surroundings.semaphore
            )
            return [
                Attempt("shmget", .others, .all(ENOSYS)) { call(__NR_shmget, 0x6A7C, 4096, 0o600) },
                Attempt("shmat", .others, .all(ENOSYS)) { call(__NR_shmat, memory, 0, 0) },
                Attempt("shmdt", .others, .all(ENOSYS)) { call(__NR_shmdt, nowhere) },
                Attempt("shmctl", .others, .all(ENOSYS)) { call(__NR_shmctl, memory, 2, nowhere) },
                Attempt("msgget", .others, .all(ENOSYS)) { call(__NR_msgget, 0x6A7C, 0o600) },
                Attempt("msgsnd", .others, .all(ENOSYS)) { call(__NR_msgsnd, queue, nowhere, 1, 0) },
                Attempt("msgrcv", .others, .all(ENOSYS)) { call(__NR_msgrcv, queue, nowhere, 1, 0, 0x800) },
                Attempt("msgctl", .others, .all(ENOSYS)) { call(__NR_msgctl, queue, 2, nowhere) },
                Attempt("semget", .others, .all(ENOSYS)) { call(__NR_semget, 0x6A7C, 1, 0o600) },
                Attempt("semop", .others, .all(ENOSYS)) { call(__NR_semop, semaphore, nowhere, 1) },
                Attempt("semtimedop", .others, .all(ENOSYS)) { call(__NR_semtimedop, semaphore, nowhere, 1, 0) },
                Attempt("semctl", .others, .all(ENOSYS)) { call(__NR_semctl, semaphore, 0, 12) },
                Attempt("mq_open", .others, .all(ENOSYS)) { call(__NR_mq_open, nowhere, 0) },
                Attempt("mq_unlink", .others, .all(ENOSYS)) { call(__NR_mq_unlink, nowhere) },
                Attempt("mq_timedsend", .others, .all(ENOSYS)) { call(__NR_mq_timedsend, 0) },
                Attempt("mq_timedreceive", .others, .all(ENOSYS)) { call(__NR_mq_timedreceive, 0) },
                Attempt("mq_notify", .others, .all(ENOSYS)) { call(__NR_mq_notify, 0) },
                Attempt("mq_getsetattr", .others, .all(ENOSYS)) { call(__NR_mq_getsetattr, 0) },
            ]
        }

        var signals: [Attempt] {
            [
                Attempt("kill the parent", .others, .all(EPERM)) { failure(of: kill(getppid(), 0)) },
                Attempt("kill all", .others, .all(EPERM)) { failure(of: kill(-1, 0)) },
                Attempt("kill the group", .others, .all(EPERM)) { failure(of: kill(0, 0)) },
                Attempt("tkill", .others, .all(EPERM)) { call(__NR_tkill, parent, 0) },
                Attempt("tgkill", .others, .all(EPERM)) { call(__NR_tgkill, parent, parent, 0) },
                Attempt("rt_sigqueueinfo", .others, .all(EPERM)) { call(__NR_rt_sigqueueinfo, parent, 0, nowhere) },
                Attempt("rt_tgsigqueueinfo", .others, .all(EPERM)) {
                    call(__NR_rt_tgsigqueueinfo, parent, parent, 0, nowhere)
                },
                Attempt("pidfd_send_signal", .others, .all(ENOSYS)) { call(__NR_pidfd_send_signal, 0, 0, 0, 0) },
                Attempt("kill itself with nothing", .none, .all(.done)) { failure(of: kill(getpid(), 0)) },
                Attempt("a signal to its own thread", .none, .all(.done)) {
                    call(__NR_tgkill, own, UInt(asr_system_call(Int(__NR_gettid), 0, 0, 0, 0, 0, 0)), 0)
                },
            ]
        }

        var scheduling: [Attempt] {
            [
                Attempt("setpriority of the parent", .others, .all(EPERM)) {
                    call(__NR_setpriority, 0, parent, 0)
                },
                Attempt("setpriority of the group", .others, .all(EPERM)) { call(__NR_setpriority, 1, 0, 0) },
                Attempt("setpriority of the user", .others, .all(EPERM), isHarmless: false) {
                    call(__NR_setpriority, 2, 0, 0)
                },
                Attempt("sched_setscheduler", .others, .all(EPERM)) {
                    call(__NR_sched_setscheduler, parent, 0, nowhere)
                },
                Attempt("sched_setparam", .others, .all(EPERM)) { call(__NR_sched_setparam, parent, nowhere) },
                Attempt("sched_setattr", .others, .all(EPERM)) { call(__NR_sched_setattr, parent, nowhere, 0) },
                Attempt("sched_setaffinity", .others, .all(EPERM)) {
                    call(__NR_sched_setaffinity, parent, 8, nowhere)
                },
                Attempt("ioprio_set", .others, .all(ENOSYS)) { call(__NR_ioprio_set, 1, parent, 1 << 20) },
                Attempt("migrate_pages", .others, .all(ENOSYS)) { call(__NR_migrate_pages, parent, 0, 0, 0) },
                Attempt("move_pages", .others, .all(ENOSYS)) { call(__NR_move_pages, parent, 0, 0, 0, 0, 0) },
                Attempt("its own priority", .none, .all(.done)) { call(__NR_setpriority, 0, 0, 5) },
                Attempt("its own cores", .none, .all(.done)) {
                    var cores: [UInt64] = Array(repeating: 0, count: 128)
                    return cores.withUnsafeMutableBytes {
                        let answer = call(__NR_sched_getaffinity, 0, 1024, UInt(bitPattern: $0.baseAddress))
                        guard answer == 0 else { return answer }
                        return call(__NR_sched_setaffinity, 0, 1024, UInt(bitPattern: $0.baseAddress))
                    }
                },
            ]
        }
    }

    private func control(_ descriptor: Int32, _ command: UInt) -> Attempt.Answer {
        call(__NR_ioctl, UInt(descriptor), command, nowhere)
    }

    private func withProgram(_ use: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
        let name = strdup("/bin/true")
        defer { free(name) }
        return use([name, nil])
    }
#endif
