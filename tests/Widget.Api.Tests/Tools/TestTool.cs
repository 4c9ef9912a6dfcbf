using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Widget.Api.Tools;

namespace Widget.Api.Tests.Tools;

/// <summary>A tool that a test adds by registering a plugin, like another feature would.</summary>
internal sealed class TestTool(string name, bool hasEffects, Func<ToolContext, JsonElement, CancellationToken, Task<ToolResult>> run)
{
    private int _runs;

    public int Runs => _runs;

    public KernelParameterMetadata Parameter { get; init; } = Tool.Parameter("bike", new { type = "string", minLength = 1 });

    public static TestTool Booking(bool hasEffects = true) =>
        new(
            "book_ride",
            hasEffects,
            (_, arguments, _) => Task.FromResult(ToolResult.Of(new { booked = arguments.GetProperty("bike").GetString() })));

    public KernelPlugin ToPlugin() => KernelPluginFactory.CreateFromFunctions(
        $"{name}_{Guid.NewGuid():N}",
        [Tool.Declare(RunAsync, name, "Books a test ride.", hasEffects, Parameter)]);

    public void Register(IServiceCollection services) => services.AddSingleton(ToPlugin());

    private Task<ToolResult> RunAsync(KernelArguments arguments, CancellationToken ct)
    {
        Interlocked.Increment(ref _runs);
        var call = ToolInvocation.Of(arguments);
        return run(call.Context, call.Arguments, ct);
    }
}
