using System.Text.Json;
using Widget.Platform.Database;

namespace Widget.Api.Tools;

/// <summary>Runs a tool within its time. Whatever goes wrong in it becomes a result that a model can tell the visitor of.</summary>
public sealed partial class ToolExecution(TimeProvider clock, ILogger<ToolExecution> logger)
{
    /// <summary>A visitor is waiting for the next sentence.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <param name="tool">Which.</param>
    /// <param name="context">For whom.</param>
    /// <param name="arguments">They have been checked.</param>
    /// <param name="ct">Nobody wants the result any more.</param>
    public async Task<ToolResult> RunAsync(ITool tool, ToolContext context, JsonElement arguments, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        using var timeUp = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, ct);
        ToolResult result;
        try
        {
            // A tool that does not heed its token is left behind.
            result = await tool.RunAsync(context, arguments, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            result = ToolResult.Failed("It took too long. Say that it cannot be done just now.");
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Tools are of many kinds and must not take the conversation down with them.
            LogFault(LoggedException.Of(e), tool.Name, context.Tenant.TenantId.Value);
            result = ToolResult.Failed("It failed. Say that it cannot be done just now.");
        }

        var took = clock.GetElapsedTime(start).TotalMilliseconds;
        LogRan(tool.Name, context.Tenant.TenantId.Value, context.CallId, result.Success, took);
        return result;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tool {Tool} ran for tenant {Tenant}, call {Call}: success {Success} after {Milliseconds:0} ms")]
    private partial void LogRan(string tool, Guid tenant, string call, bool success, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed for tenant {Tenant}")]
    private partial void LogFault(Exception exception, string tool, Guid tenant);
}
