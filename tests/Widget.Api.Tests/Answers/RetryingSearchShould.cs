using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Rag.Search;

namespace Widget.Api.Tests.Answers;

public sealed class RetryingSearchShould
{
    private static readonly SearchStep Late = new("own", SearchOutcome.TimedOut, 0, 0, 6_000, "no answer within 6000 ms");
    private static readonly SearchStep Whole = new("own", SearchOutcome.Answered, 0, 0, 5, null);
    private static readonly SearchStep Elsewhere = new("tavus", SearchOutcome.Answered, 1, 0.2, 5, null);

    [Fact]
    public async Task Search_again_when_our_own_knowledge_did_not_answer()
    {
        var searches = 0;

        var finding = await SearchAsync(
            _ => ++searches < 3 ? throw new SearchUnavailableException(Trace(Late)) : Found(isEnough: true, Whole));

        (finding.IsEnough, searches).ShouldBe((true, 3));
    }

    [Fact]
    public async Task Search_again_when_what_others_found_is_not_enough()
    {
        var searches = 0;

        var finding = await SearchAsync(
            _ => ++searches == 1 ? Found(isEnough: false, Late, Elsewhere) : Found(isEnough: false, Whole, Elsewhere));

        (finding.IsEnough, searches).ShouldBe((false, 2));
    }

    [Fact]
    public async Task Accept_what_others_found_when_it_is_enough()
    {
        var searches = 0;

        await SearchAsync(_ =>
        {
            searches++;
            return Found(isEnough: true, Late, Elsewhere);
        });

        searches.ShouldBe(1);
    }

    [Fact]
    public async Task Accept_a_complete_search_that_found_nothing()
    {
        var searches = 0;

        await SearchAsync(_ =>
        {
            searches++;
            return Found(isEnough: false, Whole);
        });

        searches.ShouldBe(1);
    }

    [Fact]
    public async Task Not_search_again_when_the_visitor_has_stopped_the_answer()
    {
        using var stop = new CancellationTokenSource();
        var searches = 0;

        await Should.ThrowAsync<SearchUnavailableException>(new RetryingSearch(TimeProvider.System).FindAsync(
            async _ =>
            {
                searches++;
                await stop.CancelAsync();
                throw new SearchUnavailableException(Trace(Late));
            },
            live: null,
            stop.Token,
            TestContext.Current.CancellationToken));

        searches.ShouldBe(1);
    }

    private static Task<Finding> SearchAsync(Func<CancellationToken, Finding> find) => new RetryingSearch(TimeProvider.System).FindAsync(
        ct => Task.FromResult(find(ct)),
        new LiveAnswer(MessageId.New(), ConversationId.New(), static () => { }, TimeProvider.System),
        CancellationToken.None,
        TestContext.Current.CancellationToken);

    private static Finding Found(bool isEnough, params SearchStep[] steps) =>
        new(new SearchedQuestion("?", IsRewritten: false, ByModel: false), new SearchResult([], 0, Trace(steps)), [], isEnough ? AnswerTier.Sure : AnswerTier.None);

    private static SearchTrace Trace(params SearchStep[] steps) => new()
    {
        Strategy = SearchStrategy.Parallel,
        Steps = steps,
        Dropped = new DroppedHits(),
        Milliseconds = 0,
    };
}
