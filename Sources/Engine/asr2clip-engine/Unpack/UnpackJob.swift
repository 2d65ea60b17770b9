import Concurrency
import EngineLink
import Essentials
import Sandbox

/// `unpack`: sends the content of one archive. It writes no files; the parent does.
enum UnpackJob {
    /// The most bytes of memory. The highest level of xz takes 65 MiB, and zstd as libarchive reads it takes 128 MiB.
    private static let memory = 512 << 20

    /// Receives the connection and the archive, and sends all entries, unless the other end closes the connection.
    static func run(door: Door, notices: Notices) async {
        var arrived = door.descriptors.makeAsyncIterator()
        guard let connection = await arrived.next(), let archive = await arrived.next() else { return }
        let socket = LinkSocket(owning: connection)
        // Names are in UTF-8; libarchive uses the locale's character set.
        setlocale(LC_CTYPE, "C.UTF-8")
        do {
            let reader = try ArchiveReader()
            // All resources are open by now.
            EngineSandbox(for: .unpack, memory: memory).enter(warning: notices)
            try reader.open(archive)
            while let entry = try reader.next() {
                try socket.send(Frame(message: UnpackReply.entry(entry)))
                try reader.readContent { try socket.send($0.frame) }
            }
            try socket.send(Frame(message: UnpackReply.end))
        } catch let error as ArchiveError {
            try? socket.send(Frame(message: UnpackReply.failed(error.reason)))
        } catch {
            // The other end is closed.
        }
    }
}
