using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>State of a typed entry.</summary>
public enum EntryState
{
    /// <summary>Saved and waiting to be indexed.</summary>
    Queued,

    /// <summary>Searchable.</summary>
    Ready,

    /// <summary>Indexing failed.</summary>
    Failed,
}

/// <summary>State of an entry, with the error if it failed.</summary>
public sealed record EntryStatus(EntryState State, string? Error);

/// <summary>Manages answers and demos that people type. They are stored as typed, and a job indexes them like other documents.</summary>
public sealed class TypedKnowledge(TenantDatabase database, IngestionQueue queue, TimeProvider clock)
{
    public Task<(IReadOnlyList<(Answer Entry, EntryStatus Status)> Entries, int Total)> AnswersAsync(
        TenantId tenant,
        int offset,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            tenant,
            db => db.Answers.AsNoTracking().OrderBy(row => row.Question).ThenBy(row => row.Id),
            row => row.Id.Value,
            offset,
            limit,
            ct);

    public Task<(IReadOnlyList<(Demo Entry, EntryStatus Status)> Entries, int Total)> DemosAsync(
        TenantId tenant,
        int offset,
        int limit,
        CancellationToken ct) =>
        ListAsync(
            tenant,
            db => db.Demos.AsNoTracking().OrderBy(row => row.Title).ThenBy(row => row.Id),
            row => row.Id.Value,
            offset,
            limit,
            ct);

    /// <summary>Whether the tenant has demos.</summary>
    public async Task<bool> HasDemosAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select exists (select from demos where tenant_id = $1)", [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) && row.GetBoolean(0);
    }

    /// <summary>Returns an answer; null when the tenant has none with this id.</summary>
    public async Task<(Answer Entry, EntryStatus Status)?> FindAsync(TenantId tenant, AnswerId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Answers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } answer
            ? (answer, (await StatusAsync(db, [id.Value], ct))[id.Value])
            : null;
    }

    /// <summary>Returns a demo; null when the tenant has none with this id.</summary>
    public async Task<(Demo Entry, EntryStatus Status)?> FindAsync(TenantId tenant, DemoId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Demos.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } demo
            ? (demo, (await StatusAsync(db, [id.Value], ct))[id.Value])
            : null;
    }

    /// <summary>Saves a new answer and queues it for indexing.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="create">Creates the answer in the given source.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<Answer> AddAnswerAsync(TenantId tenant, Func<SourceId, Answer> create, CancellationToken ct) =>
        await AddAsync(tenant, SourceKind.Answers, create, (answer, now) => answer.UpdatedAt = now, ct);

    public async Task<Demo> AddDemoAsync(TenantId tenant, Func<SourceId, Demo> create, CancellationToken ct) =>
        await AddAsync(tenant, SourceKind.Demos, create, (demo, now) => demo.UpdatedAt = now, ct);

    /// <summary>Changes an answer and queues it for indexing. Returns false when the tenant has none with this id.</summary>
    public async Task<bool> ChangeAsync(TenantId tenant, AnswerId id, Action<Answer> change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await LockAsync(db, id.Value, ct);
        if (await db.Answers.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } answer) return false;
        change(answer);
        answer.UpdatedAt = clock.GetUtcNow();
        await RequeueAsync(db, answer.SourceId, answer, ct);
        return true;
    }

    public async Task<bool> ChangeAsync(TenantId tenant, DemoId id, Action<Demo> change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await LockAsync(db, id.Value, ct);
        if (await db.Demos.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } demo) return false;
        change(demo);
        demo.UpdatedAt = clock.GetUtcNow();
        await RequeueAsync(db, demo.SourceId, demo, ct);
        return true;
    }

    /// <summary>Deletes an answer and its document. Returns false when the tenant has none with this id.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, AnswerId id, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await LockAsync(db, id.Value, ct);
            if (await db.Answers.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } answer) return false;
            db.Answers.Remove(answer);
            await RemoveAsync(db, answer.SourceId, id.ToString(), ct);
        }

        await IngestionFinalizer.FinalizeAsync(database, tenant, ct);
        return true;
    }

    public async Task<bool> DeleteAsync(TenantId tenant, DemoId id, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await LockAsync(db, id.Value, ct);
            if (await db.Demos.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } demo) return false;
            db.Demos.Remove(demo);
            await RemoveAsync(db, demo.SourceId, id.ToString(), ct);
        }

        await IngestionFinalizer.FinalizeAsync(database, tenant, ct);
        return true;
    }

    /// <summary>
    /// Serialises changes of an entry. Taken before the entry is read and before any other lock, so that the stored entry and the queued
    /// one are always the same version.
    /// </summary>
    internal static Task LockAsync(TenantDb db, Guid entry, CancellationToken ct) => db.LockAsync($"entry {entry}", ct);

    private async Task<TEntry> AddAsync<TEntry>(
        TenantId tenant,
        SourceKind kind,
        Func<SourceId, TEntry> create,
        Action<TEntry, DateTimeOffset> stamp,
        CancellationToken ct)
        where TEntry : class, ITypedEntry
    {
        var source = await queue.SourceAsync(tenant, kind, "", "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var entry = create(source);
        stamp(entry, clock.GetUtcNow());
        db.Add(entry);
        await RequeueAsync(db, source, entry, ct);
        return entry;
    }

    private async Task RequeueAsync(TenantDb db, SourceId source, ITypedEntry entry, CancellationToken ct)
    {
        await JobCreation.AddTypedAsync(db, source, entry, ct);
        await db.CommitAsync(ct);
        queue.Raise();
    }

    // Same lock order as a worker: the statistics, then the items.
    private static async Task RemoveAsync(TenantDb db, SourceId source, string externalId, CancellationToken ct)
    {
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        await JobCreation.WithdrawAsync(db, source, externalId, ct);
        var documents = await db.Documents
            .Where(row => row.SourceId == source && row.ExternalId == externalId)
            .Select(row => row.Id)
            .ToListAsync(ct);
        await KnowledgeWriter.DeleteAsync(db, [.. documents.Select(id => id.Value)], ct);
        await db.CommitAsync(ct);
    }

    private async Task<(IReadOnlyList<(TEntry Entry, EntryStatus Status)> Entries, int Total)> ListAsync<TEntry>(
        TenantId tenant,
        Func<TenantDb, IQueryable<TEntry>> entries,
        Func<TEntry, Guid> id,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var total = await entries(db).CountAsync(ct);
        var page = await entries(db).Skip(offset).Take(limit).ToListAsync(ct);
        var states = await StatusAsync(db, [.. page.Select(id)], ct);
        return ([.. page.Select(entry => (entry, states[id(entry)]))], total);
    }

    private static async Task<Dictionary<Guid, EntryStatus>> StatusAsync(TenantDb db, Guid[] ids, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select wanted.id, item.state, item.error
            from unnest($1::uuid[]) wanted (id)
            left join lateral (
              select state, error from ingestion_items where external_id = wanted.id::text and not superseded order by ordinal desc limit 1
            ) item on true
            """,
            [ids]);
        await using var row = await command.ExecuteReaderAsync(ct);
        var states = new Dictionary<Guid, EntryStatus>();
        while (await row.ReadAsync(ct))
        {
            var (state, error) = (row.IsDBNull(1) ? null : row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
            states[row.GetGuid(0)] = state switch
            {
                "waiting" or "working" => new EntryStatus(EntryState.Queued, null),
                "failed" => new EntryStatus(EntryState.Failed, error),
                _ => new EntryStatus(EntryState.Ready, null),
            };
        }

        return states;
    }
}
