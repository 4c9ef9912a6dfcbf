using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>What the rows of an analytics summary stand for.</summary>
[JsonConverter(typeof(StrictEnumConverter<AnalyticsGrouping>))]
public enum AnalyticsGrouping
{
    /// <summary>Days in the requested time zone.</summary>
    [JsonStringEnumMemberName("day")]
    Day,

    /// <summary>Text, voice and video.</summary>
    [JsonStringEnumMemberName("mode")]
    Mode,

    /// <summary>Pages on which visitors wrote, without query.</summary>
    [JsonStringEnumMemberName("page")]
    Page,

    /// <summary>The assistant, each agent, and each rep who took over conversations.</summary>
    [JsonStringEnumMemberName("agent")]
    Agent,
}

/// <summary>
/// What happened in conversations. A figure counts when it happened: a meeting booked today for next week counts today. If a conversation
/// is deleted, its figures are, too.
/// </summary>
public sealed record AnalyticsFigures
{
    /// <summary>Conversations that began. By mode and agent: those in which that mode or agent first took part.</summary>
    public required long Conversations { get; init; }

    /// <summary>Conversations in which the visitor first said something.</summary>
    public required long Engaged { get; init; }

    /// <summary>Visitors' messages and utterances.</summary>
    public required long Messages { get; init; }

    /// <summary>Answers written by a language model, and replies to small talk.</summary>
    public required long Answered { get; init; }

    /// <summary>Answers that quote their sources.</summary>
    public required long Quoted { get; init; }

    /// <summary>Answers with passages that may help.</summary>
    public required long Suggested { get; init; }

    /// <summary>Answers that say that nothing was found.</summary>
    public required long NotFound { get; init; }

    /// <summary>Answers that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Answers rated up. A changed rating counts when it is changed.</summary>
    public required long RatedUp { get; init; }

    /// <summary>Answers rated down. A changed rating counts when it is changed.</summary>
    public required long RatedDown { get; init; }

    /// <summary>Requests for a person.</summary>
    public required long Handoffs { get; init; }

    /// <summary>Requests that a rep accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Messages of reps.</summary>
    public required long PersonMessages { get; init; }

    /// <summary>Leads that became known.</summary>
    public required long Leads { get; init; }

    /// <summary>Meetings booked.</summary>
    public required long Meetings { get; init; }

    /// <summary>Meetings cancelled.</summary>
    public required long MeetingsCancelled { get; init; }

    /// <summary>Voice and video calls.</summary>
    public required long Calls { get; init; }

    /// <summary>Minutes of calls that have ended.</summary>
    public required decimal CallMinutes { get; init; }
}

/// <summary>The figures of a day, a mode, a page or an agent.</summary>
/// <param name="Key">
/// The day such as 2027-05-03, the mode, the page's address, or the id of the rep or agent; empty for the assistant or no page.
/// </param>
/// <param name="Label">The key for people, such as the name of the rep or agent; null if it is the key.</param>
/// <param name="Figures">What happened.</param>
public sealed record AnalyticsRow(string Key, string? Label, AnalyticsFigures Figures);

/// <summary>What a provider's service was used for in a period.</summary>
/// <param name="Kind">Video, voice, speech, transcription, answer, completion or evaluation.</param>
/// <param name="Model">The language model; null if none was used.</param>
/// <param name="Count">Number of calls or requests.</param>
/// <param name="Minutes">Minutes of calls and dictation.</param>
/// <param name="Characters">Characters read aloud.</param>
/// <param name="InputTokens">Input tokens of the model.</param>
/// <param name="OutputTokens">Output tokens of the model.</param>
/// <param name="Cost">
/// Cost of the tokens, minutes and characters whose prices are known, in the currency of the installation's prices; null if none is known.
/// </param>
public sealed record AnalyticsUsage(
    string Kind,
    string? Model,
    long Count,
    decimal Minutes,
    long Characters,
    long InputTokens,
    long OutputTokens,
    decimal? Cost);

/// <summary>The number of leads of a tier.</summary>
/// <param name="Tier">The tier; null for leads without a score.</param>
/// <param name="Leads">How many.</param>
public sealed record AnalyticsTier(string? Tier, long Leads);

/// <summary>What happened in a period.</summary>
public sealed record AnalyticsSummary
{
    public required DateTimeOffset From { get; init; }

    /// <summary>The end of the period, which is not part of it.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The time zone of the days, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    public required AnalyticsGrouping By { get; init; }

    /// <summary>The figures of the whole period.</summary>
    public required AnalyticsFigures Total { get; init; }

    /// <summary>
    /// Days in order, without those on which nothing happened. Modes, pages and agents with most conversations first, at most 500.
    /// </summary>
    public required IReadOnlyList<AnalyticsRow> Rows { get; init; }

    /// <summary>Leads that became known in the period, by tier.</summary>
    public required IReadOnlyList<AnalyticsTier> LeadsByTier { get; init; }

    /// <summary>What providers' services were used for.</summary>
    public required IReadOnlyList<AnalyticsUsage> Usage { get; init; }
}

/// <summary>A conversation behind a figure.</summary>
public sealed record AnalyticsConversation
{
    public required Guid ConversationId { get; init; }

    /// <summary>When that which was counted last happened, to a quarter of an hour.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The page on which the visitor wrote.</summary>
    public string? Page { get; init; }

    /// <summary>How often that which was counted happened in this conversation.</summary>
    public required long Count { get; init; }
}

/// <summary>The conversations behind a figure, latest first.</summary>
/// <param name="Items">The conversations.</param>
/// <param name="Next">Pass it as <c>after</c> to get more; null if there are none.</param>
public sealed record AnalyticsConversationPage(IReadOnlyList<AnalyticsConversation> Items, string? Next);

/// <summary>An unanswered question.</summary>
/// <param name="ConversationId">Where it was asked.</param>
/// <param name="Seq">Sequence number of the answer which says that nothing was found.</param>
/// <param name="Question">The question.</param>
/// <param name="AskedAt">When.</param>
public sealed record UnansweredQuestion(Guid ConversationId, int Seq, string Question, DateTimeOffset AskedAt);

/// <summary>Unanswered questions that ask about the same thing.</summary>
public sealed record UnansweredGroup
{
    public required Guid Id { get; init; }

    /// <summary>The latest question, which stands for the group.</summary>
    public required string Question { get; init; }

    /// <summary>Number of questions in the period.</summary>
    public required long Count { get; init; }

    /// <summary>Number of conversations in the period in which they were asked.</summary>
    public required long Conversations { get; init; }

    public required DateTimeOffset FirstAskedAt { get; init; }

    public required DateTimeOffset LastAskedAt { get; init; }

    /// <summary>The latest questions, at most ten.</summary>
    public required IReadOnlyList<UnansweredQuestion> Examples { get; init; }
}

/// <summary>Groups of unanswered questions, the most frequent first.</summary>
/// <param name="Groups">The groups.</param>
/// <param name="Total">Number of groups.</param>
/// <param name="Waiting">Number of questions that are not grouped yet. They are within seconds.</param>
public sealed record UnansweredPage(IReadOnlyList<UnansweredGroup> Groups, long Total, long Waiting);
