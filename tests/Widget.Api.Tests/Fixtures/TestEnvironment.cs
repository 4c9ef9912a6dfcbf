using Widget.Api.Tests.Tavus;
using Widget.Api.Tests.Voice;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>One database, one simulator of each kind and a node of the API that quotes.</summary>
internal sealed class TestEnvironment : IAsyncDisposable
{
    public TestDatabase Database { get; private set; } = null!;

    public Simulator Simulator { get; private set; } = null!;

    public VoiceSimulator Voice { get; private set; } = null!;

    public ApiNode Node { get; private set; } = null!;

    public HashSet<string> Sites { get; } = [];

    public FetchOptions Fetching => new()
    {
        AllowedPrivateHosts = Sites,
        HostDelay = TimeSpan.Zero,
        RetryDelay = TimeSpan.FromMilliseconds(10),
    };

    public async Task StartAsync()
    {
        var database = TestDatabase.CreateAsync();
        var simulator = Simulator.StartAsync();
        var voice = VoiceSimulator.StartAsync();
        (Database, Simulator, Voice) = (await database, await simulator, await voice);
        // This node takes calls of the other nodes of its database, so it knows the same providers.
        Node = await ApiNode.StartAsync(
            Database,
            fetching: Fetching,
            tavusApi: Simulator.TavusApi,
            video: VideoTenant.Quick,
            voice: Voice.OpenAI);
    }

    public async ValueTask DisposeAsync()
    {
        if (Node is not null) await Node.DisposeAsync();
        if (Voice is not null) await Voice.DisposeAsync();
        if (Simulator is not null) await Simulator.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}
