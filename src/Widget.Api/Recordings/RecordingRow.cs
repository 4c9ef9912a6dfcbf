using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Recordings;

/// <summary>A recording of a call. While it runs, the room's log says whether it is paused.</summary>
public sealed class RecordingRow : ITenantOwned
{
    /// <summary>The state until it is finished or has failed.</summary>
    public const string Open = "recording";

    public const string Finished = "finished";

    public const string Failed = "failed";

    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string RoomId { get; init; }

    /// <summary>The participant whose page records.</summary>
    public required Guid StartedBy { get; init; }

    public required string State { get; set; }

    public required string ContentType { get; init; }

    /// <summary>disk or s3.</summary>
    public required string Store { get; init; }

    public long Bytes { get; set; }

    public int Chunks { get; set; }

    /// <summary>Size of the finished file; null while there are only chunks.</summary>
    public long? FinalBytes { get; set; }

    public double? Seconds { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When the last chunk arrived.</summary>
    public DateTimeOffset? ChunkAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? FinishReason { get; set; }

    public DateTimeOffset? DeleteAt { get; set; }

    /// <summary>JSON: the parts.</summary>
    public string? Transcript { get; set; }

    public required string TranscriptState { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var recording = model.Entity<RecordingRow>();
        recording.ToTable("recordings").HasKey(row => new { row.TenantId, row.Id });
        var chunk = model.Entity<RecordingChunk>();
        chunk.ToTable("recording_chunks").HasKey(row => new { row.TenantId, row.RecordingId, row.Number });
        chunk.HasOne<RecordingRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RecordingId });
    }
}

/// <summary>A chunk that is stored.</summary>
public sealed class RecordingChunk : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid RecordingId { get; init; }

    public required int Number { get; init; }

    public required int Bytes { get; init; }

    public required byte[] Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tables of recordings.</summary>
public static class RecordingTables
{
    public static TenantTables Tables { get; } = new(typeof(RecordingTables).Assembly, RecordingRow.Map);

    extension(TenantDb db)
    {
        public DbSet<RecordingRow> Recordings => db.Set<RecordingRow>();

        public DbSet<RecordingChunk> RecordingChunks => db.Set<RecordingChunk>();

        /// <summary>The recording, locked until the transaction ends; null if the tenant has none with this id.</summary>
        public Task<RecordingRow?> LockRecordingAsync(Guid id, CancellationToken ct) =>
            db.Recordings.FromSql($"select * from recordings where tenant_id = {db.TenantId.Value} and id = {id} for update")
                .SingleOrDefaultAsync(ct);
    }
}
