using System.Net.Http.Headers;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Admin.Api;

/// <summary>
/// The console's only way to the API. It sends the viewer's session and the tenant of the page. Every method throws
/// <see cref="ApiException"/> if the API refuses the request or cannot be reached.
/// </summary>
/// <param name="http">Has the API's address.</param>
/// <param name="workspace">The viewer's session and the tenant.</param>
/// <param name="connection">Is told whether the API can be reached.</param>
public sealed class ApiClient(HttpClient http, Workspace workspace, ApiConnection connection)
{
    /// <summary>How the API writes JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public Uri Address => http.BaseAddress!;

    /// <param name="path">Path and query, such as <c>/api/leads?tier=hot</c>. Build queries with <see cref="Query"/>.</param>
    /// <param name="ct">Cancels the request.</param>
    public Task<T> GetAsync<T>(string path, CancellationToken ct = default) => ReadAsync<T>(HttpMethod.Get, path, null, ct);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken ct = default) => ReadAsync<T>(HttpMethod.Post, path, body, ct);

    public Task<T> PutAsync<T>(string path, object? body, CancellationToken ct = default) => ReadAsync<T>(HttpMethod.Put, path, body, ct);

    public Task<T> PatchAsync<T>(string path, object? body, CancellationToken ct = default) =>
        ReadAsync<T>(HttpMethod.Patch, path, body, ct);

    public Task PostAsync(string path, object? body = null, CancellationToken ct = default) => DoAsync(HttpMethod.Post, path, body, ct);

    public Task PutAsync(string path, object? body, CancellationToken ct = default) => DoAsync(HttpMethod.Put, path, body, ct);

    public Task DeleteAsync(string path, object? body = null, CancellationToken ct = default) => DoAsync(HttpMethod.Delete, path, body, ct);

    /// <summary>Uses a session that is not in the cookie yet, or none (<see cref="Workspace.UseToken"/>).</summary>
    public void UseToken(string? token) => workspace.UseToken(token);

    /// <summary>The health of the installation. Null if the API cannot be reached.</summary>
    public async Task<HealthState?> HealthAsync(CancellationToken ct)
    {
        try
        {
            // An unhealthy installation responds with 503 and the same body.
            using var response = await http.GetAsync("/health/ready", ct);
            return await response.Content.ReadFromJsonAsync<HealthState>(Json, ct);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Sends a request and returns the answer with its body unread. For uploads and downloads.</summary>
    /// <param name="request">Its address is relative to the API's.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct = default)
    {
        if (await workspace.TokenAsync() is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (workspace.Tenant is { } tenant) request.Headers.Add("X-Tenant", tenant);
        workspace.Describe(request.Headers);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            connection.Report(reachable: false);
            throw ApiException.Unreachable(Address);
        }

        connection.Report(reachable: true);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ApiException.ReadAsync(response, ct);
    }

    /// <summary>Builds a path with a query. Values that are null or empty are left out.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var parts = new List<string>();
        foreach (var (name, value) in values)
        {
            var text = value switch
            {
                null => "",
                bool yes => yes ? "true" : "false",
                DateTimeOffset time => time.ToString("O"),
                _ => value.ToString() ?? "",
            };
            if (text.Length > 0) parts.Add($"{name}={Uri.EscapeDataString(text)}");
        }

        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    private async Task<T> ReadAsync<T>(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var response = await SendAsync(Request(method, path, body), ct);
        return (await response.Content.ReadFromJsonAsync<T>(Json, ct))!;
    }

    private async Task DoAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var response = await SendAsync(Request(method, path, body), ct);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, object? body) =>
        new(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json) };
}
