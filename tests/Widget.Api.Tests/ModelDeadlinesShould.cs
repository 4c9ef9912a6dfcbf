using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>A visitor waits at most a few seconds for a model, even if its server asks for a longer pause.</summary>
public sealed class ModelDeadlinesShould(ApiFixture api) : IAsyncLifetime
{
    private const string Question = "How long does charging take?";

    // Far below what the model's server asks for, and far above what a busy machine takes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private Simulator _simulator = null!;

    public async ValueTask InitializeAsync() => _simulator = await Simulator.StartAsync();

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    [Fact]
    public async Task Quote_at_once_when_the_model_asks_for_a_long_pause_and_not_call_it_meanwhile()
    {
        await using var node = await ApiNode.StartAsync(api.Database, _simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await _simulator.BehaveAsync(new { failNext = 1_000, failStatus = 429, retryAfter = 100_000 });

        (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);
        var asked = (await _simulator.RequestsAsync()).Count;
        (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        asked.ShouldBe(1);
        (await _simulator.RequestsAsync()).Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Ask_the_model_again_when_the_pause_it_asked_for_is_over()
    {
        await using var node = await ApiNode.StartAsync(api.Database, _simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await _simulator.BehaveAsync(new { failNext = 1, failStatus = 503, retryAfter = 2 });

        (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        await Eventually.TrueAsync(async () => (await AskAsync(tenant, Soon)).Outcome == AnswerOutcome.Answered, "the model answers again");
    }

    [Fact]
    public async Task Quote_when_the_model_does_not_begin_in_time_and_then_stop_waiting_for_it()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            _simulator.Chat with { FirstTokenTimeout = TimeSpan.FromSeconds(1), NetworkTimeout = TimeSpan.FromSeconds(60) });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await _simulator.BehaveAsync(new { delayMs = 60_000 });

        for (var i = 0; i < 3; i++) (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);
        var asked = (await _simulator.RequestsAsync()).Count;
        (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        (await _simulator.RequestsAsync()).Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Not_limit_the_time_of_a_model_that_has_started()
    {
        await using var node = await ApiNode.StartAsync(api.Database, _simulator.Chat with { FirstTokenTimeout = TimeSpan.FromSeconds(5) });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        await _simulator.BehaveAsync(new { reply = "Two hours [1] " + string.Join(' ', Enumerable.Range(1, 65)), tokenDelayMs = 100 });

        (await AskAsync(tenant, TimeSpan.FromSeconds(30))).Outcome.ShouldBe(AnswerOutcome.Answered);
    }

    [Fact]
    public async Task Rewrite_a_follow_up_by_rule_while_the_model_is_paused()
    {
        await using var node = await ApiNode.StartAsync(api.Database, _simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();
        (await visitor.AskAsync("What does delivery within Germany cost?")).Outcome.ShouldBe(AnswerOutcome.Answered);
        await _simulator.BehaveAsync(new { failNext = 1_000, failStatus = 429, retryAfter = 100_000 });
        var watch = Stopwatch.StartNew();

        var answer = await visitor.AskAsync("And to Denmark?");

        watch.Elapsed.ShouldBeLessThan(Soon);
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        answer.Text.ShouldContain("89 euros");
        // The model refused the rewriting, so it was not asked for the answer.
        (await _simulator.RequestsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Not_accept_an_answer_that_is_too_long()
    {
        var inner = new OneChunk(new string('[', 800_000));
        await using var node = await ApiNode.StartAsync(api.Database, services: services => services.AddSingleton<IChatClient>(inner));
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);

        (await AskAsync(tenant, Soon)).Outcome.ShouldBe(AnswerOutcome.Quoted);

        inner.Asked.ShouldBe(1);
    }

    [Fact]
    public void Limit_the_pause_that_a_server_asks_for()
    {
        var clock = new SetClock();
        var status = new ModelStatus(clock);

        status.CheckPause().ShouldBeNull();
        status.RecordRetryAfter(TimeSpan.FromSeconds(100_000));
        status.RecordRetryAfter(TimeSpan.FromSeconds(1));
        status.CheckPause().ShouldBe(ModelStatus.MaxRetryAfter);
        clock.Now += ModelStatus.MaxRetryAfter;

        status.CheckPause().ShouldBeNull();
    }

    [Fact]
    public void Let_one_question_test_whether_a_model_that_timed_out_answers_again()
    {
        var clock = new SetClock();
        var status = new ModelStatus(clock);
        for (var i = 0; i < 20; i++) status.RecordTimeout();
        var pause = status.CheckPause().ShouldNotBeNull();
        clock.Now += pause;

        status.CheckPause().ShouldBeNull();
        status.CheckPause().ShouldBe(pause);
        status.RecordTimeout();
        status.CheckPause().ShouldBe(pause * 2);
        clock.Now += pause * 2;
        status.CheckPause().ShouldBeNull();
        status.RecordFirstToken();

        status.CheckPause().ShouldBeNull();
        status.CheckPause().ShouldBeNull();
    }

    private static async Task<AssistantMessage> AskAsync(TestTenant tenant, TimeSpan within)
    {
        var visitor = await tenant.VisitAsync();
        var watch = Stopwatch.StartNew();
        var answer = await visitor.AskAsync(Question);
        watch.Elapsed.ShouldBeLessThan(within);
        return answer;
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class OneChunk(string text) : IChatClient
    {
        public int Asked { get; private set; }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            Asked++;
            yield return new ChatResponseUpdate(ChatRole.Assistant, text);
            yield return new ChatResponseUpdate(ChatRole.Assistant, "") { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
