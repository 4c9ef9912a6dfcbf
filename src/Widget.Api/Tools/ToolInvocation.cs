using System.Text.Json;
using Microsoft.SemanticKernel;

namespace Widget.Api.Tools;

/// <summary>
/// One call of a tool, as the filters see it. It is stored in the context of the kernel arguments, where a model cannot name or replace it.
/// </summary>
public sealed class ToolInvocation : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Creates a call.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="context">The caller and circumstances.</param>
    /// <param name="rawArguments">The arguments as the model sent them: a JSON object, or a string that contains one.</param>
    /// <param name="callerAborted">Cancelled when the caller no longer waits.</param>
    internal ToolInvocation(Tool tool, ToolContext context, JsonElement rawArguments, CancellationToken callerAborted)
    {
        (Tool, Context, RawArguments, CallerAborted) = (tool, context, rawArguments, callerAborted);
        KernelArguments = new KernelArguments { Context = new Dictionary<object, object?> { [typeof(ToolInvocation)] = this } };
    }

    public Tool Tool { get; }

    public ToolContext Context { get; }

    /// <summary>The validated arguments, a JSON object. Set by <see cref="ToolArgumentCheck"/>.</summary>
    public JsonElement Arguments { get; private set; }

    internal JsonElement RawArguments { get; }

    internal CancellationToken CallerAborted { get; }

    internal KernelArguments KernelArguments { get; }

    /// <summary>Cancels the tool.</summary>
    internal CancellationToken Stopped => _stop.Token;

    /// <summary>The call that a function was invoked for.</summary>
    /// <exception cref="InvalidOperationException">The function was invoked without <see cref="ToolRunner"/>.</exception>
    public static ToolInvocation Of(KernelArguments arguments) =>
        arguments.Context?.TryGetValue(typeof(ToolInvocation), out var call) == true && call is ToolInvocation invocation
            ? invocation
            : throw new InvalidOperationException("Tools run only through the tool runner.");

    internal void SetArguments(JsonElement arguments)
    {
        Arguments = arguments;
        foreach (var argument in arguments.EnumerateObject()) KernelArguments[argument.Name] = argument.Value;
    }

    internal void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();
}
