using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>
/// Records tool calls and runs each of them once: a model may send the same call twice, and gets the first result then. What a tool leaves
/// in the conversation's log is appended in the transaction that ends its call. A completion's calls are not recorded.
/// </summary>
internal sealed class ToolCallLedger(TenantDatabase database, TimeProvider clock) : ToolFilter
{
    /// <summary>A run that has not ended after this time has died with its node.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestWait = ToolTimeLimit.Deadline + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        if (call.Context.Mode == ToolCallMode.Completion) return await next();
        if (await ClaimAsync(call, call.CallerGone) is { } known) return known;
        var result = await next();
        await FinishAsync(call.Context, result);
        return result;
    }

    /// <returns>Null when the call is ours to run, else what it came to or why it cannot run.</returns>
    private async Task<ToolResult?> ClaimAsync(ToolInvocation call, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (isOurs, result) = await TryClaimAsync(call, ct);
            if (isOurs || result is not null) return result;
            if (clock.GetElapsedTime(since) > LongestWait)
                return ToolResult.Refused(ToolStatus.Unfinished, "The same call is still under way.");
            await Task.Delay(pause, clock, ct);
        }
    }

    // Neither ours nor a result: the call is running elsewhere.
    private async Task<(bool IsOurs, ToolResult? Result)> TryClaimAsync(ToolInvocation call, CancellationToken ct)
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
                "This was begun before and broke off. Whether it was done is not known; a person has to look."));
        }

        if (!await TakeOverAsync(db, call.Context.CallId, ct)) return (false, null);
        await db.CommitAsync(ct);
        return (true, null);
    }

    private static async Task<bool> InsertAsync(TenantDb db, ToolInvocation call, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into tool_calls (tenant_id, call_id, conversation_id, name, arguments, state)
            values ($1, $2, $3, $4, $5, 'running')
            on conflict do nothing
            """,
            [
                db.TenantId.Value,
                call.Context.CallId,
                new NpgsqlParameter { Value = (object?)call.Context.Conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                call.Tool.Name,
                Json(call.Arguments),
            ]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static async Task<(ToolResult? Result, bool IsAbandoned)> ReadAsync(TenantDb db, ToolInvocation call, CancellationToken ct)
    {
        await using var command = db.Command(
            "select name = $2 and arguments = $3, success, result, taken_at < now() - $4 from tool_calls where call_id = $1",
            [call.Context.CallId, call.Tool.Name, Json(call.Arguments), Abandoned]);
        await using var row = await command.ExecuteReaderAsync(ct);
        // The call was erased with its conversation a moment ago.
        if (!await row.ReadAsync(ct)) return (null, false);
        if (!row.GetBoolean(0)) return (ToolResult.Refused(ToolStatus.Conflict, "The id of this call was used for another call."), false);
        if (await row.IsDBNullAsync(2, ct)) return (null, row.GetBoolean(3));
        using var result = JsonDocument.Parse(row.GetString(2));
        return (new ToolResult(row.GetBoolean(1) ? ToolStatus.Done : ToolStatus.Failed, result.RootElement.Clone()), false);
    }

    private static async Task<bool> TakeOverAsync(TenantDb db, string callId, CancellationToken ct)
    {
        await using var command = db.Command(
            "update tool_calls set taken_at = now() where call_id = $1 and state = 'running' and taken_at < now() - $2",
            [callId, Abandoned]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    // Once a tool has run, its result is written even when the caller is gone.
    private async Task FinishAsync(ToolContext context, ToolResult result)
    {
        await using var db = await database.BeginAsync(context.Tenant.TenantId, CancellationToken.None);
        if (context.Conversation is { } conversation && result.Events.Count > 0)
            await AppendAsync(db, conversation, context.CallId, result.Events);
        await EndAsync(db, context.CallId, result);
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

    private static async Task EndAsync(TenantDb db, string callId, ToolResult result)
    {
        await using var command = db.Command(
            """
            update tool_calls set state = 'done', success = $2, result = $3, finished_at = now()
            where call_id = $1 and state = 'running'
            """,
            [callId, result.Success, Json(result.Value)]);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static NpgsqlParameter Json(JsonElement value) => new() { Value = StorableJson.Of(value), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
