using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>
/// Records tool calls, so that each runs once. A model that sends the same call twice gets the result of the first one. The events of a
/// tool are appended to the conversation's log in the transaction that saves its result. Calls of completions are not recorded, and
/// <see cref="ToolRefusals"/> records those that don't come this far.
/// </summary>
internal sealed class ToolCallLedger(TenantDatabase database, TimeProvider clock) : ToolFilter
{
    /// <summary>A call that has not ended after this time counts as abandoned by a node that died.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MaxWait = ToolTimeLimit.Deadline + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        if (call.Context.Mode == ToolCallMode.Completion) return await next();
        if (await ClaimAsync(call, call.CallerAborted) is { } existing) return existing;
        var result = await next();
        await SaveAsync(call, result);
        return result;
    }

    /// <returns>Null when this node must run the call; otherwise its result, or why it can't run.</returns>
    private async Task<ToolResult?> ClaimAsync(ToolInvocation call, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            var (isClaimed, result) = await TryClaimAsync(call, ct);
            if (isClaimed || result is not null) return result;
            if (clock.GetElapsedTime(since) > MaxWait)
                return ToolResult.Refused(ToolStatus.Unfinished, "The same call is still running.");
            await Task.Delay(pause, clock, ct);
        }
    }

    // Neither claimed nor a result: another node is running the call.
    private async Task<(bool IsClaimed, ToolResult? Result)> TryClaimAsync(ToolInvocation call, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(call.Context.Tenant.TenantId, ct);
        if (await InsertAsync(db, call, ct))
        {
            await db.CommitAsync(ct);
            return (true, null);
        }

        var (result, isAbandoned) = await ReadAsync(db, call, ct);
        if (result is not null || !isAbandoned) return (false, result);
        if (call.Tool.HasEffects)
        {
            return (false, ToolResult.Refused(
                ToolStatus.Unfinished,
                "An earlier attempt was interrupted, and it is unknown whether it succeeded. A person must check."));
        }

        if (!await TakeOverAsync(db, call.Context.CallId, ct)) return (false, null);
        await db.CommitAsync(ct);
        return (true, null);
    }

    private static async Task<bool> InsertAsync(TenantDb db, ToolInvocation call, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into tool_calls (tenant_id, call_id, conversation_id, name, arguments, state, channel)
            values ($1, $2, $3, $4, $5, 'running', $6)
            on conflict (tenant_id, call_id) do update
            set conversation_id = excluded.conversation_id, name = excluded.name, arguments = excluded.arguments, state = 'running',
              channel = excluded.channel, success = null, result = null, taken_at = now(), finished_at = null
            where tool_calls.state = 'refused'
            """,
            [
                db.TenantId.Value,
                call.Context.CallId,
                Conversation(call.Context),
                call.Tool.Name,
                Json(call.Arguments),
                call.Context.Channel,
            ]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static async Task<(ToolResult? Result, bool IsAbandoned)> ReadAsync(TenantDb db, ToolInvocation call, CancellationToken ct)
    {
        await using var command = db.Command(
            "select name = $2 and arguments = $3, success, result, taken_at < now() - $4 from tool_calls where call_id = $1",
            [call.Context.CallId, call.Tool.Name, Json(call.Arguments), AbandonedAfter]);
        await using var row = await command.ExecuteReaderAsync(ct);
        // The call was deleted with its conversation in the meantime.
        if (!await row.ReadAsync(ct)) return (null, false);
        if (!row.GetBoolean(0))
            return (ToolResult.Refused(ToolStatus.Conflict, "The id of this call was already used for another call."), false);
        if (await row.IsDBNullAsync(2, ct)) return (null, row.GetBoolean(3));
        using var result = JsonDocument.Parse(row.GetString(2));
        return (new ToolResult(row.GetBoolean(1) ? ToolStatus.Done : ToolStatus.Failed, result.RootElement.Clone()), false);
    }

    private static async Task<bool> TakeOverAsync(TenantDb db, string callId, CancellationToken ct)
    {
        await using var command = db.Command(
            "update tool_calls set taken_at = now() where call_id = $1 and state = 'running' and taken_at < now() - $2",
            [callId, AbandonedAfter]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    // When a tool has run, its result is saved even if the caller no longer waits.
    private async Task SaveAsync(ToolInvocation call, ToolResult result)
    {
        var context = call.Context;
        await using var db = await database.BeginAsync(context.Tenant.TenantId, CancellationToken.None);
        List<ConversationEvent> shown = [.. result.Events.Where(entry => context.ShowsSources || entry is not KnowledgeShown)];
        // The built-in tools show what they do.
        if (call.Tool.Origin != ToolOrigin.BuiltIn) shown.Add(new ToolCalled { Name = call.Tool.Name, Success = result.Success });
        if (context.Conversation is { } conversation && shown.Count > 0)
            await AppendAsync(db, conversation, context.CallId, shown);
        await SaveResultAsync(db, context.CallId, result);
        await db.CommitAsync(CancellationToken.None);
    }

    private static async Task AppendAsync(TenantDb db, ConversationId conversation, string callId, IReadOnlyList<ConversationEvent> events)
    {
        if (!await ConversationLog.LockAsync(db, conversation, visitor: null, CancellationToken.None)) return;
        for (var i = 0; i < events.Count; i++)
        {
            var clientId = i == 0 ? $"tool:{callId}" : $"tool:{callId}:{i + 1}";
            var known = await ConversationLog.FindAsync<ConversationEvent>(db, conversation, clientId, CancellationToken.None);
            if (known is not null) continue;
            await ConversationLog.AppendAsync(db, conversation, events[i] with { ClientId = clientId }, CancellationToken.None);
        }
    }

    private static async Task SaveResultAsync(TenantDb db, string callId, ToolResult result)
    {
        await using var command = db.Command(
            """
            update tool_calls set state = 'done', success = $2, result = $3, finished_at = now()
            where call_id = $1 and state = 'running'
            """,
            [callId, result.Success, Json(result.Value)]);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    internal static NpgsqlParameter Json(JsonElement value) =>
        new() { Value = StorableJson.ToText(value), NpgsqlDbType = NpgsqlDbType.Jsonb };

    internal static NpgsqlParameter Conversation(ToolContext context) =>
        new() { Value = (object?)context.Conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
