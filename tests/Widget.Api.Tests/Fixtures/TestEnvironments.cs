using System.Collections.Concurrent;

[assembly: Xunit.AssemblyFixture(typeof(Widget.Api.Tests.Fixtures.TestEnvironments))]

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// The environments of a test run. Nodes on the same database claim each other's work, so a test class has its own environment while it
/// runs and returns it afterwards. There are as many environments as classes that run at the same time, because starting one takes seconds.
/// </summary>
public sealed class TestEnvironments : IAsyncDisposable
{
    private readonly ConcurrentBag<TestEnvironment> _all = [];
    private readonly ConcurrentBag<TestEnvironment> _free = [];

    internal async Task<TestEnvironment> TakeAsync()
    {
        if (_free.TryTake(out var free)) return free;
        var started = new TestEnvironment();
        _all.Add(started);
        await started.StartAsync();
        return started;
    }

    internal void Return(TestEnvironment environment) => _free.Add(environment);

    public async ValueTask DisposeAsync()
    {
        foreach (var environment in _all) await environment.DisposeAsync();
    }
}
