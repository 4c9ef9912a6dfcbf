using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>How a call of a tool ended.</summary>
public enum ToolStatus
{
    /// <summary>The tool ran and did what it was asked.</summary>
    Done,

    /// <summary>The tool ran and could not.</summary>
    Failed,

    /// <summary>The tenant has no such tool, or has not switched it on.</summary>
    Unknown,

    BadArguments,

    /// <summary>The call's id was used for another call.</summary>
    Conflict,

    /// <summary>The same call is still under way, or broke off and nobody knows how far it came.</summary>
    Unfinished,
}

/// <param name="Status">How it ended.</param>
/// <param name="Result">For the model to read: what was found or done, or <c>{"error": words}</c>.</param>
public sealed record ToolOutcome(ToolStatus Status, JsonElement Result)
{
    public bool Success => Status == ToolStatus.Done;

    /// <summary>What was wrong, for a person.</summary>
    public string Words => Result.ValueKind == JsonValueKind.Object && Result.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String
        ? error.GetString()!
        : "The tool could not do what it was asked.";

    internal static ToolOutcome Refused(ToolStatus status, string words) => new(status, ToolResult.Failed(words).Value);
}

/// <summary>
/// Runs tools for models that may ask twice: the same call, told by its id, runs once, and whoever tells it again gets the first one's result.
/// What a tool leaves in a conversation's log is appended in the transaction that ends its call.
/// </summary>
public sealed class ToolRunner(
    ToolRegistry registry,
    ToolExecution execution,
    TenantDatabase database,
    TenantDatabase conversations,
    TimeProvider clock)
{
    /// <summary>A run that has not ended by then has died with its node.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = ToolExecution.Deadline + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <param name="context">For whom, and the call's id.</param>
    /// <param name="name">The tool's name, or the one that it has for the tenant elsewhere.</param>
    /// <param name="given">The arguments, an object or one written out as text.</param>
    /// <param name="ct">Ends the wait for a call that runs elsewhere. One that has begun here is brought to its end.</param>
    public async Task<ToolOutcome> RunAsync(ToolContext context, string name, JsonElement given, CancellationToken ct)
    {
        if (registry.Find(context.Tenant, context.Settings, name) is not { } tool) return ToolOutcome.Refused(ToolStatus.Unknown, "There is no tool of this name.");
        if ((ToolArguments.Read(given, out var arguments) ?? ArgumentSchema.Violation(tool.Parameters, arguments)) is { } problem)
            return ToolOutcome.Refused(ToolStatus.BadArguments, problem);

        using var activity = ToolTelemetry.Start(tool.Name, context.CallId);
        if (await ClaimAsync(context, tool, arguments, ct) is { } known) return known;
        var result = await execution.RunAsync(tool, context, arguments, CancellationToken.None);
        await FinishAsync(context, result);
        ToolTelemetry.Ran(activity, result.Success);
        return Outcome(result.Success, result.Value);
    }

    // Null when the call is ours to run.
    private async Task<ToolOutcome?> ClaimAsync(ToolContext context, ITool tool, JsonElement arguments, CancellationToken ct)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await using (var db = await database.BeginAsync(context.Tenant.TenantId, ct))
            {
                if (await InsertAsync(db, context, tool, arguments, ct))
                {
                    await db.CommitAsync(ct);
                    return null;
                }

                var (outcome, isAbandoned) = await ReadAsync(db, context.CallId, tool.Name, arguments, ct);
                if (outcome is not null) return outcome;
                if (isAbandoned && tool.HasEffects) return ToolOutcome.Refused(ToolStatus.Unfinished, "This was begun before and broke off. Whether it was done is not known; a person has to look.");
                if (isAbandoned && await TakeOverAsync(db, context.CallId, ct))
                {
                    await db.CommitAsync(ct);
                    return null;
                }
            }

            if (clock.GetElapsedTime(since) > Patience) return ToolOutcome.Refused(ToolStatus.Unfinished, "The same call is still under way.");
            await Task.Delay(pause, clock, ct);
        }
    }

    private static async Task<bool> InsertAsync(TenantDb db, ToolContext context, ITool tool, JsonElement arguments, CancellationToken ct)
    {
        await using var command = db.Command(
            "insert into tool_calls (tenant_id, call_id, conversation_id, name, arguments, state) values ($1, $2, $3, $4, $5, 'running') on conflict do nothing",
            [
                db.TenantId.Value,
                context.CallId,
                new NpgsqlParameter { Value = (object?)context.Conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                tool.Name,
                Json(arguments),
            ]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    // What the call came to, null while it runs.
    private static async Task<(ToolOutcome? Outcome, bool IsAbandoned)> ReadAsync(TenantDb db, string callId, string name, JsonElement arguments, CancellationToken ct)
    {
        await using var command = db.Command(
            "select name = $2 and arguments = $3, success, result, taken_at < now() - $4 from tool_calls where call_id = $1",
            [callId, name, Json(arguments), Abandoned]);
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return (null, false); // erased with its conversation in this moment
        if (!row.GetBoolean(0)) return (ToolOutcome.Refused(ToolStatus.Conflict, "The id of this call was used for another call."), false);
        if (await row.IsDBNullAsync(2, ct)) return (null, row.GetBoolean(3));
        using var result = JsonDocument.Parse(row.GetString(2));
        return (Outcome(row.GetBoolean(1), result.RootElement.Clone()), false);
    }

    private static async Task<bool> TakeOverAsync(TenantDb db, string callId, CancellationToken ct)
    {
        await using var command = db.Command(
            "update tool_calls set taken_at = now() where call_id = $1 and state = 'running' and taken_at < now() - $2",
            [callId, Abandoned]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private async Task FinishAsync(ToolContext context, ToolResult result)
    {
        if (context.Conversation is { } conversation && result.Events.Count > 0)
        {
            await using var log = await conversations.BeginAsync(context.Tenant.TenantId, CancellationToken.None);
            if (await ConversationLog.LockAsync(log, conversation, visitor: null, CancellationToken.None))
            {
                for (var i = 0; i < result.Events.Count; i++)
                {
                    var clientId = i == 0 ? $"tool:{context.CallId}" : $"tool:{context.CallId}:{i + 1}";
                    if (await ConversationLog.FindAsync<Contracts.ConversationEvent>(log, conversation, clientId, CancellationToken.None) is not null) continue;
                    await ConversationLog.AppendAsync(log, conversation, result.Events[i] with { ClientId = clientId }, CancellationToken.None);
                }
            }

            await EndAsync(log, context.CallId, result);
            await log.CommitAsync(CancellationToken.None);
            return;
        }

        await using var db = await database.BeginAsync(context.Tenant.TenantId, CancellationToken.None);
        await EndAsync(db, context.CallId, result);
        await db.CommitAsync(CancellationToken.None);
    }

    private static async Task EndAsync(TenantDb db, string callId, ToolResult result)
    {
        await using var command = db.Command(
            "update tool_calls set state = 'done', success = $2, result = $3, finished_at = now() where call_id = $1 and state = 'running'",
            [callId, result.Success, Json(result.Value)]);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static ToolOutcome Outcome(bool success, JsonElement result) => new(success ? ToolStatus.Done : ToolStatus.Failed, result);

    private static NpgsqlParameter Json(JsonElement value) => new() { Value = StorableJson.Of(value), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
