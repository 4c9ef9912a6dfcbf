using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Agents;

/// <summary>The agent of a conversation, and a tenant's settings with it.</summary>
public sealed class ConversationAgents(TenantDatabase database, IMultiTenantStore tenants)
{
    /// <summary>Returns the tenant's settings, with the conversation's agent laid over them.</summary>
    public async Task<TenantSettings> SettingsAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select settings from tenant_settings where tenant_id = $1", [tenant.Value])
            .Add(
                "select agent_id from conversations where tenant_id = $1 and id = $2 and agent_id is not null",
                [tenant.Value, conversation.Value]);
        TenantSettings current;
        Guid? agent;
        await using (var rows = await batch.ReadAsync(ct))
        {
            current = await rows.ReadAsync(ct) ? TenantSettingsRow.Parse(rows.GetString(0)) : new TenantSettings();
            await rows.NextResultAsync(ct);
            agent = await rows.ReadAsync(ct) ? rows.GetGuid(0) : null;
        }

        return agent is { } id ? await ApplyAsync(tenant, current, new AgentId(id), ct) : current;
    }

    /// <summary>Returns settings with an agent laid over them. The same settings if there is no such agent.</summary>
    public async Task<TenantSettings> ApplyAsync(TenantId tenant, TenantSettings current, AgentId agent, CancellationToken ct) =>
        await FindAsync(tenant, agent, ct) is { } row
            ? AgentOverlay.Apply(current, row, AgentPortraits.AddressOf(row, await SlugAsync(tenant, ct)))
            : current;

    /// <summary>Returns a conversation's agent. Null if the settings describe the assistant.</summary>
    public async Task<AgentRow?> OfAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Agents
            .FromSql(
                $"""
                select agent.* from agents agent
                join conversations thread on thread.tenant_id = agent.tenant_id and thread.agent_id = agent.id
                where thread.id = {conversation.Value}
                """)
            .AsNoTracking()
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>Returns the agent that a visitor gets. Null if the visitor may not choose the wanted one, and there is no default.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="current">The tenant's settings.</param>
    /// <param name="wanted">The agent that the visitor wants; null for none.</param>
    /// <param name="orDefault">Whether the visitor otherwise gets the default agent.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<AgentId?> ForVisitorAsync(
        TenantId tenant,
        TenantSettings current,
        Guid? wanted,
        bool orDefault,
        CancellationToken ct)
    {
        if (wanted is { } id && current.Agents.VisitorsChoose && await FindAsync(tenant, new AgentId(id), ct) is { Listed: true } chosen)
            return chosen.Id;
        return orDefault && current.Agents.DefaultAgentId is { } byDefault ? new AgentId(byDefault) : null;
    }

    /// <summary>
    /// Gives a conversation an agent, and says so in its log if something was said before. Nothing changes if it has that agent already.
    /// </summary>
    /// <returns>False if there is no such conversation, or no such agent.</returns>
    public async Task<bool> ChooseAsync(
        TenantId tenant,
        ConversationId conversation,
        VisitorId? visitor,
        AgentId? agent,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor, ct)) return false;
        AgentRow? chosen = null;
        if (agent is { } id && (chosen = await db.Agents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct)) is null) return false;
        await using (var update = db.Command(
            """
            update conversations set agent_id = $2, agent_name = $3
            where id = $1 and agent_id is distinct from $2 returning last_seq
            """,
            [conversation.Value, Nullable(agent?.Value, NpgsqlTypes.NpgsqlDbType.Uuid), Nullable(chosen?.Name, NpgsqlTypes.NpgsqlDbType.Text)]))
        {
            if (await update.ExecuteScalarAsync(ct) is not int lastSeq) return true;
            if (lastSeq == 0)
            {
                await db.CommitAsync(ct);
                return true;
            }
        }

        var reference = chosen is null ? null : new AgentReference(chosen.Id.Value, chosen.Name);
        await ConversationLog.AppendAsync(db, conversation, new AgentChosen { Chosen = reference }, ct);
        await db.CommitAsync(ct);
        return true;
    }

    private async Task<AgentRow?> FindAsync(TenantId tenant, AgentId agent, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Agents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == agent, ct);
    }

    private async Task<string> SlugAsync(TenantId tenant, CancellationToken ct) =>
        (await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct))?.Slug ?? "";

    private static Npgsql.NpgsqlParameter Nullable(object? value, NpgsqlTypes.NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
