using System.Text.Json;

namespace Widget.Api.Tavus.Client;

public sealed partial class TavusClient
{
    public async Task<TavusGuardrailRule> CreateGuardrailAsync(TavusAccount account, GuardrailDefinition guardrail, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Post, "guardrails", guardrail, ct);
        return TavusGuardrailRule.Read(TavusObject.Single(answer.Required));
    }

    /// <summary>The guardrails with one rule each. The older sets of guardrails are left out.</summary>
    /// <param name="account">The account.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusPage<TavusGuardrailRule>> ListGuardrailsAsync(TavusAccount account, int page, int limit, CancellationToken ct)
    {
        var answer = await SendAsync(
            account,
            HttpMethod.Get,
            $"guardrails{Query(("legacy", false), ("limit", limit), ("page", page))}",
            null,
            ct);
        return TavusPage<TavusGuardrailRule>.Read(answer.Required, TavusGuardrailRule.Read);
    }

    public async Task<TavusGuardrailRule> GetGuardrailAsync(TavusAccount account, string id, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Get, $"guardrails/{Escape(id)}", null, ct);
        return TavusGuardrailRule.Read(TavusObject.Single(answer.Required));
    }

    public Task UpdateGuardrailAsync(TavusAccount account, string id, GuardrailDefinition change, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Patch, $"guardrails/{Escape(id)}", change, ct);

    public Task DeleteGuardrailAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"guardrails/{Escape(id)}", null, ct);

    public async Task<TavusObjectives> CreateObjectivesAsync(TavusAccount account, CreateObjectives objectives, CancellationToken ct)
    {
        var answer = (await SendAsync(account, HttpMethod.Post, "objectives", objectives, ct)).Required;
        // The steps are in a field "data", the name that wraps whole objects in other responses.
        return TavusObjectives.Read(
            answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("objectives_id", out _)
                ? new TavusObject(answer)
                : TavusObject.Single(answer));
    }

    /// <param name="account">The account.</param>
    /// <param name="page">From 1.</param>
    /// <param name="limit">Size of a page.</param>
    /// <param name="ct">Cancels the request.</param>
    public async Task<TavusPage<TavusObjectives>> ListObjectivesAsync(TavusAccount account, int page, int limit, CancellationToken ct)
    {
        var answer = await SendAsync(account, HttpMethod.Get, $"objectives{Query(("limit", limit), ("page", page))}", null, ct);
        return TavusPage<TavusObjectives>.Read(answer.Required, TavusObjectives.Read);
    }

    public Task DeleteObjectivesAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"objectives/{Escape(id)}", null, ct);
}
