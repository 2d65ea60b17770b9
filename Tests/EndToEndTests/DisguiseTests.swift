#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// Files that look like recordings and try to make the decoder read other files.
    @Suite(.serialized, .server(TestRegistry([.senseVoice])))
    struct DisguiseTests {
        @Test(arguments: Disguise.all)
        func aDisguisedFileOpensNoOtherFile(disguise: Disguise) async throws {
            let folder = try TemporaryFolder()
            // Speech, whose text would be in the response.
            let canary = folder.file("canary.wav")
            try FileManager.default.copyItem(atPath: Fixtures.audio("en_digits_16k.wav"), toPath: canary)
            let watch = try FileWatch(folder: folder.path)
            try await withListener { port, connections in
                let name = disguise.fileName.replacing("CANARY", with: canary).replacing("PORT", with: "\(port)")
                let upload = MultipartBody.Upload(name: name, bytes: disguise.content(canary, port))
                for stream in ["false", "true"] {
                    let answer = try await APIClient.shared().transcribe(
                        upload, ["model": "sense_voice", "stream": stream])
                    #expect(answer.status == 400, "\(answer.body)")
                    #expect(try answer.error.param == "file")
                }
                #expect(connections.count == 0)
            }
            #expect(!watch.sawOpening())
            _ = try Data(contentsOf: URL(filePath: canary))
            #expect(watch.sawOpening(), "the watch does not see what is opened")
        }

        @Test func disguisedFilesEndNoEngine() throws {
            #expect(try !ServerProcess.shared().process.standardError.contains("The engine ended"))
        }
    }
#endif
