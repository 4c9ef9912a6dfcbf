using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Voice.Dialogue;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>Reads and writes a voice call's events in the log of its conversation.</summary>
public sealed class VoiceCallLog(TenantDatabase database, ContactFinder contacts)
{
    /// <summary>Prefix of the item ids of typed messages.</summary>
    internal const string TypedPrefix = "typed:";

    private const int MaxRecentEvents = 40;

    /// <summary>The client id of an item of a call. Pages cannot use this prefix for events of their own.</summary>
    internal static string ClientIdOf(VoiceCall call, string item) => $"voice:{call.Id.Value:N}:{item}";

    /// <summary>Appends an utterance. Saving it again changes nothing.</summary>
    internal async Task SaveAsync(VoiceCall call, SpokenUtterance utterance, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.TenantId, ct);
        await AppendAsync(db, call, utterance, ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Appends an utterance in the caller's transaction. False when it is in the log already.</summary>
    internal async Task<bool> AppendAsync(TenantDb db, VoiceCall call, SpokenUtterance utterance, CancellationToken ct)
    {
        if (!await ConversationLog.LockAsync(db, call.ConversationId, visitor: null, ct)) return false;
        var clientId = ClientIdOf(call, utterance.Item);
        if ((await ConversationLog.ExistingClientIdsAsync(db, call.ConversationId, [clientId], ct)).Count > 0) return false;
        // PostgreSQL cannot store U+0000.
        var text = utterance.Text.Replace("\0", "", StringComparison.Ordinal);
        var entry = new Utterance
        {
            ClientId = clientId,
            SessionId = call.Id.Value,
            Mode = "voice",
            Speaker = utterance.Speaker,
            Text = text,
            Interrupted = utterance.Interrupted,
            Reported = IsReported(call, utterance),
            Recognized = utterance.Speaker == Speaker.Visitor
                ? await contacts.FindAsync(db, call.ConversationId, text, call.Plan.Locale, ct)
                : null,
        };
        await ConversationLog.AppendAsync(db, call.ConversationId, entry, ct);
        return true;
    }

    /// <summary>The text of a typed message; null when the log has no such message.</summary>
    internal async Task<string?> FindTypedAsync(VoiceCall call, string item, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.TenantId, ct);
        return (await ConversationLog.FindAsync<Utterance>(db, call.ConversationId, ClientIdOf(call, item), ct))?.Text;
    }

    /// <summary>The latest events of the call's conversation, oldest first.</summary>
    internal async Task<IReadOnlyList<ConversationEvent>> RecentAsync(VoiceCall call, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.TenantId, ct);
        var last = await ConversationQueries.LastSeqAsync(db, call.ConversationId, ct) ?? 0;
        return await ConversationLog.ReadAsync(db, call.ConversationId, Math.Max(0, last - MaxRecentEvents), ct);
    }

    /// <summary>Shows the visitor the sources of an answer that is spoken.</summary>
    internal async Task SaveSourcesAsync(
        VoiceCall call,
        string callId,
        string question,
        IReadOnlyList<Citation> citations,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.TenantId, ct);
        if (!await ConversationLog.LockAsync(db, call.ConversationId, visitor: null, ct)) return;
        var shown = new KnowledgeShown { ClientId = ClientIdOf(call, $"shown_{callId}"), Query = question, Citations = citations };
        await ConversationLog.AppendAsync(db, call.ConversationId, shown, ct);
        await db.CommitAsync(ct);
    }

    // Without a server-side connection to the provider, only the page reports what was said. Typed messages come to us directly.
    private static bool IsReported(VoiceCall call, SpokenUtterance utterance) =>
        call.Protocol == VoiceProtocol.SelfHosted
        && !(utterance.Speaker == Speaker.Visitor && utterance.Item.StartsWith(TypedPrefix, StringComparison.Ordinal));
}
