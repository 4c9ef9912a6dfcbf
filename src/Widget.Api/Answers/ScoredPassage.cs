using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>A passage for an answer.</summary>
/// <param name="Passage">The passage, as it is cited.</param>
/// <param name="Score">Its search score divided by that of the best passage, 0 to 1. The best passage always has 1.</param>
public sealed record ScoredPassage(Citation Passage, double Score);
