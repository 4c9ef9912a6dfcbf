using System.Globalization;
using System.Text.Json;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Leads.Qualification;

/// <summary>What is known about a lead when it is scored.</summary>
internal sealed record LeadEvidence
{
    /// <summary>The latest answer to each question, by key. Those that do not fit their question do not count.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Answers { get; init; }

    /// <summary>What the visitor's messages called for.</summary>
    public required IReadOnlySet<Offer> AskedFor { get; init; }

    /// <summary>Whether a meeting is booked.</summary>
    public required bool HasMeeting { get; init; }

    /// <summary>Whether an e-mail address is a company's.</summary>
    public required bool HasCompanyEmail { get; init; }

    /// <summary>Number of conversations in which contact details were given.</summary>
    public required int Conversations { get; init; }
}

/// <summary>
/// Scores a lead:
/// <code>
/// score = min(100, round(Σ weight(q) · points(answer to q) / 100  +  Σ weight(s) · share(s)))
/// </code>
/// The first sum is over the questions that are answered. A question without an answer adds nothing, so a score only grows with what is
/// known. The second sum is over the signals. The share of a signal is 1 if it was seen and 0 if not. For conversations it is
/// min(n − 1, 2) / 2: a visitor who came back once gets half, one who came back twice or more gets all. Halves are rounded up.
/// </summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Tier"><c>hot</c>, <c>warm</c> or <c>cold</c>.</param>
/// <param name="Reasons">What has added to the score, the most first, in plain words.</param>
internal sealed record LeadScore(int Score, string Tier, IReadOnlyList<string> Reasons)
{
    private const int MaxReasonAnswer = 80;

    public static LeadScore Of(LeadQualification qualification, LeadEvidence evidence)
    {
        var parts = new List<(double Value, string Words)>();
        foreach (var question in qualification.Questions)
        {
            if (evidence.Answers.TryGetValue(question.Key, out var answer) && PointsOf(question, answer) is { } points)
                parts.Add((question.Weight * points / 100.0, $"{question.Text.Trim()} {AnswerText(question, answer)}"));
        }

        var (weights, asked) = (qualification.Signals, evidence.AskedFor);
        var returns = Math.Clamp(evidence.Conversations - 1, 0, 2) / 2.0;
        (bool IsSeen, double Value, string Words)[] signals =
        [
            (evidence.HasMeeting, weights.BookedMeeting, "Booked a meeting"),
            (asked.Contains(Offer.Demo), weights.AskedForDemo, "Asked to see the product"),
            (asked.Contains(Offer.Pricing), weights.AskedForPrice, "Asked for a price"),
            (asked.Contains(Offer.Booking), weights.AskedForBooking, "Asked for a meeting"),
            (evidence.HasCompanyEmail, weights.CompanyEmail, "Has a company's e-mail address"),
            (returns > 0, weights.Conversations * returns, $"Came back: {evidence.Conversations} conversations"),
        ];
        parts.AddRange(signals.Where(signal => signal is { IsSeen: true, Value: > 0 }).Select(signal => (signal.Value, signal.Words)));

        var score = (int)Math.Min(100, Math.Round(parts.Sum(part => part.Value), MidpointRounding.AwayFromZero));
        var tiers = qualification.Tiers;
        return new LeadScore(
            score,
            score >= tiers.Hot ? "hot" : score >= tiers.Warm ? "warm" : "cold",
            [
                .. parts.OrderByDescending(part => part.Value)
                    .Select(part => $"{part.Words} (+{part.Value.ToString("0.#", CultureInfo.InvariantCulture)})"),
            ]);
    }

    /// <summary>The points of an answer, 0 to 100. Null if it does not fit the question.</summary>
    public static int? PointsOf(QualificationQuestion question, JsonElement answer) => (question.Kind, answer.ValueKind) switch
    {
        (QuestionKind.Choice, JsonValueKind.String) =>
            question.Answers.FirstOrDefault(known => answer.ValueEquals(known.Value))?.Points,
        (QuestionKind.Boolean, JsonValueKind.True or JsonValueKind.False) =>
            FindBoolean(question, answer)?.Points ?? (question.Answers.Count == 0 && answer.ValueKind == JsonValueKind.True ? 100 : 0),
        (QuestionKind.Number, JsonValueKind.Number) when question.Answers.Count == 0 => 100,
        (QuestionKind.Number, JsonValueKind.Number) => FindRange(question, answer.GetDouble())?.Points ?? 0,
        (QuestionKind.Text, JsonValueKind.String) => question.Answers is [var any, ..] ? any.Points : 100,
        _ => null,
    };

    /// <summary>The answer in words, in the language without a locale.</summary>
    public static string AnswerText(QualificationQuestion question, JsonElement answer) => answer.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False =>
            FindBoolean(question, answer)?.Label ?? (answer.ValueKind == JsonValueKind.True ? "yes" : "no"),
        JsonValueKind.String when question.Kind == QuestionKind.Choice =>
            question.Answers.FirstOrDefault(known => answer.ValueEquals(known.Value))?.Label ?? answer.GetString()!,
        JsonValueKind.String => Truncation.Truncate(answer.GetString()!.ReplaceLineEndings(" "), MaxReasonAnswer),
        _ => answer.ToString(),
    };

    private static QualificationAnswer? FindBoolean(QualificationQuestion question, JsonElement answer) =>
        question.Answers.FirstOrDefault(known => known.Value == (answer.ValueKind == JsonValueKind.True ? "true" : "false"));

    private static QualificationAnswer? FindRange(QualificationQuestion question, double number) =>
        question.Answers.FirstOrDefault(range => (range.From is null || number >= range.From) && (range.To is null || number < range.To));
}
