using Widget.Platform.Database;

namespace Widget.Api.Tools;

/// <summary>Stops a tool that takes too long. Every failure becomes a result, so that the model can tell the visitor.</summary>
internal sealed partial class ToolTimeLimit(TimeProvider clock, ILogger<ToolTimeLimit> logger) : ToolFilter
{
    /// <summary>The time limit of a tool. It is short, because a visitor is waiting for the next sentence.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        var start = clock.GetTimestamp();
        var result = await RunLimitedAsync(call, next);
        var milliseconds = clock.GetElapsedTime(start).TotalMilliseconds;
        LogRan(call.Tool.Name, call.Context.Tenant.TenantId.Value, call.Context.CallId, result.Success, milliseconds);
        return result;
    }

    private async Task<ToolResult> RunLimitedAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        // A recorded call is finished even if its caller no longer waits, because the caller may send it again to get the result.
        var aborted = call.Context.Mode == ToolCallMode.Completion ? call.CallerAborted : CancellationToken.None;
        using var timeUp = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, aborted);
        await using var stopping = either.Token.Register(call.Stop);
        try
        {
            // Do not wait for a tool that ignores its token.
            return await next().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return ToolResult.Failed("It took too long. Say that it is not possible right now.");
        }
        catch (Exception e) when (!aborted.IsCancellationRequested)
        {
            // Any feature may add a tool. A failing tool must not end the conversation.
            LogFault(SanitizedException.From(e), call.Tool.Name, call.Context.Tenant.TenantId.Value);
            return ToolResult.Failed("It failed. Say that it is not possible right now.");
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Tool {Tool} ran for tenant {Tenant}, call {Call}: success {Success} after {Milliseconds:0} ms")]
    private partial void LogRan(string tool, Guid tenant, string call, bool success, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed for tenant {Tenant}")]
    private partial void LogFault(Exception exception, string tool, Guid tenant);
}
