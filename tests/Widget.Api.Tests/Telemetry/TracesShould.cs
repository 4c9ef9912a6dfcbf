using System.Diagnostics;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests.Telemetry;

[Collection(typeof(Alone))]
public sealed class TracesShould(ApiFixture api)
{
    private const string Route = "POST /api/widget/conversations/{id:guid}/messages";

    // Nothing listens there. The tests look at the spans before they are sent.
    private static readonly string[] On = ["--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9"];

    [Fact]
    public async Task Contain_every_step_of_a_question_over_http()
    {
        var kept = new KeptSpans();
        await using var node = await StartAsync(kept);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync(node);
        await visitor.AskAsync("How long does charging take with the standard charger?");

        await visitor.AskAsync("And with the fast one?");

        var trace = await kept.TraceAsync(
            span => span.DisplayName == "rewrite follow-up",
            Route,
            "answer",
            "search",
            "search own",
            "rerank");
        trace.Span(Route).Kind.ShouldBe(ActivityKind.Server);
        trace.PathFrom(trace.Span("answer")).ShouldBe(["answer", Route]);
        trace.PathFrom(trace.Span("rewrite follow-up")).ShouldBe(["rewrite follow-up", "answer", Route]);
        trace.PathFrom(trace.Span("search own")).ShouldBe(["search own", "search", "answer", Route]);
        trace.PathFrom(trace.Span("search arm lexical")).ShouldBe(["search arm lexical", "search own", "search", "answer", Route]);
        trace.PathFrom(trace.Span("embed")).ShouldBe(["embed", "search arm dense", "search own", "search", "answer", Route]);
        trace.PathFrom(trace.Span("rerank")).ShouldBe(["rerank", "search", "answer", Route]);

        // The tenant was created on another node, so it uses the local embedding model.
        var chats = trace.Where(span => span.DisplayName == "chat sim-chat").ToArray();
        chats.Select(chat => trace.PathFrom(chat)[1]).ShouldBe(["rewrite follow-up", "answer"], ignoreOrder: true);
        chats.ShouldAllBe(chat => (string?)chat.GetTagItem("gen_ai.request.model") == "sim-chat");
        trace.ShouldContain(span => span.DisplayName == "insert conversation_events" && trace.PathFrom(span).Contains("answer"));
        trace.Span("answer").GetTagItem("widget.outcome").ShouldBe("answered");
        trace.Span("answer").GetTagItem("widget.answer.time_to_first_token").ShouldBeOfType<double>().ShouldBeGreaterThan(0);
        trace.Span("search").GetTagItem("widget.search.strategy").ShouldBe("parallel");
    }

    [Fact]
    public async Task Contain_a_question_over_the_hub_in_one_trace()
    {
        var kept = new KeptSpans();
        await using var node = await StartAsync(kept);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync(node);
        await using var hub = await HubClient.ConnectAsync(node, visitor.Session.Token);

        await hub.StreamAsync("a", "Ask", visitor.Session.ConversationId, new { clientId = "1", text = "How long does charging take?" });
        (await hub.ItemsAsync<AnswerUpdate>("a").LastAsync()).ShouldBeOfType<AnswerCompleted>();

        var trace = await kept.TraceAsync(
            span => span.DisplayName == "answer",
            "answer",
            "search own",
            "Widget.Api.Chat.ConversationHub/Ask");
        trace.PathFrom(trace.Span("search own")).ShouldBe(["search own", "search", "answer", "Widget.Api.Chat.ConversationHub/Ask"]);
    }

    [Fact]
    public async Task Link_an_answer_that_is_taken_over_to_the_trace_of_its_question()
    {
        var kept = new KeptSpans();
        var asked = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await using var node = await StartAsync(kept);
        var message = MessageId.New();
        await using (var db = await api.Node.Service<TenantDatabase>().BeginAsync(
            new TenantId(tenant.Created.TenantId),
            CancellationToken.None))
        {
            var conversation = new ConversationId(visitor.Session.ConversationId);
            var question = await ConversationLog.AppendAsync(
                db,
                conversation,
                new VisitorMessage { ClientId = "q", Text = "Is the frame covered?" },
                CancellationToken.None);
            await using var owe = db.Command(
                """
                insert into pending_answers
                  (tenant_id, message_id, conversation_id, question_seq, attempt, lease_owner, lease_until, trace_parent)
                values ($1, $2, $3, $4, 1, $5, now() + interval '1 hour', $6)
                """,
                [
                    tenant.Created.TenantId,
                    message.Value,
                    conversation.Value,
                    question.Seq,
                    node.Service<Api.Answers.AnswerLeases>().Node,
                    $"00-{asked.TraceId}-{asked.SpanId}-01",
                ]);
            await owe.ExecuteNonQueryAsync();
            await db.CommitAsync(CancellationToken.None);
        }

        node.Service<Api.Answers.AnswerWorker>().Start(new TenantId(tenant.Created.TenantId), message);

        var trace = await kept.TraceAsync(span => span.GetTagItem("widget.message.id") is Guid id && id == message.Value, "answer");
        trace.Span("answer").Links.ShouldHaveSingleItem().Context.TraceId.ShouldBe(asked.TraceId);
    }

    [Fact]
    public async Task Leave_out_polling_queries()
    {
        var kept = new KeptSpans();
        await using var node = await StartAsync(kept);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync(node);
        await visitor.AskAsync("Is the frame covered?");
        await kept.TraceAsync(span => span.DisplayName == "answer", "answer");

        kept.All.ShouldContain(span => span.Source.Name == "Npgsql");
        kept.All.Where(span => span.Source.Name == "Npgsql").ShouldAllBe(span => span.ParentSpanId != default);
    }

    private Task<ApiNode> StartAsync(KeptSpans kept) =>
        ApiNode.StartAsync(api.Database, api.Simulator.Chat, rerank: api.Simulator.Rerank, settings: On, services: KeptSpans.Of(kept));
}
