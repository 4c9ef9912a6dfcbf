using System.Net;
using System.Net.Http.Json;
using System.Text;
using Widget.Api.Limits;
using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

public sealed class AttachmentsShould(ApiFixture api)
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n\x1a\n"u8, .. new byte[40]];
    private static readonly byte[] Pdf = [.. "%PDF-1.7\n"u8, .. new byte[40]];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Go_both_ways_and_be_served_so_that_they_cannot_act()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        visitor.Session.Config.Attachments.ShouldBeTrue();
        await world.AcceptAsync(visitor, ada);

        var picture = await UploadedAsync(visitor.Client, $"{visitor.Conversation}/attachments", Png, "../holiday\u202Egnp.exe");
        var message = await visitor.WriteAsync("", [picture.Id]);
        var contract = await UploadedAsync(
            world.Developer,
            $"/api/inbox/{visitor.Session.ConversationId}/attachments?rep={ada.Id}",
            Pdf,
            "Contract.pdf");
        (await world.PostAsync(visitor, "reply", new { repId = ada.Id, clientId = "1", text = "", attachments = new[] { contract.Id } }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);

        (picture.Name, picture.ContentType, picture.Bytes).ShouldBe(("holidaygnp.exe.png", "image/png", Png.Length));
        message.Attachments.Single().ShouldBe(picture with { Url = message.Attachments.Single().Url });
        var events = await visitor.EventsAsync();
        events.OfType<PersonMessage>().Single().Attachments.Single().Name.ShouldBe("Contract.pdf");
        using var anonymous = api.Node.Client();
        (await anonymous.GetAsync(picture.Url, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var served = await anonymous.GetAsync(message.Attachments.Single().Url, Ct);
        (await served.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(Png);
        served.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        served.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
        served.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        served.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        (await anonymous.GetAsync(contract.Url, Ct)).Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        (await anonymous.GetAsync("/files/guess", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anonymous.GetAsync(picture.Url[..^4] + "AAAA", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_deleted_a_day_later_if_they_are_not_sent()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        var (old, recent, sent) = (await UploadAsync("old.png"), await UploadAsync("recent.png"), await UploadAsync("sent.png"));
        await visitor.WriteAsync("", [sent.Id]);
        await using (var age = api.Database.OwnerSource.CreateBatch())
        {
            age.BatchCommands.Add(new("set local app.across_tenants = 'on'"));
            age.BatchCommands.Add(new("update attachments set created_at = now() - interval '25 hours' where id = any($1)")
            {
                Parameters = { new() { Value = new[] { old.Id, sent.Id } } },
            });
            // What a node runs every ten minutes.
            age.BatchCommands.Add(new("select delete_unsent_attachments()"));
            await age.ExecuteNonQueryAsync(Ct);
        }

        using var anonymous = api.Node.Client();
        (await anonymous.GetAsync(old.Url, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anonymous.GetAsync(recent.Url, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await anonymous.GetAsync(sent.Url, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);

        Task<Attachment> UploadAsync(string name) =>
            UploadedAsync(visitor.Client, $"{visitor.Conversation}/attachments", Png, name);
    }

    [Theory]
    [InlineData("<html><script>alert(1)</script>", "picture.png")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.svg")]
    [InlineData("", "empty.pdf")]
    public async Task Be_refused_by_their_content(string content, string name)
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();

        var response = await visitor.Client.UploadAsync($"{visitor.Conversation}/attachments", Encoding.UTF8.GetBytes(content), name);

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "file");
    }

    [Fact]
    public async Task Be_refused_when_they_are_too_large()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();
        byte[] large = [.. Pdf, .. new byte[10 * 1024 * 1024]];

        var response = await visitor.Client.UploadAsync($"{visitor.Conversation}/attachments", large, "large.pdf");

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "file");
    }

    [Fact]
    public async Task Be_sent_once_by_their_uploader_in_their_conversation_only()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var (visitor, other) = (await world.Tenant.VisitAsync(), await world.Tenant.VisitAsync());
        await world.AcceptAsync(visitor, ada);
        await world.AcceptAsync(other, ada);
        var file = await UploadedAsync(visitor.Client, $"{visitor.Conversation}/attachments", Png, "a.png");

        (await other.Client.UploadAsync($"{visitor.Conversation}/attachments", Png, "a.png")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(other, file.Id)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await world.PostAsync(visitor, "reply", new { repId = ada.Id, clientId = "1", text = "", attachments = new[] { file.Id } }))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await visitor.WriteAsync("Here", [file.Id], "once");
        await visitor.WriteAsync("Here", [file.Id], "once");
        (await SendAsync(visitor, file.Id)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Be_appended_without_an_answer_when_nothing_is_written_to_the_assistant()
    {
        var visitor = await (await TestTenant.CreateAsync(api)).VisitAsync();
        var file = await UploadedAsync(visitor.Client, $"{visitor.Conversation}/attachments", Png, "a.png");

        await visitor.WriteAsync("", [file.Id]);

        (await visitor.EventsAsync()).ShouldHaveSingleItem();
        var empty = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/messages", new { clientId = "e", text = " " }, Ct);
        await empty.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "text");
    }

    [Fact]
    public async Task Be_limited()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: LimitOptions.None.With(Limit.Attachments, Rate.PerMinutes(1, 60)));
        var visitor = await (await TestTenant.CreateAsync(api, node)).VisitAsync();
        await UploadedAsync(visitor.Client, $"{visitor.Conversation}/attachments", Png, "a.png");

        (await visitor.Client.UploadAsync($"{visitor.Conversation}/attachments", Png, "a.png")).StatusCode
            .ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static Task<HttpResponseMessage> SendAsync(TestVisitor visitor, Guid file) => visitor.Client.PostAsJsonAsync(
        $"{visitor.Conversation}/messages",
        new { clientId = Guid.NewGuid(), text = "Here", attachments = new[] { file } },
        Ct);

    private static async Task<Attachment> UploadedAsync(HttpClient client, string path, byte[] content, string name)
    {
        var response = await client.UploadAsync(path, content, name);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Ct));
        return (await response.Content.ReadFromJsonAsync<Attachment>(TestTenant.Json, Ct))!;
    }
}
