using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// A step around every tool call, as a filter of Semantic Kernel. A step passes the call on, or ends it with a result of its own.
/// <see cref="ToolServices"/> lists the steps in their order.
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
            return context.Result.GetValue<ToolResult>() ?? throw new InvalidOperationException($"{context.Function.Name} gave no result.");
        }
    }

    protected abstract Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next);
}
