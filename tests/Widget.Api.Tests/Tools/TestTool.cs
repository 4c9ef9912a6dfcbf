using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Widget.Api.Tools;

namespace Widget.Api.Tests.Tools;

/// <summary>A tool as another feature would add one: by registering it.</summary>
internal sealed class TestTool(string name, bool hasEffects, Func<ToolContext, JsonElement, CancellationToken, Task<ToolResult>> run) : ITool
{
    private int _runs;

    public int Runs => _runs;

    public string Name => name;

    public string Description => "Books a test ride.";

    public JsonElement Parameters { get; init; } = JsonDocument.Parse(
        """{"type": "object", "properties": {"bike": {"type": "string", "minLength": 1}}, "required": ["bike"], "additionalProperties": false}""").RootElement;

    public bool HasEffects => hasEffects;

    public static TestTool Booking(bool hasEffects = true) =>
        new("book_ride", hasEffects, (_, arguments, _) => Task.FromResult(ToolResult.Of(new { booked = arguments.GetProperty("bike").GetString() })));

    public Task<ToolResult> RunAsync(ToolContext context, JsonElement arguments, CancellationToken ct)
    {
        Interlocked.Increment(ref _runs);
        return run(context, arguments, ct);
    }

    public void Register(IServiceCollection services) => services.AddSingleton<ITool>(this);
}
