using System.Net;
using Widget.Api.Answers;
using Widget.Contracts;

namespace Widget.Api.Tests.Answers;

/// <summary>A node gets more questions than it can answer at the same time.</summary>
[Collection(typeof(Alone))]
public sealed class ManyQuestionsShould(ApiFixture api)
{
    private static readonly string[] Subjects =
    [
        "delivery within Germany",
        "delivery to Denmark",
        "the warranty of the frame",
        "the warranty of the battery",
    ];

    [Fact]
    public async Task Get_the_same_answers_as_one_at_a_time()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        // Each question is different, so that none is answered from the cache. The number does not change what is found.
        string Question(int number, string who) => $"What about {Subjects[number % Subjects.Length]}? Signed {who}{number}";
        var alone = new AssistantMessage[Subjects.Length];
        for (var i = 0; i < alone.Length; i++) alone[i] = await (await tenant.VisitAsync()).AskAsync(Question(i, "ann"));
        alone.ShouldAllBe(answer => answer.Outcome == AnswerOutcome.Quoted);

        var together = await Task.WhenAll(Enumerable.Range(0, 120).Select(async number =>
            await (await tenant.VisitAsync()).AskAsync(Question(number, "bob"))));

        for (var i = 0; i < together.Length; i++)
            (together[i].Outcome, together[i].Text).ShouldBe((alone[i % alone.Length].Outcome, alone[i % alone.Length].Text));
    }

    [Fact]
    public async Task Be_answered_late_but_correctly_while_the_knowledge_cannot_be_read()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var visitor = await tenant.VisitAsync();
        await using var connection = await api.Database.OwnerSource.OpenConnectionAsync();
        await using var blocking = await connection.BeginTransactionAsync();
        await using (var block = new Npgsql.NpgsqlCommand("lock table chunk_terms in access exclusive mode", connection))
            await block.ExecuteNonQueryAsync();

        using var response = await visitor.SendAsync("What does delivery to Denmark cost?");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = new List<string>();
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("event:", StringComparison.Ordinal)) continue;
            seen.Add(line["event:".Length..].Trim());
            if (seen.Count != 1) continue;
            // Longer than a search may take: the first search times out, and another one succeeds.
            await Task.Delay(TimeSpan.FromSeconds(4.5), TestContext.Current.CancellationToken);
            await blocking.RollbackAsync();
        }

        seen[0].ShouldBe("waiting");
        seen[^1].ShouldBe("completed");
        var answer = (await visitor.EventsAsync())[^1].ShouldBeOfType<AssistantMessage>();
        (answer.Outcome, answer.Text).ShouldBe(
            (AnswerOutcome.Quoted, "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros. [1]"));
    }

    [Fact]
    public async Task Be_refused_with_a_message_when_the_node_is_full()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();
        node.Service<AnswerWorker>().MaxConcurrent = 0;

        using var refused = await visitor.SendAsync("What does delivery cost?", clientId: "q");

        await refused.ShouldBeProblemAsync(
            HttpStatusCode.ServiceUnavailable,
            "Many people are asking right now. Please try again in a moment.");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        node.Service<AnswerWorker>().MaxConcurrent = 10;
        (await visitor.AskAsync("What does delivery cost?", clientId: "q")).Outcome.ShouldBe(AnswerOutcome.Quoted);
    }
}
