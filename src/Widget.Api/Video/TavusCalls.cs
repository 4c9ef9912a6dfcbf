using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>A call as Tavus reports it.</summary>
/// <param name="IsKnown">Whether Tavus answered.</param>
/// <param name="IsOver">Whether the call has ended at Tavus.</param>
/// <param name="Summary">What happened in the call.</param>
/// <param name="Conversation">Null when Tavus did not answer or no longer knows the call.</param>
public sealed record TavusCallStatus(bool IsKnown, bool IsOver, TavusCallSummary Summary, TavusConversation? Conversation)
{
    /// <summary>Tavus did not answer.</summary>
    public static TavusCallStatus Unknown { get; } = new(false, false, new TavusCallSummary(), null);
}

/// <summary>Reads and ends the calls of sessions at Tavus, with the account that each was opened with.</summary>
public sealed partial class TavusCalls(TavusAccounts accounts, TavusClient tavus, OrphanedConversations orphans, ILogger<TavusCalls> logger)
{
    /// <summary>The call's current status. A call that Tavus no longer knows is over.</summary>
    public async Task<TavusCallStatus> GetAsync(VideoSession session, CancellationToken ct)
    {
        try
        {
            if (await accounts.OfAsync(session.TenantId, session.Account, ct) is not { } account) return TavusCallStatus.Unknown;
            var conversation = await tavus.GetConversationAsync(account, session.TavusConversationId!, verbose: true, ct);
            var events = conversation.Events.Select(entry => new TavusCallEvent(entry.Type, entry.Timestamp, entry.Properties));
            var summary = TavusCallSummary.Of(events);
            return new TavusCallStatus(true, conversation.IsEnded, summary, conversation);
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new TavusCallStatus(true, true, new TavusCallSummary(), null);
        }
        catch (TavusException e)
        {
            LogFailed(session.Id, e.Fault, e.Status);
            return TavusCallStatus.Unknown;
        }
    }

    /// <summary>Ends the call. Null when Tavus could not be reached, false when it refused.</summary>
    public async Task<bool?> EndAsync(VideoSession session, CancellationToken ct)
    {
        try
        {
            if (await accounts.OfAsync(session.TenantId, session.Account, ct) is not { } account) return null;
            await tavus.EndConversationAsync(account, session.TavusConversationId!, ct);
            return true;
        }
        catch (TavusException e) when (e.Fault is TavusFault.NotFound or TavusFault.BadRequest or TavusFault.Conflict)
        {
            // The call does not exist or has ended already. Its status shows which.
            return false;
        }
        catch (TavusException e)
        {
            LogFailed(session.Id, e.Fault, e.Status);
            return null;
        }
    }

    /// <summary>Searches for the conversation of a creation request whose response was lost.</summary>
    /// <returns>Whether Tavus answered the search, and what it found. Finding nothing means something only if Tavus answered.</returns>
    public async Task<(bool IsSearched, TavusConversation? Found)> FindOrphanAsync(VideoSession session, CancellationToken ct)
    {
        try
        {
            // Without a key, no search is possible, so the answer is "nothing found".
            var account = await accounts.OfAsync(session.TenantId, session.Account, ct);
            return (true, account is null ? null : await orphans.FindAsync(account, session, ct));
        }
        catch (TavusException e)
        {
            LogFailed(session.Id, e.Fault, e.Status);
            return (e.Fault == TavusFault.BadKey, null);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The request to Tavus about video session {Session} failed: {Fault}, status {Status}")]
    private partial void LogFailed(VideoSessionId session, TavusFault fault, int? status);
}
