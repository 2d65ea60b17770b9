#if os(Linux)
    import CSystemCalls
    import Foundation
    import Sandbox

    /// A call to attempt in a sandbox, and the expected result.
    struct Attempt: Sendable {
        /// The rows of SECURITY.md's table, by their first words, and the calls that must still work.
        enum Row: String, CaseIterable, Sendable {
            case privileges = "Privileges"
            case sockets = "Sockets"
            case programs = "Programs and processes"
            case others = "Other processes"
            case reading = "Reading files"
            case writing = "Changing files"
            case machine = "The machine"
            case memory = "Memory"
            case coreDumps = "Core dumps"
            case none = "what goes on working"
        }

        /// The expected result of an attempt for each job.
        struct Answers: Sendable {
            fileprivate var recognising: Answer
            fileprivate var unpacking: Answer
            fileprivate var listening: Answer

            static func all(_ answer: Answer) -> Self {
                Self(recognising: answer, unpacking: answer, listening: answer)
            }

            static func recognise(_ answer: Answer, others: Answer) -> Self {
                Self(recognising: answer, unpacking: others, listening: others)
            }

            static func listen(_ answer: Answer, others: Answer) -> Self {
                Self(recognising: others, unpacking: others, listening: answer)
            }

            func of(_ job: EngineSandbox.Job) -> Answer {
                switch job {
                case .recognise: recognising
                case .unpack: unpacking
                case .listen: listening
                }
            }
        }

        /// 0 for success, or else an error number.
        typealias Answer = Int32

        let name: String
        let row: Row
        let answers: Answers
        /// Whether it is harmless even if nothing forbids it.
        let isHarmless: Bool
        let run: @Sendable () -> Answer

        init(
            _ name: String, _ row: Row, _ answers: Answers, isHarmless: Bool = true,
            run: @escaping @Sendable () -> Answer
        ) {
            self.name = name
            self.row = row
            self.answers = answers
            self.isHarmless = isHarmless
            self.run = run
        }
    }

    extension Attempt.Answer {
        static let done: Self = 0

        /// `done`, or the error's name.
        var text: String { self == 0 ? "done" : strerrorname(self) }
    }

    private func strerrorname(_ number: Int32) -> String {
        switch number {
        case EPERM: "EPERM"
        case ENOSYS: "ENOSYS"
        case EFBIG: "EFBIG"
        case ENOMEM: "ENOMEM"
        case EAGAIN: "EAGAIN"
        case ENOTTY: "ENOTTY"
        case EINVAL: "EINVAL"
        case ENOTCONN: "ENOTCONN"
        default: "error \(number)"
        }
    }

    /// Makes a system call, and returns the result.
    func call(
        _ number: some BinaryInteger, _ first: UInt = 0, _ second: UInt = 0, _ third: UInt = 0, _ fourth: UInt = 0,
        _ fifth: UInt = 0, _ sixth: UInt = 0
    ) -> Attempt.Answer {
        failure(of: asr_system_call(Int(number), first, second, third, fourth, fifth, sixth))
    }

    func failure(of status: some SignedInteger) -> Attempt.Answer { status < 0 ? errno : 0 }

    /// An unmapped address: calls that are not denied fail with an error and do no harm.
    let nowhere: UInt = 8

    /// The ids of the parent process and of this process, as arguments of calls.
    let (parent, own) = (UInt(getppid()), UInt(getpid()))
#endif
