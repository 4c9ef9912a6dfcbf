using System.Net;
using System.Net.Http.Json;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Inbox;

/// <summary>A tenant with reps, and what they do in the inbox.</summary>
internal sealed class InboxWorld(TestTenant tenant)
{
    public TestTenant Tenant => tenant;

    public HttpClient Developer => tenant.Developer;

    public static async Task<InboxWorld> CreateAsync(ApiFixture api, ApiNode? node = null) =>
        new(await TestTenant.CreateAsync(api, node));

    public async Task<Rep> RepAsync(string name)
    {
        var response = await Developer.PostAsJsonAsync(
            "/api/reps",
            new { name, email = $"{name.ToLowerInvariant()}@harbor.example", timeZone = "UTC" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Rep>(TestTenant.Json))!;
    }

    public async Task<Rep> PresentRepAsync(string name)
    {
        var rep = await RepAsync(name);
        await PresentAsync(rep, true);
        return rep;
    }

    public async Task PresentAsync(Rep rep, bool available) =>
        (await Developer.PutAsJsonAsync("/api/inbox/presence", new { repId = rep.Id, available })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

    public Task<HttpResponseMessage> PostAsync(TestVisitor visitor, string action, object body) =>
        Developer.PostAsJsonAsync($"/api/inbox/{visitor.Session.ConversationId}/{action}", body);

    public async Task<InboxItem> ActAsync(TestVisitor visitor, string action, object body)
    {
        var response = await PostAsync(visitor, action, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<InboxItem>(TestTenant.Json))!;
    }

    public Task<InboxItem> AcceptAsync(TestVisitor visitor, Rep rep) => ActAsync(visitor, "accept", new { repId = rep.Id });

    public async Task<PersonMessage> ReplyAsync(TestVisitor visitor, Rep rep, string text, string? clientId = null)
    {
        var response = await PostAsync(visitor, "reply", new { repId = rep.Id, clientId = clientId ?? Guid.NewGuid().ToString(), text });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<PersonMessage>(TestTenant.Json))!;
    }

    public async Task<InboxPage> ListAsync(string query) =>
        (await Developer.GetFromJsonAsync<InboxPage>($"/api/inbox{query}", TestTenant.Json))!;

    public async Task<InboxThread> ThreadAsync(TestVisitor visitor, string query = "") =>
        (await Developer.GetFromJsonAsync<InboxThread>($"/api/inbox/{visitor.Session.ConversationId}{query}", TestTenant.Json))!;

    public async Task<InboxItem> EventuallyAsync(TestVisitor visitor, Func<InboxItem, bool> condition, string what)
    {
        InboxItem item = null!;
        await Eventually.TrueAsync(async () => condition(item = (await ThreadAsync(visitor)).Item), what, seconds: 20);
        return item;
    }
}

/// <summary>What visitors do with a person.</summary>
internal static class HumanVisitor
{
    public static async Task<PersonRequested> RequestHumanAsync(this TestVisitor visitor, object? body = null)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/human", body ?? new { });
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<PersonRequested>(TestTenant.Json))!;
    }

    /// <summary>Sends a message that no assistant answers.</summary>
    public static async Task<VisitorMessage> WriteAsync(
        this TestVisitor visitor,
        string text,
        Guid[]? attachments = null,
        string? clientId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{visitor.Conversation}/messages")
        {
            Content = JsonContent.Create(new { clientId = clientId ?? Guid.NewGuid().ToString(), text, attachments }),
        };
        request.Headers.Accept.ParseAdd("application/json");
        var response = await visitor.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<ConversationEvent>(TestTenant.Json)).ShouldBeOfType<VisitorMessage>();
    }

    public static Task<HttpResponseMessage> UploadAsync(this HttpClient client, string path, byte[] content, string name)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", name } };
        return client.PostAsync(path, form);
    }
}
