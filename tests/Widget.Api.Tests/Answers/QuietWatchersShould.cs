using System.Collections.Concurrent;
using System.Diagnostics;
using Widget.Api.Conversations;

namespace Widget.Api.Tests.Answers;

[Collection(typeof(Alone))]
public sealed class QuietWatchersShould(ApiFixture api)
{
    [Fact]
    public async Task Cost_the_database_nothing_while_nothing_happens()
    {
        await using var node = await ApiNode.StartAsync(api.Database);
        node.Service<ConversationFeed>().KeepAliveInterval = TimeSpan.FromMilliseconds(200);
        var tenant = await TestTenant.CreateAsync(api, node);
        var visitor = await tenant.VisitAsync();
        var statements = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => statements.Enqueue(string.Join(' ', activity.Tags.Select(tag => tag.Value))),
        };
        ActivitySource.AddActivityListener(listener);
        int Reads() => statements.Count(statement => statement.Contains("from conversation_events", StringComparison.Ordinal));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{visitor.Conversation}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await visitor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        // The first says that it watches, and is sent before the first read. The second comes after that.
        await PingsAsync(lines, 2);
        var before = Reads();
        before.ShouldBeGreaterThan(0);
        await PingsAsync(lines, 5);

        Reads().ShouldBe(before);
    }

    private static async Task PingsAsync(StreamReader lines, int count)
    {
        while (count > 0 && await lines.ReadLineAsync() is { } line)
            if (line == "event: ping") count--;
        count.ShouldBe(0);
    }
}
