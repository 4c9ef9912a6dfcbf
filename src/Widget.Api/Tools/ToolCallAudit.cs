using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>Lists the recorded tool calls for the tenant's staff.</summary>
public sealed class ToolCallAudit(TenantDatabase database)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>Returns the calls, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="conversation">Only calls of this conversation; null for all calls.</param>
    /// <param name="after">The position of the last call of the page before; null for the first page.</param>
    /// <param name="limit">Maximum number of calls.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<ToolCallPage> ListAsync(TenantId tenant, ConversationId? conversation, long? after, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var calls = db.ToolCalls.AsNoTracking();
        if (conversation is { } id) calls = calls.Where(row => row.ConversationId == id);
        if (after is { } position) calls = calls.Where(row => row.Position < position);
        var rows = await calls.OrderByDescending(row => row.Position).Take(limit + 1).ToListAsync(ct);
        return new ToolCallPage(
            [.. rows.Take(limit).Select(ToContract)],
            rows.Count > limit ? rows[limit - 1].Position.ToString() : null);
    }

    private static ToolCallRecord ToContract(ToolCallRow row) => new()
    {
        CallId = row.CallId,
        Name = row.Name,
        Arguments = Parse(row.Arguments),
        Outcome = row.State switch
        {
            "running" => ToolCallOutcome.Running,
            "refused" => ToolCallOutcome.Refused,
            _ => row.Success == true ? ToolCallOutcome.Done : ToolCallOutcome.Failed,
        },
        Result = row.Result is { } result ? Parse(result) : null,
        Channel = row.Channel,
        ConversationId = row.ConversationId?.Value,
        StartedAt = row.TakenAt,
        Milliseconds = row.FinishedAt is { } end ? (end - row.TakenAt).TotalMilliseconds : null,
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
