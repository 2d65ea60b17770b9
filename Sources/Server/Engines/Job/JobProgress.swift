/// How far a job has come, for estimates of the work that is left.
package enum JobProgress: Sendable, Equatable {
    /// The engine is loaded and has the job; again if the job is started over.
    case started
    /// The length of the recording by its header.
    case length(Duration)
    /// The position in the recording up to which the text is complete.
    case heard(Duration)
}
