using System.Globalization;
using System.Text.Json;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Setup;

/// <summary>Checks a tenant's voice setup and explains each problem and how to fix it.</summary>
public sealed class VoiceConnectionTest(
    VoiceAccounts accounts,
    VoiceAvailability availability,
    VoiceHttp http,
    TenantSettingsService settings,
    UsageMeter usage,
    TimeProvider clock)
{
    /// <summary>A model that will be shut down within this time is reported as a problem.</summary>
    private static readonly TimeSpan ShutdownNotice = TimeSpan.FromDays(90);

    public async Task<ConnectionReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant, ct);
        var checks = new List<ConnectionCheck>
        {
            current.Voice.Enabled
                ? new("enabled", Ok: true, "Voice is on.")
                : new("enabled", Ok: false, VoiceRefusals.NotEnabled.Advice),
        };
        if (await accounts.OfAsync(tenant, current.Voice, ct) is not { } account)
        {
            var missing = current.Voice.Endpoint is null ? VoiceRefusals.NoKey : VoiceRefusals.NoKeyForEndpoint;
            checks.Add(new("key", Ok: false, missing.Advice));
        }
        else
        {
            var owner = account.BelongsToTenant ? "the tenant's own endpoint and key" : "the endpoint of this installation";
            checks.Add(new("key", Ok: true, $"Calls go to {account.Endpoint.Host}, {owner}."));
            await AddModelsAsync(checks, account, current.Voice, ct);
        }

        checks.Add(await BudgetAsync(tenant, current.Voice, ct));
        return new ConnectionReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task AddModelsAsync(List<ConnectionCheck> checks, VoiceAccount account, VoiceSettings voice, CancellationToken ct)
    {
        if (availability.ModelOf(voice, account) is not { } model)
        {
            checks.Add(new("model", Ok: false, VoiceRefusals.NoModel.Advice));
            return;
        }

        checks.Add(await ModelAsync(account, "model", model, "voice.model", ct));
        const string Name = "transcription_model";
        checks.Add(availability.TranscriptionModelOf(voice, account) is { } transcription
            ? await ModelAsync(account, Name, transcription, "voice.transcriptionModel", ct)
            : account.Protocol == VoiceProtocol.GptLive ? new(Name, Ok: true, "GPT-Live transcribes visitors itself.")
            : new(
                Name,
                Ok: false,
                "No transcription model is set, so the log won't contain what visitors say. Set voice.transcriptionModel."));
    }

    private async Task<ConnectionCheck> ModelAsync(VoiceAccount account, string name, string model, string setting, CancellationToken ct)
    {
        try
        {
            // On Azure, the name is that of a deployment. The models that Azure lists are not deployments, so they prove nothing.
            if (account.Protocol == VoiceProtocol.AzureRealtime)
            {
                await http.SendAsync(account, HttpMethod.Get, "models", content: null, ct);
                return new(name, Ok: true, $"Azure accepts the key. The first call will show whether the deployment {model} exists.");
            }

            var found = (await http.SendAsync(account, HttpMethod.Get, $"models/{Uri.EscapeDataString(model)}", content: null, ct)).Json();
            if (ShutdownOf(found) is not { } end) return new(name, Ok: true, $"The model {model} is available.");
            var day = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (end < clock.GetUtcNow())
                return new(name, Ok: false, $"The model {model} was shut down on {day}. Choose another one ({setting}).");
            return end - clock.GetUtcNow() < ShutdownNotice
                ? new(name, Ok: false, $"The model {model} will be shut down on {day}. Choose another one before then ({setting}).")
                : new(name, Ok: true, $"The model {model} is available until {day}.");
        }
        catch (VoiceProviderException e)
        {
            return new(name, Ok: false, e.Fault switch
            {
                VoiceFault.BadKey =>
                    "The provider does not accept the key. Copy it again from the provider and set it with PUT /api/voice/key. "
                    + e.Message,
                VoiceFault.Quota => $"The account at the provider has no credit left. {e.Message}",
                VoiceFault.NotFound when account.Protocol == VoiceProtocol.SelfHosted =>
                    $"The server does not know the model {model}, or does not list its models. The first call will show which.",
                VoiceFault.NotFound => $"The provider has no model named {model}. Choose another one ({setting}).",
                _ => $"Can't check with the provider. {e.Message}",
            });
        }
    }

    // OpenAI writes shutdown_date as a date or as Unix time.
    private static DateTimeOffset? ShutdownOf(JsonElement model)
    {
        const long LastSecondOf9999 = 253_402_300_799;
        if (model.Number("shutdown_date") is { } seconds and > 0 and < LastSecondOf9999) return DateTimeOffset.FromUnixTimeSeconds(seconds);
        var text = model.Text("shutdown_date");
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day : null;
    }

    private async Task<ConnectionCheck> BudgetAsync(TenantId tenant, VoiceSettings voice, CancellationToken ct)
    {
        var used = await usage.SecondsThisMonthAsync(tenant, UsageMeter.Voice, ct);
        return voice.MonthlyMinutes switch
        {
            null =>
                new(
                    "budget",
                    Ok: true,
                    $"{VoiceAvailability.FormatMinutes(used)} voice minutes used this month. There is no limit (voice.monthlyMinutes)."),
            { } limit when used < limit * 60L =>
                new("budget", Ok: true, $"{VoiceAvailability.FormatMinutes(used)} of {limit} voice minutes used this month."),
            { } limit => new(
                "budget",
                Ok: false,
                $"All {limit} voice minutes of this month are used. Raise voice.monthlyMinutes in the settings, or wait for the first "
                + "of next month."),
        };
    }
}
