using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Api.Tests.Boundary;

/// <summary>Sends every endpoint its body with null in one field after the other.</summary>
public sealed class NullFieldsShould(ApiFixture api)
{
    [Fact]
    public async Task Break_no_endpoint()
    {
        var other = await OtherTenant.CreateAsync(api, api.Node, "Quokkaburg");
        var mine = await OtherTenant.CreateAsync(api, api.Node, "Wombatville");
        string?[] tokens = [null, mine.Tenant.Created.ApiKey, mine.Visitor.Session.Token];
        var requests = new EndpointRequests(api.Node, other);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = api.Node.Address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        var broken = new List<string>();
        var tried = 0;
        foreach (var target in requests.All.Where(target => !target.IsHub))
        {
            using var made = requests.Make(target);
            if (made.Content is not JsonContent content || JsonSerializer.SerializeToNode(content.Value) is not JsonObject whole) continue;
            foreach (var field in FieldsOf(whole))
            {
                foreach (var token in tokens)
                {
                    using var request = requests.Make(target);
                    if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                    request.Content = JsonContent.Create(WithNull(whole, field));
                    using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    tried++;
                    if ((int)response.StatusCode is 500) broken.Add($"{target} with {string.Join('.', field)} null");
                }
            }
        }

        broken.ShouldBeEmpty();
        tried.ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData("/api/accounts/sign-in", """{"email": null, "password": "x"}""", "email must not be null.")]
    [InlineData("/api/accounts/sign-in", """{"email": "ada@example.com", "password": null}""", "password must not be null.")]
    [InlineData("/api/accounts/sign-in/two-factor", """{"challenge": null, "code": "123456"}""", "challenge must not be null.")]
    [InlineData("/api/accounts/password/forgot", """{"email": null}""", "email must not be null.")]
    public async Task Be_named(string path, string body, string error)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        var response = await api.Node.Client().PostAsync(path, content);

        await response.ShouldBeProblemAsync(System.Net.HttpStatusCode.BadRequest, error);
    }

    private static IEnumerable<string[]> FieldsOf(JsonObject body) => body.SelectMany(member =>
        member.Value is JsonObject nested
            ? FieldsOf(nested).Select(field => (string[])[member.Key, .. field]).Append([member.Key])
            : [[member.Key]]);

    private static JsonObject WithNull(JsonObject body, string[] field)
    {
        var copy = (JsonObject)body.DeepClone();
        var parent = field[..^1].Aggregate(copy, (current, name) => (JsonObject)current[name]!);
        parent[field[^1]] = null;
        return copy;
    }
}
