import Foundation
import TestSupport
import Testing

@testable import APIServer

@Suite struct APIKeyTests {
    @Test(arguments: [0, 1, 2]) func anyConfiguredKeyIsAccepted(position: Int) {
        let names = ["sesame", "barley", "oats"]
        let keys = names.map { APIKey($0) }
        #expect(keys.admit(names[position]))
        #expect(!keys.admit(names[position] + " ") && !keys.admit("") && !keys.admit("Sesame"))
        #expect(![APIKey]().admit(names[position]))
    }

    @Test func aKeyFileHoldsHashesNamesAndComments() throws {
        let text = """
            # keys of the house

            sha256:\(Self.hash("sesame"))
              sha256:\(Self.hash("barley").uppercased())   kitchen  # until May
            \tsha256:\(Self.hash("oats"))#stable\r
            """
        let keys = try APIKeyFile.keys(in: text, file: "keys")
        #expect(keys.count == 3)
        #expect(["sesame", "barley", "oats"].allSatisfy(keys.admit))
        #expect(!keys.admit("kitchen") && !keys.admit(Self.hash("sesame")))
    }

    @Test(arguments: [
        "sesame", "sha256:x", "sha256:1234", "sha256:" + String(repeating: "0", count: 63),
        "sha256:" + String(repeating: "0", count: 65), "sha256:" + String(repeating: "g", count: 64),
        "SHA256:" + String(repeating: "0", count: 64), "sha512:" + String(repeating: "0", count: 64),
        String(repeating: "0", count: 64), "kitchen sha256:" + String(repeating: "0", count: 64),
        "sha256: " + String(repeating: "0", count: 64), "sha256:" + String(repeating: "é", count: 32),
    ])
    func aMalformedLineIsReportedByNumberWithoutItsText(line: String) {
        let text = "# keys\nsha256:\(Self.hash("sesame"))\r\n\(line)\n"
        let mistake = #expect(throws: APIKeyFile.Mistake.self) { try APIKeyFile.keys(in: text, file: "/etc/keys") }
        #expect(mistake?.description.hasPrefix("/etc/keys:3: ") == true, "\(mistake?.description ?? "")")
        #expect(mistake?.description.contains(line) == false)
    }

    @Test(arguments: ["", "\n\n", "# sha256:only a comment\n"])
    func aKeyFileWithoutKeysIsRejected(text: String) {
        #expect(throws: APIKeyFile.Mistake.self) { try APIKeyFile.keys(in: text, file: "keys") }
    }

    @Test func aMissingKeyFileIsNamed() throws {
        let path = try TemporaryFolder().file("keys")
        let mistake = #expect(throws: APIKeyFile.Mistake.self) { try APIKeyFile.read(path) }
        #expect(mistake?.description.contains(path) == true)
    }

    /// The output of `printf %s KEY | sha256sum`.
    private static func hash(_ key: String) -> String {
        switch key {
        case "sesame": "d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272"
        case "barley": "d7a9ead0b15cd7c8f3ba0d573530ad05b70052080825dda30744c9c7f44e07dc"
        default: "e3924153458e959eb5eaa25692da3242c39f1efe7cc2e44da75ec288c2c05121"
        }
    }
}
