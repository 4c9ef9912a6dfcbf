using Microsoft.Extensions.Logging;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

public sealed class SearchFaultsShould
{
    private readonly KeptLog _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_logged_with_their_cause_while_others_answer()
    {
        var down = new HttpRequestException("down");
        var tavus = new StubKnowledgeBase("tavus") { Fails = down };

        await SearchAsync(new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] }, tavus);

        var entry = _log.Entries.ShouldHaveSingleItem();
        (entry.Id, entry.Level, entry.Exception).ShouldBe((2003, LogLevel.Error, down));
        entry.Text.ShouldContain("tavus");
    }

    [Fact]
    public async Task Be_logged_without_user_data()
    {
        var refused = new KnowledgeBaseException(
            KnowledgeFault.Configuration,
            "its key is not accepted (status 401)",
            cause: new IOException("the question was: secret"));

        await SearchAsync(new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] }, new StubKnowledgeBase("tavus") { Fails = refused });

        var entry = _log.Entries.ShouldHaveSingleItem();
        entry.Id.ShouldBe(2002);
        entry.Text.ShouldContain("its key is not accepted (status 401). Cause: IOException");
        (entry.Text + entry.Exception).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Be_logged_when_no_answer_comes_in_time()
    {
        await SearchAsync(
            new StubKnowledgeBase("own") { Hits = [Hit("a", 1)] },
            new StubKnowledgeBase("tavus") { Delay = TimeSpan.FromSeconds(30) });

        _log.Entries.ShouldHaveSingleItem().Id.ShouldBe(2001);
    }

    [Fact]
    public async Task Be_part_of_the_exception_when_no_knowledge_base_answers()
    {
        var (one, two) = (new HttpRequestException("one"), new InvalidOperationException("two"));

        var alone = await Should.ThrowAsync<SearchUnavailableException>(() => SearchAsync(new StubKnowledgeBase("own") { Fails = one }));
        var both = await Should.ThrowAsync<SearchUnavailableException>(
            () => SearchAsync(new StubKnowledgeBase("own") { Fails = one }, new StubKnowledgeBase("tavus") { Fails = two }));

        alone.InnerException.ShouldBe(one);
        both.InnerException.ShouldBeOfType<AggregateException>().InnerExceptions.ShouldBe([one, two]);
    }

    private Task<SearchResult> SearchAsync(params StubKnowledgeBase[] bases) =>
        new HybridSearch(bases, TimeProvider.System, logger: _log).SearchAsync(
        new KnowledgeQuery { TenantId = TenantId.New(), Text = "x" },
        new SearchPlan
        {
            Weights = bases.ToDictionary(one => one.Name, _ => 1.0, StringComparer.Ordinal),
            Deadline = TimeSpan.FromSeconds(1),
        },
        Ct);

    private sealed class KeptLog : ILogger<HybridSearch>
    {
        public List<(int Id, LogLevel Level, string Text, Exception? Exception)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (Entries) Entries.Add((eventId.Id, logLevel, formatter(state, exception), exception));
        }
    }
}
