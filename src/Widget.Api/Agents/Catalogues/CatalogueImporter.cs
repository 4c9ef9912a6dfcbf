using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Agents.Catalogues;

/// <summary>A claimed catalogue.</summary>
internal sealed record CatalogueLease(TenantId Tenant, Guid Catalogue, Guid Worker);

/// <summary>Reads a catalogue and makes the tenant's agents the same, in one transaction.</summary>
internal sealed class CatalogueImporter(TenantDatabase database, CatalogueClient client, TimeProvider clock)
{
    /// <summary>How long the lease of an import lasts: longer than a download may take.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(12);

    // What an import writes, and the JSON fields by which changes of the tenant are known.
    private static readonly (string Column, string Field)[] Imported =
    [
        ("name", "name"), ("description", "description"), ("portrait_url", "portraitUrl"), ("voice_id", "voiceId"),
        ("personality", "personality"), ("age", "age"), ("tags", "tags"),
    ];

    private static readonly string UpsertSql =
        $"""
        insert into agents as agent (
          tenant_id, id, catalogue_id, external_id, name, description, portrait_url, voice_id, personality, age, tags)
        select $1, id, $2, external_id, name, description, portrait_url, voice_id, personality, age,
               array(select jsonb_array_elements_text(tags))
        from jsonb_to_recordset($3) entry (
          id uuid, external_id text, name text, description text, portrait_url text, voice_id text, personality text, age integer,
          tags jsonb)
        on conflict (tenant_id, catalogue_id, external_id) do update set
          {string.Join(
              ",\n  ",
              Imported.Select(part =>
                  $"{part.Column} = case when '{part.Field}' = any(agent.edited) then agent.{part.Column} else excluded.{part.Column} end"))},
          updated_at = now()
        where ({string.Join(", ", Imported.Select(part => $"agent.{part.Column}"))})
          is distinct from ({string.Join(", ", Imported.Select(part => $"excluded.{part.Column}"))})
        """;

    /// <summary>Takes a catalogue, so that no other node imports it at the same time. Null if another has it, or if it is gone.</summary>
    public async Task<CatalogueLease?> ClaimAsync(TenantId tenant, Guid catalogue, CancellationToken ct)
    {
        var worker = Guid.CreateVersion7();
        await using var batch = database.Batch(tenant).Add(
            """
            update agent_catalogues set lease_owner = $3, lease_until = clock_timestamp() + $4
            where tenant_id = $1 and id = $2 and (lease_until is null or lease_until <= clock_timestamp()) returning 1
            """,
            [tenant.Value, catalogue, worker, LeaseTime]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? new CatalogueLease(tenant, catalogue, worker) : null;
    }

    /// <summary>Imports a claimed catalogue and releases it. If it can't be read, the agents stay as they are and the row says why.</summary>
    public async Task RunAsync(CatalogueLease lease, CancellationToken ct)
    {
        if (await FindAsync(lease, ct) is not { } row) return;
        try
        {
            var response = await client.ReadAsync(new Uri(row.Url), row.Error is null ? row.Etag : null, ct);
            if (response.Content is not { } content)
            {
                await FinishAsync(lease, known: null, ct);
                return;
            }

            if (CatalogueEntries.Read(content) is not { } read) throw new CatalogueException("The answer has no list \"companions\".");
            if (read.Entries.Count == 0) throw new CatalogueException(WhyEmpty(read.Problems));
            if (read.Entries.Count > AgentService.MaxAgents)
                throw new CatalogueException($"The catalogue has more than {AgentService.MaxAgents} agents.");
            await FinishAsync(lease, (read.Entries, read.Problems, response.Etag), ct);
        }
        catch (CatalogueException e)
        {
            await FailAsync(lease, row.Attempts, e.Message, ct);
        }
    }

    private async Task<AgentCatalogueRow?> FindAsync(CatalogueLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        return await db.AgentCatalogues.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Catalogue, ct);
    }

    /// <summary>Releases a catalogue that was not imported, so that another node can take it at once.</summary>
    public async Task ReleaseAsync(CatalogueLease lease, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            "update agent_catalogues set lease_owner = null, lease_until = null where tenant_id = $1 and id = $2 and lease_owner = $3",
            [lease.Tenant.Value, lease.Catalogue, lease.Worker]);
        await batch.RunAsync(ct);
    }

    private async Task FinishAsync(
        CatalogueLease lease,
        (IReadOnlyList<CatalogueEntry> Entries, IReadOnlyList<AgentImportProblem> Problems, string? Etag)? known,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (await db.AgentCatalogues
                .FromSql($"select * from agent_catalogues where id = {lease.Catalogue} and lease_owner = {lease.Worker} for update")
                .SingleOrDefaultAsync(ct) is not { } row)
        {
            return; // It was deleted, or another node has it.
        }

        if (known is { } found)
        {
            await SaveAsync(db, lease.Catalogue, found.Entries, ct);
            (row.Agents, row.Etag) = (found.Entries.Count, found.Etag);
            row.Problems = JsonSerializer.Serialize(found.Problems, JsonSerializerOptions.Web);
        }

        var now = clock.GetUtcNow();
        (row.Error, row.Attempts, row.RefreshedAt) = (null, 0, now);
        row.DueAt = now + TimeSpan.FromHours(row.RefreshHours);
        (row.LeaseOwner, row.LeaseUntil) = (null, null);
        await db.CommitAsync(ct);
    }

    private static async Task SaveAsync(TenantDb db, Guid catalogue, IReadOnlyList<CatalogueEntry> entries, CancellationToken ct)
    {
        var json = JsonSerializer.Serialize(entries.Select(entry => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = AgentId.New().Value,
            ["external_id"] = entry.ExternalId,
            ["name"] = entry.Details.Name,
            ["description"] = entry.Details.Description,
            ["portrait_url"] = entry.Details.PortraitUrl,
            ["voice_id"] = entry.Details.VoiceId,
            ["personality"] = entry.Details.Personality,
            ["age"] = entry.Details.Age,
            ["tags"] = entry.Details.Tags,
        }));
        await using (var upsert = db.Command(
            UpsertSql,
            [db.TenantId.Value, catalogue, new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb }]))
        {
            await upsert.ExecuteNonQueryAsync(ct);
        }

        await using var delete = db.Command(
            "delete from agents where catalogue_id = $1 and external_id <> all($2)",
            [catalogue, entries.Select(entry => entry.ExternalId).ToArray()]);
        await delete.ExecuteNonQueryAsync(ct);
    }

    private async Task FailAsync(CatalogueLease lease, int attempts, string error, CancellationToken ct)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts, 10));
        if (pause > MaxPause) pause = MaxPause;
        await using var batch = database.Batch(lease.Tenant).Add(
            """
            update agent_catalogues set error = $4, attempts = attempts + 1, due_at = clock_timestamp() + $5,
              lease_owner = null, lease_until = null
            where tenant_id = $1 and id = $2 and lease_owner = $3
            """,
            [lease.Tenant.Value, lease.Catalogue, lease.Worker, error, pause]);
        await batch.RunAsync(ct);
    }

    // A catalogue that is empty by mistake must not delete all agents.
    private static string WhyEmpty(IReadOnlyList<AgentImportProblem> problems) =>
        problems.Count == 0 ? "The catalogue is empty." : $"No entry of the catalogue can be used. The first one: {problems[0].Problem}";
}
