using System.Net.Http.Json;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Tests.OpenAI;

/// <summary>
/// A persona at a simulated Tavus that speaks through the endpoint: it asks several times while the visitor speaks and throws away all but
/// the last.
/// </summary>
public sealed class TavusPersonaShould(ApiFixture api)
{
    [Fact]
    public async Task Answer_from_the_tenants_knowledge_and_leave_nothing_behind_of_its_guesses()
    {
        await api.Simulator.BehaveAsync();
        await using var node = await ApiNode.StartAsync(api.Database, api.Simulator.Chat);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();
        var created = await tenant.Developer.PostAsJsonAsync("/api/keys/model", new { name = "Tavus" });
        var key = (await created.Content.ReadFromJsonAsync<CreatedModelKey>(TestTenant.Json))!.Key;
        using var tavus = new HttpClient { BaseAddress = api.Simulator.Address };
        var account = $"key-{Guid.NewGuid():N}";
        await tavus.PutAsJsonAsync($"/control/tavus/accounts/{account}", new { });
        tavus.DefaultRequestHeaders.Add("x-api-key", account);
        var layers = new
        {
            llm = new { model = "widget", base_url = new Uri(node.Address, "/v1"), api_key = key, speculative_inference = true },
        };
        var persona = await PostAsync(
            tavus,
            "/tavus/v2/personas",
            new { persona_name = "Jette", system_prompt = "You help.", default_replica_id = "r4dcf31b60e1", layers });
        var conversation = await PostAsync(
            tavus,
            "/tavus/v2/conversations",
            new { persona_id = Id(persona, "persona_id"), conversational_context = "The visitor's name is Ada." });

        var said = await PostAsync(
            tavus,
            $"/control/tavus/conversations/{Id(conversation, "conversation_id")}/say",
            new { text = "How long does charging with the fast charger take?" });

        said.GetProperty("reply").GetString()!.ShouldContain("two hours");
        (await api.Simulator.RequestsAsync())[^1].GetProperty("messages")[0].GetProperty("content").ToString()
            .ShouldContain("The visitor's name is Ada.");
        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    private static string Id(JsonElement answer, string field) => answer.GetProperty(field).GetString()!;

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        var response = await client.PostAsJsonAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
