using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Agents;
using Widget.Api.Conversations;
using Widget.Api.Leads;
using Widget.Api.Reps;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Analytics;

/// <summary>Figures of conversations. Triggers count events as they are appended (docs/decisions/0044-analytics.md).</summary>
internal sealed class AnalyticsService(TenantDatabase database, BudgetOptions prices)
{
    public const int DefaultConversations = 50;
    public const int MaxConversations = 200;

    private const int MaxRows = 500;

    /// <summary>Returns the figures of a period.</summary>
    public async Task<AnalyticsSummary> SummarizeAsync(TenantId tenant, AnalyticsPeriod period, AnalyticsGrouping by, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var (total, rows) = await FiguresAsync(db, period, by, ct);
        if (by == AnalyticsGrouping.Agent) rows = await NamedAsync(db, rows, ct);
        var tiers = await LeadTiers.CountAsync(db, period.Start, period.End, ct);
        var usage = await UsageMeter.BetweenAsync(db, period.Start, period.End, ct);
        return new AnalyticsSummary
        {
            From = period.Start,
            To = period.End,
            TimeZone = period.Zone.Id,
            By = by,
            Total = total,
            Rows = rows,
            LeadsByTier = [.. tiers.Select(tier => new AnalyticsTier(tier.Tier, tier.Leads))],
            Usage = [.. usage.Sums.Select(Show)],
        };
    }

    /// <summary>Returns the conversations behind a figure, latest first. Null if <c>after</c> is invalid.</summary>
    public async Task<AnalyticsConversationPage?> ConversationsAsync(
        TenantId tenant,
        AnalyticsPeriod period,
        CountedFigure figure,
        FigureQuery query,
        CancellationToken ct)
    {
        var limit = query.Limit!.Value;
        Cursor? after = null;
        if (query.After is not null && (after = Cursor.Parse(query.After)) is null) return null;
        await using var db = await database.BeginAsync(tenant, ct);
        var items = await ReadAsync(db, (period.Start, period.End), figure, query, after, limit + 1, ct);
        if (items.Count <= limit) return new AnalyticsConversationPage(items, Next: null);
        var last = items[limit - 1];
        return new AnalyticsConversationPage([.. items.Take(limit)], new Cursor(last.At, last.ConversationId).ToString());
    }

    private static async Task<IReadOnlyList<AnalyticsConversation>> ReadAsync(
        TenantDb db,
        (DateTimeOffset From, DateTimeOffset To) period,
        CountedFigure figure,
        FigureQuery query,
        Cursor? cursor,
        int limit,
        CancellationToken ct)
    {
        if (figure.Column is { } column) return await ReadActivityAsync(db, period, column, query, cursor, limit, ct);
        var after = cursor is null ? null : new CountedConversation(cursor.Conversation, cursor.At, Count: 0);
        var counted = figure.Tier is { } tier
            ? await LeadTiers.ConversationsAsync(db, tier, period, after, limit, ct)
            : await UsageMeter.ConversationsAsync(db, figure.Usage!, period, after, limit, ct);
        return
        [
            .. counted.Select(item => new AnalyticsConversation { ConversationId = item.Conversation, At = item.At, Count = item.Count }),
        ];
    }

    private static async Task<IReadOnlyList<AnalyticsConversation>> ReadActivityAsync(
        TenantDb db,
        (DateTimeOffset From, DateTimeOffset To) period,
        string column,
        FigureQuery query,
        Cursor? after,
        int limit,
        CancellationToken ct)
    {
        if (query.Mode is not null || query.Agent is not null) column = AnalyticsColumns.ByModeOrAgent(column);
        // The conversations of a quarter are ordered by their ids.
        await using var command = db.Command(
            $"""
            select conversation_id, max(quarter), nullif(max(page), ''), sum({column}) from conversation_activity
            where tenant_id = $1 and quarter >= $2 and quarter < $3 and {column} <> 0
              and ($4::text is null or mode = $4) and ($5::text is null or page = $5) and ($6::text is null or agent = $6)
            group by conversation_id
            having $7::timestamptz is null or (max(quarter), conversation_id) < ($7, $8)
            order by max(quarter) desc, conversation_id desc
            limit $9
            """,
            [
                db.TenantId.Value,
                period.From,
                period.To,
                Text(query.Mode),
                Text(query.Page),
                Text(query.Agent),
                new NpgsqlParameter { Value = (object?)after?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = (object?)after?.Conversation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                limit,
            ]);
        var items = new List<AnalyticsConversation>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            items.Add(new AnalyticsConversation
            {
                ConversationId = rows.GetGuid(0),
                At = rows.GetFieldValue<DateTimeOffset>(1),
                Page = rows.IsDBNull(2) ? null : rows.GetString(2),
                Count = rows.GetInt64(3),
            });
        }

        return items;
    }

    private static async Task<(AnalyticsFigures Total, IReadOnlyList<AnalyticsRow> Rows)> FiguresAsync(
        TenantDb db,
        AnalyticsPeriod period,
        AnalyticsGrouping by,
        CancellationToken ct)
    {
        var isModeOrAgent = by is AnalyticsGrouping.Mode or AnalyticsGrouping.Agent;
        var (part, key, order) = by switch
        {
            AnalyticsGrouping.Day => ("quarter", "(part at time zone $4)::date::text", "key"),
            AnalyticsGrouping.Page => ("page", "part", "sum(conversations) desc, key"),
            AnalyticsGrouping.Mode => ("mode", "part", "sum(begun) desc, key"),
            _ => ("agent", "part", "sum(begun) desc, key"),
        };
        // Sums first, because converting a time to a day takes longer than summing.
        await using var command = db.Command(
            $"""
            select grouping(key), key, {AnalyticsColumns.Sums("sum({0})")}
            from (
              select {key} as key, summed.*
              from (
                select {part} as part, {AnalyticsColumns.Sums("sum({0})::bigint as {0}")}
                from conversation_activity
                where tenant_id = $1 and quarter >= $2 and quarter < $3 and $4::text is not null
                group by {part}
              ) summed
            ) counted
            group by grouping sets ((), (key))
            order by grouping(key) desc, {order}
            limit {MaxRows + 1}
            """,
            [db.TenantId.Value, period.Start, period.End, period.Zone.Id]);
        await using var found = await command.ExecuteReaderAsync(ct);
        await found.ReadAsync(ct);
        var total = AnalyticsColumns.Read(found, first: 2, isModeOrAgent: false);
        var rows = new List<AnalyticsRow>();
        while (await found.ReadAsync(ct))
            rows.Add(new AnalyticsRow(found.GetString(1), Label: null, AnalyticsColumns.Read(found, first: 2, isModeOrAgent)));
        return (total, rows);
    }

    // A removed rep keeps its name.
    private static async Task<IReadOnlyList<AnalyticsRow>> NamedAsync(TenantDb db, IReadOnlyList<AnalyticsRow> rows, CancellationToken ct)
    {
        var ids = rows.Select(row => Guid.TryParse(row.Key, out var id) ? id : (Guid?)null).OfType<Guid>().Select(RepId.From).ToList();
        if (ids.Count == 0) return rows;
        var names = await db.Reps.AsNoTracking()
            .Where(rep => ids.Contains(rep.Id))
            .ToDictionaryAsync(rep => rep.Id.ToString(), rep => rep.Name, ct);
        var agents = ids.ConvertAll(id => new AgentId(id.Value));
        foreach (var agent in await db.Agents.AsNoTracking().Where(row => agents.Contains(row.Id)).ToListAsync(ct))
            names[agent.Id.ToString()] = agent.Name;
        return [.. rows.Select(row => row with { Label = names.GetValueOrDefault(row.Key) })];
    }

    private AnalyticsUsage Show(UsageSum sum) => new(
        sum.Kind,
        sum.Model.Length > 0 ? sum.Model : null,
        sum.Count,
        decimal.Round(sum.Seconds / 60m, 1),
        sum.Characters,
        sum.InputTokens,
        sum.OutputTokens,
        prices.CostOf(sum) is { } cost ? decimal.Round(cost, 4) : null);

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>The last conversation of a page.</summary>
    private sealed record Cursor(DateTimeOffset At, Guid Conversation)
    {
        public static Cursor? Parse(string text) =>
            text.Split('.') is [var seconds, var conversation]
            && long.TryParse(seconds, System.Globalization.NumberStyles.None, provider: null, out var at)
            && at <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && Guid.TryParse(conversation, out var id)
                ? new Cursor(DateTimeOffset.FromUnixTimeSeconds(at), id)
                : null;

        public override string ToString() => $"{At.ToUnixTimeSeconds()}.{Conversation}";
    }
}
