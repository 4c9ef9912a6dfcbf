using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>
/// How leads are scored: questions with points, weights of what visitors do, and the tiers. A score is the sum of the answers' and the
/// signals' points, at most 100 (docs/leads.md).
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeadQualification : IValidatableObject
{
    /// <summary>The questions in their order, at most 20.</summary>
    [Required(ErrorMessage = "questions is missing."), MaxLength(20, ErrorMessage = "There can be at most 20 questions.")]
    public IReadOnlyList<QualificationQuestion> Questions { get; init; } = [];

    /// <summary>What a visitor's behaviour adds to the score.</summary>
    [Required(ErrorMessage = "signals must not be null.")]
    public SignalWeights Signals { get; init; } = new();

    /// <summary>The scores at which the tiers begin.</summary>
    [Required(ErrorMessage = "tiers must not be null.")]
    public TierThresholds Tiers { get; init; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // JSON null can occur as a list entry.
        foreach (var (question, i) in Questions.Select((question, i) => (question, i)))
            if (question is null || question.FindProblem() is not null)
                yield return new($"questions[{i}]: {question?.FindProblem() ?? "it must be an object, not null."}", [nameof(Questions)]);
        var keys = Questions.OfType<QualificationQuestion>().Select(question => question.Key).ToList();
        if (keys.Distinct(StringComparer.Ordinal).Count() != keys.Count)
            yield return new("questions: each key can be used only once.", [nameof(Questions)]);
        if (Signals.All.Any(weight => weight is < 0 or > 100))
            yield return new("signals: a weight must be between 0 and 100.", [nameof(Signals)]);
        if (!(Tiers.Warm is >= 1 and <= 100 && Tiers.Hot > Tiers.Warm && Tiers.Hot <= 100))
            yield return new("tiers: warm must be at least 1, and hot must be higher than warm and at most 100.", [nameof(Tiers)]);
    }
}

/// <summary>What the answer to a question is.</summary>
[JsonConverter(typeof(StrictEnumConverter<QuestionKind>))]
public enum QuestionKind
{
    /// <summary>One of the answers.</summary>
    [JsonStringEnumMemberName("choice")]
    Choice,

    /// <summary>A number. The answers are ranges.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>Text. Any answer gets the points of the first answer, or 100.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>Yes or no. The answers have the values <c>true</c> and <c>false</c>; without answers, yes gets 100 points.</summary>
    [JsonStringEnumMemberName("boolean")]
    Boolean,
}

/// <summary>A question to a visitor.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QualificationQuestion
{
    private static readonly string[] Reserved = ["name", "email", "phone"];

    /// <summary>Identifies the question: lower-case letters, digits and underscores, but not name, email or phone.</summary>
    public string Key { get; init; } = "";

    /// <summary>The question.</summary>
    public string Text { get; init; } = "";

    /// <summary>The question by language: <c>en</c>, <c>de</c>, <c>es</c>, <c>ar</c>.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the answer is.</summary>
    public QuestionKind Kind { get; init; }

    /// <summary>The answers and their points, at most 20.</summary>
    public IReadOnlyList<QualificationAnswer> Answers { get; init; } = [];

    /// <summary>What an answer with 100 points adds to the score, 0 to 100.</summary>
    public int Weight { get; init; } = 10;

    /// <summary>Whether visitors are asked. Otherwise only staff answers it, with <c>PATCH /api/leads/{id}</c>.</summary>
    public bool AskVisitor { get; init; } = true;

    internal string? FindProblem()
    {
        if (!LeadFields.IsKey(Key) || Reserved.Contains(Key, StringComparer.Ordinal))
        {
            return "key must have 1 to 40 lower-case letters, digits and underscores, begin with a letter, "
                + "and not be name, email or phone.";
        }

        if (string.IsNullOrWhiteSpace(Text) || Text.Length > 300) return "text must have 1 to 300 characters.";
        if (Texts is null || FindProblem(Texts, 300) is not null) return $"texts: {FindProblem(Texts, 300) ?? "it must not be null."}";
        if (Weight is < 0 or > 100) return "weight must be between 0 and 100.";
        if (Answers is null || Answers.Count > 20 || Answers.Any(answer => answer is null)) return "answers must be at most 20 objects.";
        if (Answers.Select(answer => answer.FindProblem(Kind)).FirstOrDefault(problem => problem is not null) is { } wrong)
            return $"answers: {wrong}";
        if (Kind == QuestionKind.Choice && Answers.Count < 2) return "answers: a choice needs at least two.";
        return Kind is QuestionKind.Choice or QuestionKind.Boolean
            && Answers.DistinctBy(answer => answer.Value, StringComparer.Ordinal).Count() != Answers.Count
                ? "answers: each value can be used only once."
                : null;
    }

    internal static string? FindProblem(IReadOnlyDictionary<string, string>? texts, int maxLength) =>
        texts is null ? null
        : texts.Keys.FirstOrDefault(locale => !WidgetLocales.All.Contains(locale, StringComparer.Ordinal)) is { } unknown
            ? $"there is no language \"{unknown}\". Use {string.Join(", ", WidgetLocales.All)}."
        : texts.Values.Any(text => string.IsNullOrWhiteSpace(text) || text.Length > maxLength)
            ? $"a text must have 1 to {maxLength} characters."
        : null;
}

/// <summary>An answer to a question.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QualificationAnswer
{
    /// <summary>Identifies the answer to a choice. For yes or no: <c>true</c> or <c>false</c>. Null for numbers and text.</summary>
    public string? Value { get; init; }

    /// <summary>The answer for people; null to show the value.</summary>
    public string? Label { get; init; }

    /// <summary>The answer by language: <c>en</c>, <c>de</c>, <c>es</c>, <c>ar</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>For numbers: the smallest number of the range; null for no limit.</summary>
    public double? From { get; init; }

    /// <summary>For numbers: the number at which the range ends, which is not part of it; null for no limit.</summary>
    public double? To { get; init; }

    /// <summary>How good the answer is: 0 to 100 percent of the question's weight.</summary>
    public int Points { get; init; }

    internal string? FindProblem(QuestionKind kind)
    {
        if (Points is < 0 or > 100) return "points must be between 0 and 100.";
        if (Label is { Length: 0 or > 200 }) return "label must have 1 to 200 characters.";
        if (Labels is null) return "labels must not be null.";
        if (QualificationQuestion.FindProblem(Labels, 200) is { } problem) return $"labels: {problem}";
        return kind switch
        {
            QuestionKind.Choice when Value is not { Length: >= 1 and <= 100 } => "value must have 1 to 100 characters.",
            QuestionKind.Boolean when Value is not ("true" or "false") => "value must be true or false, as text.",
            QuestionKind.Number when From is null && To is null => "a range needs from or to.",
            QuestionKind.Number when From >= To => "from must be less than to.",
            _ => null,
        };
    }
}

/// <summary>What a visitor's behaviour adds to the score, 0 to 100 each.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignalWeights
{
    /// <summary>The visitor asked for a price.</summary>
    public int AskedForPrice { get; init; } = 5;

    /// <summary>The visitor asked to be shown the product.</summary>
    public int AskedForDemo { get; init; } = 10;

    /// <summary>The visitor asked for an appointment.</summary>
    public int AskedForBooking { get; init; } = 5;

    /// <summary>A meeting is booked.</summary>
    public int BookedMeeting { get; init; } = 20;

    /// <summary>The e-mail address is a company's, not one of a provider of mailboxes.</summary>
    public int CompanyEmail { get; init; } = 10;

    /// <summary>
    /// The visitor came back: half of it for a second conversation in which contact details were given, all of it for a third.
    /// </summary>
    public int Conversations { get; init; } = 10;

    internal IEnumerable<int> All => [AskedForPrice, AskedForDemo, AskedForBooking, BookedMeeting, CompanyEmail, Conversations];
}

/// <summary>The scores at which the tiers begin. Below <see cref="Warm"/>, a lead is cold.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TierThresholds
{
    /// <summary>The lowest score of a hot lead.</summary>
    public int Hot { get; init; } = 60;

    /// <summary>The lowest score of a warm lead.</summary>
    public int Warm { get; init; } = 30;
}

/// <summary>Answers to the qualification's questions.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QualificationRequest
{
    /// <summary>Your ID for the request. Sending it again has no effect.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>The page on which the visitor answers. It counts for this page in analytics.</summary>
    [StringLength(2_000)]
    public string? Page { get; init; }

    /// <summary>The answers by the question's key: the value of a choice, a number, a text, or true or false.</summary>
    [Required(ErrorMessage = "answers is missing."), MinLength(1, ErrorMessage = "answers is empty."), MaxLength(20)]
    public IReadOnlyDictionary<string, JsonElement> Answers { get; init; } =
        new Dictionary<string, JsonElement>(StringComparer.Ordinal);
}

/// <summary>The visitor answered questions of the tenant. What the answers are worth is not part of the event.</summary>
public sealed record QualificationAnswered : ConversationEvent
{
    /// <summary>The answers by the question's key: the value of a choice, a number, a text, or true or false.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Answers { get; init; }

    /// <summary>The page on which the visitor did this; null if it is unknown.</summary>
    public string? Page { get; init; }
}

/// <summary>A question as a visitor sees it.</summary>
/// <param name="Key">Identifies the question.</param>
/// <param name="Text">The question.</param>
/// <param name="Texts">The question by language.</param>
/// <param name="Kind">What the answer is.</param>
/// <param name="Answers">The answers to choose from; empty if the answer is not chosen.</param>
public sealed record VisitorQuestion(
    string Key,
    string Text,
    IReadOnlyDictionary<string, string> Texts,
    QuestionKind Kind,
    IReadOnlyList<VisitorAnswer> Answers);

/// <param name="Value">What to send.</param>
/// <param name="Label">What to show.</param>
/// <param name="Labels">What to show, by language.</param>
public sealed record VisitorAnswer(string Value, string Label, IReadOnlyDictionary<string, string> Labels);

/// <summary>The form that a visitor fills in before the chat.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PreChatSettings
{
    /// <summary>The fields in their order, at most 10. With an empty list, there is no form.</summary>
    public IReadOnlyList<PreChatField> Fields { get; init; } = [];
}

/// <summary>A field of the form before the chat.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PreChatField
{
    /// <summary><c>name</c>, <c>email</c>, <c>phone</c>, or the key of a question of the qualification.</summary>
    public string Field { get; init; } = "";

    /// <summary>Whether the visitor must fill it in.</summary>
    public bool Required { get; init; }
}
