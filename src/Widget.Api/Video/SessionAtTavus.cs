using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Video;

/// <summary>A call as Tavus has it.</summary>
/// <param name="Known">Tavus has answered.</param>
/// <param name="IsOver">The call has ended there.</param>
/// <param name="Report">What happened in it.</param>
/// <param name="Conversation">Null when Tavus has not answered, or does not know it.</param>
public sealed record CallAtTavus(bool Known, bool IsOver, CallReport Report, TavusConversation? Conversation)
{
    /// <summary>Tavus has not answered.</summary>
    public static CallAtTavus Unknown { get; } = new(false, false, new CallReport(), null);
}

/// <summary>A session's side at Tavus: asked about, ended, searched for, in the account that it was opened in.</summary>
public sealed partial class SessionAtTavus(TavusAccounts accounts, TavusClient tavus, LostConversations lost, ILogger<SessionAtTavus> logger)
{
    /// <summary>What Tavus says of the call now. One that Tavus does not know any more is over.</summary>
    public async Task<CallAtTavus> AskAsync(VideoSession session, CancellationToken ct)
    {
        try
        {
            if (await accounts.OfAsync(session.TenantId, session.Account, ct) is not { } account) return CallAtTavus.Unknown;
            var conversation = await tavus.GetConversationAsync(account, session.TavusConversationId!, verbose: true, ct);
            var report = CallReport.Of(conversation.Events.Select(entry => new CallEvent(entry.Type, entry.Timestamp, entry.Properties)));
            return new CallAtTavus(true, conversation.IsEnded, report, conversation);
        }
        catch (TavusException e) when (e.Fault == TavusFault.NotFound)
        {
            return new CallAtTavus(true, true, new CallReport(), null);
        }
        catch (TavusException e)
        {
            LogAway(session.Id, e.Fault, e.Status);
            return CallAtTavus.Unknown;
        }
    }

    /// <summary>Ends the call. Null when Tavus was not reached, false when it would not.</summary>
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
            // It is not there, or not to be ended any more; asking shows which.
            return false;
        }
        catch (TavusException e)
        {
            LogAway(session.Id, e.Fault, e.Status);
            return null;
        }
    }

    /// <summary>Looks for a call whose creation was not heard of. Not to have found it says something only when Tavus answered the search.</summary>
    public async Task<(bool Searched, TavusConversation? Found)> FindLostAsync(VideoSession session, CancellationToken ct)
    {
        try
        {
            // Without a key nobody can look, now or later.
            return (true, await accounts.OfAsync(session.TenantId, session.Account, ct) is { } account ? await lost.FindAsync(account, session, ct) : null);
        }
        catch (TavusException e)
        {
            LogAway(session.Id, e.Fault, e.Status);
            return (e.Fault == TavusFault.BadKey, null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tavus could not be asked about video session {Session}: {Fault}, status {Status}")]
    private partial void LogAway(VideoSessionId session, TavusFault fault, int? status);
}
