using System.Text.Json;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// One call of a tool on its way through the filters. It travels in the kernel arguments' context, apart from what the model wrote, so
/// that a model cannot name or replace it.
/// </summary>
public sealed class ToolInvocation : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <param name="tool">What is called.</param>
    /// <param name="context">For whom.</param>
    /// <param name="given">The arguments as the model wrote them: an object, or one written out as text.</param>
    /// <param name="callerGone">Cancelled when the caller no longer waits.</param>
    internal ToolInvocation(Tool tool, ToolContext context, JsonElement given, CancellationToken callerGone)
    {
        (Tool, Context, Given, CallerGone) = (tool, context, given, callerGone);
        KernelArguments = new KernelArguments { Context = new Dictionary<object, object?> { [typeof(ToolInvocation)] = this } };
    }

    public Tool Tool { get; }

    public ToolContext Context { get; }

    /// <summary>The model's arguments, an object. They fit the schema after <see cref="ToolArgumentCheck"/>.</summary>
    public JsonElement Arguments { get; private set; }

    internal JsonElement Given { get; }

    internal CancellationToken CallerGone { get; }

    internal KernelArguments KernelArguments { get; }

    /// <summary>The token that the tool gets.</summary>
    internal CancellationToken Stopped => _stop.Token;

    /// <exception cref="InvalidOperationException">The function was invoked without <see cref="ToolRunner"/>.</exception>
    public static ToolInvocation Of(KernelArguments arguments) =>
        arguments.Context?.TryGetValue(typeof(ToolInvocation), out var call) == true && call is ToolInvocation invocation
            ? invocation
            : throw new InvalidOperationException("Tools run only through the tool runner.");

    internal void Accept(JsonElement arguments)
    {
        Arguments = arguments;
        foreach (var argument in arguments.EnumerateObject()) KernelArguments[argument.Name] = argument.Value;
    }

    internal void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();
}
