namespace Widget.Api.Tools;

/// <summary>Reads the model's arguments. Refuses those that do not fit the tool's schema, in words for the model to correct them.</summary>
internal sealed class ToolArgumentCheck : ToolFilter
{
    protected override Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        if ((ToolArguments.Read(call.Given, out var arguments) ?? ArgumentSchema.Violation(call.Tool.Parameters, arguments)) is { } problem)
            return Task.FromResult(ToolResult.Refused(ToolStatus.BadArguments, problem));
        call.Accept(arguments);
        return next();
    }
}
