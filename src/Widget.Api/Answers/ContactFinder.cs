using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Offers;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Finds contact details in what a visitor writes to a person or says in a call, so that the widget asks the visitor whether to keep them.
/// In messages that the assistant answers, <see cref="MessageOffers"/> does so.
/// </summary>
public sealed class ContactFinder(OfferReader reader)
{
    /// <param name="db">An open transaction.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="text">What the visitor has written or said.</param>
    /// <param name="locale">The widget's language for the visitor; null if unknown.</param>
    /// <param name="ct">Cancels the queries.</param>
    /// <returns>The visitor's own contact details; null if there are none, or if the visitor declined to leave any.</returns>
    public async Task<RecognizedContact?> FindAsync(
        TenantDb db,
        ConversationId conversation,
        string text,
        string? locale,
        CancellationToken ct)
    {
        var regions = PhoneRegions.For(await TenantSettingsService.ReadAsync(db, ct), locale, text);
        // The classifier takes time, and most messages have no contact details.
        if (ContactReader.Read(text, regions).IsEmpty) return null;
        var found = reader.Read(text, regions, MessageOffers.SignOf(text, locale?.Split('-')[0])).Recognized;
        if (found is null) return null;
        return await ConversationQueries.LastContactAsync(db, conversation, ct) is ContactDeclined ? null : found;
    }
}
