using Widget.Rag.Tests;
using Widget.Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]

namespace Widget.Rag.Tests;

/// <summary>One database for all tests of this assembly. Each test has its own tenants.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
