using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// Opens a session's conversation at Tavus. Whoever calls holds the session's lease. Before Tavus is asked, the session says so in the database;
/// so whatever happens between the question and the answer, the keeper knows that there may be a conversation to look for and to end.
/// </summary>
public sealed partial class SessionOpener(
    TenantDatabase database,
    TenantDatabase conversations,
    TavusAccounts accounts,
    TavusClient tavus,
    TenantSettingsService settings,
    InstallationOptions options,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<SessionOpener> logger)
{
    // A line that breaks for a moment is not the end; a page that is gone must not cost long.
    private const int SecondsAfterLeaving = 10;
    private const int SecondsWithoutAnybody = 45;
    private const int ThreadLength = 60;

    /// <returns>Why it could not be opened; null when it is open, or in the line.</returns>
    public async Task<VideoRefusal?> OpenAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        if (await AskingAsync(tenant, id, ct) is not { } asking) return null;
        if (await accounts.OfAsync(tenant, asking.Session.Account, ct) is not { } account) return await FailAsync(tenant, id, VideoRefusal.NoKey, mayExist: false, ct);
        var request = await RequestAsync(asking.Session, account, asking.CallbackAddress, ct);
        try
        {
            var opened = await tavus.CreateConversationAsync(account, request, ct);
            // The tenant may have been deleted in the meantime, and then nothing else would end the call.
            if (!await OpenedAsync(tenant, id, opened, ct)) await tavus.EndConversationAsync(account, opened.Id, ct);
            return null;
        }
        catch (TavusException e) when (e.Fault == TavusFault.ConcurrencyReached)
        {
            await QueueAsync(tenant, id, ct);
            return null;
        }
        catch (TavusException e) when (e is { Fault: TavusFault.Temporary, MayHaveHappened: false } && clock.GetUtcNow() - asking.Session.QueuedAt < timings.RidingOut)
        {
            // Whoever waits anyway rather waits a little longer than be sent away.
            LogNotOpened(id, e.Fault, e.Status);
            await QueueAsync(tenant, id, ct);
            return null;
        }
        catch (TavusException e)
        {
            var refusal = VideoRefusals.Of(e);
            LogNotOpened(id, e.Fault, e.Status);
            return await FailAsync(tenant, id, refusal, e.MayHaveHappened || e.Fault == TavusFault.Malformed, ct);
        }
    }

    private async Task<(VideoSession Session, Uri? CallbackAddress)?> AskingAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { State: TavusSessionState.Creating } session) return null;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        session.CallbackToken = CallbackToken.HashOf(token);
        session.AskedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return (session, options.PublicAddress is { } ours ? new Uri(ours, $"/api/tavus/callback/{token}") : null);
    }

    private async Task<CreateConversation> RequestAsync(VideoSession session, TavusAccount account, Uri? callback, CancellationToken ct)
    {
        var wishes = await settings.ReadAsync(session.TenantId, ct);
        var tags = wishes.TavusDocumentTags.Where(tag => AccountListing.MayName(tag, session.TenantId, account.IsTenants)).ToArray();
        await using var db = await conversations.BeginAsync(session.TenantId, ct);
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(row => row.Id == session.ConversationId, ct);
        var visitor = await db.Visitors.AsNoTracking().SingleAsync(row => row.Id == session.VisitorId, ct);
        var thread = await ConversationLog.ReadAsync(db, session.ConversationId, Math.Max(0, conversation.LastSeq - ThreadLength), ct);
        var spoken = thread.Any(entry => entry is VisitorMessage or AssistantMessage or Utterance);
        return new CreateConversation
        {
            ReplicaId = session.ReplicaId,
            PersonaId = session.PersonaId,
            ConversationName = session.Name,
            ConversationalContext = CallBriefing.Of(visitor, conversation, session.Wish, thread),
            // Somebody who has been talking with us is not greeted as a stranger.
            CustomGreeting = spoken ? null : wishes.Greeting,
            CallbackUrl = callback?.AbsoluteUri,
            DocumentIds = wishes.TavusDocumentIds.Count > 0 ? wishes.TavusDocumentIds : null,
            DocumentTags = tags.Length > 0 ? tags : null,
            DocumentRetrievalStrategy = wishes.TavusRetrieval.ToString().ToLowerInvariant(),
            RequireAuth = wishes.TavusPrivateRoom ? true : null,
            Properties = new ConversationProperties
            {
                MaxCallDuration = session.ReservedSeconds,
                ParticipantLeftTimeout = SecondsAfterLeaving,
                ParticipantAbsentTimeout = SecondsWithoutAnybody,
                EnableRecording = wishes.TavusRecording ? true : null,
                EnableClosedCaptions = true,
                ApplyGreenscreen = wishes.TavusGreenScreen ? true : null,
                Language = CallBriefing.Language(wishes.Locale == "auto" ? session.Wish.Locale : wishes.Locale),
            },
        };
    }

    private async Task<bool> OpenedAsync(TenantId tenant, VideoSessionId id, TavusConversation opened, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return false;
        var now = clock.GetUtcNow();
        (session.TavusConversationId, session.ConversationUrl, session.MeetingToken) = (opened.Id, opened.Url, opened.MeetingToken);
        session.OpenedAt = now;
        var announced = new TavusConversationCreated { SessionId = id.Value, TavusConversationId = opened.Id, ConversationUrl = opened.Url! };
        await ConversationLog.AppendAsync(db, session.ConversationId, announced, ct);
        if (session.State == TavusSessionState.Creating)
        {
            session.State = TavusSessionState.Waiting;
            session.NextCheckAt = now + Shorter(timings.Silence, timings.Joining, timings.Reconciling);
        }
        else
        {
            // The visitor has gone while it was being opened.
            session.NextCheckAt = now;
        }

        await db.CommitAsync(ct);
        return true;
    }

    private async Task QueueAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return;
        // Tavus has refused it, so there is nothing to look for.
        session.AskedAt = null;
        session.QueuedAt ??= clock.GetUtcNow();
        if (session.State == TavusSessionState.Creating) session.State = TavusSessionState.Queued;
        session.NextCheckAt = clock.GetUtcNow() + timings.TryingForSlot;
        await db.CommitAsync(ct);
    }

    private async Task<VideoRefusal> FailAsync(TenantId tenant, VideoSessionId id, VideoRefusal refusal, bool mayExist, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return refusal;
        var now = clock.GetUtcNow();
        if (mayExist)
        {
            // The keeper looks for it and ends it.
            session.BeginEnd(TavusEndReason.Failed, now);
        }
        else
        {
            session.AskedAt = null;
            (session.State, session.EndReason, session.EndedAt, session.Seconds, session.NextCheckAt) = (TavusSessionState.Failed, TavusEndReason.Failed, now, 0, null);
        }

        await db.CommitAsync(ct);
        return refusal;
    }

    private static TimeSpan Shorter(params ReadOnlySpan<TimeSpan> spans)
    {
        var shortest = TimeSpan.MaxValue;
        foreach (var span in spans) shortest = span < shortest ? span : shortest;
        return shortest;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Video session {Session} could not be opened: {Fault}, status {Status}")]
    private partial void LogNotOpened(VideoSessionId session, TavusFault fault, int? status);
}

/// <summary>What a callback's address carries. It is the only proof that Tavus is calling, since Tavus signs nothing.</summary>
internal static class CallbackToken
{
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
