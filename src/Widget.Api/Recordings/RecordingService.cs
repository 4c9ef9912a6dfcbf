using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Reading.Extraction;

namespace Widget.Api.Recordings;

/// <summary>Records calls: the host's page sends what it records in chunks, once everybody in the call has agreed.</summary>
internal sealed class RecordingService(
    TenantDatabase database,
    RoomLog log,
    RoomPeople people,
    RecordingFiles files,
    RecordingOptions options,
    WakeUpSignal<RecordingWorker> worker,
    TimeProvider clock,
    ITranscriber? transcriber = null)
{
    public const int MaxChunkBytes = 8 * 1024 * 1024;

    // A recording of 12 hours in chunks of a second.
    private const int MaxChunks = 43_200;

    // A chunk that arrives this soon after a pause was recorded before the pause.
    private static readonly TimeSpan LateChunkTolerance = TimeSpan.FromSeconds(10);

    private static readonly RoomFault NoRecording = new(404, "no-recording", "There is no such recording.");

    private static readonly RoomFault NotRunning = new(
        StatusCodes.Status409Conflict,
        "not-recording",
        "The recording is not running. It runs while everybody in the call agrees.");

    /// <summary>Starts a recording, or returns the one that runs.</summary>
    public async Task<(CallRecording? Recording, RoomFault? Fault)> StartAsync(
        RoomTicket ticket,
        StartRecordingRequest request,
        CancellationToken ct)
    {
        RecordingRow? row = null;
        var fault = await people.ChangeAsync(
            ticket.Tenant,
            ticket.Room,
            async room =>
            {
                if (ticket.Role != RoomRole.Host) return RoomFaults.NotHost;
                if (room.Find(ticket.Participant) is not { State: RoomPresence.In } self) return RoomFaults.NotIn;
                if (room.Facts.Recording is { State: not (RecordingState.Finished or RecordingState.Failed) } running)
                {
                    row = await room.Db.Recordings.AsNoTracking().SingleOrDefaultAsync(other => other.Id == running.Id, ct);
                    return row is null ? NoRecording : null;
                }

                if (room.Facts.Recording is { State: RecordingState.Failed } declined) await CloseDeclinedAsync(room, declined.Id, ct);
                row = new RecordingRow
                {
                    TenantId = ticket.Tenant,
                    Id = Guid.CreateVersion7(),
                    RoomId = room.Row.Id,
                    StartedBy = self.Id,
                    State = RecordingRow.Open,
                    ContentType = request.ContentType,
                    Store = files.Current.Name,
                    CreatedAt = room.Now,
                    TranscriptState = "none",
                    DeleteAt = room.Now.AddDays(options.Days),
                    DueAt = room.Now + options.SilentTime,
                };
                room.Db.Recordings.Add(row);
                // The person who starts it agrees. People who declined an earlier recording are asked again.
                if (self.Consent != true) room.Add("consent", self with { Consent = true }, self.Id);
                foreach (var other in room.Participants.Where(other => other.Id != self.Id && other.Consent == false).ToList())
                    room.Add("consent", other with { Consent = null }, self.Id);
                var isAgreed = RecordingConsent.IsGivenByEverybody(room.Participants);
                var state = isAgreed ? RecordingState.Recording : RecordingState.WaitingForConsent;
                var mark = new RoomRecording(row.Id, state, self.Id, isAgreed ? room.Now : null);
                room.Add("recording", room.Facts with { Recording = mark }, self.Id);
                return null;
            },
            ct);
        return fault is not null ? (null, fault) : (await OfAsync(row!, isStaff: false, ct), null);
    }

    /// <summary>Stores a chunk. A chunk that is already stored is not stored again.</summary>
    public async Task<(RecordingChunkResult? Result, RoomFault? Fault)> AddChunkAsync(
        RoomTicket ticket,
        Guid id,
        int number,
        byte[] content,
        byte[] sha256,
        CancellationToken ct)
    {
        if (number is < 0 or >= MaxChunks)
            return (null, new RoomFault(400, "invalid-chunk", $"Chunks are numbered from 0 to {MaxChunks - 1}."));
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(content), sha256))
            return (null, new RoomFault(400, "wrong-checksum", "The chunk does not match its checksum. Send it again."));
        if (await FindAsync(ticket.Tenant, id, ct) is not { } row || row.RoomId != ticket.Room || row.StartedBy != ticket.Participant)
            return (null, NoRecording);
        if (row.State != RecordingRow.Open || !await AcceptsAsync(row, ct)) return (null, NotRunning);

        await using (var db = await database.BeginAsync(ticket.Tenant, ct))
        {
            if (await db.LockRecordingAsync(id, ct) is not { State: RecordingRow.Open } locked) return (null, NotRunning);
            var known = await db.RecordingChunks.AsNoTracking()
                .SingleOrDefaultAsync(chunk => chunk.RecordingId == id && chunk.Number == number, ct);
            if (known is not null && !known.Sha256.AsSpan().SequenceEqual(sha256))
                return (null, new RoomFault(409, "other-chunk", "This chunk is already stored with different content."));
            if (known is null)
            {
                // Under the recording's lock, so that different content cannot replace the file of a stored chunk. The file is
                // complete before the row says that it is there.
                await files.Of(row).PutAsync(RecordingFiles.ChunkKey(row.TenantId, id, number), new MemoryStream(content), ct);
                db.RecordingChunks.Add(new RecordingChunk
                {
                    TenantId = ticket.Tenant,
                    RecordingId = id,
                    Number = number,
                    Bytes = content.Length,
                    Sha256 = sha256,
                    CreatedAt = clock.GetUtcNow(),
                });
                (locked.Bytes, locked.Chunks) = (locked.Bytes + content.Length, locked.Chunks + 1);
            }

            locked.ChunkAt = clock.GetUtcNow();
            locked.StartedAt ??= locked.ChunkAt;
            locked.DueAt = locked.ChunkAt + options.SilentTime;
            await db.CommitAsync(ct);
        }

        return (new RecordingChunkResult(number, await NextChunkAsync(ticket.Tenant, id, ct)), null);
    }

    /// <summary>Finishes a recording, unless chunks are missing.</summary>
    public async Task<(CallRecording? Recording, RoomFault? Fault)> FinishAsync(
        RoomCaller caller,
        Guid id,
        FinishRecordingRequest request,
        CancellationToken ct)
    {
        if (await FindAsync(caller.Tenant, id, ct) is not { } row) return (null, NoRecording);
        var isOwn = caller.Ticket is { } ticket && ticket.Room == row.RoomId
            && (ticket.Participant == row.StartedBy || ticket.Role == RoomRole.Host);
        if (!caller.IsStaff && !isOwn) return (null, NoRecording);
        var next = await NextChunkAsync(caller.Tenant, id, ct);
        if (row.State == RecordingRow.Open && request.Chunks is { } all && next < all)
            return (null, new RoomFault(409, "missing-chunks", $"Chunk {next} is missing. Send it, then finish the recording."));
        await CloseAsync(caller.Tenant, id, await IsDeclinedAsync(row, ct) ? "declined" : "stopped", ct);
        return (await OfAsync((await FindAsync(caller.Tenant, id, ct))!, caller.IsStaff, ct), null);
    }

    /// <summary>Ends a recording: finished with the chunks that it has, or failed if it has none.</summary>
    public async Task CloseAsync(TenantId tenant, Guid id, string reason, CancellationToken ct)
    {
        RecordingRow? closed = null;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (await db.LockRecordingAsync(id, ct) is not { State: RecordingRow.Open } row) return;
            (row.State, row.FinishReason) = row.Chunks > 0
                ? (RecordingRow.Finished, reason)
                : (RecordingRow.Failed, reason == "stopped" ? "failed" : reason);
            row.FinishedAt = clock.GetUtcNow();
            row.TranscriptState = row.Chunks > 0 && transcriber is not null ? "pending" : "none";
            row.DueAt = row.Chunks > 0 ? row.FinishedAt : row.DeleteAt;
            await db.CommitAsync(ct);
            closed = row;
        }

        await people.ChangeAsync(
            tenant,
            closed.RoomId,
            room =>
            {
                if (room.Facts.Recording is { } mark && mark.Id == id)
                {
                    var state = closed.State == RecordingRow.Finished ? RecordingState.Finished : RecordingState.Failed;
                    room.Add("recording", room.Facts with { Recording = mark with { State = state, PausedAt = null } });
                }

                return Task.FromResult<RoomFault?>(null);
            },
            ct,
            evenIfOver: true);
        worker.Raise();
    }

    public async Task<RecordingRow?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Recordings.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.DeletedAt == null, ct);
    }

    public async Task<CallRecordingList> ListAsync(TenantId tenant, string? room, Guid? before, int limit, CancellationToken ct)
    {
        List<RecordingRow> rows;
        IReadOnlyDictionary<string, RoomLabel> labels;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            // Ids sort by creation time.
            rows = before is { } last
                ? await db.Recordings.FromSql($"select * from recordings where id < {last} order by id desc").AsNoTracking()
                    .Where(row => row.DeletedAt == null && (room == null || row.RoomId == room))
                    .OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct)
                : await db.Recordings.AsNoTracking().Where(row => row.DeletedAt == null && (room == null || row.RoomId == room))
                    .OrderByDescending(row => row.Id).Take(limit).ToListAsync(ct);
            labels = await RoomLabel.ReadAsync(db, [.. rows.Select(row => row.RoomId).Distinct(StringComparer.Ordinal)], ct);
        }

        var recordings = new List<CallRecording>();
        foreach (var row in rows)
        {
            var recording = WithLabel(await OfAsync(row, isStaff: true, ct), labels.GetValueOrDefault(row.RoomId));
            recordings.Add(recording with { Transcript = null });
        }

        return new CallRecordingList(recordings, rows.Count == limit ? rows[^1].Id : null);
    }

    /// <summary>Deletes a recording. Its files are removed by a worker.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await CloseAsync(tenant, id, "stopped", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LockRecordingAsync(id, ct) is not { DeletedAt: null } row) return false;
        (row.DeletedAt, row.Transcript, row.DueAt) = (clock.GetUtcNow(), null, clock.GetUtcNow());
        await db.CommitAsync(ct);
        worker.Raise();
        return true;
    }

    /// <summary>The recording as the API shows it.</summary>
    public async Task<CallRecording> OfAsync(RecordingRow row, bool isStaff, CancellationToken ct)
    {
        var state = await StateAsync(row, ct);
        return new CallRecording
        {
            Id = row.Id,
            RoomId = row.RoomId,
            State = state,
            Message = MessageFor(state, row),
            FinishReason = row.FinishReason,
            ContentType = row.ContentType,
            Bytes = row.Bytes,
            Chunks = row.Chunks,
            NextChunk = await NextChunkAsync(row.TenantId, row.Id, ct),
            Seconds = row.Seconds,
            CreatedAt = row.CreatedAt,
            StartedAt = row.StartedAt,
            FinishedAt = row.FinishedAt,
            DeleteAt = row.DeleteAt,
            TranscriptState = Enum.Parse<TranscriptState>(row.TranscriptState, ignoreCase: true),
            Transcript = isStaff && row.Transcript is { } text
                ? JsonSerializer.Deserialize<IReadOnlyList<TranscriptPart>>(text, JsonSerializerOptions.Web)
                : null,
            Url = isStaff && row.Chunks > 0 ? $"/api/video/recordings/{row.Id}/content" : null,
        };
    }

    /// <summary>The recording as the staff sees it.</summary>
    public async Task<CallRecording> ForStaffAsync(RecordingRow row, CancellationToken ct)
    {
        IReadOnlyDictionary<string, RoomLabel> labels;
        await using (var db = await database.BeginAsync(row.TenantId, ct)) labels = await RoomLabel.ReadAsync(db, [row.RoomId], ct);
        return WithLabel(await OfAsync(row, isStaff: true, ct), labels.GetValueOrDefault(row.RoomId));
    }

    private static CallRecording WithLabel(CallRecording recording, RoomLabel? room) =>
        recording with { Name = room?.Name, ConversationId = room?.Conversation };

    private static string MessageFor(RecordingState state, RecordingRow row) => state switch
    {
        RecordingState.WaitingForConsent => "Waiting until everybody in the call agrees.",
        RecordingState.Recording => "Recording.",
        RecordingState.Paused => "Paused until everybody in the call agrees.",
        RecordingState.Finished when row.FinishReason == "interrupted" => "Finished: the recording page stopped sending.",
        RecordingState.Finished => "Finished.",
        _ => row.FinishReason is null or "declined" ? "Not recorded: somebody did not agree." : "Nothing was recorded.",
    };

    // The page that started the declined recording has not finished it. Close it here, because the room refers only to its latest
    // recording.
    private static Task CloseDeclinedAsync(LockedRoom room, Guid id, CancellationToken ct) => room.Db.Recordings
        .Where(row => row.Id == id && row.State == RecordingRow.Open)
        .ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, RecordingRow.Failed)
                .SetProperty(row => row.FinishReason, "declined")
                .SetProperty(row => row.FinishedAt, room.Now)
                .SetProperty(row => row.DueAt, row => row.DeleteAt),
            ct);

    // The room has marked the recording as failed, but its row is still open.
    private async Task<bool> IsDeclinedAsync(RecordingRow row, CancellationToken ct) =>
        row.State == RecordingRow.Open && await FindInRoomAsync(row, ct) is { State: RecordingState.Failed };

    private async Task<RecordingState> StateAsync(RecordingRow row, CancellationToken ct)
    {
        if (row.State == RecordingRow.Finished) return RecordingState.Finished;
        if (row.State == RecordingRow.Failed) return RecordingState.Failed;
        return (await FindInRoomAsync(row, ct))?.State ?? RecordingState.Paused;
    }

    private async Task<RoomRecording?> FindInRoomAsync(RecordingRow row, CancellationToken ct) =>
        await log.FindAsync(row.TenantId, row.RoomId, ct) is var (_, state) && state.Facts?.Recording is { } mark && mark.Id == row.Id
            ? mark
            : null;

    private async Task<bool> AcceptsAsync(RecordingRow row, CancellationToken ct) => await FindInRoomAsync(row, ct) switch
    {
        { State: RecordingState.Recording } => true,
        { State: RecordingState.Paused, PausedAt: { } paused } => clock.GetUtcNow() - paused < LateChunkTolerance,
        _ => false,
    };

    private async Task<int> NextChunkAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select coalesce(min(missing.number), 0) from (
              select chunk.number + 1 as number from recording_chunks chunk
              where chunk.tenant_id = $1 and chunk.recording_id = $2 and not exists (
                select 1 from recording_chunks next
                where next.tenant_id = $1 and next.recording_id = $2 and next.number = chunk.number + 1)
              union all
              select 0 where not exists (
                select 1 from recording_chunks first where first.tenant_id = $1 and first.recording_id = $2 and first.number = 0)
            ) missing
            """,
            [tenant.Value, id]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? row.GetInt32(0) : 0;
    }
}
