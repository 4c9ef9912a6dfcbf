using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Api.Operations;
using Widget.Testing;

namespace Widget.Browser.Tests.Voice;

/// <summary>From the visitor's microphone to the simulated provider and back, without replacing anything in between.</summary>
public sealed class SpokenConversationShould(ModelInstallation installation, SpeakingChromium chromium) : IClassFixture<SpeakingChromium>
{
    private const double Audible = 1e-5;
    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];
    private static readonly string FarEndScript = File.ReadAllText(
        Path.Combine(Repository.Root, "tests/Widget.Browser.Tests/Voice/farEnd.js"));

    /// <summary>The tenant's own account at the provider, so that other tests' calls are separate.</summary>
    private readonly string _key = $"sk-{Guid.NewGuid():N}";

    [Fact]
    public async Task Answer_a_spoken_question_aloud_from_the_knowledge_base()
    {
        await using var visit = await OpenAsync(new
        {
            utterances = new[] { SpeakingChromium.Question },
            calls = new[] { new { name = "search_knowledge", arguments = new { query = SpeakingChromium.Question } } },
        });
        await visit.CallAsync();

        await visit.Widget.ShownAsync(
            visit.Page.Locator(".thread .spoken.visitor", new() { HasTextString = SpeakingChromium.Question }).First);
        await visit.Widget.ShownAsync(visit.Page.Locator(".thread .looked-up .source-chip", new() { HasTextString = "Lamps" }).First);
        await visit.Widget.ShownAsync(
            visit.Page.Locator(".thread .spoken.assistant", new() { HasTextString = "ten euros" }).First);
        (await visit.Page.EvaluateAsync<double>("""
            async () => {
              let most = 0;
              for (const connection of near) (await connection.getStats()).forEach((entry) => {
                if (entry.type === 'inbound-rtp') most = Math.max(most, entry.totalAudioEnergy);
              });
              return most;
            }
            """)).ShouldBeGreaterThan(Audible);
        var call = await visit.CallAtProviderAsync();
        call.GetProperty("heardSeconds").GetDouble().ShouldBeGreaterThan(0.5);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "End the call", Exact = true }).ClickAsync();

        await visit.Page.WaitForFunctionAsync(
            "() => tracks.length > 0 && tracks.every((track) => track.readyState === 'ended') "
            + "&& near.every((connection) => connection.connectionState === 'closed')");
        await visit.EndedEverywhereAsync();
        // Either the server hangs up first, or the page's connection is closed first.
        (await visit.CallAtProviderAsync()).GetProperty("end").GetString().ShouldBeOneOf("hangup", "peer_gone");
        var events = await visit.LogAsync();
        events.Count(entry => entry.GetProperty("kind").GetString() == "voice_call_ended").ShouldBe(1);
        var asked = events.FindIndex(entry => Says(entry, "visitor", SpeakingChromium.Question));
        events.FindIndex(entry => Says(entry, "assistant", "ten euros")).ShouldBeGreaterThan(asked);
        asked.ShouldBeGreaterThanOrEqualTo(0);
        visit.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Continue_in_text_when_the_provider_dies()
    {
        await using var visit = await OpenAsync(new { });
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.AskAsync("What is the desk lamp made of?");
        await visit.Widget.StartCallAsync("voice");
        await visit.Widget.ShownAsync(visit.Live);

        // The page retries once by itself, and that call is refused.
        var id = (await visit.CallAtProviderAsync()).GetProperty("id").GetString();
        await visit.ControlAsync(
            HttpMethod.Put,
            $"/control/voice/behavior?account={_key}",
            new { refuse = new { status = 503, code = (string?)null } });
        await visit.ControlAsync(HttpMethod.Post, $"/control/voice/calls/{id}/kill");

        await ContinuesInTextAsync(visit);
    }

    [Fact]
    public async Task Continue_in_text_when_the_key_is_revoked()
    {
        await using var visit = await OpenAsync(new { });
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.AskAsync("What is the desk lamp made of?");
        await visit.ControlAsync(HttpMethod.Put, "/control/voice/keys", new { revoked = new[] { _key } });
        await visit.Widget.StartCallAsync("voice");

        await visit.Widget.ShownAsync(visit.Page.GetByText("does not accept the company's key", new() { Exact = false }));
        await ContinuesInTextAsync(visit);
    }

    [Fact]
    public async Task Continue_in_text_when_no_sound_comes_through()
    {
        await using var visit = await OpenAsync(new { });
        await visit.Widget.OpenPanelAsync();
        await visit.Widget.AskAsync("What is the desk lamp made of?");
        await visit.ControlAsync(HttpMethod.Put, $"/control/voice/behavior?account={_key}", new { udp = false });
        await visit.Widget.StartCallAsync("voice");

        await visit.Widget.ShownAsync(visit.Page.GetByText("No sound came through", new() { Exact = false }));
        await ContinuesInTextAsync(visit);
    }

    private static async Task ContinuesInTextAsync(Visit visit)
    {
        var onward = visit.Page.GetByRole(AriaRole.Button, new() { Name = "Back to chat" });
        await visit.Widget.ShownAsync(onward);
        await onward.ClickAsync();
        await visit.Widget.AskAsync("What does the desk lamp cost?");
        (await visit.Widget.Answers.CountAsync()).ShouldBe(2);
        await visit.EndedEverywhereAsync();
        await visit.Page.WaitForFunctionAsync("() => tracks.every((track) => track.readyState === 'ended')");
    }

    private static bool Says(JsonElement entry, string speaker, string text) =>
        entry.GetProperty("kind").GetString() == "utterance" && entry.GetProperty("speaker").GetString() == speaker
            && entry.GetProperty("text").GetString()!.Contains(text, StringComparison.Ordinal);

    private async Task<Visit> OpenAsync(object script)
    {
        await installation.ModelAsync();
        var site = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(
            site.Origin,
            new { agentName = "Nora", voice = new { enabled = true, turns = "pause", farField = false } },
            Lamps);
        var visit = new Visit(installation, site, tenant, _key);
        await visit.ApiAsync(HttpMethod.Put, "/api/voice/key", new { key = _key });
        await visit.ControlAsync(HttpMethod.Put, $"/control/voice/script?account={_key}", script);
        site.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        visit.Widget = await WidgetPage.OpenAsync(chromium.Browser, site.Address, null, async page =>
        {
            await page.Context.GrantPermissionsAsync(["microphone"]);
            await page.Page.AddInitScriptAsync(FarEndScript);
        });
        return visit;
    }

    private sealed class Visit(ModelInstallation installation, CustomerSite site, CreatedTenant tenant, string key) : IAsyncDisposable
    {
        public WidgetPage Widget { get; set; } = null!;

        public IPage Page => Widget.Page;

        public ILocator Live => Page.Locator(".stage.voice[data-phase=live]");

        public async Task CallAsync()
        {
            await Widget.OpenPanelAsync();
            await Widget.StartCallAsync("voice");
            await Widget.ShownAsync(Live);
        }

        public async Task<JsonElement> CallAtProviderAsync() =>
            (await installation.Http.GetFromJsonAsync<JsonElement[]>(
                new Uri(installation.Voice, $"/control/voice/calls?account={key}")))![^1];

        public async Task ControlAsync(HttpMethod method, string path, object? body = null)
        {
            using var request = new HttpRequestMessage(
                method,
                new Uri(installation.Voice, path))
            { Content = body is null ? null : JsonContent.Create(body) };
            var response = await installation.Http.SendAsync(request);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        }

        public async Task<JsonElement> ApiAsync(HttpMethod method, string path, object? body = null)
        {
            using var request = new HttpRequestMessage(
                method,
                new Uri(installation.Api, path))
            { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant.ApiKey);
            var response = await installation.Http.SendAsync(request);
            response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }

        /// <summary>No call is left open, in the database or at the provider.</summary>
        public async Task EndedEverywhereAsync()
        {
            for (var i = 0; ; i++)
            {
                var ours = (await ApiAsync(HttpMethod.Get, "/api/voice/sessions")).GetProperty("sessions").EnumerateArray().All(
                    call => call.GetProperty("state").GetString() is "ended" or "failed");
                var calls = await installation.Http.GetFromJsonAsync<JsonElement[]>(
                    new Uri(installation.Voice, $"/control/voice/calls?account={key}"));
                var theirs = calls!.All(call => call.GetProperty("state").GetString() == "ended");
                if (ours && theirs) return;
                if (i == 150) Assert.Fail($"A call is left open: ours {ours}, theirs {theirs}");
                await Task.Delay(200);
            }
        }

        /// <summary>The conversation's log, as the API returns it to the visitor's page.</summary>
        public async Task<List<JsonElement>> LogAsync()
        {
            var sessions = (await ApiAsync(HttpMethod.Get, "/api/voice/sessions")).GetProperty("sessions");
            var thread = sessions[0].GetProperty("threadId").GetGuid();
            var text = await Page.EvaluateAsync<string>(
                """
                async ([api, siteKey, thread]) => {
                  const memory = Object.entries(localStorage)
                    .map(([, value]) => { try { return JSON.parse(value); } catch { return {}; } })
                    .find((value) => value.visitorId);
                  const session = await (await fetch(`${api}/api/widget/session`, {
                    method: 'POST',
                    headers: { 'content-type': 'application/json' },
                    body: JSON.stringify({ siteKey, visitorId: memory.visitorId }),
                  })).json();
                  const events = await fetch(`${api}/api/widget/conversations/${thread}/events`, {
                    headers: { authorization: `Bearer ${session.token}`, accept: 'application/json' },
                  });
                  return await events.text();
                }
                """,
                new[] { installation.Api.GetLeftPart(UriPartial.Authority), tenant.SiteKey, thread.ToString() });
            return [.. JsonSerializer.Deserialize<JsonElement[]>(text)!];
        }

        public async ValueTask DisposeAsync()
        {
            if (Widget is not null) await Widget.DisposeAsync();
            await site.DisposeAsync();
        }
    }
}
