using System.Text.Json;

namespace Widget.Contracts;

/// <summary>
/// A visitor who left an e-mail address or a phone number. There is one lead for each visitor whose identity the site has verified, one
/// for each e-mail address, and one for each phone number without an e-mail address.
/// </summary>
public sealed record Lead
{
    public required Guid Id { get; init; }

    /// <summary>The name from the first request that had one, or as staff has set it.</summary>
    public string? Name { get; init; }

    /// <summary>The e-mail address, as first written; null if only a phone number is known.</summary>
    public string? Email { get; init; }

    /// <summary>Further e-mail addresses of the same person, oldest first.</summary>
    public IReadOnlyList<string> OtherEmails { get; init; } = [];

    /// <summary>The phone number as E.164, such as <c>+493012345678</c>; null if it is not known.</summary>
    public string? Phone { get; init; }

    /// <summary>The domain of the visitor's company, from the e-mail address, or as staff has set it; null if it is not known.</summary>
    public string? Company { get; init; }

    /// <summary>How promising the lead is, 0 to 100; null if the tenant has not set up a qualification.</summary>
    public double? Score { get; init; }

    /// <summary><c>hot</c>, <c>warm</c> or <c>cold</c>: the score's tier, or as staff has set it; null if there is neither.</summary>
    public string? Tier { get; init; }

    /// <summary>Whether staff has set the tier. Then the score does not change it.</summary>
    public bool TierIsSet { get; init; }

    /// <summary>Why the lead has its score.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The privacy notice that the visitor was shown last, word for word; null if none was shown.</summary>
    public string? Consent { get; init; }

    /// <summary>The visitor's language, such as <c>de</c>; null if it is not known.</summary>
    public string? Locale { get; init; }

    /// <summary>The visitor's id on the tenant's site, if the site has verified it; null otherwise.</summary>
    public string? VerifiedId { get; init; }

    /// <summary>The rep who looks after the lead; null if nobody does.</summary>
    public LeadOwner? Owner { get; init; }

    /// <summary>Values of the tenant's own fields, by key. Fields without a value are left out.</summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } =
        new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>The conversations in which the visitor left contact details, oldest first.</summary>
    public required IReadOnlyList<Guid> ConversationIds { get; init; }

    /// <summary>The leads that were merged into this one. Each can be separated again.</summary>
    public IReadOnlyList<Guid> MergedIds { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What a rep should know before talking to the lead. Only in the response for a single lead.</summary>
    public LeadSummary? Summary { get; init; }
}

/// <param name="Id">The rep.</param>
/// <param name="Name">The rep's name.</param>
public sealed record LeadOwner(Guid Id, string Name);

/// <summary>How many leads a tenant has.</summary>
/// <param name="Hot">Hot ones.</param>
/// <param name="Warm">Warm ones.</param>
/// <param name="Cold">Cold ones.</param>
/// <param name="None">Those without a tier.</param>
public sealed record LeadCounts(int Hot, int Warm, int Cold, int None);

/// <summary>Leads, newest first unless another order was asked for.</summary>
/// <param name="Items">The leads.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next leads; null if there are none.</param>
public sealed record LeadPage(IReadOnlyList<Lead> Items, string? Next);

/// <summary>A summary of what a lead has said and done, from the log, without a language model.</summary>
public sealed record LeadSummary
{
    /// <summary>The summary as a few lines of text.</summary>
    public required string Text { get; init; }

    /// <summary>The visitor's last messages, newest first, at most five.</summary>
    public required IReadOnlyList<string> Questions { get; init; }

    /// <summary>Answers to the qualification's questions.</summary>
    public required IReadOnlyList<SummaryAnswer> Answers { get; init; }

    /// <summary>The pages on which the visitor wrote last, newest first, at most five.</summary>
    public required IReadOnlyList<string> Pages { get; init; }

    /// <summary>The lead's booked meetings, earliest first, also those that a program booked.</summary>
    public required IReadOnlyList<SummaryMeeting> Meetings { get; init; }

    /// <summary>What the visitor asked for: <c>pricing</c>, <c>demo</c>, <c>booking</c>, <c>person</c>.</summary>
    public required IReadOnlyList<Offer> AskedFor { get; init; }
}

/// <param name="Key">The question's key.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer as text.</param>
public sealed record SummaryAnswer(string Key, string Question, string Answer);

/// <param name="Start">When the meeting begins.</param>
/// <param name="RepName">With whom.</param>
public sealed record SummaryMeeting(DateTimeOffset Start, string RepName);

/// <summary>What happened to a lead, newest first.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Pass it as <c>after</c> to get earlier entries; null if there are none.</param>
public sealed record LeadTimeline(IReadOnlyList<TimelineEntry> Items, string? Next);

/// <summary>An entry of a lead's timeline: either an event of a conversation or something that was done with the lead.</summary>
public sealed record TimelineEntry
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The event's kind, or <c>created</c>, <c>changed</c>, <c>assigned</c>, <c>merged</c> or <c>unmerged</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The conversation of the event; null if it is no event.</summary>
    public Guid? ConversationId { get; init; }

    /// <summary>The event; null if it is none.</summary>
    public ConversationEvent? Event { get; init; }

    /// <summary>Who did it: the name of an API key or a rep, <c>assignment</c> or <c>identity</c>; null for events.</summary>
    public string? By { get; init; }

    /// <summary>The rep who did it, if a rep was named.</summary>
    public Guid? RepId { get; init; }

    /// <summary>What has changed.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];
}

/// <param name="Field">The field, such as <c>name</c> or <c>fields.budget</c>.</param>
/// <param name="From">The value before, as text; null if there was none.</param>
/// <param name="To">The value after, as text; null if it was removed.</param>
public sealed record FieldChange(string Field, string? From, string? To);
