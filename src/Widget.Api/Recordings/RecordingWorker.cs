using System.Text.Json;
using Npgsql;
using Widget.Api.Rooms;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Reading.Extraction;

namespace Widget.Api.Recordings;

/// <summary>A recording that a node looks at.</summary>
internal sealed record RecordingLease(TenantId Tenant, Guid Recording, Guid Worker);

/// <summary>
/// Maintains recordings: closes those whose page is gone, finishes and transcribes their files, and deletes them when their time is over.
/// </summary>
internal sealed partial class RecordingWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    RoomLog log,
    RecordingService recordings,
    RecordingFiles files,
    RecordingOptions options,
    WakeUpSignal<RecordingWorker> signal,
    TimeProvider clock,
    ILogger<RecordingWorker> logger,
    ITranscriber? transcriber = null) : LeasedWorker<RecordingLease>(Pace, clock, signal)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromMinutes(1));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(20));

    protected override LeaseTimes? Lease => Times;

    protected override async Task<RecordingLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_recording($1, $2)",
            [slot.Id, Times.Length],
            row => new RecordingLease(new TenantId(row.GetGuid(0)), row.GetGuid(1), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task<bool> RenewAsync(RecordingLease lease, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update recordings set lease_until = clock_timestamp() + $4
            where tenant_id = $1 and id = $2 and lease_owner = $3 returning 1
            """,
            [lease.Tenant.Value, lease.Recording, lease.Worker, Times.Length]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    protected override async Task RunAsync(RecordingLease lease, CancellationToken ct)
    {
        RecordingRow row;
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
        {
            if (await db.LockRecordingAsync(lease.Recording, ct) is not { } locked || locked.LeaseOwner != lease.Worker) return;
            row = locked;
        }

        var now = Clock.GetUtcNow();
        if (row.DeletedAt is not null || (row.DeleteAt <= now && row.State != RecordingRow.Open)) await DeleteAsync(lease, row, ct);
        else if (row.State == RecordingRow.Open) await CheckOpenAsync(lease, row, now, ct);
        else if (row is { State: RecordingRow.Finished, FinalBytes: null, Seconds: null }) await CompleteAsync(lease, row, ct);
        else await ReleaseAsync(lease, saved => saved.DueAt = saved.DeleteAt, ct);
    }

    protected override async Task OnCancelledAsync(RecordingLease lease, bool isStopping)
    {
        if (isStopping) await ReleaseAsync(lease, _ => { }, CancellationToken.None);
    }

    private async Task CheckOpenAsync(RecordingLease lease, RecordingRow row, DateTimeOffset now, CancellationToken ct)
    {
        var room = await log.FindAsync(lease.Tenant, row.RoomId, ct);
        var mark = room?.State.Facts?.Recording is { } found && found.Id == row.Id ? found : null;
        var isOver = room is null || room.Value.Row.EndedAt is not null || mark is null;
        var silentSince = row.ChunkAt ?? mark?.StartedAt ?? row.CreatedAt;
        var isRefused = mark?.State == RecordingState.Failed;
        // Waiting for consent is not silence, but has its own limit.
        var limit = mark?.State is RecordingState.WaitingForConsent or RecordingState.Paused ? options.ConsentTime : options.SilentTime;
        if (mark?.State == RecordingState.Paused && mark.PausedAt > silentSince) silentSince = mark.PausedAt.Value;
        var isLeftBehind = isOver && now - silentSince >= options.SilentTime / 4;
        if (isRefused || now - silentSince >= limit || isLeftBehind)
            await recordings.CloseAsync(lease.Tenant, row.Id, isRefused ? "declined" : "interrupted", ct);
        await ReleaseAsync(
            lease,
            saved => saved.DueAt = saved.State == RecordingRow.Open ? now + (options.SilentTime / 4) : now,
            ct);
    }

    // The finished file has its length and an index. If it can't be made, the chunks are played.
    private async Task CompleteAsync(RecordingLease lease, RecordingRow row, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("widget-call-").FullName;
        try
        {
            var extension = row.ContentType.Contains("mp4", StringComparison.Ordinal) ? "mp4" : "webm";
            var (raw, target) = (Path.Combine(folder, $"raw.{extension}"), Path.Combine(folder, $"final.{extension}"));
            await using (var content = await files.OpenAsync(row, ct))
            await using (var file = File.Create(raw))
                await content.CopyToAsync(file, ct);
            double seconds = 0;
            long? size = null;
            try
            {
                seconds = await CallRecordings.FinishAsync(raw, target, ct);
                size = new FileInfo(target).Length;
                await using var final = File.OpenRead(target);
                await files.Of(row).PutAsync(RecordingFiles.FinalKey(row.TenantId, row.Id), final, ct);
            }
            catch (IngestionFailureException)
            {
                LogNotFinished(row.Id);
            }

            var (state, transcript) = await TranscribeAsync(row, size is null ? raw : target, ct);
            await ReleaseAsync(
                lease,
                saved =>
                {
                    (saved.Seconds, saved.FinalBytes, saved.DueAt) = (seconds, size, saved.DeleteAt);
                    (saved.TranscriptState, saved.Transcript) = (state, transcript);
                },
                ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(string State, string? Transcript)> TranscribeAsync(RecordingRow row, string file, CancellationToken ct)
    {
        if (row.TranscriptState != "pending" || transcriber is null) return ("none", null);
        try
        {
            var said = await CallRecordings.TranscribeAsync(file, transcriber, ct);
            var parts = said.Select(segment => new TranscriptPart(segment.Start, segment.End, segment.Text.Trim()));
            return ("ready", JsonSerializer.Serialize(parts, JsonSerializerOptions.Web));
        }
        catch (IngestionFailureException)
        {
            return ("failed", null);
        }
    }

    private async Task DeleteAsync(RecordingLease lease, RecordingRow row, CancellationToken ct)
    {
        await files.Of(row).DeleteAsync(RecordingFiles.Prefix(row.TenantId, row.Id), ct);
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await db.LockRecordingAsync(lease.Recording, ct) is not { } saved || saved.LeaseOwner != lease.Worker) return;
        await using var chunks = db.Command(
            "delete from recording_chunks where tenant_id = $1 and recording_id = $2",
            [lease.Tenant.Value, lease.Recording]);
        await chunks.ExecuteNonQueryAsync(ct);
        (saved.DeletedAt, saved.Transcript, saved.DueAt) = (saved.DeletedAt ?? Clock.GetUtcNow(), null, null);
        (saved.LeaseOwner, saved.LeaseUntil) = (null, null);
        await db.CommitAsync(ct);
    }

    private async Task ReleaseAsync(RecordingLease lease, Action<RecordingRow> change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await db.LockRecordingAsync(lease.Recording, ct) is not { } row || row.LeaseOwner != lease.Worker) return;
        // A deletion that came meanwhile comes first.
        if (row.DeletedAt is null) change(row);
        (row.LeaseOwner, row.LeaseUntil) = (null, null);
        var isDue = row.DueAt <= Clock.GetUtcNow();
        await db.CommitAsync(ct);
        if (isDue) signal.Raise();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recording {Recording} has no length; its chunks are played as they are")]
    private partial void LogNotFinished(Guid recording);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; recordings are looked after when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking after a recording failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
