using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Reps;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads;

/// <summary>Who changes a lead.</summary>
/// <param name="Name">Name of a rep or of an API key, or of a rule.</param>
/// <param name="Rep">The rep; null if no rep was named.</param>
internal sealed record LeadActor(string Name, RepId? Rep = null)
{
    /// <summary>The rules that give leads to reps.</summary>
    public static LeadActor Assignment { get; } = new("assignment");

    /// <summary>A visitor corrected an address, and the right one was another lead's.</summary>
    public static LeadActor Correction { get; } = new("correction");

    /// <summary>A visitor whose identity the site has verified gave an address of another lead.</summary>
    public static LeadActor Identity { get; } = new("identity");
}

/// <summary>Writes what is done with leads, for their timelines.</summary>
internal static class LeadHistory
{
    public static async Task AddAsync(
        TenantDb db,
        LeadId lead,
        string kind,
        LeadActor actor,
        IReadOnlyList<FieldChange> changes,
        CancellationToken ct)
    {
        var json = JsonSerializer.Serialize(changes, JsonSerializerOptions.Web);
        await using var insert = db.Command(
            "insert into lead_changes (tenant_id, id, lead_id, kind, actor, rep_id, changes) values ($1, $2, $3, $4, $5, $6, $7)",
            [
                db.TenantId.Value,
                Guid.CreateVersion7(),
                lead.Value,
                kind,
                actor.Name,
                new NpgsqlParameter { Value = (object?)actor.Rep?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb },
            ]);
        await insert.ExecuteNonQueryAsync(ct);
    }
}
