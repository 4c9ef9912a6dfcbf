using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Widget.Api.Tavus.Client;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>How the simulated Tavus opens, keeps and ends calls. All tests of video rely on it.</summary>
public sealed class SimulatedTavusCallsShould(ApiFixture api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Refuse_invalid_requests()
    {
        using var http = new HttpClient { BaseAddress = new Uri(api.Simulator.Address, "/tavus/v2/") };
        http.DefaultRequestHeaders.Add("x-api-key", "sim-tavus-key");
        foreach (var (body, field) in new[]
        {
            ("""{"persona_id":"p5d11710002a","metadata":{}}""", "metadata"),
            ("""{"persona_id":"p5d11710002a","audio_only":"yes"}""", "audio_only"),
            ("""{"persona_id":"p5d11710002a","properties":{"max_call_duration":4000}}""", "max_call_duration"),
            ("""{"persona_id":"p5d11710002a","properties":{"is_private":true}}""", "is_private"),
            ("""{"persona_id":"p5d11710002a","callback_url":"http://widget.example/plain"}""", ""),
            ("""{"persona_id":null}""", "persona_id"),
            ("{}", "persona_id"),
        })
        {
            using var response = await http.PostAsync("conversations", new StringContent(body, Encoding.UTF8, "application/json"));
            if (field.Length == 0)
            {
                // Callbacks may go to plain http; only tools may not.
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                continue;
            }

            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
            JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
                .GetProperty("error")
                .GetString()!.ShouldContain(field);
        }
    }

    [Fact]
    public async Task Remember_its_calls_after_a_crash()
    {
        var journal = Path.Combine(Path.GetTempPath(), $"widget-tavus-{Guid.NewGuid():N}.journal");
        try
        {
            string key, ended, open;
            await using (var before = await Simulator.StartAsync(journal))
            {
                await using var tavus = await TavusTestAccount.CreateAsync(before, new { slots = 2 }, new { replicaJoinsAfter = 0 });
                key = tavus.Account.Key;
                ended = (await tavus.OpenAsync()).Id;
                open = (await tavus.OpenAsync()).Id;
                await tavus.Client.EndConversationAsync(tavus.Account, ended, Ct);
                await Eventually.TrueAsync(
                    async () => (await tavus.Client.GetConversationAsync(tavus.Account, open, verbose: true, Ct)).Events.Count > 0,
                    "the replica has come");
            }

            await using var again = await Simulator.StartAsync(journal);

            var calls = (await again.Control.GetFromJsonAsync<SimulatedCall[]>(
                $"/control/tavus/conversations?account={key}",
                TestTenant.Json))!;
            calls.Select(call => (call.Id, call.Status, call.EndCalls)).ShouldBe([(ended, "ended", 1), (open, "active", 0)]);
            var account = await again.Control.GetFromJsonAsync<JsonElement>($"/control/tavus/accounts/{key}");
            (account.GetProperty("slots").GetInt32(), account.GetProperty("active").GetInt32()).ShouldBe((2, 1));
        }
        finally
        {
            File.Delete(journal);
        }
    }

    [Theory]
    [InlineData("""{"max_call_duration":2}""", true, "max_call_duration reached")]
    [InlineData("""{"participant_absent_timeout":2}""", false, "participant_absent_timeout")]
    [InlineData("{}", true, "participant_left_timeout")]
    public async Task End_calls_at_their_time_limits(string properties, bool visited, string reason)
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { slots = 1 }, new { secondsPerSecond = 10 });
        var call = await tavus.OpenAsync(new CreateConversation
        {
            PersonaId = TavusTestAccount.StockPersona,
            Properties = JsonSerializer.Deserialize<ConversationProperties>(properties, TavusJson.Requests),
        });
        if (visited) (await tavus.PostAsync($"conversations/{call.Id}/join")).GetBoolean().ShouldBeTrue();
        if (properties == "{}") await tavus.PostAsync($"conversations/{call.Id}/leave");
        await Eventually.TrueAsync(() => tavus.IsEndedAsync(call.Id));
        (await tavus.CallAsync(call.Id)).GetProperty("endedBy").GetString().ShouldBe(reason);
        await tavus.OpenAsync();
    }

    [Fact]
    public async Task Keep_a_call_open_when_the_visitor_comes_back_in_time()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator);
        var call = await tavus.OpenAsync(
            new CreateConversation
            {
                PersonaId = TavusTestAccount.StockPersona,
                Properties = new ConversationProperties { ParticipantLeftTimeout = 3600 },
            });
        await tavus.PostAsync($"conversations/{call.Id}/join");
        await tavus.PostAsync($"conversations/{call.Id}/leave");
        await tavus.PostAsync($"conversations/{call.Id}/join");
        (await tavus.IsEndedAsync(call.Id)).ShouldBeFalse();
        (await tavus.CallAsync(call.Id)).GetProperty("participants").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Hold_a_thousand_calls_at_once_and_refuse_more()
    {
        await using var tavus = await TavusTestAccount.CreateAsync(api.Simulator, new { slots = 1_000 });
        var opened = await Task.WhenAll(Enumerable.Range(0, 1_020).Select(async _ =>
        {
            try
            {
                return (await tavus.OpenAsync()).Id;
            }
            catch (TavusException e) when (e.Fault == TavusFault.ConcurrencyReached)
            {
                return null;
            }
        }));
        opened.Count(id => id is not null).ShouldBe(1_000);
        await Task.WhenAll(opened.OfType<string>().Select(id => tavus.Client.EndConversationAsync(tavus.Account, id, Ct)));
        var calls = await tavus.CallsAsync();
        calls.Count.ShouldBe(1_000);
        calls.ShouldAllBe(call => call.GetProperty("status").GetString() == "ended" && call.GetProperty("endCalls").GetInt32() == 1);
        (await tavus.GetAsync($"accounts/{tavus.Account.Key}")).GetProperty("active").GetInt32().ShouldBe(0);
    }
}
