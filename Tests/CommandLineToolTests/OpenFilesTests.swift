import Testing

@testable import CommandLineTool

@Suite struct OpenFilesTests {
    @Test func theLimitIsRaisedAsConnectionsNeed() {
        let plan = OpenFiles(connections: 1024, limit: 1024, most: 1 << 20)
        #expect(plan.limit > 3 * 1024 && plan.limit < 4 * 1024)
        #expect(plan.connections == 1024)
    }

    @Test func aSufficientLimitStays() {
        let plan = OpenFiles(connections: 10, limit: 5000, most: 9000)
        #expect(plan.limit == 5000 && plan.connections == 10)
    }

    @Test func ifTheLimitCannotBeRaisedFewerConnectionsAreAllowed() {
        let plan = OpenFiles(connections: 1024, limit: 1024, most: 1024)
        #expect(plan.limit == 1024)
        #expect((200..<342).contains(plan.connections))
    }

    @Test(arguments: [(1, 64), (Int.max, 64)])
    func atLeastOneConnectionIsAllowed(connections: Int, most: Int) {
        #expect(OpenFiles(connections: connections, limit: most, most: most).connections == 1)
    }

    @Test func anyNumberOfConnectionsCanBeRequested() {
        let plan = OpenFiles(connections: .max, limit: 1024, most: .max)
        #expect(plan.limit == .max)
    }
}
