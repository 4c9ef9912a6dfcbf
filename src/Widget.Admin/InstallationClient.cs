using System.Text.Json;
using Widget.Contracts;

namespace Widget.Admin;

/// <summary>Reads the health of the installation from the API.</summary>
public sealed class InstallationClient(HttpClient http)
{
    public Uri Api => http.BaseAddress!;

    /// <summary>Null when the API cannot be reached.</summary>
    public async Task<HealthState?> HealthAsync(CancellationToken ct)
    {
        try
        {
            // An unhealthy installation responds with 503 and the same body.
            using var response = await http.GetAsync("/health/ready", ct);
            return await response.Content.ReadFromJsonAsync<HealthState>(ct);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }
}
