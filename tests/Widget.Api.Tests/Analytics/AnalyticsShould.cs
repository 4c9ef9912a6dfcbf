using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tests.Leads;
using Widget.Contracts;

namespace Widget.Api.Tests.Analytics;

public sealed class AnalyticsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Count_what_happens_in_conversations()
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api);
        var (visitor, silent) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        var answer = await visitor.AskAsync("How long does the standard charger take to fill the battery?");
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        (await visitor.AskAsync("Do you sell chocolate cakes with cherries?")).Outcome.ShouldBe(AnswerOutcome.NotFound);
        await RateAsync(visitor, answer, "up");
        await RateAsync(visitor, answer, "down");
        (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/person", new { clientId = "p", email = "ada@example.com" }, Ct))
            .EnsureSuccessStatusCode();

        var total = (await SummaryAsync(tenant)).Total;

        (total.Conversations, total.Engaged, total.Messages).ShouldBe((2, 1, 2));
        (total.Quoted, total.NotFound, total.Answered, total.Suggested, total.Failed).ShouldBe((1, 1, 0, 0, 0));
        (total.RatedUp, total.RatedDown).ShouldBe((0, 1));
        (total.Handoffs, total.Leads, total.Meetings, total.Calls).ShouldBe((1, 1, 0, 0));
        silent.Session.ConversationId.ShouldNotBe(visitor.Session.ConversationId);
        var usage = (await SummaryAsync(tenant)).Usage.Single(use => use.Kind == "answer");
        (usage.Count, usage.Model, usage.Cost).ShouldBe((2, null, null));
    }

    [Fact]
    public async Task List_the_conversations_behind_tiers_and_usage()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = new List<TestVisitor>();
        for (var i = 0; i < 3; i++)
        {
            visitors.Add(await tenant.VisitAsync());
            await visitors[i].AskAsync("What does a boat cost?");
        }

        await visitors[1].AskAsync("And a sail?");
        var person = new { clientId = "p", email = "a@example.com" };
        (await visitors[2].Client.PostAsJsonAsync($"{visitors[2].Conversation}/person", person, Ct)).EnsureSuccessStatusCode();
        List<Guid> ids = [.. visitors.Select(visitor => visitor.Session.ConversationId)];

        var first = await ConversationsAsync(tenant, "?figure=usage.answer&limit=2");
        var rest = await ConversationsAsync(tenant, $"?figure=usage.answer&limit=2&after={first.Next}");
        var tiers = new List<Guid>();
        foreach (var name in new[] { "hot", "warm", "cold", "none" })
            tiers.AddRange((await ConversationsAsync(tenant, $"?figure=tier.{name}")).Items.Select(item => item.ConversationId));

        List<AnalyticsConversation> all = [.. first.Items, .. rest.Items];
        all.Select(item => item.ConversationId).ShouldBe(ids, ignoreOrder: true);
        all.Single(item => item.ConversationId == ids[1]).Count.ShouldBe(2);
        (first.Items.Count, rest.Next).ShouldBe((2, null));
        tiers.ShouldBe([ids[2]]);
        (await ConversationsAsync(tenant, "?figure=usage.voice")).Items.ShouldBeEmpty();
        await using (var delete = api.Database.OwnerSource.CreateCommand("delete from conversations where id = $1"))
        {
            delete.Parameters.Add(new() { Value = ids[0] });
            await delete.ExecuteNonQueryAsync(Ct);
        }

        (await ConversationsAsync(tenant, "?figure=usage.answer")).Items.Select(item => item.ConversationId).ShouldNotContain(ids[0]);
        (await ConversationsAsync(await TestTenant.CreateAsync(api), "?figure=usage.answer")).Items.ShouldBeEmpty();
        foreach (var wrong in new[] { "figure=usage.fax", "figure=tier.lukewarm", "figure=usage.answer&mode=text" })
        {
            (await tenant.Developer.GetAsync($"/api/analytics/conversations?{wrong}", Ct)).StatusCode
                .ShouldBe(System.Net.HttpStatusCode.BadRequest, wrong);
        }
    }

    [Fact]
    public async Task Put_events_into_the_days_of_a_time_zone()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitor = await tenant.VisitAsync();
        // In Kathmandu (+05:45) it is 00:10 on the next day, in New York still the day before.
        await AddMessageAsync(tenant, visitor, "2026-03-01T18:25:00Z");
        await AddMessageAsync(tenant, visitor, "2026-03-02T01:00:00Z");

        (await DaysAsync("UTC")).ShouldBe([("2026-03-01", 1), ("2026-03-02", 1)]);
        (await DaysAsync("Asia/Kathmandu")).ShouldBe([("2026-03-02", 2)]);
        (await DaysAsync("America/New_York")).ShouldBe([("2026-03-01", 2)]);
        (await SummaryAsync(tenant, "?from=2026-03-02&to=2026-03-02&timeZone=Asia/Kathmandu")).Total.Messages.ShouldBe(2);
        (await SummaryAsync(tenant, "?from=2026-03-01&to=2026-03-01&timeZone=Asia/Kathmandu")).Total.Messages.ShouldBe(0);

        async Task<List<(string, long)>> DaysAsync(string zone)
        {
            var summary = await SummaryAsync(tenant, $"?from=2026-02-25&to=2026-03-05&timeZone={zone}");
            summary.TimeZone.ShouldBe(zone);
            return [.. summary.Rows.Select(row => (row.Key, row.Figures.Messages))];
        }
    }

    [Fact]
    public async Task Export_a_table_that_excel_opens()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await AddMessageAsync(tenant, await tenant.VisitAsync(), "2026-03-01T10:00:00Z", "https://shop.example/=1+1");

        var excel = await tenant.Developer.GetByteArrayAsync("/api/analytics/export.csv?from=2026-03-01&to=2026-03-01&format=excel", Ct);
        var pages = await tenant.Developer.GetStringAsync("/api/analytics/export.csv?from=2026-03-01&to=2026-03-01&by=page", Ct);

        excel[..2].ShouldBe(new byte[] { 0xFF, 0xFE });
        var lines = System.Text.Encoding.Unicode.GetString(excel[2..]).Split("\r\n");
        lines[0].ShouldStartWith("day\tconversations\tengaged\tmessages");
        lines[1].ShouldStartWith("2026-03-01\t");
        pages.ShouldContain("https://shop.example/=1+1,");
        await (await tenant.Developer.GetAsync("/api/analytics/export.csv?format=pdf", Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "format must be csv or excel.");
    }

    [Fact]
    public async Task Tell_pages_apart_without_what_identifies_their_readers()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (first, second) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await AddMessageAsync(tenant, first, "2026-03-01T10:00:00Z", "https://shop.example/prices?mail=ada@example.com#top");
        await AddMessageAsync(tenant, first, "2026-03-01T10:40:00Z");
        await AddMessageAsync(tenant, second, "2026-03-01T10:00:00Z", "https://shop.example/");

        var pages = (await SummaryAsync(tenant, "?from=2026-01-01&by=page")).Rows;

        pages.Select(row => (row.Key, row.Figures.Conversations, row.Figures.Messages))
            .ShouldBe([("https://shop.example/", 1, 1), ("https://shop.example/prices", 1, 2)]);
    }

    [Fact]
    public async Task Count_what_a_visitor_does_on_the_page_on_which_it_is_done()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (chatty, shy) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await AddMessageAsync(tenant, chatty, "2026-03-01T10:00:00Z", "https://shop.example/bikes");
        await AddMessageAsync(tenant, chatty, "2026-03-01T10:01:00Z", "https://shop.example/prices");
        await AddMessageAsync(tenant, chatty, "2026-03-01T10:02:00Z");
        // The form before the chat, on another page than the first message.
        await shy.GiveAsync(new { clientId = "1", email = "ada@example.com", page = "https://shop.example/prices?plan=pro" });
        await shy.AskAsync("Hello?");
        await chatty.GiveAsync(new { clientId = "1", email = "bob@example.com", page = "https://shop.example/contact" });

        var pages = (await SummaryAsync(tenant, "?from=2026-01-01&by=page")).Rows
            .ToDictionary(row => row.Key, row => (row.Figures.Conversations, row.Figures.Messages, row.Figures.Leads));

        pages.ShouldBe(
            new Dictionary<string, (long, long, long)>
            {
                ["https://shop.example/bikes"] = (1, 1, 0),
                ["https://shop.example/prices"] = (1, 3, 1),
                ["https://shop.example/contact"] = (0, 0, 1),
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task Tell_modes_apart()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var (caller, writer) = (await tenant.VisitAsync(), await tenant.VisitAsync());
        await AddMessageAsync(tenant, writer, "2026-03-01T10:00:00Z");
        await AddAsync(tenant, caller, "voice_call_started", "2026-03-01T10:00:00Z", """{"sessionId": "x"}""");
        await AddAsync(
            tenant,
            caller,
            "utterance",
            "2026-03-01T10:20:00Z",
            """{"speaker": "visitor", "mode": "voice", "text": "Hello"}""");
        await AddAsync(tenant, caller, "voice_call_ended", "2026-03-01T10:21:00Z", """{"seconds": 90}""");

        var modes = (await SummaryAsync(tenant, "?from=2026-01-01&by=mode")).Rows;

        modes.Select(row => (row.Key, row.Figures.Conversations, row.Figures.Messages, row.Figures.Calls, row.Figures.CallMinutes))
            .ShouldBe([("text", 1, 1, 0, 0m), ("voice", 1, 1, 1, 1.5m)]);
    }

    [Fact]
    public async Task Lead_to_the_conversations_behind_a_figure()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var visitors = new List<TestVisitor>();
        for (var i = 0; i < 5; i++)
        {
            visitors.Add(await tenant.VisitAsync());
            await AddMessageAsync(tenant, visitors[i], $"2026-03-0{i + 1}T10:00:00Z");
        }

        await AddMessageAsync(tenant, visitors[0], "2026-03-01T10:01:00Z");

        var first = await MessagesAsync("&limit=3");
        var second = await MessagesAsync($"&limit=3&after={first.Next}");

        first.Items.Concat(second.Items).Select(item => item.ConversationId)
            .ShouldBe(visitors.AsEnumerable().Reverse().Select(visitor => visitor.Session.ConversationId));
        second.Items[^1].Count.ShouldBe(2);
        second.Next.ShouldBeNull();
        (await MessagesAsync("&mode=voice")).Items.ShouldBeEmpty();
        await (await tenant.Developer.GetAsync("/api/analytics/conversations?figure=secrets", Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "figure");
        await (await tenant.Developer.GetAsync("/api/analytics/conversations?after=1", Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "after");

        Task<AnalyticsConversationPage> MessagesAsync(string query) =>
            ConversationsAsync(tenant, $"?figure=messages&from=2026-03-01&to=2026-03-31{query}");
    }

    [Fact]
    public async Task Show_a_tenant_only_its_own_figures()
    {
        var (tenant, other) = (await TestTenant.CreateAsync(api), await TestTenant.CreateAsync(api));
        await AddMessageAsync(tenant, await tenant.VisitAsync(), "2026-03-01T10:00:00Z");

        var summary = await SummaryAsync(other, "?from=2026-01-01");

        (summary.Total.Conversations, summary.Total.Messages, summary.Rows.Count).ShouldBe((0, 0, 0));
    }

    [Theory]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?from=2026-03-02&to=2026-03-01", "to")]
    [InlineData("?from=2020-01-01", "to")]
    [InlineData("?timeZone=Mars/Olympus", "timeZone")]
    public async Task Refuse_an_invalid_period(string query, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.GetAsync($"/api/analytics/summary{query}", Ct))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    private static async Task RateAsync(TestVisitor visitor, AssistantMessage answer, string rating) =>
        (await visitor.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/ratings",
            new { clientId = rating, messageId = answer.MessageId, rating },
            Ct)).EnsureSuccessStatusCode();

    private static async Task<AnalyticsConversationPage> ConversationsAsync(TestTenant tenant, string query) =>
        (await tenant.Developer.GetFromJsonAsync<AnalyticsConversationPage>($"/api/analytics/conversations{query}", TestTenant.Json, Ct))!;

    private static async Task<AnalyticsSummary> SummaryAsync(TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<AnalyticsSummary>($"/api/analytics/summary{query}", TestTenant.Json, Ct))!;

    private Task AddMessageAsync(TestTenant tenant, TestVisitor visitor, string at, string? page = null) =>
        AddAsync(tenant, visitor, "visitor_message", at, System.Text.Json.JsonSerializer.Serialize(new { text = "Hello?", page }));

    // An event that was appended at another time.
    private async Task AddAsync(TestTenant tenant, TestVisitor visitor, string kind, string at, string data)
    {
        await using var batch = api.Database.OwnerSource.CreateBatch();
        batch.BatchCommands.Add(new("set local app.across_tenants = 'on'"));
        batch.BatchCommands.Add(new(
            """
            with next as (update conversations set last_seq = last_seq + 1 where tenant_id = $1 and id = $2 returning last_seq)
            insert into conversation_events (tenant_id, conversation_id, seq, kind, data, created_at)
            select $1, $2, last_seq, $3, $4::jsonb, $5 from next
            """)
        {
            Parameters =
            {
                new() { Value = tenant.Created.TenantId },
                new() { Value = visitor.Session.ConversationId },
                new() { Value = kind },
                new() { Value = data },
                new() { Value = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture) },
            },
        });
        await batch.ExecuteNonQueryAsync(Ct);
    }
}
