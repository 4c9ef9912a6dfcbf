using Widget.Rag.Text;

namespace Widget.Api.Analytics.Unanswered;

/// <summary>Questions that ask about the same thing.</summary>
internal sealed class QuestionGroup
{
    public required Guid Id { get; init; }

    /// <summary>The mean of its questions.</summary>
    public required QuestionVectors Vectors { get; set; }

    public required int Questions { get; set; }

    /// <summary>Whether it differs from what is stored.</summary>
    public bool IsChanged { get; set; }
}

/// <summary>How similar questions of a group are at least. Fitted (docs/decisions/0044-analytics.md).</summary>
internal sealed record QuestionThresholds
{
    /// <summary>By meaning, for questions in English, which is the language of the sentence models.</summary>
    public double Meaning { get; init; } = 0.45;

    /// <summary>By spelling, for other languages, and without the sentence models.</summary>
    public double Spelling { get; init; } = 0.4;
}

/// <summary>
/// Groups questions one after another: a question joins the group whose mean is most similar to it, or begins a new group if none is
/// similar enough ("leader" clustering). Groups never merge or split, so they stay the same while questions arrive.
/// </summary>
internal sealed class QuestionGroups(IEnumerable<QuestionGroup> known, QuestionThresholds? thresholds = null)
{
    private readonly QuestionThresholds _thresholds = thresholds ?? new();
    private readonly List<QuestionGroup> _groups = [.. known];

    public IEnumerable<QuestionGroup> Changed => _groups.Where(group => group.IsChanged);

    /// <summary>Adds a question to a group.</summary>
    public QuestionGroup Add(string question, QuestionVectors vectors)
    {
        var isEnglish = LanguageDetector.DetectQuestion(question) == "en";
        var (nearest, best) = ((QuestionGroup?)null, 0.0);
        foreach (var group in _groups)
        {
            var margin = Margin(group.Vectors, vectors, isEnglish);
            if (margin >= best) (nearest, best) = (group, margin);
        }

        if (nearest is null)
        {
            nearest = new QuestionGroup { Id = Guid.CreateVersion7(), Vectors = vectors, Questions = 1, IsChanged = true };
            _groups.Add(nearest);
            return nearest;
        }

        nearest.Vectors = nearest.Vectors.With(vectors, nearest.Questions);
        nearest.Questions++;
        nearest.IsChanged = true;
        return nearest;
    }

    // By how much the similarity exceeds what a group needs.
    private double Margin(QuestionVectors group, QuestionVectors question, bool isEnglish) =>
        isEnglish && group.MeaningSimilarityTo(question) is { } similarity
            ? similarity - _thresholds.Meaning
            : group.SpellingSimilarityTo(question) - _thresholds.Spelling;
}
