using System.Data.Common;
using System.Text.Json;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tools;

/// <summary>
/// Records calls that did not run, so that the tenant's staff sees what a model tried: an unknown or disabled tool, invalid arguments, or
/// a tool that may not run in this mode. A call that runs later under the same id replaces its refusal. Calls of completions are not
/// recorded.
/// </summary>
internal sealed partial class ToolRefusals(TenantDatabase database, ILogger<ToolRefusals> logger) : ToolFilter
{
    // A model can make up any name and any arguments.
    private const int MaxNameLength = 100;
    private const int MaxInvalidLength = 1_000;

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        var result = await next();
        await RecordAsync(call.Context, call.Tool.Name, call.RawArguments, result);
        return result;
    }

    /// <summary>Records the call if the result is a refusal. The model gets its result even if the record cannot be written.</summary>
    internal async Task RecordAsync(ToolContext context, string name, JsonElement arguments, ToolResult result)
    {
        if (result.Status is not (ToolStatus.Unknown or ToolStatus.BadArguments) || context.Mode == ToolCallMode.Completion) return;
        try
        {
            await InsertAsync(context, name, arguments, result);
        }
        catch (DbException e)
        {
            LogNotRecorded(context.CallId, e);
        }
    }

    private async Task InsertAsync(ToolContext context, string name, JsonElement arguments, ToolResult result)
    {
        await using var db = await database.BeginAsync(context.Tenant.TenantId, CancellationToken.None);
        await using var command = db.Command(
            """
            insert into tool_calls (tenant_id, call_id, conversation_id, name, arguments, state, channel, success, result, finished_at)
            values ($1, $2, $3, $4, $5, 'refused', $6, false, $7, now())
            on conflict do nothing
            """,
            [
                db.TenantId.Value,
                context.CallId,
                ToolCallLedger.Conversation(context),
                Storable(name),
                ToolCallLedger.Json(Storable(arguments)),
                context.Channel,
                ToolCallLedger.Json(result.Value),
            ]);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        await db.CommitAsync(CancellationToken.None);
    }

    // Text in PostgreSQL holds no U+0000 and no half of a surrogate pair.
    private static string Storable(string name) =>
        string.Concat(name.Where(character => character != '\0' && !char.IsSurrogate(character)).Take(MaxNameLength));

    // What is no JSON object is stored as text.
    private static JsonElement Storable(JsonElement arguments)
    {
        if (ToolArguments.Read(arguments, out var read) is null) return read;
        // They may have wrong bytes.
        using var clean = JsonDocument.Parse(StorableJson.ToText(arguments));
        var text = clean.RootElement.ToString();
        return JsonSerializer.SerializeToElement(text.Length > MaxInvalidLength ? text[..MaxInvalidLength] : text);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The refused tool call {Call} could not be recorded")]
    private partial void LogNotRecorded(string call, Exception exception);
}
