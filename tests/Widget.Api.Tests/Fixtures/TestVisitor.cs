using System.Net.Http.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.Fixtures;

/// <summary>A visitor with a session.</summary>
internal sealed class TestVisitor(ApiNode node, SessionResponse session)
{
    public SessionResponse Session => session;

    public ApiNode Node => node;

    public HttpClient Client { get; } = node.Client(session.Token);

    public string Conversation => $"/api/widget/conversations/{session.ConversationId}";

    public async Task<AssistantMessage> AskAsync(string text, string? clientId = null)
    {
        var response = await SendAsync(text, clientId, "application/json");
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<AssistantMessage>(TestTenant.Json))!;
    }

    public Task<HttpResponseMessage> SendAsync(
        string text,
        string? clientId = null,
        string accept = "text/event-stream",
        string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Conversation}/messages")
        {
            Content = JsonContent.Create(new { clientId = clientId ?? Guid.NewGuid().ToString(), text }),
        };
        request.Headers.Accept.ParseAdd(accept);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<IReadOnlyList<ConversationEvent>> EventsAsync(int after = 0) =>
        (await Client.GetFromJsonAsync<ConversationEvent[]>($"{Conversation}/events?after={after}", TestTenant.Json))!;
}
