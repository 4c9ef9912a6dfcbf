using Widget.Api.Tests.Voice;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// The environment of a test class: a database, the simulators and a node of the API. No other class uses them at the same time.
/// </summary>
public sealed class ApiFixture(TestEnvironments environments) : IAsyncLifetime
{
    private TestEnvironment _environment = null!;

    public TestDatabase Database => _environment.Database;

    public Simulator Simulator => _environment.Simulator;

    internal VoiceSimulator Voice => _environment.Voice;

    public ApiNode Node => _environment.Node;

    /// <summary>Sites that the node may read. It takes crawls of other nodes of its database, so add their sites, too.</summary>
    public HashSet<string> Sites => _environment.Sites;

    public FetchOptions Fetching => _environment.Fetching;

    public async ValueTask InitializeAsync() => _environment = await environments.TakeAsync();

    public ValueTask DisposeAsync()
    {
        // Null if the environment could not be started.
        if (_environment is not null) environments.Return(_environment);
        return ValueTask.CompletedTask;
    }
}
