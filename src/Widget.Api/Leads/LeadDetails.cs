using Widget.Api.Conversations;
using Widget.Api.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>What a visitor says about how to be reached. At least one of e-mail address and phone number is set.</summary>
internal sealed record LeadDetails
{
    /// <summary>The e-mail address as written.</summary>
    public string? Email { get; init; }

    /// <summary>The phone number as E.164.</summary>
    public string? Phone { get; init; }

    public string? Name { get; init; }

    /// <summary>The privacy notice that the visitor was shown, word for word.</summary>
    public string? Consent { get; init; }

    public string? Locale { get; init; }

    /// <summary>The rep with whom the visitor has booked a meeting. A lead without an owner gets this one.</summary>
    public RepId? Rep { get; init; }

    public string? Address => Email?.ToLowerInvariant();

    /// <summary>
    /// The details that the visitor gave last in a conversation. Null if there are none, or if the visitor has declined since.
    /// </summary>
    public static async Task<LeadDetails?> LastGivenAsync(TenantDb db, ConversationId conversation, CancellationToken ct) =>
        await ConversationQueries.LastContactAsync(db, conversation, ct) switch
        {
            ContactGiven given => new LeadDetails { Email = given.Email, Phone = given.Phone, Name = given.Name },
            PersonRequested request => new LeadDetails { Email = request.Email, Name = request.Name },
            _ => null,
        };
}
