using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;

namespace Widget.Api.Tests.Tavus;

/// <summary>Tavus renamed personas to PALs and replicas to Faces: which names an account knows, and which names are read.</summary>
public sealed class TavusNamesShould : IAsyncLifetime
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TavusAccount Account = TavusStandIn.Account;

    private TavusStandIn _server = null!;

    public async ValueTask InitializeAsync() => _server = await TavusStandIn.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private IEnumerable<string> Asked => _server.Requests.Select(request => $"{request.Method} {request.Path}");

    [Fact]
    public async Task Ask_under_the_old_names_first_and_under_the_new_ones_when_those_are_unknown()
    {
        _server.Knows(("GET /v2/pals/p1", """{"pal_id":"p1","pal_name":"Host","default_face_id":"r1"}"""), ("DELETE /v2/pals/p1", ""));
        var client = _server.Client();

        var persona = await client.GetPersonaAsync(Account, "p1", Ct);
        await client.DeletePersonaAsync(Account, "p1", Ct);

        (persona.Id, persona.Name, persona.DefaultReplicaId).ShouldBe(("p1", "Host", "r1"));
        Asked.ShouldBe(["GET /v2/personas/p1", "GET /v2/pals/p1", "DELETE /v2/pals/p1"]);
    }

    [Fact]
    public async Task Find_out_for_each_endpoint_and_each_account()
    {
        _server.Knows(("GET /v2/pals/p1", """{"pal_id":"p1"}"""), ("GET /v2/replicas/r1", """{"replica_id":"r1"}"""));
        var client = _server.Client();
        await client.GetPersonaAsync(Account, "p1", Ct);
        await client.GetReplicaAsync(Account, "r1", Ct);
        await client.GetPersonaAsync(new TavusAccount("another", BelongsToTenant: false), "p1", Ct);
        Asked.ShouldBe(["GET /v2/personas/p1", "GET /v2/pals/p1", "GET /v2/replicas/r1", "GET /v2/personas/p1", "GET /v2/pals/p1"]);
    }

    [Fact]
    public async Task Not_take_an_unknown_persona_for_an_unknown_name()
    {
        _server.Knows(("GET /v2/personas/p1", """{"persona_id":"p1"}"""));
        var client = _server.Client();
        var unknown = await Should.ThrowAsync<TavusException>(() => client.GetPersonaAsync(Account, "p2", Ct));
        unknown.Fault.ShouldBe(TavusFault.NotFound);
        await client.GetPersonaAsync(Account, "p1", Ct);
        await Should.ThrowAsync<TavusException>(() => client.GetPersonaAsync(Account, "p2", Ct));
        Asked.ShouldBe(["GET /v2/personas/p2", "GET /v2/pals/p2", "GET /v2/personas/p1", "GET /v2/personas/p2"]);
    }

    [Fact]
    public async Task Go_over_to_the_new_names_when_the_old_ones_are_gone()
    {
        var client = _server.Client();
        _server.Says(200, """{"persona_id":"p1"}""");
        await client.GetPersonaAsync(Account, "p1", Ct);
        _server.Answer = http => http.Request.Path.Value!.Contains("personas", StringComparison.Ordinal)
            ? TavusStandIn.JsonAsync(http, 410, "{}")
            : TavusStandIn.JsonAsync(http, 200, """{"pal_id":"p1"}""");
        (await client.GetPersonaAsync(Account, "p1", Ct)).Id.ShouldBe("p1");
        (await client.GetPersonaAsync(Account, "p1", Ct)).Id.ShouldBe("p1");
        Asked.ShouldBe(["GET /v2/personas/p1", "GET /v2/personas/p1", "GET /v2/pals/p1", "GET /v2/pals/p1"]);
    }

    [Fact]
    public async Task Go_over_to_the_new_names_when_the_old_ones_cannot_even_be_listed()
    {
        _server.Knows(("GET /v2/personas", """{"data":[]}"""));
        var client = _server.Client();
        await client.ListPersonasAsync(Account, null, 1, 10, Ct);
        _server.Knows(("GET /v2/pals", """{"data":[]}"""));
        await client.ListPersonasAsync(Account, null, 1, 10, Ct);
        await client.ListPersonasAsync(Account, null, 1, 10, Ct);
        Asked.ShouldBe(["GET /v2/personas", "GET /v2/personas", "GET /v2/pals", "GET /v2/pals"]);
    }

    [Fact]
    public async Task Open_calls_in_the_names_that_the_account_knows_and_ask_for_those_once()
    {
        _server.Knows(
            ("GET /v2/pals", """{"data":[]}"""),
            (
                "POST /v2/conversations",
                """{"conversation_id":"c1","conversation_url":"https://tavus.daily.co/c1","pal_id":"p1","face_id":"r1"}"""));
        var client = _server.Client();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var conversation = await client.CreateConversationAsync(
                Account,
                new CreateConversation { PersonaId = "p1", ReplicaId = "r1" },
                Ct);
            (conversation.PersonaId, conversation.ReplicaId).ShouldBe(("p1", "r1"));
        }

        Asked.ShouldBe(["GET /v2/personas", "GET /v2/pals", "POST /v2/conversations", "POST /v2/conversations"]);
        _server.Requests.Last().Body!.Value.EnumerateObject().Select(field => field.Name).ShouldBe(
            ["pal_id", "face_id"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Translate_patches_and_filters()
    {
        _server.Knows(("GET /v2/pals", """{"data":[]}"""), ("PATCH /v2/pals/p1", "{}"), ("GET /v2/faces", """{"data":[]}"""));
        var client = _server.Client();
        await client.ListPersonasAsync(Account, "user", 1, 10, Ct);
        await client.PatchPersonaAsync(
            Account,
            "p1",
            [
                new("replace", "/persona_name", "Host"),
                new("copy", "/layers/llm/model", From: "/default_replica_id"),
                new("replace", "/greeting"),
            ],
            Ct);
        await client.ListReplicasAsync(Account, new ReplicaFilter { Type = "user", Ids = ["r1", "r2"] }, 2, 5, Ct);

        _server.Requests.Single(request => request.Path == "/v2/pals").Query.ShouldBe("?limit=10&page=1&pal_type=user");
        _server.Requests.Single(request => request.Method == "PATCH").Body!.Value.GetRawText()
            .ShouldBe(
                """[{"op":"replace","path":"/pal_name","value":"Host"},"""
                    + """{"op":"copy","path":"/layers/llm/model","from":"/default_face_id"},"""
                    + """{"op":"replace","path":"/greeting","value":null}]""");
        _server.Requests.Single(request => request.Path == "/v2/faces").Query.ShouldBe(
            "?limit=5&page=2&verbose=true&face_type=user&face_ids=r1%2Cr2");
    }

    [Theory]
    [InlineData("""{"persona_id":"p1","persona_name":"Host"}""")]
    [InlineData("""{"data":[{"persona_id":"p1","persona_name":"Host"}]}""")]
    [InlineData("""{"data":{"pal_id":"p1","pal_name":"Host"}}""")]
    [InlineData(
        """
        {"pal_id":"p1","name":"Host","persona_name":null,"unknown":{"deeply":[{"unknown":1}]},
         "layers":"none","document_ids":7,"created_at":"never","has_unpublished_changes":"yes"}
        """)]
    public async Task Read_a_persona_in_every_form_in_which_one_comes(string answer)
    {
        _server.Says(200, answer);
        var persona = await _server.Client().GetPersonaAsync(Account, "p1", Ct);
        (persona.Id, persona.Name, persona.DocumentIds.Count, persona.CreatedAt).ShouldBe(("p1", "Host", 0, null));
    }

    [Fact]
    public async Task Escape_what_stands_in_an_address()
    {
        _server.Says(200, """{"conversation_id":"c1"}""");
        await _server.Client().GetConversationAsync(Account, "../tools?x=1#y", verbose: false, Ct);
        _server.Requests.Single().Path.ShouldStartWith("/v2/conversations/..");
        _server.Requests.Single().Query.ShouldBe("");
    }

    [Fact]
    public async Task Keep_the_path_of_the_endpoint()
    {
        _server.Says(200, """{"conversation_id":"c1"}""");
        var client = _server.Client(address: new Uri(_server.Address, "/gateway/tavus/"));
        await client.GetConversationAsync(Account, "c1", verbose: false, Ct);
        _server.Requests.Single().Path.ShouldBe("/gateway/tavus/v2/conversations/c1");
        _server.Requests.Single().Key.ShouldBe(Account.Key);
    }

    [Theory]
    [InlineData(304, "", false, false)]
    [InlineData(200, "{}", true, false)]
    [InlineData(200, "", true, false)]
    [InlineData(200, """{"persona_id":"p1","publish_url":"/v2/pals/p1/publish"}""", true, true)]
    public async Task Tell_what_a_patch_came_to(int status, string answer, bool changed, bool needsPublishing)
    {
        _server.Answer = http =>
        {
            http.Response.StatusCode = status;
            return status == 304 ? Task.CompletedTask : TavusStandIn.JsonAsync(http, status, answer);
        };
        (await _server.Client().PatchPersonaAsync(Account, "p1", [new("remove", "/context")], Ct))
            .ShouldBe(new PersonaChange(changed, needsPublishing));
    }
}
