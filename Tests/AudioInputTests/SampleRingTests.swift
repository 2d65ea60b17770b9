import Foundation
import Testing

@testable import AudioInput

@Suite struct SampleRingTests {
    private func write(_ samples: [Float], to ring: SampleRing) {
        samples.withUnsafeBufferPointer { ring.write($0) }
    }

    @Test func samplesComeOutInOrder() {
        let ring = SampleRing(capacity: 10)
        for round in 0..<25 {
            let samples = (0..<7).map { Float(round * 7 + $0) }
            write(samples, to: ring)
            #expect(ring.takeAll() == samples)
        }
        #expect(ring.takeAll().isEmpty)
        #expect(ring.droppedSamples == 0 && ring.reportedGaps == 0)
    }

    @Test func droppedSamplesAreCounted() {
        let ring = SampleRing(capacity: 4)
        write([1, 2, 3], to: ring)
        write([4, 5, 6], to: ring)
        ring.noteGap()
        #expect(ring.droppedSamples == 2)
        #expect(ring.reportedGaps == 1)
        #expect(ring.takeAll() == [1, 2, 3, 4])
        write([7], to: ring)
        #expect(ring.takeAll() == [7])
    }

    @Test func oneThreadWritesWhileAnotherReads() async {
        let ring = SampleRing(capacity: 1000)
        let count = 200_000
        let reading = Task.detached {
            var received: [Float] = []
            while received.count < count {
                received += ring.takeAll()
                await Task.yield()
            }
            return received
        }
        var next = 0
        while next < count {
            let dropped = ring.droppedSamples
            let piece = (next..<min(count, next + 97)).map { Float($0) }
            write(piece, to: ring)
            next += piece.count - (ring.droppedSamples - dropped)
            await Task.yield()
        }
        #expect(await reading.value == (0..<count).map { Float($0) })
    }
}
