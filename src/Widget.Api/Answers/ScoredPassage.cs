using Widget.Contracts;

namespace Widget.Api.Answers;

/// <param name="Passage">What was found.</param>
/// <param name="Score">How well it fits the question, from 0 (worst) to 1 (best).</param>
public sealed record ScoredPassage(Citation Passage, double Score);
