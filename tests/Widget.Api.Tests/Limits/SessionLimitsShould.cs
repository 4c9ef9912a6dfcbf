using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Widget.Api.Limits;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Limits;

/// <summary>The default limits on real nodes: a client that opens thousands of sessions is refused, an office is not.</summary>
[Collection(typeof(Alone))]
public sealed class SessionLimitsShould(ApiFixture api)
{
    private const string Attacker = "203.0.113.7";
    private const string Office = "198.51.100.20";

    private static readonly TrustedProxies Proxy = new() { Addresses = [IPAddress.Loopback] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refuse_most_of_two_thousand_sessions_of_one_address_and_serve_another_meanwhile()
    {
        await using var node = await StartAsync(Proxy);
        var tenant = await TestTenant.CreateAsync(api, node);
        var before = await SessionsAsync(tenant);
        using var client = node.Client();
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var waits = new ConcurrentBag<TimeSpan?>();
        var refusal = "";

        var flood = Parallel.ForAsync(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (_, _) =>
        {
            using var response = await OpenAsync(client, tenant.Created.SiteKey, Attacker);
            statuses.Add(response.StatusCode);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) return;
            waits.Add(response.Headers.RetryAfter?.Delta);
            refusal = await response.Content.ReadAsStringAsync(Ct);
        });
        // Another client connects as soon as the first request is refused.
        await Eventually.TrueAsync(() => !waits.IsEmpty, "a request is refused");
        using var other = await OpenAsync(client, tenant.Created.SiteKey, Office);
        var attackWasOn = !flood.IsCompleted;
        await flood;

        attackWasOn.ShouldBeTrue();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        var opened = statuses.Count(status => status == HttpStatusCode.OK);
        opened.ShouldBeInRange(700, 990);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(2_000 - opened);
        waits.ShouldAllBe(wait => wait >= TimeSpan.FromSeconds(1));
        var problem = JsonDocument.Parse(refusal).RootElement;
        problem.GetProperty("title").GetString()!.ShouldStartWith("Too many chats were opened from this address");
        problem.GetProperty("code").GetString().ShouldBe("rate_limited");
        problem.GetProperty("retryAfter").GetInt32().ShouldBeGreaterThan(0);
        // Refused requests left no row, and the address has only one bucket.
        (await SessionsAsync(tenant) - before).ShouldBe(opened + 1);
        node.Service<RequestLimits>().Buckets.ShouldBeLessThan(8);
    }

    [Fact]
    public async Task Answer_three_questions_each_of_two_hundred_visitors_behind_one_address()
    {
        await using var node = await StartAsync(Proxy);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        using var client = node.Client();
        var answers = new ConcurrentBag<AssistantMessage>();

        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Ct }, async (_, _) =>
        {
            using var opened = await OpenAsync(client, tenant.Created.SiteKey, Office);
            opened.StatusCode.ShouldBe(HttpStatusCode.OK);
            var visitor = new TestVisitor(node, (await opened.Content.ReadFromJsonAsync<SessionResponse>(TestTenant.Json, Ct))!);
            visitor.Client.DefaultRequestHeaders.Add("X-Forwarded-For", Office);
            string[] questions = ["How long does charging take?", "Is the frame covered?", "What does delivery to Denmark cost?"];
            foreach (var question in questions)
                answers.Add(await visitor.AskAsync(question));
        });

        answers.Count.ShouldBe(600);
        answers.ShouldAllBe(answer => answer.Outcome == AnswerOutcome.Quoted);
    }

    [Fact]
    public async Task Ignore_a_forged_address_and_a_key_in_the_query()
    {
        // No proxy is trusted here, so the client's own X-Forwarded-For is ignored.
        await using var node = await StartAsync(TrustedProxies.None, Small());
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();
        var statuses = new List<HttpStatusCode>();

        for (var i = 0; i < 12; i++)
        {
            using var response = await OpenAsync(client, tenant.Created.SiteKey, $"192.0.2.{i}", $"?siteKey=pk_{i:D24}");
            statuses.Add(response.StatusCode);
        }

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(5);
        statuses.Skip(5).ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        node.Log.Lines.ShouldContain(line => line.Contains("not in WIDGET_TRUSTED_PROXIES", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Use_only_the_address_that_the_trusted_proxy_adds()
    {
        await using var node = await StartAsync(Proxy, Small());
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();
        var statuses = new List<HttpStatusCode>();

        // The client has sent the first address, the proxy has added the last.
        for (var i = 0; i < 12; i++)
        {
            using var response = await OpenAsync(client, tenant.Created.SiteKey, $"192.0.2.{i}, {Attacker}");
            statuses.Add(response.StatusCode);
        }

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(5);
    }

    [Fact]
    public async Task Count_an_ipv6_network_as_one_client()
    {
        await using var node = await StartAsync(Proxy, Small());
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();
        var statuses = new List<HttpStatusCode>();

        for (var i = 0; i < 12; i++)
        {
            using var response = await OpenAsync(client, tenant.Created.SiteKey, $"2001:db8:1:2:{i:x}::1");
            statuses.Add(response.StatusCode);
        }

        using var neighbour = await OpenAsync(client, tenant.Created.SiteKey, "2001:db8:1:3::1");

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(5);
        neighbour.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Create_no_buckets_for_invalid_keys_and_refuse_clients_that_try_many()
    {
        await using var node = await StartAsync(Proxy, new LimitOptions().With(Limit.Anonymous, Rate.Parse("20/1h")));
        using var client = node.Client();
        var statuses = new List<HttpStatusCode>();

        for (var i = 0; i < 40; i++)
        {
            using var response = await OpenAsync(client, $"pk_{Guid.NewGuid():N}", Attacker);
            statuses.Add(response.StatusCode);
        }

        statuses.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(20);
        statuses.Skip(20).ShouldAllBe(status => status == HttpStatusCode.TooManyRequests);
        node.Service<RequestLimits>().Buckets.ShouldBe(1);
    }

    [Fact]
    public async Task Count_requests_with_an_invalid_token()
    {
        await using var node = await StartAsync(Proxy, LimitOptions.None.With(Limit.Anonymous, Rate.Parse("5/1h")));
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client("made-up");
        var statuses = new List<HttpStatusCode>();

        for (var i = 0; i < 8; i++) statuses.Add((await client.GetAsync($"/widget/{tenant.Created.Slug}", Ct)).StatusCode);

        statuses.ShouldBe([.. Enumerable.Repeat(HttpStatusCode.OK, 5), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 3)]);
    }

    [Fact]
    public async Task Count_requests_for_an_appearance_only_if_their_key_is_unknown()
    {
        await using var node = await StartAsync(Proxy, LimitOptions.None.With(Limit.Anonymous, Rate.Parse("5/1h")));
        var tenant = await TestTenant.CreateAsync(api, node);
        using var client = node.Client();

        (await StatusesAsync(tenant.Created.SiteKey)).ShouldAllBe(status => status == HttpStatusCode.OK);
        (await StatusesAsync("pk_unknown")).ShouldBe(
            [.. Enumerable.Repeat(HttpStatusCode.NotFound, 5), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 3)]);

        async Task<List<HttpStatusCode>> StatusesAsync(string key)
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 8; i++) statuses.Add((await client.GetAsync($"/api/widget/appearance?key={key}", Ct)).StatusCode);
            return statuses;
        }
    }

    private static LimitOptions Small() => new LimitOptions().With(Limit.Sessions, Rate.Parse("5/1h"));

    private Task<ApiNode> StartAsync(TrustedProxies proxies, LimitOptions? limits = null) =>
        ApiNode.StartAsync(api.Database, fetching: api.Fetching, limits: limits ?? new LimitOptions(), trustedProxies: proxies);

    private static Task<HttpResponseMessage> OpenAsync(HttpClient client, string siteKey, string from, string query = "")
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            "/api/widget/session" + query)
        { Content = JsonContent.Create(new { siteKey }) };
        request.Headers.Add("X-Forwarded-For", from);
        return client.SendAsync(request, Ct);
    }

    private async Task<long> SessionsAsync(TestTenant tenant)
    {
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select count(*) from visitors join tenants using (tenant_id) where slug = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = tenant.Created.Slug });
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
