namespace Widget.Api.Tools;

/// <summary>Reads and validates the model's arguments. The error for invalid ones tells the model how to correct them.</summary>
internal sealed class ToolArgumentCheck : ToolFilter
{
    protected override Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        var error = ToolArguments.Read(call.RawArguments, out var arguments)
            ?? ArgumentSchema.ArgumentError(call.Tool.Parameters, arguments);
        if (error is not null) return Task.FromResult(ToolResult.Refused(ToolStatus.BadArguments, error));
        call.SetArguments(arguments);
        return next();
    }
}
