/// Rows in columns of the necessary width, for users and for `awk`.
struct Table {
    private var rows: [[String]]

    /// Creates a table with these column heads.
    init(_ heads: String...) {
        rows = [heads]
    }

    /// Adds a row; an empty cell is written as `-`.
    mutating func add(_ cells: String...) {
        rows.append(cells.map { $0.isEmpty ? "-" : $0 })
    }

    /// The lines, without trailing spaces.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.count > column ? $0[column].count : nil }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            return cells.joined(separator: "   ")
        }.joined(separator: "\n")
    }
}
