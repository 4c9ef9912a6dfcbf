using System.Buffers.Text;
using System.Security.Cryptography;
using Widget.Api.Agents;
using Widget.Api.Calls;
using Widget.Api.Configuration;
using Widget.Api.Conversations;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Video;

/// <summary>
/// Opens a session's conversation at Tavus. The caller has the session's lease. The request is recorded in the database before it is sent,
/// so that the reconciler can find and end the conversation if this node dies before the response arrives.
/// </summary>
public sealed partial class VideoSessionOpener(
    TenantDatabase database,
    TavusAccounts accounts,
    TavusClient tavus,
    ConversationAgents agents,
    InstallationOptions options,
    VideoTimings timings,
    TimeProvider clock,
    ILogger<VideoSessionOpener> logger)
{
    /// <summary>
    /// How long Tavus waits after the visitor has left: long enough to reconnect, short enough to end a closed page's call soon.
    /// </summary>
    private const int ParticipantLeftSeconds = 10;

    /// <summary>How long Tavus waits for the visitor to join.</summary>
    private const int ParticipantAbsentSeconds = 45;

    private const int MaxEvents = 60;

    /// <summary>Opens the conversation of a session.</summary>
    /// <returns>Why the call could not be opened; null when it is open or queued.</returns>
    public async Task<CallRefusal?> OpenAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        if (await RecordRequestAsync(tenant, id, ct) is not { } request) return null;
        if (await accounts.OfAsync(tenant, request.Session.Account, ct) is not { } account)
            return await FailAsync(tenant, id, VideoRefusals.NoKey, mayExist: false, ct);
        var creation = await CreateRequestAsync(request.Session, account, request.CallbackAddress, ct);
        try
        {
            var opened = await tavus.CreateConversationAsync(account, creation, ct);
            // If the tenant was deleted in the meantime, nothing else would end the call.
            if (!await SaveOpenedAsync(tenant, id, opened, ct)) await tavus.EndConversationAsync(account, opened.Id, ct);
            return null;
        }
        catch (TavusException e) when (e.Fault == TavusFault.ConcurrencyReached)
        {
            await QueueAsync(tenant, id, ct);
            return null;
        }
        catch (TavusException e) when (
            e is { Fault: TavusFault.Temporary, MayHaveHappened: false }
            && clock.GetUtcNow() - request.Session.QueuedAt < timings.MaxQueueOutage)
        {
            // The visitor is waiting in the queue anyway, so keep the session there instead of failing.
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

    /// <summary>Goes on with a conversation that another node has created, and whose creation response was lost with it.</summary>
    /// <returns>False if nobody could join it: it has ended, or only the lost response had the token of its private room.</returns>
    public async Task<bool> AdoptAsync(VideoSession session, TavusConversation found, CancellationToken ct)
    {
        if (found is { IsEnded: true } or { Url: null }) return false;
        if ((await agents.SettingsAsync(session.TenantId, session.ConversationId, ct)).TavusPrivateRoom) return false;
        return await SaveOpenedAsync(session.TenantId, session.Id, found, ct);
    }

    private async Task<(VideoSession Session, Uri? CallbackAddress)?> RecordRequestAsync(
        TenantId tenant,
        VideoSessionId id,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { State: TavusSessionState.Creating } session) return null;
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        session.CallbackToken = CallbackToken.HashOf(token);
        session.AskedAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        return (session, options.PublicAddress is { } server ? new Uri(server, $"/api/tavus/callback/{token}") : null);
    }

    private async Task<CreateConversation> CreateRequestAsync(
        VideoSession session,
        TavusAccount account,
        Uri? callback,
        CancellationToken ct)
    {
        var current = await agents.SettingsAsync(session.TenantId, session.ConversationId, ct);
        var tags = current.TavusDocumentTags.Where(tag => AccountListing.MayName(tag, session.TenantId, account.BelongsToTenant)).ToArray();
        await using var db = await database.BeginAsync(session.TenantId, ct);
        var snapshot = await ConversationQueries.SnapshotAsync(db, session.ConversationId, MaxEvents, ct)
            ?? throw new InvalidOperationException($"Conversation {session.ConversationId} was deleted.");
        var hasTalked = snapshot.LatestEvents.Any(entry => entry is VisitorMessage or AssistantMessage or Utterance);
        return new CreateConversation
        {
            ReplicaId = session.ReplicaId,
            PersonaId = session.PersonaId,
            ConversationName = session.Name,
            ConversationalContext = AvatarContext.Render(snapshot, session.Wish),
            // A visitor who has already talked with us is not greeted again.
            CustomGreeting = hasTalked ? null : current.Greeting,
            CallbackUrl = callback?.AbsoluteUri,
            DocumentIds = current.TavusDocumentIds.Count > 0 ? current.TavusDocumentIds : null,
            DocumentTags = tags.Length > 0 ? tags : null,
            DocumentRetrievalStrategy = current.TavusRetrieval.ToString().ToLowerInvariant(),
            RequireAuth = current.TavusPrivateRoom ? true : null,
            Properties = new ConversationProperties
            {
                MaxCallDuration = session.ReservedSeconds,
                ParticipantLeftTimeout = ParticipantLeftSeconds,
                ParticipantAbsentTimeout = ParticipantAbsentSeconds,
                EnableRecording = current.TavusRecording ? true : null,
                EnableClosedCaptions = true,
                ApplyGreenscreen = current.TavusGreenScreen ? true : null,
                Language = AvatarContext.LanguageName(current.Locale == "auto" ? session.Wish.Locale : current.Locale),
            },
        };
    }

    private async Task<bool> SaveOpenedAsync(TenantId tenant, VideoSessionId id, TavusConversation opened, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return false;
        var now = clock.GetUtcNow();
        (session.TavusConversationId, session.ConversationUrl, session.MeetingToken) = (opened.Id, opened.Url, opened.MeetingToken);
        session.OpenedAt = now;
        var created = new TavusConversationCreated
        {
            SessionId = id.Value,
            TavusConversationId = opened.Id,
            ConversationUrl = opened.Url!,
        };
        await ConversationLog.AppendAsync(db, session.ConversationId, created, ct);
        if (session.State == TavusSessionState.Creating)
        {
            session.State = TavusSessionState.Waiting;
            session.NextCheckAt = now + Min(timings.SilenceTimeout, timings.JoinTimeout, timings.ReconcileInterval);
        }
        else
        {
            // The visitor left while the call was being opened.
            session.NextCheckAt = now;
        }

        await db.CommitAsync(ct);
        return true;
    }

    private async Task QueueAsync(TenantId tenant, VideoSessionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return;
        // Tavus refused the request, so there is no conversation to search for.
        session.AskedAt = null;
        session.QueuedAt ??= clock.GetUtcNow();
        if (session.State == TavusSessionState.Creating) session.State = TavusSessionState.Queued;
        session.NextCheckAt = clock.GetUtcNow() + timings.SlotRetryInterval;
        await db.CommitAsync(ct);
    }

    private async Task<CallRefusal> FailAsync(TenantId tenant, VideoSessionId id, CallRefusal refusal, bool mayExist, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockAsync(id, ct) is not { } session) return refusal;
        var now = clock.GetUtcNow();
        if (mayExist)
        {
            // The reconciler searches for the conversation and ends it.
            session.BeginEnd(TavusEndReason.Failed, now);
        }
        else
        {
            session.AskedAt = null;
            (session.State, session.EndReason) = (TavusSessionState.Failed, TavusEndReason.Failed);
            (session.EndedAt, session.Seconds, session.NextCheckAt) = (now, 0, null);
        }

        await db.CommitAsync(ct);
        return refusal;
    }

    private static TimeSpan Min(params ReadOnlySpan<TimeSpan> spans)
    {
        var min = TimeSpan.MaxValue;
        foreach (var span in spans) min = span < min ? span : min;
        return min;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Opening video session {Session} at Tavus failed: {Fault}, status {Status}")]
    private partial void LogNotOpened(VideoSessionId session, TavusFault fault, int? status);
}
