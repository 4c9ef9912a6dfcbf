using Widget.Platform.Database;

namespace Widget.Api.Tools;

/// <summary>Ends a tool that takes too long. Any failure of a tool becomes a result, so that the model can tell the visitor.</summary>
internal sealed partial class ToolTimeLimit(TimeProvider clock, ILogger<ToolTimeLimit> logger) : ToolFilter
{
    /// <summary>A visitor is waiting for the next sentence.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        var start = clock.GetTimestamp();
        var result = await RunWithinAsync(call, next);
        var took = clock.GetElapsedTime(start).TotalMilliseconds;
        LogRan(call.Tool.Name, call.Context.Tenant.TenantId.Value, call.Context.CallId, result.Success, took);
        return result;
    }

    private async Task<ToolResult> RunWithinAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        // A recorded call is finished even when its caller is gone, because the caller may send it again and wants its result then.
        var gone = call.Context.Mode == ToolCallMode.Completion ? call.CallerGone : CancellationToken.None;
        using var timeUp = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, gone);
        await using var stopping = either.Token.Register(call.Stop);
        try
        {
            // A tool that ignores its token is left behind.
            return await next().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return ToolResult.Failed("It took too long. Say that it cannot be done just now.");
        }
        catch (Exception e) when (!gone.IsCancellationRequested)
        {
            // Any feature may add a tool, and none may end the conversation by failing.
            LogFault(LoggedException.Of(e), call.Tool.Name, call.Context.Tenant.TenantId.Value);
            return ToolResult.Failed("It failed. Say that it cannot be done just now.");
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Tool {Tool} ran for tenant {Tenant}, call {Call}: success {Success} after {Milliseconds:0} ms")]
    private partial void LogRan(string tool, Guid tenant, string call, bool success, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool} failed for tenant {Tenant}")]
    private partial void LogFault(Exception exception, string tool, Guid tenant);
}
