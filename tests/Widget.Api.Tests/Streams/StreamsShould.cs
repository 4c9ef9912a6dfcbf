using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Tests.Streams;

/// <summary>Streams reach the client at once and stay open, through an nginx with nothing but <c>proxy_pass</c> as well.</summary>
public sealed class StreamsShould(ApiFixture api) : IAsyncLifetime
{
    // A model that writes for a long time, so that a proxy that collects the answer is noticed.
    private static readonly object SlowModel = new { tokenDelayMs = 150 };

    private ApiNode _node = null!;
    private Nginx _nginx = null!;
    private TestTenant _tenant = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await ApiNode.StartAsync(api.Database, chat: api.Simulator.Chat);
        _nginx = await Nginx.StartAsync(_node);
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
        await api.Simulator.BehaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await api.Simulator.BehaveAsync();
        await _nginx.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Deliver_the_first_words_of_an_answer_before_the_last()
    {
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(SlowModel);
        using var client = Client(visitor.Session.Token);

        var response = await client.SendAsync(Ask(visitor), HttpCompletionOption.ResponseHeadersRead, Ct);
        var seen = new List<string>();
        var finishedAtFirstDelta = true;
        await foreach (var (name, _, _) in response.ReadEventsAsync<JsonElement>())
        {
            if (name == "delta" && !seen.Contains("delta")) finishedAtFirstDelta = (await visitor.EventsAsync()).Count > 1;
            seen.Add(name);
        }

        finishedAtFirstDelta.ShouldBeFalse("the answer was in the log before its first words arrived");
        seen.Count(name => name == "delta").ShouldBeGreaterThan(2);
        seen[^1].ShouldBe("completed");
    }

    [Fact]
    public async Task Deliver_a_watched_conversation_event_by_event()
    {
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(SlowModel);
        using var client = Client(visitor.Session.Token);
        var watch = new HttpRequestMessage(HttpMethod.Get, $"{visitor.Conversation}/events");
        watch.Headers.Accept.ParseAdd("text/event-stream");
        var response = await client.SendAsync(watch, HttpCompletionOption.ResponseHeadersRead, Ct);

        // Waits for the whole answer elsewhere.
        var asked = visitor.AskAsync("How long does the fast charger need?");
        var liveBeforeCompleted = false;
        await foreach (var (name, _, update) in response.ReadEventsAsync<ConversationUpdate>())
        {
            if (name == "answer" && update.Answer is AnswerDelta) liveBeforeCompleted |= !asked.IsCompleted;
            if (update.Event is AssistantMessage) break;
        }

        liveBeforeCompleted.ShouldBeTrue();
        (await asked).Text.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Deliver_a_completion_chunk_by_chunk()
    {
        await api.Simulator.BehaveAsync(SlowModel);
        using var client = Client(_tenant.Created.ApiKey);
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = "widget",
                stream = true,
                messages = new[] { new { role = "user", content = "How long does the fast charger need?" } },
            }),
        };

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var arrivals = new List<TimeSpan>();
        var start = System.Diagnostics.Stopwatch.StartNew();
        while (await reader.ReadLineAsync(Ct) is { } line)
            if (line.StartsWith("data:", StringComparison.Ordinal)) arrivals.Add(start.Elapsed);

        AssertHeaders(response);
        // Collected by a proxy, all chunks would arrive at the same time.
        (arrivals[^1] - arrivals[0]).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Tell_proxies_not_to_collect_or_compress_them()
    {
        var visitor = await _tenant.VisitAsync();

        var response = await visitor.Client.SendAsync(Ask(visitor), HttpCompletionOption.ResponseHeadersRead, Ct);

        AssertHeaders(response);
        await foreach (var _ in response.ReadEventsAsync<JsonElement>())
        {
            // Read to its end.
        }
    }

    [Fact]
    public async Task Send_comments_while_there_is_nothing_to_say()
    {
        // As if the model thought longer than the proxy waits.
        _node.Service<EventStreamOptions>().KeepAliveInterval = TimeSpan.FromMilliseconds(300);
        await using var impatient = await Nginx.StartAsync(_node, "proxy_read_timeout 2s;");
        var visitor = await _tenant.VisitAsync();
        await api.Simulator.BehaveAsync(new { delayMs = 4_000 });
        using var client = new HttpClient { BaseAddress = impatient.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", visitor.Session.Token);

        var response = await client.SendAsync(Ask(visitor), HttpCompletionOption.ResponseHeadersRead, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        text.ShouldContain(": keep-alive\n\n");
        text.ShouldContain("event: completed\n");
        // Each comment stands between two events.
        text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(
            part => part == ": keep-alive" || part.StartsWith("event: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replace_the_socket_that_a_default_nginx_does_not_forward()
    {
        var visitor = await _tenant.VisitAsync();
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(_nginx.Address)
        {
            Scheme = "ws",
            Path = "/hubs/conversation",
            Query = $"access_token={Uri.EscapeDataString(visitor.Session.Token)}",
        }.Uri;

        // The widget needs an error at once to fall back to HTTP.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(address, Ct));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        using var client = Client(visitor.Session.Token);
        (await client.GetAsync($"{visitor.Conversation}/events", Ct)).EnsureSuccessStatusCode();
    }

    private static void AssertHeaders(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.CacheControl!.NoTransform.ShouldBeTrue();
        response.Headers.CacheControl.NoCache.ShouldBeTrue();
        // nginx keeps this header to itself.
        if (response.Headers.Server.Count == 0) response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = _nginx.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static HttpRequestMessage Ask(TestVisitor visitor)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{visitor.Conversation}/messages")
        {
            Content = JsonContent.Create(new { clientId = Guid.NewGuid().ToString(), text = "How long does the fast charger need?" }),
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        return request;
    }
}
