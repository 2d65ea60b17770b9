// swift-tools-version: 6.2
import PackageDescription

/// Where `make setup` puts the pinned sherpa-onnx library and the models.
let deps = Context.packageDirectory + "/.deps"

/// `scripts/check` asks for warnings as errors; a newer compiler with a new warning must not break anybody's build.
let warnings: [SwiftSetting] = Context.environment["ASR2CLIP_CHECK"] == nil ? [] : [.treatAllWarnings(as: .error)]

let strict: [SwiftSetting] =
    warnings + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]

/// The programs' heap on Linux: decode lanes wait for one another at the C library's (Benchmarks/RESULTS.md, "The heap").
let heap: [LinkerSetting] = [.linkedLibrary("jemalloc", .when(platforms: [.linux]))]

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let collections: Self = .product(name: "Collections", package: "swift-collections")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioFoundationEssentialsCompat: Self = .product(
        name: "NIOFoundationEssentialsCompat", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioWebSocket: Self = .product(name: "NIOWebSocket", package: "swift-nio")
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
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        // Its traits would link all of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // Shared
        .systemLibrary(name: "CProcess", path: "Sources/Shared/CProcess"),
        .target(
            name: "Essentials",
            path: "Sources/Shared/Essentials", swiftSettings: strict),
        .target(
            name: "SpeechTypes",
            path: "Sources/Shared/SpeechTypes", swiftSettings: strict),
        .target(
            name: "ModelFamilies",
            dependencies: [
                "Essentials", "SpeechTypes", .systemPackage,
            ],
            path: "Sources/Shared/ModelFamilies", swiftSettings: strict),
        .target(
            name: "Concurrency",
            dependencies: [
                "CProcess", "Essentials", .collections, .nioCore, .nioPosix,
            ],
            path: "Sources/Shared/Concurrency", swiftSettings: strict),
        .target(
            name: "EngineLink",
            dependencies: [
                "CProcess", "Essentials", "ModelFamilies", "SpeechTypes", .nioCore, .nioFoundationEssentialsCompat,
                .systemPackage,
            ],
            path: "Sources/Shared/EngineLink", swiftSettings: strict),
        .target(
            name: "EngineHost",
            dependencies: [
                "Concurrency", "EngineLink", "Essentials", .logging, .subprocess, .systemPackage,
            ],
            path: "Sources/Shared/EngineHost", swiftSettings: strict),
        // Engine
        .systemLibrary(name: "CSherpaOnnx", path: "Sources/Engine/CSherpaOnnx"),
        .systemLibrary(
            name: "CFFmpeg", path: "Sources/Engine/CFFmpeg", pkgConfig: "libavformat libavcodec libswresample libavutil"
        ),
        .systemLibrary(name: "CPortAudio", path: "Sources/Engine/CPortAudio", pkgConfig: "portaudio-2.0"),
        .systemLibrary(name: "CArchive", path: "Sources/Engine/CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CSeccomp", path: "Sources/Engine/CSeccomp", pkgConfig: "libseccomp"),
        .target(name: "CSines", path: "Sources/Engine/CSines"),
        .target(
            name: "SherpaOnnx",
            dependencies: [
                "CSherpaOnnx", "CSines", "Essentials", "ModelFamilies", "SpeechTypes", .crypto,
            ],
            path: "Sources/Engine/SherpaOnnx", swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags([
                    "-L\(deps)/lib", "-Xlinker", "-rpath=$ORIGIN/../../lib/asr2clip", "-Xlinker", "-rpath=\(deps)/lib",
                ]),
                .linkedLibrary("sherpa-onnx-c-api"), .linkedLibrary("onnxruntime"),
            ]),
        .target(
            name: "AudioInput",
            dependencies: [
                "CFFmpeg", "CPortAudio", "Essentials", "SpeechTypes",
            ],
            path: "Sources/Engine/AudioInput", swiftSettings: strict),
        .target(
            name: "Recognition",
            dependencies: [
                "AudioInput", "Concurrency", "Essentials", "ModelFamilies", "SherpaOnnx", "SpeechTypes",
                .collections,
            ],
            path: "Sources/Engine/Recognition", swiftSettings: strict),
        .target(
            name: "Sandbox",
            dependencies: [
                "Essentials", .target(name: "CSeccomp", condition: .when(platforms: [.linux])),
            ],
            path: "Sources/Engine/Sandbox", swiftSettings: strict),
        .executableTarget(
            name: "asr2clip-engine",
            dependencies: [
                "AudioInput", "CArchive", "CProcess", "Concurrency", "EngineLink", "Essentials", "ModelFamilies",
                "Recognition", "Sandbox", "SherpaOnnx", "SpeechTypes", .nioCore, .nioPosix,
            ],
            path: "Sources/Engine/asr2clip-engine", swiftSettings: strict,
            linkerSettings: heap + [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux]))]),
        // Server
        .systemLibrary(name: "CYAML", path: "Sources/Server/CYAML", pkgConfig: "yaml-0.1"),
        .systemLibrary(name: "CZlib", path: "Sources/Server/CZlib"),
        .target(name: "CEmbedded", path: "Sources/Server/CEmbedded", exclude: ["api", "catalogue.yaml", "page"]),
        .target(
            name: "PrometheusMetrics",
            path: "Sources/Server/PrometheusMetrics", swiftSettings: strict),
        .target(
            name: "TranscriptFormats",
            dependencies: [
                "CZlib", "Essentials", "SpeechTypes",
            ],
            path: "Sources/Server/TranscriptFormats", swiftSettings: strict),
        .target(
            name: "ModelStore",
            dependencies: [
                "CEmbedded", "CProcess", "CYAML", "Concurrency", "EngineHost", "EngineLink", "Essentials",
                "ModelFamilies", "SpeechTypes", .asyncHTTPClient, .crypto, .logging, .nioCore, .nioHTTP1,
            ],
            path: "Sources/Server/ModelStore", swiftSettings: strict),
        .target(
            name: "Engines",
            dependencies: [
                "Concurrency", "EngineHost", "EngineLink", "Essentials", "PrometheusMetrics", "ModelFamilies",
                "SpeechTypes",
                .collections, .logging, .nioCore, .nioFoundationEssentialsCompat, .nioPosix,
                .systemPackage,
            ],
            path: "Sources/Server/Engines", swiftSettings: strict),
        .target(
            name: "Upstreams",
            dependencies: [
                "Concurrency", "Essentials", "ModelStore", "PrometheusMetrics", "SpeechTypes", "TranscriptFormats",
                .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .nioWebSocket, .systemPackage,
            ],
            path: "Sources/Server/Upstreams", swiftSettings: strict),
        .target(
            name: "APIServer",
            dependencies: [
                "CEmbedded", "Concurrency", "Engines", "Essentials", "PrometheusMetrics", "ModelFamilies", "ModelStore",
                "SpeechTypes", "Upstreams",
                "TranscriptFormats", .crypto, .httpTypes, .hummingbird, .hummingbirdCore, .logging,
                .nioCore, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioWebSocket, .serviceLifecycle,
                .systemPackage,
            ],
            path: "Sources/Server/APIServer", swiftSettings: strict),
        // Tool
        .target(
            name: "Dictation",
            dependencies: [
                "Concurrency", "EngineHost", "EngineLink", "Essentials", "ModelStore", "SpeechTypes",
                "TranscriptFormats", "Upstreams", .asyncHTTPClient, .crypto, .nioCore, .nioFoundationEssentialsCompat,
                .nioHTTP1, .nioPosix, .nioSSL, .nioWebSocket, .subprocess, .systemPackage,
            ],
            path: "Sources/Tool/Dictation", swiftSettings: strict),
        .target(
            name: "CommandLineTool",
            dependencies: [
                "APIServer", "Concurrency", "Dictation", "EngineHost", "EngineLink", "Engines", "Essentials",
                "ModelFamilies", "ModelStore", "SpeechTypes", "TranscriptFormats", .argumentParser, .asyncHTTPClient,
                "PrometheusMetrics", "Upstreams", .logging, .nioCore, .serviceLifecycle, .subprocess, .systemPackage,
            ],
            path: "Sources/Tool/CommandLineTool", swiftSettings: strict),
        .executableTarget(
            name: "asr2clip",
            dependencies: [
                "CommandLineTool"
            ],
            path: "Sources/Tool/asr2clip", swiftSettings: strict, linkerSettings: heap),
        // Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "AudioInput", "Concurrency", "ModelFamilies", "SpeechTypes", .crypto, .logging, .nioCore, .nioPosix,
                .nioSSL,
                .subprocess, .systemPackage,
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "SandboxProbe",
            dependencies: [
                "CArchive", "CSystemCalls", "Sandbox",
            ],
            path: "Tests/SandboxProbe", swiftSettings: strict),
        .systemLibrary(name: "CSystemCalls", path: "Tests/CSystemCalls"),
        .testTarget(
            name: "APIServerTests",
            dependencies: [
                "APIServer", "Concurrency", "EngineHost", "EngineLink", "Engines", "PrometheusMetrics", "ModelFamilies",
                "ModelStore", "SpeechTypes", "TestSupport", "TranscriptFormats", "Upstreams", "asr2clip-engine",
                .httpTypes,
                .hummingbird, .hummingbirdTesting, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioWebSocket,
                .serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AudioInputTests",
            dependencies: [
                "AudioInput", "SpeechTypes",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineToolTests",
            dependencies: [
                "APIServer", "CommandLineTool", "Dictation", "EngineLink", "Essentials", "ModelFamilies",
                "ModelStore", "SpeechTypes", "TestSupport", "TranscriptFormats", .argumentParser, .logging,
                .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ConcurrencyTests",
            dependencies: [
                "Concurrency", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DictationTests",
            dependencies: [
                "AudioInput", "Concurrency", "Dictation", "EngineHost", "EngineLink", "Essentials", "ModelStore",
                "SherpaOnnx", "SpeechTypes", "TestSupport", "TranscriptFormats", "Upstreams", "asr2clip-engine",
                .logging,
                .nioCore, .nioPosix, .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "CSystemCalls", "Concurrency", "ModelFamilies", "SandboxProbe", "TestSupport", "asr2clip",
                "asr2clip-engine", .asyncHTTPClient, .nioCore, .nioPosix, .subprocess, .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineHostTests",
            dependencies: [
                "EngineHost", "EngineLink", "TestSupport", "asr2clip-engine", .logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EngineLinkTests",
            dependencies: [
                "EngineLink", "Essentials", "ModelFamilies", "SpeechTypes", "TestSupport", .nioCore, .systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EnginesTests",
            dependencies: [
                "CSystemCalls", "Concurrency", "EngineHost", "EngineLink", "Engines", "ModelFamilies", "SpeechTypes",
                "PrometheusMetrics", "TestSupport", "asr2clip-engine", .logging, .nioCore,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EssentialsTests",
            dependencies: [
                "Essentials"
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: [
                "PrometheusMetrics", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: [
                "CArchive", "Concurrency", "EngineHost", "EngineLink", "ModelFamilies", "ModelStore", "SpeechTypes",
                "TestSupport", "asr2clip", "asr2clip-engine", .crypto, .httpTypes, .hummingbird, .logging, .nioCore,
                .nioPosix, .subprocess,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RecognitionTests",
            dependencies: [
                "AudioInput", "Concurrency", "Essentials", "ModelFamilies", "Recognition", "SherpaOnnx",
                "SpeechTypes", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox"
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SherpaOnnxTests",
            dependencies: [
                "CSines", "ModelFamilies", "SherpaOnnx", "SpeechTypes", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SpeechTypesTests",
            dependencies: [
                "SpeechTypes", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TranscriptFormatsTests",
            dependencies: [
                "SpeechTypes", "TranscriptFormats",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UpstreamsTests",
            dependencies: [
                "Concurrency", "Essentials", "ModelStore", "PrometheusMetrics", "SpeechTypes", "TestSupport",
                "TranscriptFormats", "Upstreams", .logging, .nioCore,
            ],
            swiftSettings: strict),
    ]
)
