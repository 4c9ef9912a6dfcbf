using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Tavus.Mirror;
using Widget.Rag.Tests.Ingestion.Crawling;
using Widget.Testing;

namespace Widget.Rag.Tests.Tavus;

/// <summary>A tenant's mirror of a site whose pages a test changes.</summary>
internal sealed class Mirror : IAsyncDisposable
{
    private readonly MirrorSync _sync;

    private Mirror(TestDatabase database, ChangingSite site, TenantId tenant)
    {
        (Site, Tenant) = (site, tenant);
        Database = new TenantDatabase(database.ApplicationSource, RagServices.Tables);
        Leases = new MirrorLeases(database.ApplicationSource, Database);
        var fetcher = TestOutbound.Fetcher(site.Site.Allowed);
        var pages = new MirrorPages(
            Database,
            fetcher,
            new HostQueue(site.Site.Allowed, TimeProvider.System),
            new DocumentReader(Readers.Shared, new Chunker()),
            Clock);
        _sync = new MirrorSync(Database, pages, Clock);
        Base = new TavusMirror(Database);
    }

    public ChangingSite Site { get; }

    public TenantId Tenant { get; }

    public TenantDatabase Database { get; }

    public MirrorLeases Leases { get; }

    public TavusMirror Base { get; }

    public TestClock Clock { get; } = new();

    public static async Task<Mirror> CreateAsync(TestDatabase database, params IReadOnlyList<(string Path, SitePage Page)> pages) =>
        new(database, await ChangingSite.StartAsync(pages), await database.AddTenantAsync());

    /// <summary>A Tavus document made from a page of the site.</summary>
    public RemoteDocument Document(string path, string name = "", string status = "ready", string updated = "1") =>
        new($"d{path.Replace('/', '-')}", name, Site.Site[path].ToString(), status) { UpdatedAt = updated };

    public Task<bool> SyncAsync(params IReadOnlyList<RemoteDocument> documents) =>
        SyncAsync(new RemoteListing("account", documents, IsComplete: true));

    public async Task<bool> SyncAsync(RemoteListing listing, params string[] copies)
    {
        var lease = await HoldAsync();
        var whole = await _sync.SyncAsync(lease, listing, copies.ToHashSet(), TestContext.Current.CancellationToken);
        await Leases.ReleaseAsync(lease, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        return whole;
    }

    public Task<bool> SyncAsync(MirrorLease lease, params IReadOnlyList<RemoteDocument> documents) =>
        _sync.SyncAsync(
            lease,
            new RemoteListing("account", documents, IsComplete: true),
            new HashSet<string>(),
            TestContext.Current.CancellationToken);

    public async Task DropAsync()
    {
        var lease = await HoldAsync();
        await _sync.DropAsync(lease, TestContext.Current.CancellationToken);
        await Leases.ReleaseAsync(lease, pause: null, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes the lease as a worker does when the tenant is due.</summary>
    public async Task<MirrorLease> HoldAsync()
    {
        var worker = Guid.CreateVersion7();
        await Leases.RequestSyncAsync(Tenant, TestContext.Current.CancellationToken);
        await using var db = await Database.BeginAsync(Tenant, TestContext.Current.CancellationToken);
        await using var command = db.Command(
            "update tavus_knowledge set lease_owner = $1, lease_until = now() + interval '1 hour', asked = false",
            [worker]);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await db.CommitAsync(TestContext.Current.CancellationToken);
        return new MirrorLease(Tenant, worker);
    }

    public Task<KnowledgeResult> AskAsync(string question) =>
        Base.SearchAsync(new KnowledgeQuery { TenantId = Tenant, Text = question }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
    }
}
