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
    public Task<TavusPage<TavusGuardrailRule>> ListGuardrailsAsync(TavusAccount account, int page, int limit, CancellationToken ct) =>
        ListAsync(
            account,
            $"guardrails{Query(("legacy", false), ("limit", limit), ("page", page))}",
            TavusGuardrailRule.Read,
            ct);

    public Task UpdateGuardrailAsync(TavusAccount account, string id, GuardrailDefinition change, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Patch, $"guardrails/{Escape(id)}", change, ct);

    public Task DeleteGuardrailAsync(TavusAccount account, string id, CancellationToken ct) =>
        SendAsync(account, HttpMethod.Delete, $"guardrails/{Escape(id)}", null, ct);
}
