#if os(Linux)
    import CArchive
    import CSystemCalls
    import Foundation

    extension Attempts {
        var machine: [Attempt] {
            var all = [
                ("mount", __NR_mount), ("umount2", __NR_umount2), ("pivot_root", __NR_pivot_root),
                ("chroot", __NR_chroot),
                ("move_mount", __NR_move_mount), ("open_tree", __NR_open_tree), ("fsopen", __NR_fsopen),
                ("fsconfig", __NR_fsconfig), ("fsmount", __NR_fsmount), ("fspick", __NR_fspick),
                ("swapon", __NR_swapon), ("swapoff", __NR_swapoff), ("kexec_load", __NR_kexec_load),
                ("init_module", __NR_init_module), ("finit_module", __NR_finit_module),
                ("delete_module", __NR_delete_module), ("acct", __NR_acct), ("quotactl", __NR_quotactl),
                ("clock_settime", __NR_clock_settime), ("adjtimex", __NR_adjtimex),
                ("clock_adjtime", __NR_clock_adjtime), ("sethostname", __NR_sethostname),
                ("setdomainname", __NR_setdomainname), ("bpf", __NR_bpf), ("perf_event_open", __NR_perf_event_open),
                ("add_key", __NR_add_key), ("request_key", __NR_request_key), ("keyctl", __NR_keyctl),
                ("capset", __NR_capset), ("syslog", __NR_syslog), ("seccomp", __NR_seccomp),
                ("landlock_create_ruleset", 444), ("set_mempolicy", __NR_set_mempolicy), ("mlock", __NR_mlock),
            ].map { name, number in
                Attempt(name, .machine, .all(ENOSYS)) { call(number, nowhere, nowhere, nowhere, nowhere, nowhere) }
            }
            all += [
                ("setuid", __NR_setuid), ("setgid", __NR_setgid), ("setreuid", __NR_setreuid),
                ("setregid", __NR_setregid), ("setresuid", __NR_setresuid), ("setresgid", __NR_setresgid),
                ("setfsuid", __NR_setfsuid), ("setfsgid", __NR_setfsgid), ("setgroups", __NR_setgroups),
            ].map { name, number in
                Attempt(name, .machine, .all(EPERM), isHarmless: false) { call(number, 0, 0, 0) }
            }
            all += [
                Attempt("unshare", .machine, .all(ENOSYS), isHarmless: false) { call(__NR_unshare, 0x1000_0000) },
                Attempt("setns", .machine, .all(ENOSYS)) { call(__NR_setns, .max, 0) },
                Attempt("reboot", .machine, .all(ENOSYS), isHarmless: false) { call(__NR_reboot, 0) },
                Attempt("settimeofday", .machine, .all(ENOSYS)) { call(__NR_settimeofday, 0, 0) },
                Attempt("vhangup", .machine, .all(ENOSYS), isHarmless: false) { call(__NR_vhangup) },
                Attempt("personality", .machine, .all(ENOSYS)) { call(__NR_personality, 0xFFFF_FFFF) },
                Attempt("sync", .machine, .all(ENOSYS)) { call(__NR_sync) },
                Attempt("a call that the future brings", .machine, .all(ENOSYS), isHarmless: false) { call(5000) },
                Attempt("a call beyond all tables", .machine, .all(ENOSYS), isHarmless: false) { call(0x3FFF_FFFF) },
                Attempt("a call without a number", .machine, .all(ENOSYS), isHarmless: false) { call(-1) },
            ]
            #if arch(x86_64)
                all += [("iopl", __NR_iopl), ("ioperm", __NR_ioperm), ("modify_ldt", __NR_modify_ldt)].map {
                    name, number in
                    Attempt(name, .machine, .all(ENOSYS), isHarmless: false) { call(number, 0, 0, 0) }
                }
            #endif
            return all
        }

        /// Calls that are restricted by other means than the filter, and calls that must work.
        var work: [Attempt] {
            [
                Attempt(
                    "no privileges are to be gained", .privileges, .all(.done), isHarmless: false,
                    run: looksAtPrivileges),
                Attempt("no core is dumped", .coreDumps, .all(.done), isHarmless: false) {
                    var limit = rlimit()
                    guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return errno }
                    return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : EINVAL
                },
                Attempt("take more memory than the limit", .memory, .all(ENOMEM), isHarmless: false) {
                    takeMemory(2 << 30)
                },
                Attempt("take memory", .none, .all(.done)) { takeMemory(256 << 20) },
                Attempt("start a thread", .none, .all(.done)) {
                    var thread = pthread_t()
                    let status = pthread_create(&thread, nil, { _ in nil }, nil)
                    if status == 0 { pthread_join(thread, nil) }
                    return status
                },
                Attempt("work on Dispatch's threads", .none, .all(.done)) {
                    DispatchQueue.concurrentPerform(iterations: 8) { _ in usleep(1000) }
                    return 0
                },
                Attempt("a name for a thread", .none, .all(.done)) {
                    "probe".withCString { call(__NR_prctl, 15, UInt(bitPattern: $0)) }
                },
                Attempt("timers, events and polling", .none, .all(.done), run: waitsForEvents),
                Attempt("random numbers", .none, .all(.done)) {
                    var number: UInt64 = 0
                    return failure(of: getrandom(&number, 8, 0))
                },
                Attempt("whether it writes to a terminal", .none, .all(ENOTTY)) { [self] in
                    isatty(openFile) == 1 ? 0 : errno
                },
                // PCM's and a mixer's: SNDRV_PCM_IOCTL_PVERSION, SNDRV_CTL_IOCTL_PVERSION.
                Attempt("drive a sound device", .others, .listen(ENOTTY, others: ENOSYS)) { [self] in
                    call(__NR_ioctl, UInt(openFile), 0x8004_4100, nowhere)
                },
                Attempt("read a mixer", .others, .listen(ENOTTY, others: ENOSYS)) { [self] in
                    call(__NR_ioctl, UInt(openFile), 0x8004_5500, nowhere)
                },
            ]
                + archives.map { name, descriptor in
                    Attempt("read \(name)", .none, .all(.done)) { entries(ofArchive: descriptor) == 2 ? 0 : EINVAL }
                }
        }

        /// The file was opened earlier, and shows the state at the time of reading.
        @Sendable private func looksAtPrivileges() -> Attempt.Answer {
            var text = [UInt8](repeating: 0, count: 8192)
            let count = pread(status, &text, text.count, 0)
            guard count > 0 else { return errno }
            return String(decoding: text.prefix(count), as: UTF8.self).contains("NoNewPrivs:\t1\n") ? 0 : EINVAL
        }

        @Sendable private func waitsForEvents() -> Attempt.Answer {
            let events = epoll_create1(0)
            let timer = timerfd_create(CLOCK_MONOTONIC, 0)
            let signal = eventfd(1, 0)
            var pipe: [Int32] = [0, 0]
            guard events >= 0, timer >= 0, signal >= 0, Glibc.pipe(&pipe) == 0 else { return errno }
            var time = itimerspec()
            time.it_value.tv_nsec = 1000
            var event = epoll_event()
            event.events = EPOLLIN.rawValue
            guard timerfd_settime(timer, 0, &time, nil) == 0, epoll_ctl(events, EPOLL_CTL_ADD, timer, &event) == 0,
                epoll_wait(events, &event, 1, 1000) == 1
            else { return errno }
            var poll = pollfd(fd: signal, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 1000) == 1, dup2(pipe[0], signal) >= 0 else { return errno }
            return failure(of: fcntl(pipe[0], F_SETFL, O_NONBLOCK))
        }
    }

    private func takeMemory(_ bytes: Int) -> Attempt.Answer {
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return memory == MAP_FAILED ? errno : failure(of: munmap(memory, bytes))
    }

    /// Reads an archive to its end as `unpack` does; returns -1 if libarchive fails.
    private func entries(ofArchive descriptor: Int32) -> Int {
        guard let archive = archive_read_new() else { return -1 }
        defer { archive_read_free(archive) }
        archive_read_support_format_tar(archive)
        archive_read_support_format_zip(archive)
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_zstd(archive)
        guard archive_read_open_fd(archive, descriptor, 1 << 16) == ARCHIVE_OK else { return -1 }
        var (count, entry): (Int, OpaquePointer?) = (0, nil)
        while true {
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_EOF: return count
            case ARCHIVE_WARN...: break
            default: return -1
            }
            guard let entry, archive_entry_pathname_utf8(entry) != nil else { return -1 }
            var (block, size, offset): (UnsafeRawPointer?, Int, Int64) = (nil, 0, 0)
            var result = ARCHIVE_OK
            while result >= ARCHIVE_WARN, result != ARCHIVE_EOF {
                result = archive_read_data_block(archive, &block, &size, &offset)
            }
            guard result == ARCHIVE_EOF else { return -1 }
            count += 1
        }
    }
#endif
