using Widget.Contracts;

namespace Widget.Api.Answers;

/// <param name="Passage">What was found.</param>
/// <param name="Score">How well it fits the question, from 0 to 1 for the best one.</param>
public sealed record ScoredPassage(Citation Passage, double Score);
