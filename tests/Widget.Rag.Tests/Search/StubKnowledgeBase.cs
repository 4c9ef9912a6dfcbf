using Widget.Rag.Search;

namespace Widget.Rag.Tests.Search;

/// <summary>A knowledge base with configurable behaviour.</summary>
internal sealed class StubKnowledgeBase(string name) : IKnowledgeBase
{
    private int _asked;

    public string Name => name;

    public bool IsRemote { get; init; }

    public TimeSpan Delay { get; set; }

    public Exception? Fails { get; set; }

    /// <summary>A barrier to wait at before answering.</summary>
    public Barrier? Meets { get; init; }

    public bool IgnoresCancellation { get; init; }

    public string? WhyNot { get; init; }

    public double Confidence { get; init; } = 0.7;

    public IReadOnlyList<Hit> Hits { get; init; } = [];

    public int Asked => _asked;

    public KnowledgeQuery? LastQuery { get; private set; }

    public Answerability CanAnswer(KnowledgeQuery query) => new(WhyNot);

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        LastQuery = query;
        if (Meets is not null) await Task.Run(() => Meets.SignalAndWait(ct), ct);
        await Task.Delay(Delay, IgnoresCancellation ? CancellationToken.None : ct);
        if (Fails is not null) throw Fails;
        return new KnowledgeResult([.. Hits.Select(hit => hit with { Origins = [name] })], Hits.Count > 0 ? Confidence : 0);
    }

    public static Hit Hit(string id, double score, string? text = null, DocumentId? document = null) => new()
    {
        ChunkId = ChunkId.New(),
        DocumentId = document ?? DocumentId.New(),
        ExternalId = id,
        Title = id,
        Text = text ?? $"the text of passage {id} which is like no other {id}",
        Locator = new Locator(),
        Score = score,
        Origins = [],
    };
}
