namespace Widget.Contracts;

/// <summary>
/// A visitor who left an e-mail address or a telephone number. There is one lead for each e-mail address, and one for each telephone number
/// without an e-mail address.
/// </summary>
public sealed record Lead
{
    public required Guid Id { get; init; }

    /// <summary>The name from the first request that had one.</summary>
    public string? Name { get; init; }

    /// <summary>The e-mail address, as first written; null if only a telephone number is known.</summary>
    public string? Email { get; init; }

    /// <summary>The telephone number as E.164, such as <c>+493012345678</c>; null if it is not known.</summary>
    public string? Phone { get; init; }

    /// <summary>The domain of the visitor's company, from the e-mail address; null if it is not known.</summary>
    public string? Company { get; init; }

    /// <summary>How promising the lead is; null if it has not been scored.</summary>
    public double? Score { get; init; }

    /// <summary>The score's tier; null if the lead has not been scored.</summary>
    public string? Tier { get; init; }

    /// <summary>Why the lead has its score.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The privacy notice that the visitor was shown last, word for word; null if none was shown.</summary>
    public string? Consent { get; init; }

    /// <summary>The conversations in which the visitor left contact details, oldest first.</summary>
    public required IReadOnlyList<Guid> ConversationIds { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Leads, newest first.</summary>
/// <param name="Items">The leads.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next leads; null if there are none.</param>
public sealed record LeadPage(IReadOnlyList<Lead> Items, string? Next);
