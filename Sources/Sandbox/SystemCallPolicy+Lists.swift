#if os(Linux)
    import CProcess

    /// The calls that are refused whatever their arguments.
    extension SystemCallPolicy {
        /// Those that answer as if the kernel did not have them: whoever asks has another way, which is looked at.
        static let unavailable: [Int32] = [__NR_clone3, __NR_openat2]

        /// Starting programs and processes.
        static let programs: [Int32] = {
            let everywhere = [__NR_execve, __NR_execveat]
            #if arch(x86_64)
                return everywhere + [__NR_fork, __NR_vfork, __NR_uselib]
            #else
                return everywhere
            #endif
        }()

        /// Going out, and the rings by which calls are made past a filter.
        static let network: [Int32] = [
            __NR_connect, __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register,
        ]

        /// Other processes, and what is shared with them.
        static let processes: [Int32] = [
            __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_process_madvise, __NR_process_mrelease,
            __NR_kcmp, __NR_tkill, __NR_pidfd_open, __NR_pidfd_getfd, __NR_pidfd_send_signal, __NR_migrate_pages,
            __NR_move_pages, __NR_setrlimit, __NR_ioprio_set, __NR_setsid, __NR_setpgid, __NR_shmget, __NR_shmat,
            __NR_shmctl, __NR_msgget, __NR_msgsnd, __NR_msgrcv, __NR_msgctl, __NR_semget, __NR_semop, __NR_semtimedop,
            __NR_semctl, __NR_mq_open, __NR_mq_unlink, __NR_mq_timedsend, __NR_mq_timedreceive, __NR_mq_notify,
            __NR_mq_getsetattr, __NR_userfaultfd, __NR_perf_event_open, __NR_bpf, __NR_keyctl, __NR_add_key,
            __NR_request_key,
        ]

        /// Changing files and what is known of them.
        static let files: [Int32] = {
            let everywhere = [
                __NR_truncate, __NR_ftruncate, __NR_fallocate, __NR_mkdirat, __NR_mknodat, __NR_unlinkat, __NR_renameat,
                __NR_renameat2, __NR_linkat, __NR_symlinkat, __NR_fchmod, __NR_fchmodat, fchmodat2, __NR_fchown,
                __NR_fchownat, __NR_utimensat, __NR_setxattr, __NR_lsetxattr, __NR_fsetxattr, __NR_removexattr,
                __NR_lremovexattr, __NR_fremovexattr, __NR_open_by_handle_at, __NR_fanotify_init,
            ]
            #if arch(x86_64)
                return everywhere + [
                    __NR_creat, __NR_mkdir, __NR_rmdir, __NR_mknod, __NR_unlink, __NR_rename, __NR_link, __NR_symlink,
                    __NR_chmod, __NR_chown, __NR_lchown, __NR_utime, __NR_utimes, __NR_futimesat,
                ]
            #else
                return everywhere
            #endif
        }()

        /// The machine, its mounts and namespaces, and who one is on it.
        static let machine: [Int32] = {
            let everywhere = [
                __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_move_mount, __NR_open_tree, __NR_fsopen,
                __NR_fsconfig, __NR_fsmount, __NR_fspick, __NR_mount_setattr, __NR_unshare, __NR_setns, __NR_swapon,
                __NR_swapoff, __NR_reboot, __NR_kexec_load, __NR_kexec_file_load, __NR_init_module, __NR_finit_module,
                __NR_delete_module, __NR_acct, __NR_quotactl, __NR_quotactl_fd, __NR_settimeofday, __NR_clock_settime,
                __NR_adjtimex, __NR_clock_adjtime, __NR_sethostname, __NR_setdomainname, __NR_syslog, __NR_vhangup,
                __NR_personality, __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setresuid,
                __NR_setresgid, __NR_setfsuid, __NR_setfsgid, __NR_setgroups, __NR_capset,
            ]
            #if arch(x86_64)
                return everywhere + [__NR_iopl, __NR_ioperm, __NR_modify_ldt]
            #else
                return everywhere
            #endif
        }()

        /// fchmodat2(2), Linux 6.6: newer than the headers we are built with may be.
        private static let fchmodat2: Int32 = 452
    }
#endif
