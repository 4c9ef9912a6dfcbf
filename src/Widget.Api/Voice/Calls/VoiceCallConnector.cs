using Widget.Api.Tenancy;
using Widget.Api.Voice.Providers;

namespace Widget.Api.Voice.Calls;

/// <summary>Finds the provider and account that a call was opened with.</summary>
public sealed class VoiceCallConnector(
    VoiceAccounts accounts,
    VoiceProviders providers,
    TenantSettingsService settings,
    VoiceTimings timings,
    TimeProvider clock)
{
    /// <summary>The call at its provider; null when the provider gave no id or the account's key was removed.</summary>
    internal async Task<ProviderCall?> FindAsync(VoiceCall call, CancellationToken ct) =>
        call.CallId is { } callId && await AccountAsync(call, ct) is { } account
            ? new ProviderCall(providers.Of(call.Protocol), account, callId, timings, clock)
            : null;

    // The tenant may have changed its settings since. The fingerprint shows which candidate is the account of the call.
    private async Task<VoiceAccount?> AccountAsync(VoiceCall call, CancellationToken ct)
    {
        var current = (await settings.ReadAsync(call.TenantId, ct)).Voice;
        var candidates = new[]
        {
            current,
            current with { Protocol = call.Protocol, Endpoint = null },
            current with { Protocol = call.Protocol, Endpoint = call.Endpoint },
        };
        foreach (var candidate in candidates)
            if (await accounts.OfAsync(call.TenantId, candidate, ct) is { } account && account.Fingerprint == call.Account) return account;
        return null;
    }
}

/// <summary>A call at its provider.</summary>
internal sealed class ProviderCall(IVoiceProvider provider, VoiceAccount account, string callId, VoiceTimings timings, TimeProvider clock)
{
    /// <summary>Connects to the call. Retries, because a provider may not know a call immediately after it has opened it.</summary>
    /// <exception cref="VoiceProviderException">The call is over, or the provider can't be reached.</exception>
    public async Task<IVoiceConnection?> AttachAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await provider.AttachAsync(account, callId, ct);
            }
            catch (VoiceProviderException e)
                when (attempt < timings.AttachDelays.Count && e.Fault is VoiceFault.NotFound or VoiceFault.Temporary)
            {
                await Task.Delay(timings.AttachDelays[attempt], clock, ct);
            }
        }
    }

    /// <exception cref="VoiceProviderException">The provider did not confirm the end.</exception>
    public Task HangUpAsync() => provider.HangUpAsync(account, callId, CancellationToken.None);
}
