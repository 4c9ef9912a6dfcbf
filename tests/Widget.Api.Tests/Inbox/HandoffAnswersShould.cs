using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

/// <summary>A rep who accepts while a language model writes a long answer, on this node or on another one.</summary>
public sealed class HandoffAnswersShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await api.Simulator.BehaveAsync(new { reply = string.Join(' ', Enumerable.Range(1, 500)), tokenDelayMs = 20 });
        _node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await api.Simulator.BehaveAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task End_before_the_rep_joins_with_what_was_written_so_far(bool onTheSameNode)
    {
        var world = new InboxWorld(onTheSameNode ? _tenant : new TestTenant(api.Node, _tenant.Created));
        var ada = await world.RepAsync("Ada");
        var visitor = await _tenant.VisitAsync();
        AssistantMessage? answer = null;
        Task<InboxItem>? accepting = null;

        await foreach (var (_, _, update) in (await visitor.SendAsync("How long does charging take?")).ReadEventsAsync<AnswerUpdate>())
        {
            if (update is AnswerDelta) accepting ??= world.AcceptAsync(visitor, ada);
            answer = (update as AnswerCompleted)?.Message;
        }

        await accepting!;
        answer!.Outcome.ShouldBe(AnswerOutcome.Stopped);
        answer.Text.ShouldNotContain("400");
        (await visitor.EventsAsync()).Select(entry => entry.GetType())
            .ShouldBe([typeof(VisitorMessage), typeof(AssistantMessage), typeof(PersonJoined)]);
    }

    [Fact]
    public async Task Be_dropped_when_the_node_that_writes_them_does_not_react()
    {
        var world = new InboxWorld(_tenant);
        var ada = await world.RepAsync("Ada");
        var visitor = await _tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        var asked = await visitor.WriteAsync("How long does charging take?");
        await world.ActAsync(visitor, "return", new { repId = ada.Id });
        // As if a node that hangs had the lease.
        await using (var hang = api.Database.OwnerSource.CreateCommand(
            """
            insert into pending_answers (tenant_id, message_id, conversation_id, question_seq, attempt, lease_owner, lease_until)
            values ($1, gen_random_uuid(), $2, $3, 1, gen_random_uuid(), now() + interval '1 hour')
            """))
        {
            hang.Parameters.Add(new() { Value = _tenant.Created.TenantId });
            hang.Parameters.Add(new() { Value = visitor.Session.ConversationId });
            hang.Parameters.Add(new() { Value = asked.Seq });
            await hang.ExecuteNonQueryAsync(Ct);
        }

        await world.AcceptAsync(visitor, ada);

        // Sending the message again tells that a person answers.
        (await visitor.WriteAsync("How long does charging take?", clientId: asked.ClientId)).Seq.ShouldBe(asked.Seq);
        (await visitor.EventsAsync()).OfType<AssistantMessage>().ShouldBeEmpty();
    }
}
