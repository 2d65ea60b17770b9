// swift-tools-version: 6.2
import PackageDescription

/// Where `make setup` puts the pinned sherpa-onnx library and the models.
let deps = Context.packageDirectory + "/.deps"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The programs' heap on Linux: decode lanes wait for one another at the C library's (Benchmarks/RESULTS.md, "The heap").
let heap: [LinkerSetting] = [.linkedLibrary("jemalloc", .when(platforms: [.linux]))]

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let collections: Self = .product(name: "Collections", package: "swift-collections")
    static let coreMetrics: Self = .product(name: "CoreMetrics", package: "swift-metrics")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded: Self = .product(name: "NIOEmbedded", package: "swift-nio")
    static let nioFoundationEssentialsCompat: Self = .product(
        name: "NIOFoundationEssentialsCompat", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes: Self = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1: Self = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let hummingbirdTesting: Self = .product(name: "HummingbirdTesting", package: "hummingbird")
    static let serviceLifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess: Self = .product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage: Self = .product(name: "SystemPackage", package: "swift-system")
}

/// The modules; ARCHITECTURE.md says which may import which.
let package = Package(
    name: "asr2clip",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "asr2clip", targets: ["asr2clip"]),
        .executable(name: "asr2clip-engine", targets: ["asr2clip-engine"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        // Its traits would link all of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CSherpaOnnx"),
        .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswresample libavutil"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CPortAudio", pkgConfig: "portaudio-2.0"),
        .systemLibrary(name: "CProcess"),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CSines"),
        .target(name: "Essentials", swiftSettings: strict),
        .target(
            name: "SherpaOnnx",
            dependencies: ["CSherpaOnnx", "CSines", "Essentials", "ModelFamilies", "SpeechTypes", .crypto],
            swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags([
                    "-L\(deps)/lib", "-Xlinker", "-rpath=$ORIGIN/../../lib/asr2clip", "-Xlinker", "-rpath=\(deps)/lib",
                ]),
                .linkedLibrary("sherpa-onnx-c-api"), .linkedLibrary("onnxruntime"),
            ]),
        .target(name: "Basics", dependencies: ["Essentials"], swiftSettings: strict),
        .target(name: "SpeechTypes", swiftSettings: strict),
        .target(name: "ModelFamilies", dependencies: ["Basics", "SpeechTypes", .systemPackage], swiftSettings: strict),
        .target(
            name: "BlockingWork", dependencies: ["Basics", "CProcess", "Essentials", .collections],
            swiftSettings: strict),
        .target(name: "EventLoops", dependencies: [.nioCore, .nioPosix], swiftSettings: strict),
        .target(
            name: "EngineLink",
            dependencies: [
                "Basics", "CProcess", "Essentials", "ModelFamilies", "SpeechTypes", .nioCore,
                .nioFoundationEssentialsCompat, .systemPackage,
            ], swiftSettings: strict),
        .target(name: "PrometheusMetrics", dependencies: [.coreMetrics], swiftSettings: strict),
        .target(
            name: "AudioInput", dependencies: ["Basics", "CFFmpeg", "CPortAudio", "SpeechTypes"], swiftSettings: strict),
        .target(name: "SpeechDetection", dependencies: ["SpeechTypes"], swiftSettings: strict),
        .target(
            name: "SpeechRecognition",
            dependencies: [
                "Basics", "BlockingWork", "ModelFamilies", "SherpaOnnx", "SpeechTypes", "SpeechDetection", .collections,
            ],
            swiftSettings: strict),
        .target(
            name: "EngineHost",
            dependencies: [
                "Basics", "BlockingWork", "EngineLink", "Essentials", .logging, .subprocess, .systemPackage,
            ],
            swiftSettings: strict),
        .target(name: "YAMLFields", dependencies: ["CYAML"], swiftSettings: strict),
        .target(
            name: "ModelStore",
            dependencies: [
                "Basics", "BlockingWork", "EngineHost", "EngineLink", "Essentials", "YAMLFields", "ModelFamilies",
                "SpeechTypes", .asyncHTTPClient, .crypto, .logging, .nioCore,
            ],
            swiftSettings: strict),
        .target(
            name: "Transcription",
            dependencies: [
                "AudioInput", "Basics", "BlockingWork", "ModelFamilies", "SherpaOnnx", "SpeechDetection",
                "SpeechRecognition", "SpeechTypes", .collections,
            ],
            swiftSettings: strict),
        .target(
            name: "Sandbox",
            dependencies: ["Essentials", "Basics", .target(name: "CSeccomp", condition: .when(platforms: [.linux]))],
            swiftSettings: strict),
        .target(
            name: "Engine",
            dependencies: [
                "Basics", "BlockingWork", "EngineHost", "EngineLink", "Essentials", "EventLoops", "ModelFamilies",
                "PrometheusMetrics", "SpeechTypes", .collections, .coreMetrics, .logging, .nioCore,
                .nioFoundationEssentialsCompat,
                .nioPosix, .systemPackage,
            ],
            swiftSettings: strict),
        .target(name: "TranscriptFormats", dependencies: ["CZlib", "SpeechTypes"], swiftSettings: strict),
        .target(
            name: "APIServer",
            dependencies: [
                "Basics", "BlockingWork", "Engine", "Essentials", "EventLoops", "ModelFamilies", "ModelStore",
                "PrometheusMetrics", "SpeechTypes", "TranscriptFormats", .coreMetrics, .crypto,
                .httpTypes, .hummingbird,
                .hummingbirdCore,
                .logging, .nioCore, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .serviceLifecycle, .systemPackage,
            ],
            swiftSettings: strict),
        .target(
            name: "Dictation",
            dependencies: [
                "Basics", "BlockingWork", "EngineHost", "EngineLink", "Essentials", "ModelStore", "SpeechDetection",
                "SpeechTypes", "TranscriptFormats", "YAMLFields", .asyncHTTPClient, .nioCore, .subprocess,
                .systemPackage,
            ],
            swiftSettings: strict),
        .target(
            name: "CommandLineTool",
            dependencies: [
                "APIServer", "Basics", "BlockingWork", "Dictation", "Engine", "EngineHost", "EngineLink", "Essentials",
                "EventLoops", "ModelFamilies", "ModelStore", "SpeechTypes", "TranscriptFormats", .argumentParser,
                .asyncHTTPClient, .coreMetrics,
                .logging, .nioCore, .serviceLifecycle, .subprocess, .systemPackage,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "asr2clip", dependencies: ["CommandLineTool"], swiftSettings: strict, linkerSettings: heap),
        .executableTarget(
            name: "asr2clip-engine",
            dependencies: [
                "AudioInput", "BlockingWork", "CArchive", "CProcess", "EngineLink", "Essentials", "EventLoops",
                "ModelFamilies", "Sandbox", "SherpaOnnx", "SpeechDetection", "SpeechRecognition", "SpeechTypes",
                "Transcription", .nioCore, .nioPosix,
            ], swiftSettings: strict,
            linkerSettings: heap + [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux]))]),

        .target(
            name: "TestSupport",
            dependencies: [
                "AudioInput", "BlockingWork", "ModelFamilies", "SpeechTypes", .subprocess, .systemPackage,
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "SandboxProbe", dependencies: ["CArchive", "CSystemCalls", "Sandbox"], path: "Tests/SandboxProbe",
            swiftSettings: strict),
        .systemLibrary(name: "CSystemCalls", path: "Tests/CSystemCalls"),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox"], swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics"], swiftSettings: strict),
        .testTarget(name: "EventLoopsTests", dependencies: ["EventLoops", .nioCore], swiftSettings: strict),
        .testTarget(
            name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", "TestSupport", .coreMetrics],
            swiftSettings: strict),
        .testTarget(name: "YAMLFieldsTests", dependencies: ["TestSupport", "YAMLFields"], swiftSettings: strict),
        .testTarget(name: "SpeechTypesTests", dependencies: ["SpeechTypes"], swiftSettings: strict),
        .testTarget(
            name: "SherpaOnnxTests",
            dependencies: ["CSines", "ModelFamilies", "SherpaOnnx", "SpeechTypes", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "AudioInputTests", dependencies: ["AudioInput", "SpeechTypes"], swiftSettings: strict),
        .testTarget(
            name: "SpeechDetectionTests", dependencies: ["SpeechDetection", "SpeechTypes", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SpeechRecognitionTests",
            dependencies: [
                "AudioInput", "SherpaOnnx", "ModelFamilies", "SpeechRecognition", "SpeechTypes", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: [
                "BlockingWork", "CArchive", "CommandLineTool", "EngineHost", "EngineLink", "ModelStore",
                "ModelFamilies", "SpeechTypes", "TestSupport",
                "asr2clip", "asr2clip-engine", .crypto, .httpTypes, .hummingbird, .logging,
                .nioCore, .nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TranscriptionTests",
            dependencies: [
                "AudioInput", "Basics", "BlockingWork", "SpeechDetection", "ModelFamilies", "SpeechRecognition",
                "SpeechTypes", "Transcription",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineLinkTests",
            dependencies: [
                "EngineLink", "ModelFamilies", "SpeechTypes", "TestSupport", .nioCore, .systemPackage,
            ], swiftSettings: strict),
        .testTarget(
            name: "EngineHostTests",
            dependencies: ["EngineHost", "EngineLink", "TestSupport", "asr2clip-engine", .logging],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Basics", "BlockingWork", "CSystemCalls", "Engine", "EngineHost", "EngineLink", "ModelFamilies",
                "SpeechTypes", "TestSupport", "asr2clip-engine", .logging, .nioCore, .nioPosix,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TranscriptFormatsTests", dependencies: ["SpeechTypes", "TranscriptFormats"], swiftSettings: strict),
        .testTarget(
            name: "APIServerTests",
            dependencies: [
                "APIServer", "Engine", "EngineHost", "ModelStore", "ModelFamilies", "SpeechTypes", "TestSupport",
                "PrometheusMetrics", "TranscriptFormats", .coreMetrics, .httpTypes, .hummingbird,
                .hummingbirdTesting, .logging, .nioCore, .nioEmbedded, .nioHTTP1,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DictationTests",
            dependencies: [
                "Basics", "BlockingWork", "Dictation", "EngineHost", "EngineLink", "ModelStore", "SherpaOnnx",
                "SpeechDetection", "SpeechTypes", "TestSupport", "TranscriptFormats", "asr2clip-engine", .logging,
                .nioCore,
                .nioPosix, .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineToolTests",
            dependencies: [
                "APIServer", "Basics", "CommandLineTool", "Dictation", "EngineLink", "ModelStore", "ModelFamilies",
                "SpeechTypes",
                "TestSupport", .argumentParser,
                .logging, .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "BlockingWork", "CSystemCalls", "SandboxProbe", "ModelFamilies", "TestSupport", "asr2clip",
                "asr2clip-engine",
                .asyncHTTPClient, .nioCore, .nioPosix, .subprocess, .systemPackage,
            ],
            swiftSettings: strict),
    ]
)
