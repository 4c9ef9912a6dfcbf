using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// A filter around every tool call, in Semantic Kernel's pipeline. It passes the call on or returns a result itself.
/// <see cref="ToolServices"/> lists the filters in order.
/// </summary>
internal abstract class ToolFilter : IFunctionInvocationFilter
{
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        var result = await RunAsync(ToolInvocation.Of(context.Arguments), NextAsync);
        context.Result = new FunctionResult(context.Function, result);

        async Task<ToolResult> NextAsync()
        {
            await next(context);
            return context.Result.GetValue<ToolResult>()
                ?? throw new InvalidOperationException($"{context.Function.Name} returned no result.");
        }
    }

    protected abstract Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next);
}
