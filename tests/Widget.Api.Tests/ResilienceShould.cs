using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Nodes that die, in the middle of answers and of nothing.</summary>
public sealed class ResilienceShould(ApiFixture api)
{
    [Fact]
    public async Task Have_another_node_write_what_a_dead_one_owed_and_only_once()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await visitor.AskAsync("Hello");
        await OweAsync(visitor, "How long does charging take?", seq: 3, attempt: 1, TimeSpan.FromSeconds(1));

        await using var second = await ApiNode.StartAsync(api.Database);
        var answer = await visitor.AskAsync("How long does charging take?", clientId: "q");

        answer.ReplyTo.ShouldBe(3);
        answer.Text.ShouldContain("four and a half hours");
        // Nothing more may come: a second answer would follow within the lease of one second.
        await Task.Delay(1_500);
        (await visitor.EventsAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Hand_answers_over_at_once_when_a_node_stops_in_good_order()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 30_000 });
        var first = await ApiNode.StartAsync(api.Database, simulator.Chat with { NetworkTimeout = TimeSpan.FromMinutes(1) });
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync(first);
        var asking = visitor.SendAsync("How long does charging take?");
        await Eventually.TrueAsync(async () => (await simulator.RequestsAsync()).Count == 1, "the model is asked");

        await first.DisposeAsync();

        var back = await tenant.VisitAsync(visitorId: visitor.Session.VisitorId);
        await Eventually.TrueAsync(async () => (await back.EventsAsync()).Count == 2, "the answer is in the log");
        // By whichever node was free: other tests have some, with models and without.
        (await back.EventsAsync())[1].ShouldBeOfType<AssistantMessage>().Text.ShouldNotBeEmpty();
        asking.Dispose();
    }

    [Fact]
    public async Task Throw_away_an_answer_that_another_node_has_taken_over_meanwhile()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 3_000 });
        await using var first = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync(first);
        var asking = visitor.SendAsync("How long does charging take?");
        await Eventually.TrueAsync(async () => (await simulator.RequestsAsync()).Count == 1, "the model is asked");

        // As if the node had been frozen for longer than its lease. It finds out when it is done.
        await using (var steal = api.Database.OwnerSource.CreateCommand(
            "update pending_answers set lease_owner = gen_random_uuid(), lease_until = now() + interval '5 seconds' "
                + "where conversation_id = $1"))
        {
            steal.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            (await steal.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        await Eventually.TrueAsync(async () => await OwedAsync(visitor) == 0, "the answer is written by whoever holds it");
        (await visitor.EventsAsync()).Select(entry => entry.GetType()).ShouldBe([typeof(VisitorMessage), typeof(AssistantMessage)]);
        (await asking).Dispose();
    }

    [Fact]
    public async Task Write_an_answer_once_on_a_node_whose_lease_ran_out_meanwhile()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 1_500 });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync(node);
        var asking = visitor.SendAsync("How long does charging take?");
        await Eventually.TrueAsync(async () => (await simulator.RequestsAsync()).Count == 1, "the model is asked");

        // As after an outage of the database: nobody took the lease, and the node itself finds it abandoned.
        await using (var owed = api.Database.OwnerSource.CreateCommand("select message_id from pending_answers where conversation_id = $1"))
        {
            owed.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            node.Service<AnswerWorker>().Start(
                new TenantId(tenant.Created.TenantId),
                new MessageId((Guid)(await owed.ExecuteScalarAsync())!));
        }

        (await asking).Dispose();
        await Eventually.TrueAsync(async () => await OwedAsync(visitor) == 0, "the answer is written");
        (await simulator.RequestsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Go_on_with_an_answer_when_renewing_its_lease_fails_once()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 4_500 });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat with { NetworkTimeout = TimeSpan.FromSeconds(20) });
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync(node);
        await using var renewals = await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "pending_answers",
            $"new.conversation_id = '{visitor.Session.ConversationId}' and old.lease_owner = new.lease_owner",
            most: 1,
            on: "update");

        var asking = visitor.AskAsync("How long does charging take?");
        await renewals.CountAsync(1);
        await asking;

        (await simulator.RequestsAsync()).Count.ShouldBe(1);
        (await visitor.EventsAsync()).Select(entry => entry.GetType()).ShouldBe([typeof(VisitorMessage), typeof(AssistantMessage)]);
    }

    [Fact]
    public async Task Try_an_answer_again_that_could_not_be_saved_although_the_node_is_busy_with_others()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { delayMs = 12_000 });
        await using var busy = await ApiNode.StartAsync(
            api.Database,
            simulator.Chat with { NetworkTimeout = TimeSpan.FromSeconds(30), FirstTokenTimeout = TimeSpan.FromSeconds(30) });
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var other = await tenant.VisitAsync(busy);
        var visitor = await tenant.VisitAsync(busy);
        var asking = other.SendAsync("How long does charging take?");
        await Eventually.TrueAsync(async () => (await simulator.RequestsAsync()).Count == 1, "the model is asked");
        await using var refused = await RefusedWrites.StartAsync(
            api.Database.OwnerSource,
            "conversation_events",
            $"new.conversation_id = '{visitor.Session.ConversationId}' and new.kind = 'assistant_message'",
            most: 1,
            on: "insert");

        // Small talk needs no model, so it is answered and refused at once.
        var sending = visitor.SendAsync("Hello");
        await refused.CountAsync(1);

        await Eventually.TrueAsync(
            async () => await OwedAsync(visitor) == 0,
            "the answer is tried again when its lease has run out",
            seconds: 20);
        (await OwedAsync(other)).ShouldBe(1);
        (await visitor.EventsAsync()).Select(entry => entry.GetType()).ShouldBe([typeof(VisitorMessage), typeof(AssistantMessage)]);
        (await sending).Dispose();
        (await asking).Dispose();
    }

    [Fact]
    public async Task Give_up_on_a_question_that_brings_down_node_after_node()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await OweAsync(visitor, "How long does charging take?", seq: 1, attempt: 9, TimeSpan.Zero);

        var answer = await visitor.AskAsync("How long does charging take?", clientId: "q");

        answer.Outcome.ShouldBe(AnswerOutcome.Failed);
        answer.OffersPerson.ShouldBeTrue();
    }

    [Fact]
    public async Task Ingest_what_a_node_took_in_before_it_stopped()
    {
        var first = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.CreateAsync(api, first);
        var lines = string.Join(
            '\n',
            Enumerable.Range(0, 500).Select(i => $$"""{"id": "d{{i}}", "title": "Document {{i}}", "text": "Words about topic{{i}}."}"""));
        var body = new StringContent(lines, null, "application/x-ndjson");
        var accepted = await tenant.Developer.PostAsync("/api/knowledge/import", body);
        await first.DisposeAsync();

        using var developer = api.Node.Client(tenant.Created.ApiKey);
        var onSecond = new TestTenant(api.Node, tenant.Created);
        var job = await onSecond.FinishedAsync(accepted);

        (job.Status, job.Done, job.Total).ShouldBe((JobStatusName.Ready, 500, 500));
    }

    [Fact]
    public void Lease_answers_for_no_longer_than_a_visitor_waits() =>
        AnswerLeases.Duration.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(10));

    // What a node leaves that is killed right after it took a question: the event, and a lease that nobody renews.
    private async Task OweAsync(TestVisitor visitor, string question, int seq, int attempt, TimeSpan lease)
    {
        // The foreign key is checked at the end of the statement, when both rows are there.
        await using var command = api.Database.OwnerSource.CreateCommand(
            """
            with question as (
              update conversations set last_seq = $2 where id = $1 returning tenant_id
            ), logged as (
              insert into conversation_events (tenant_id, conversation_id, seq, kind, client_id, data)
              select tenant_id, $1, $2, 'visitor_message', 'q',
                jsonb_build_object('kind', 'visitor_message', 'text', $3::text)
              from question
              returning tenant_id
            )
            insert into pending_answers (tenant_id, message_id, conversation_id, question_seq, attempt, lease_owner, lease_until)
            select tenant_id, gen_random_uuid(), $1, $2, $4, gen_random_uuid(), now() + $5 from logged
            """);
        foreach (var value in new object[] { visitor.Session.ConversationId, seq, question, attempt, lease })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> OwedAsync(TestVisitor visitor)
    {
        await using var command = api.Database.OwnerSource.CreateCommand("select count(*) from pending_answers where conversation_id = $1");
        command.Parameters.Add(new() { Value = visitor.Session.ConversationId });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
