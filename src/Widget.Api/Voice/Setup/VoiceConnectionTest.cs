using System.Globalization;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Setup;

/// <summary>Looks at everything that a tenant's voice needs, and says in words how it stands and what to do where it fails, or soon will.</summary>
public sealed class VoiceConnectionTest(VoiceAccounts accounts, VoiceOffer offer, VoiceHttp http, TenantSettingsService settings, UsageMeter usage, TimeProvider clock)
{
    /// <summary>An end that is so near needs seeing to.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(90);

    public async Task<ConnectionReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant, ct);
        var checks = new List<ConnectionCheck>
        {
            current.Voice.Enabled ? new("enabled", Ok: true, "Voice is on.") : new("enabled", Ok: false, "Voice is off. Switch voice.enabled on in the tenant's settings to offer it."),
        };
        if (await accounts.OfAsync(tenant, current.Voice, ct) is not { } account)
        {
            checks.Add(new("key", Ok: false, (await offer.StateAsync(tenant, current with { Voice = current.Voice with { Enabled = true } }, ct)).Words));
        }
        else
        {
            checks.Add(new("key", Ok: true, $"Calls go to {account.Endpoint.Host}, {(account.IsTenants ? "with the tenant's own endpoint and key" : "as this installation is set up")}."));
            await AddModelsAsync(checks, account, current.Voice, ct);
        }

        checks.Add(await BudgetAsync(tenant, current.Voice, ct));
        return new ConnectionReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task AddModelsAsync(List<ConnectionCheck> checks, VoiceAccount account, VoiceSettings voice, CancellationToken ct)
    {
        if (offer.ModelOf(voice, account) is not { } model)
        {
            checks.Add(new("model", Ok: false, "No model is chosen. Set voice.model in the tenant's settings, or WIDGET_VOICE_MODEL."));
            return;
        }

        checks.Add(await ModelAsync(account, "model", model, "voice.model", ct));
        checks.Add(offer.TranscriptionModelOf(voice, account) is { } transcription
            ? await ModelAsync(account, "transcription_model", transcription, "voice.transcriptionModel", ct)
            : account.Protocol == VoiceProtocol.GptLive ? new("transcription_model", Ok: true, "GPT-Live writes down itself what visitors say.")
            : new("transcription_model", Ok: false, "No model writes down what visitors say, so their words will be missing from the log. Set voice.transcriptionModel."));
    }

    private async Task<ConnectionCheck> ModelAsync(VoiceAccount account, string name, string model, string setting, CancellationToken ct)
    {
        try
        {
            // Azure names its own deployments, and lists models of the same name that are something else.
            if (account.Protocol == VoiceProtocol.AzureRealtime)
            {
                await http.SendAsync(account, HttpMethod.Get, "models", content: null, ct);
                return new(name, Ok: true, $"Azure accepts the key. Whether there is a deployment named {model}, the first call will tell.");
            }

            var found = (await http.SendAsync(account, HttpMethod.Get, $"models/{Uri.EscapeDataString(model)}", content: null, ct)).Json();
            if (EndOf(found) is not { } end) return new(name, Ok: true, $"The model {model} is there.");
            var day = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return end < clock.GetUtcNow() ? new(name, Ok: false, $"The model {model} has ended on {day}. Choose another ({setting}).")
                : end - clock.GetUtcNow() < Soon ? new(name, Ok: false, $"The model {model} is there, but ends on {day}. Choose another before ({setting}).")
                : new(name, Ok: true, $"The model {model} is there, until {day}.");
        }
        catch (VoiceProviderException e)
        {
            return new(name, Ok: false, e.Fault switch
            {
                VoiceFault.BadKey => $"The provider does not accept the key. Copy it again from there, and set it with PUT /api/voice/key. {e.Message}",
                VoiceFault.Quota => $"The account at the provider is used up. {e.Message}",
                VoiceFault.NotFound when account.Protocol == VoiceProtocol.SelfHosted => $"The server does not know the model {model}, or does not list its models; the first call will tell.",
                VoiceFault.NotFound => $"The provider has no model named {model}. Choose another ({setting}).",
                _ => $"The provider cannot be asked. {e.Message}",
            });
        }
    }

    // OpenAI tells it as a day, or as a moment in Unix time.
    private static DateTimeOffset? EndOf(System.Text.Json.JsonElement model) =>
        model.Number("shutdown_date") is { } seconds and > 0 and < 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(model.Text("shutdown_date"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
        : null;

    private async Task<ConnectionCheck> BudgetAsync(TenantId tenant, VoiceSettings voice, CancellationToken ct)
    {
        var used = await usage.SecondsThisMonthAsync(tenant, UsageMeter.Voice, ct);
        return voice.MonthlyMinutes switch
        {
            null => new("budget", Ok: true, $"{VoiceOffer.Minutes(used)} minutes of voice used this month; the tenant has no limit here (voice.monthlyMinutes)."),
            { } limit when used < limit * 60L => new("budget", Ok: true, $"{VoiceOffer.Minutes(used)} of {limit} minutes of voice used this month."),
            { } limit => new("budget", Ok: false, $"All {limit} minutes of voice of this month are used. Raise voice.monthlyMinutes in the tenant's settings, or wait for the first of the next month."),
        };
    }
}
