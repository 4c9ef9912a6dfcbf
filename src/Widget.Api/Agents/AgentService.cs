using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Agents;

/// <summary>What a list of agents is limited to.</summary>
/// <param name="Search">Words that name, description, personality or tags contain; null for all.</param>
/// <param name="Tag">A tag; null for all.</param>
/// <param name="ListedOnly">Whether only agents that visitors can choose count.</param>
internal sealed record AgentFilter(string? Search, string? Tag, bool ListedOnly);

/// <summary>A tenant's agents.</summary>
public sealed class AgentService(TenantDatabase database, TimeProvider clock)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>The largest number of agents of a tenant.</summary>
    public const int MaxAgents = 5_000;

    private const int MaxTags = 30;
    private const int MaxWords = 10;

    private const string Matches =
        """
        tenant_id = $1 and ($2 or listed)
          and ($3::text is null or exists (select from unnest(tags) tag where lower(tag) = lower($3)))
          and not exists (
            select from unnest($4::text[]) word
            where strpos(lower(concat_ws(' ', name, description, personality, array_to_string(tags, ' '))), word) = 0)
        """;

    internal async Task<AgentRow?> FindAsync(TenantId tenant, AgentId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Agents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
    }

    /// <summary>Returns a page of agents by name, and how many match. Null if the cursor is invalid.</summary>
    internal async Task<(IReadOnlyList<AgentRow> Rows, string? Next, int Total)?> ListAsync(
        TenantId tenant,
        AgentFilter filter,
        string? after,
        int limit,
        CancellationToken ct)
    {
        (string Name, Guid Id)? cursor = null;
        if (after is not null)
        {
            if (after.Length < 36 || !Guid.TryParse(after.AsSpan(0, 36), out var last)) return null;
            cursor = (after[36..], last);
        }

        var ids = new List<AgentId>();
        int total;
        await using (var batch = database.Batch(tenant)
            .Add($"select count(*)::integer from agents where {Matches}", Parameters())
            .Add(
                $"""
                select id from agents where {Matches} and ($5::text is null or (lower(name), id) > ($5, $6))
                order by lower(name), id limit $7
                """,
                [.. Parameters(), Text(cursor?.Name), cursor?.Id ?? Guid.Empty, limit + 1]))
        {
            await using var found = await batch.ReadAsync(ct);
            await found.ReadAsync(ct);
            total = found.GetInt32(0);
            await found.NextResultAsync(ct);
            while (await found.ReadAsync(ct)) ids.Add(new AgentId(found.GetGuid(0)));
        }

        var hasMore = ids.Count > limit;
        if (hasMore) ids.RemoveAt(limit);
        await using var db = await database.BeginAsync(tenant, ct);
        var byId = await db.Agents.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, ct);
        List<AgentRow> rows = [.. ids.Select(id => byId.GetValueOrDefault(id)).OfType<AgentRow>()];
        return (rows, hasMore && rows.Count > 0 ? $"{rows[^1].Id.Value}{rows[^1].Name.ToLowerInvariant()}" : null, total);

        // A parameter belongs to one statement.
        object?[] Parameters() => [tenant.Value, !filter.ListedOnly, Text(filter.Tag), Words(filter.Search)];
    }

    /// <summary>Returns the most frequent tags of the agents that visitors can choose.</summary>
    internal async Task<IReadOnlyList<string>> TagsAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select min(tag) from agents, unnest(tags) tag where tenant_id = $1 and listed
            group by lower(tag) order by count(*) desc, lower(tag) limit $2
            """,
            [tenant.Value, MaxTags]);
        await using var rows = await batch.ReadAsync(ct);
        var tags = new List<string>();
        while (await rows.ReadAsync(ct)) tags.Add(rows.GetString(0));
        return tags;
    }

    /// <summary>Adds an agent. Null if the tenant has too many.</summary>
    internal async Task<AgentRow?> AddAsync(TenantId tenant, AgentDetails details, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("agents", ct);
        if (await db.Agents.CountAsync(ct) >= MaxAgents) return null;
        var now = clock.GetUtcNow();
        var row = new AgentRow
        {
            TenantId = tenant,
            Id = AgentId.New(),
            Name = details.Name,
            Tags = [],
            Edited = [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        Fill(row, details);
        db.Agents.Add(row);
        await db.CommitAsync(ct);
        return row;
    }

    /// <summary>Changes an agent. The names of an agent's conversations follow.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The agent.</param>
    /// <param name="details">All of the agent.</param>
    /// <param name="changed">The fields that the tenant has given, which imports leave as they are from now on.</param>
    /// <param name="ct">Cancels the statement.</param>
    internal async Task<AgentRow?> ChangeAsync(
        TenantId tenant,
        AgentId id,
        AgentDetails details,
        IEnumerable<string> changed,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync($"agent {id}", ct);
        if (await db.Agents.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        var renamed = row.Name != details.Name;
        Fill(row, details);
        if (row.CatalogueId is not null) row.Edited = [.. row.Edited.Union(changed, StringComparer.Ordinal)];
        row.UpdatedAt = clock.GetUtcNow();
        if (renamed)
        {
            await using var rename = db.Command(
                "update conversations set agent_name = $2 where agent_id = $1",
                [id.Value, details.Name]);
            await rename.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
        return row;
    }

    /// <summary>Deletes an agent. Its conversations continue with the company's own assistant. Returns false if there is none.</summary>
    internal async Task<bool> RemoveAsync(TenantId tenant, AgentId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Agents.Where(row => row.Id == id).ExecuteDeleteAsync(ct) == 0) return false;
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Returns what a JSON merge patch (RFC 7396) makes of an agent.</summary>
    /// <exception cref="JsonException">The patch has an unknown field, or a value of a wrong type.</exception>
    internal static AgentDetails Patch(AgentRow row, JsonObject patch, JsonSerializerOptions json)
    {
        var merged = JsonSerializer.SerializeToNode(DetailsOf(row), json)!.AsObject();
        foreach (var (name, value) in patch) merged[name] = value?.DeepClone();
        // Lists and flags have no null: null sets them back.
        foreach (var name in new[] { "tags", "listed", "name" })
            if (merged[name] is null) merged.Remove(name);
        return merged.Deserialize<AgentDetails>(json)!;
    }

    internal static AgentDetails DetailsOf(AgentRow row) => new()
    {
        Name = row.Name,
        Description = row.Description,
        PortraitUrl = row.PortraitUrl,
        VoiceId = row.VoiceId,
        RealtimeVoice = row.RealtimeVoice,
        Personality = row.Personality,
        Age = row.Age,
        Tags = row.Tags,
        Greeting = row.Greeting,
        Instructions = row.Instructions,
        TavusReplicaId = row.TavusReplicaId,
        TavusPersonaId = row.TavusPersonaId,
        Listed = row.Listed,
    };

    private static void Fill(AgentRow row, AgentDetails details)
    {
        row.Name = GivenText.Line(details.Name);
        row.Description = GivenText.Of(details.Description);
        row.PortraitUrl = GivenText.Of(details.PortraitUrl);
        row.VoiceId = GivenText.Of(details.VoiceId);
        row.RealtimeVoice = GivenText.Of(details.RealtimeVoice);
        row.Personality = GivenText.Of(details.Personality);
        row.Age = details.Age;
        row.Tags = [.. details.Tags.Select(tag => tag.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];
        row.Greeting = GivenText.Of(details.Greeting);
        row.Instructions = GivenText.Of(details.Instructions);
        row.TavusReplicaId = GivenText.Of(details.TavusReplicaId);
        row.TavusPersonaId = GivenText.Of(details.TavusPersonaId);
        row.Listed = details.Listed;
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = string.IsNullOrWhiteSpace(value) ? DBNull.Value : value.Trim(), NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Words(string? search) => new()
    {
        Value = (search ?? "").ToLowerInvariant()
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Take(MaxWords)
            .ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
    };
}
