using Widget.Rag.Search;

namespace Widget.Api.Answers;

/// <summary>What a search found for an answer.</summary>
/// <param name="Searched">What was searched for.</param>
/// <param name="Result">What the search found, best first.</param>
/// <param name="Relevant">The hits with scores close enough to the best one. The answer uses them.</param>
/// <param name="Tier">How well the hits answer. A language model judges by itself, so for it any hit is enough.</param>
public sealed record Finding(SearchedQuestion Searched, SearchResult Result, IReadOnlyList<Hit> Relevant, AnswerTier Tier)
{
    /// <summary>Whether the hits are stated as an answer, or given to a model.</summary>
    public bool IsEnough => Tier == AnswerTier.Sure;

    /// <summary>What was found for each part of a question with several parts; empty for a question with one.</summary>
    public IReadOnlyList<PartFinding> Parts { get; init; } = [];

    /// <summary>The first hits with their sentences, to quote from; empty when they were not rated.</summary>
    public IReadOnlyList<RatedPassage> Rated { get; init; } = [];

    /// <summary>The highest probability that one of the rated hits answers; 0 when none was rated.</summary>
    public double Probability => Rated.Select(passage => passage.Probability).DefaultIfEmpty(0).Max();

    /// <summary>The relevant hits, numbered as they are cited.</summary>
    public IReadOnlyList<ScoredPassage> Passages => [.. Relevant.Select(Score)];

    private ScoredPassage Score(Hit hit, int index) =>
        new(Search.HitCitations.ToCitation(hit, index), hit.Score / Math.Max(Relevant[0].Score, double.Epsilon));
}

/// <summary>What was found for a part of a question.</summary>
/// <param name="Part">The part.</param>
/// <param name="Found">What its search found.</param>
public sealed record PartFinding(QuestionPart Part, Finding Found);
