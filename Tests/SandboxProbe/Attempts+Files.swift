#if os(Linux)
    import CArchive
    import CSystemCalls
    import Foundation

    extension Attempts {
        /// Calls that change files, including those that only older architectures have.
        var files: [Attempt] {
            writing + renaming + attributes + olderSpellings
        }

        private var writing: [Attempt] {
            [
                Attempt("open to write", .writing, .all(EPERM)) { [self] in open(file, O_WRONLY) },
                Attempt("open to read and write", .writing, .all(EPERM)) { [self] in open(file, O_RDWR) },
                Attempt("open in both modes", .writing, .all(EPERM)) { [self] in open(file, O_ACCMODE) },
                Attempt("open to append", .writing, .all(EPERM)) { [self] in open(file, O_WRONLY | O_APPEND) },
                Attempt("open and truncate", .writing, .all(EPERM), isHarmless: false) { [self] in
                    open(file, O_RDONLY | O_TRUNC)
                },
                Attempt("open and create", .writing, .all(EPERM)) { [self] in open(new, O_RDONLY | O_CREAT) },
                Attempt("O_TMPFILE", .writing, .all(EPERM)) { [self] in open(folder, 0x41_0000 | O_RDWR) },
                Attempt("O_PATH", .writing, .all(EPERM)) { [self] in open(file, 0x20_0000) },
                Attempt("openat2", .writing, .all(ENOSYS)) { call(__NR_openat2, 0, nowhere, nowhere, 24) },
                Attempt("memfd_create", .writing, .all(ENOSYS)) {
                    "x".withCString { call(__NR_memfd_create, bits($0), 0) }
                },
                Attempt("truncate", .writing, .all(EPERM)) { [self] in path(new) { call(__NR_truncate, $0, 0) } },
                Attempt("ftruncate", .writing, .all(EPERM), isHarmless: false) { [self] in
                    call(__NR_ftruncate, UInt(openFile), 0)
                },
                Attempt("fallocate", .writing, .all(EPERM), isHarmless: false) { [self] in
                    call(__NR_fallocate, UInt(openFile), 0, 0, 1)
                },
                Attempt("write to a file that was open", .writing, .all(EFBIG), isHarmless: false) { [self] in
                    failure(of: write(openFile, "x", 1))
                },
                Attempt("pwrite64", .writing, .all(ENOSYS), isHarmless: false) { [self] in
                    failure(of: pwrite(openFile, "x", 1, 0))
                },
                Attempt("copy_file_range", .writing, .all(ENOSYS)) { call(__NR_copy_file_range, 0) },
                Attempt("sendfile", .writing, .all(ENOSYS)) { call(__NR_sendfile, 0) },
                Attempt("splice", .writing, .all(ENOSYS)) { call(__NR_splice, 0) },
                Attempt("io_submit", .writing, .all(ENOSYS)) { call(__NR_io_submit, 0) },
                Attempt("io_setup", .writing, .all(ENOSYS)) { call(__NR_io_setup, 1, nowhere) },
                Attempt("fanotify_init", .writing, .all(ENOSYS)) { call(__NR_fanotify_init, 0, 0) },
            ]
        }

        private var renaming: [Attempt] {
            [
                Attempt("mkdirat", .writing, .all(EPERM)) { here(__NR_mkdirat, nowhere) },
                Attempt("mknodat", .writing, .all(EPERM)) { here(__NR_mknodat, nowhere) },
                Attempt("unlinkat", .writing, .all(EPERM)) { here(__NR_unlinkat, nowhere) },
                Attempt("renameat", .writing, .all(EPERM)) { here(__NR_renameat, nowhere) },
                Attempt("renameat2", .writing, .all(EPERM)) { here(__NR_renameat2, nowhere) },
                Attempt("linkat", .writing, .all(EPERM)) { here(__NR_linkat, nowhere) },
                Attempt("symlinkat", .writing, .all(EPERM)) { call(__NR_symlinkat, nowhere, currentFolder, nowhere) },
                Attempt("remove", .writing, .all(EPERM)) { [self] in failure(of: unlink(new)) },
                Attempt("rename", .writing, .all(EPERM)) { [self] in failure(of: Glibc.rename(new, new)) },
                Attempt("make a folder", .writing, .all(EPERM)) { [self] in failure(of: mkdir(folder, 0o700)) },
            ]
        }

        private var attributes: [Attempt] {
            [
                Attempt("fchmod", .writing, .all(EPERM)) { [self] in call(__NR_fchmod, UInt(openFile), 0o600) },
                Attempt("fchmodat", .writing, .all(EPERM)) { here(__NR_fchmodat, nowhere, 0o600) },
                Attempt("fchown", .writing, .all(EPERM)) { [self] in call(__NR_fchown, UInt(openFile), .max, .max) },
                Attempt("fchownat", .writing, .all(EPERM)) { here(__NR_fchownat, nowhere, .max) },
                Attempt("utimensat", .writing, .all(EPERM)) { here(__NR_utimensat, nowhere) },
                Attempt("setxattr", .writing, .all(EPERM)) { call(__NR_setxattr, nowhere) },
                Attempt("lsetxattr", .writing, .all(EPERM)) { call(__NR_lsetxattr, nowhere) },
                Attempt("fsetxattr", .writing, .all(EPERM)) { [self] in call(__NR_fsetxattr, UInt(openFile), nowhere) },
                Attempt("removexattr", .writing, .all(EPERM)) { call(__NR_removexattr, nowhere) },
                Attempt("lremovexattr", .writing, .all(EPERM)) { call(__NR_lremovexattr, nowhere) },
                Attempt("fremovexattr", .writing, .all(EPERM)) { [self] in
                    call(__NR_fremovexattr, UInt(openFile), nowhere)
                },
            ]
        }

        private var olderSpellings: [Attempt] {
            #if arch(x86_64)
                [
                    ("creat", __NR_creat), ("mkdir", __NR_mkdir), ("rmdir", __NR_rmdir), ("mknod", __NR_mknod),
                    ("unlink", __NR_unlink), ("rename by its number", __NR_rename), ("link", __NR_link),
                    ("symlink", __NR_symlink), ("chmod", __NR_chmod), ("chown", __NR_chown), ("lchown", __NR_lchown),
                    ("utime", __NR_utime), ("utimes", __NR_utimes),
                ].map { name, number in
                    Attempt(name, .writing, .all(EPERM)) { call(number, nowhere, nowhere) }
                } + [
                    Attempt("futimesat", .writing, .all(EPERM)) { here(__NR_futimesat, nowhere) },
                    Attempt("open to write by its number", .writing, .all(EPERM)) { [self] in
                        path(file) { call(__NR_open, $0, UInt(O_RDWR)) }
                    },
                ]
            #else
                []
            #endif
        }

        /// Calls that read files.
        var openings: [Attempt] {
            [
                Attempt("open to read", .reading, .recognise(.done, others: EPERM)) { [self] in open(file, O_RDONLY) },
                Attempt("open what a process shows", .reading, .recognise(.done, others: EPERM)) { [self] in
                    open("/proc/\(getppid())/environ", O_RDONLY)
                },
                Attempt("open a folder", .reading, .recognise(.done, others: EPERM)) { [self] in
                    open(folder, O_RDONLY | O_DIRECTORY)
                },
                Attempt("list a folder", .reading, .recognise(.done, others: ENOSYS)) { [self] in
                    var entries = [UInt8](repeating: 0, count: 4096)
                    return entries.withUnsafeMutableBytes {
                        call(__NR_getdents64, UInt(openFolder), UInt(bitPattern: $0.baseAddress), 4096)
                    }
                },
                Attempt("where a link leads", .reading, .recognise(.done, others: ENOSYS)) {
                    var target = [CChar](repeating: 0, count: 4096)
                    return failure(of: readlink("/proc/self/exe", &target, 4096))
                },
                Attempt("name_to_handle_at", .reading, .all(ENOSYS)) { here(__NR_name_to_handle_at, nowhere) },
                Attempt("open_by_handle_at", .reading, .all(ENOSYS)) { call(__NR_open_by_handle_at, 0, nowhere) },
                Attempt("watch a folder", .reading, .all(ENOSYS)) { call(__NR_inotify_init1, 0) },
                Attempt("read a file that was open", .none, .all(.done)) { [self] in
                    var byte: UInt8 = 0
                    guard pread(openFile, &byte, 1, 0) == 1, lseek(openFile, 0, SEEK_SET) == 0 else { return errno }
                    return failure(of: read(openFile, &byte, 1))
                },
                Attempt("how long a file is that was open", .none, .all(.done)) { [self] in
                    var status = stat()
                    return failure(of: fstat(openFile, &status))
                },
            ]
        }

        private func open(_ path: String, _ flags: Int32) -> Attempt.Answer {
            let descriptor = Glibc.open(path, flags, 0o600)
            defer { close(descriptor) }
            return failure(of: descriptor)
        }

        private func path(_ path: String, _ use: (UInt) -> Attempt.Answer) -> Attempt.Answer {
            path.withCString { use(bits($0)) }
        }
    }

    /// fcntl.h: AT_FDCWD.
    private let currentFolder = UInt(bitPattern: -100)

    private func here(_ number: some BinaryInteger, _ path: UInt, _ third: UInt = nowhere) -> Attempt.Answer {
        call(number, currentFolder, path, third, nowhere, 0)
    }

    private func bits(_ pointer: UnsafePointer<CChar>) -> UInt { UInt(bitPattern: pointer) }
#endif
