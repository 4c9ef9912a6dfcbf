using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>What the client makes of refusals, of broken answers and of none.</summary>
public sealed class TavusFaultsShould : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TavusAccount Account = TavusStandIn.Account;
    private static readonly TavusLimits Hasty = new() { ReadTimeout = TimeSpan.FromSeconds(1), ChangeTimeout = TimeSpan.FromSeconds(1) };

    private TavusStandIn _server = null!;

    public async ValueTask InitializeAsync() => _server = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(401, """{"message":"Invalid access token"}""", TavusFault.BadKey)]
    [InlineData(403, """{"message":"IP address not allowed"}""", TavusFault.BadKey)]
    [InlineData(402, """{"message":"The user is out of conversational credits."}""", TavusFault.NoCredits)]
    [InlineData(400, """{"message":"The user is out of conversational credits."}""", TavusFault.NoCredits)]
    [InlineData(400, """{"message":"User has reached maximum concurrent conversations"}""", TavusFault.ConcurrencyReached)]
    [InlineData(403, """{"error":"Concurrent conversation limit exceeded"}""", TavusFault.ConcurrencyReached)]
    [InlineData(400, """{"error":"Invalid conversation_id"}""", TavusFault.NotFound)]
    [InlineData(400, """{"error":"Bad Request. Persona does not exist"}""", TavusFault.NotFound)]
    [InlineData(404, """{"message":"Document not found"}""", TavusFault.NotFound)]
    [InlineData(400, """{"error":"Bad Request. properties: language: Must be one of: english."}""", TavusFault.BadRequest)]
    [InlineData(422, """{"message":"Invalid JSON Patch"}""", TavusFault.BadRequest)]
    [InlineData(413, "", TavusFault.BadRequest)]
    [InlineData(409, """{"error":"Document is being crawled"}""", TavusFault.Conflict)]
    [InlineData(429, """{"error":"Too many crawls"}""", TavusFault.Temporary)]
    [InlineData(500, "<html>oops</html>", TavusFault.Temporary)]
    [InlineData(503, "", TavusFault.Temporary)]
    [InlineData(302, "", TavusFault.Malformed)]
    public async Task Tell_refusals_apart_by_what_can_be_done(int status, string body, TavusFault fault)
    {
        _server.Says(status, body);
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        e.Fault.ShouldBe(fault);
        e.Status.ShouldBe(status);
        e.MayHaveHappened.ShouldBe(status >= 500);
    }

    [Fact]
    public async Task Keep_its_own_words_but_not_all_of_them_and_never_the_key()
    {
        _server.Says(400, $$"""{"error":"language is wrong for {{Account.Key}}\u0007 {{new string('x', 5000)}}"}""");
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        e.Message.ShouldStartWith("language is wrong for");
        e.Message.ShouldNotContain(Account.Key);
        e.Message.ShouldNotContain("\u0007");
        e.Message.Length.ShouldBeLessThan(400);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    public async Task Never_pass_on_half_a_character(string before)
    {
        var smiles = string.Concat(Enumerable.Repeat("\U0001F600", 200));
        _server.Says(400, $$"""{"error":"{{before}}{{smiles}}"}""");
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(e.Message)).ShouldBe(e.Message);

        _server.Says(400, """{"error":"\ud83d"}""");
        (await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct))).Fault.ShouldBe(
            TavusFault.BadRequest);
    }

    [Fact]
    public async Task Say_how_long_Tavus_wants_to_be_left_alone()
    {
        _server.Answer = http =>
        {
            http.Response.Headers.RetryAfter = "37";
            return TavusStandIn.JsonAsync(http, 429, "{}");
        };
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        e.Fault.ShouldBe(TavusFault.Temporary);
        e.RetryAfter.ShouldBe(TimeSpan.FromSeconds(37));
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(404, 1)]
    [InlineData(429, 1)]
    [InlineData(500, 2)]
    public async Task Try_reading_again_only_when_Tavus_has_failed(int status, int requests)
    {
        _server.Says(status, "{}");
        await FailureAsync(client => client.GetConversationAsync(Account, "c1", verbose: false, Ct));
        _server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Not_wait_twice_for_something_to_read()
    {
        _server.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var e = await FailureAsync(client => client.CreateConversationAsync(Account, FilledRequests.Conversation, Ct), Hasty);
        (e.Fault, e.MayHaveHappened).ShouldBe((TavusFault.Temporary, false), "it was not even told which names to use");
        _server.Requests.Select(request => request.Method).ShouldBe(["GET"]);
    }

    [Fact]
    public async Task Never_send_a_change_twice()
    {
        _server.Answer = http =>
            http.Request.Method == "GET" ? TavusStandIn.JsonAsync(http, 200, """{"data":[]}""") : TavusStandIn.JsonAsync(http, 500, "{}");
        var e = await FailureAsync(client => client.CreateConversationAsync(Account, FilledRequests.Conversation, Ct));
        e.MayHaveHappened.ShouldBeTrue();
        await FailureAsync(client => client.EndConversationAsync(Account, "c1", Ct));
        await FailureAsync(client => client.PatchPersonaAsync(Account, "p1", [new("remove", "/context")], Ct));
        _server.Requests.Where(request => request.Method != "GET").Select(request => $"{request.Method} {request.Path}")
            .ShouldBe(["POST /v2/conversations", "POST /v2/conversations/c1/end", "PATCH /v2/personas/p1"]);
    }

    [Fact]
    public async Task Give_up_on_an_answer_that_does_not_come()
    {
        _server.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var watch = Stopwatch.StartNew();
        var e = await FailureAsync(client => client.EndConversationAsync(Account, "c1", Ct), Hasty);
        e.Fault.ShouldBe(TavusFault.Temporary);
        e.MayHaveHappened.ShouldBeTrue();
        // The usual limit is 20 s.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Give_up_on_an_answer_that_stops_in_the_middle()
    {
        _server.Answer = async http =>
        {
            await http.Response.WriteAsync("""{"document_id":""");
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct), Hasty);
        (e.Fault, e.MayHaveHappened).ShouldBe((TavusFault.Temporary, true));
    }

    [Fact]
    public async Task Take_a_broken_connection_for_something_temporary_that_may_have_happened()
    {
        _server.Answer = async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("""{"document_id":""");
            await http.Response.Body.FlushAsync();
            http.Abort();
        };
        var e = await FailureAsync(client => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        (e.Fault, e.MayHaveHappened).ShouldBe((TavusFault.Temporary, true));
    }

    [Fact]
    public async Task Know_that_nothing_happened_when_the_connection_was_refused()
    {
        // A port that no process listens on any more.
        var gone = await TavusStandIn.StartAsync();
        var address = gone.Address;
        await gone.DisposeAsync();
        var client = _server.Client(address: address);
        var e = await Should.ThrowAsync<TavusException>(() => client.CreateDocumentAsync(Account, FilledRequests.Document, Ct));
        (e.Fault, e.MayHaveHappened, e.Status).ShouldBe((TavusFault.Temporary, false, null));
    }

    [Fact]
    public async Task Read_no_more_than_it_will_keep()
    {
        _server.Answer = async http =>
        {
            var piece = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(piece, http.RequestAborted);
        };
        var e = await FailureAsync(
            client => client.GetConversationAsync(Account, "c1", verbose: false, Ct),
            new TavusLimits { MaxResponseBytes = 1024 * 1024 });
        e.Fault.ShouldBe(TavusFault.Malformed);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"conversation_id":null}""")]
    [InlineData("""{"conversation_id":{"deep":1}}""")]
    [InlineData("""{"data":[]}""")]
    public async Task Call_an_answer_without_an_id_malformed(string answer)
    {
        _server.Says(200, answer);
        (await FailureAsync(client => client.GetConversationAsync(Account, "c1", verbose: false, Ct))).Fault.ShouldBe(TavusFault.Malformed);
    }

    [Theory]
    [InlineData("""{"data":"none"}""")]
    [InlineData("""{"data":[1]}""")]
    [InlineData("""{"data":[{"document_name":"no id"}]}""")]
    [InlineData("3")]
    public async Task Call_a_list_that_is_none_malformed(string answer)
    {
        _server.Says(200, answer);
        (await FailureAsync(client => client.ListDocumentsAsync(Account, null, 0, 10, Ct))).Fault.ShouldBe(TavusFault.Malformed);
    }

    [Fact]
    public async Task Stop_when_the_caller_does()
    {
        using var stop = new CancellationTokenSource();
        _server.Answer = async http =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        await Should.ThrowAsync<OperationCanceledException>(
            () => _server.Client().GetConversationAsync(Account, "c1", verbose: false, stop.Token));
        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Put_neither_keys_nor_contents_into_the_log()
    {
        var client = _server.Client(Hasty);
        foreach (var status in new[] { 200, 400, 401, 500 })
        {
            _server.Says(
                status,
                $$"""
                {"conversation_id":"c1","conversation_url":"https://tavus.daily.co/c1","persona_id":"p1",
                 "error":"failed for {{Account.Key}}"}
                """);
            await IgnoreAsync(client.CreateConversationAsync(Account, FilledRequests.Conversation, Ct));
            await IgnoreAsync(client.CreatePersonaAsync(Account, FilledRequests.Persona, Ct));
            await IgnoreAsync(client.ListDocumentsAsync(Account, new DocumentFilter { NameOrId = "confidential" }, 0, 10, Ct));
        }

        var log = string.Join('\n', _server.Log.Lines);
        log.ShouldContain("POST conversations");
        foreach (var secret in new[] { Account.Key, "bicycles", "Good day!", "secret", "confidential", "callback" })
            log.ShouldNotContain(secret);
    }

    private static async Task IgnoreAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (TavusException e)
        {
            e.ToString().ShouldNotContain(Account.Key);
        }
    }

    private async Task<TavusException> FailureAsync(Func<TavusClient, Task> call, TavusLimits? limits = null) =>
        await Should.ThrowAsync<TavusException>(() => call(_server.Client(limits)));
}
