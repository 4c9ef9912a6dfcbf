using System.Globalization;
using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used.

namespace Widget.Api.Speech;

/// <summary>Checks a tenant's setup of spoken replies, speaks one word, and explains each problem and its solution.</summary>
internal sealed class SpeechConnectionTest(
    SpeechAccounts accounts,
    SpeechProviders providers,
    SpeechClients clients,
    CharacterBudget budget,
    TenantSettingsService settings,
    UsageMeter usage,
    TimeProvider clock)
{
    private const string Sample = "Hello.";

    public async Task<ConnectionReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = (await settings.ReadAsync(tenant, ct)).Speech;
        var checks = new List<ConnectionCheck>
        {
            current.Enabled
                ? new("enabled", Ok: true, "Spoken replies are on.")
                : new("enabled", Ok: false, "Spoken replies are off. Set speech.enabled in the settings."),
        };
        var (plan, gap) = await accounts.PlanAsync(tenant, current, ct);
        if (plan is null)
        {
            // The browser's voice is a valid choice. An incomplete setup is a mistake.
            var isChosen = gap is SpeechGap.Browser or SpeechGap.NoEndpoint;
            checks.Add(new("voice", isChosen, $"Visitors' browsers read answers aloud. {SpeechGaps.AdviceOn(gap)}"));
        }
        else
        {
            var key = await CheckAsync("key_accepted", () => KeyAsync(plan, ct));
            checks.Add(key);
            if (key.Ok)
            {
                checks.Add(await CheckAsync("model", () => ModelAsync(plan, ct)));
                checks.Add(await CheckAsync("voice", () => VoiceAsync(plan, ct)));
                checks.Add(await CheckAsync("quota", () => QuotaAsync(plan, ct)));
                checks.Add(await CheckAsync("speaks", () => SpeaksAsync(tenant, plan, current.MonthlyCharacters, ct)));
            }
        }

        checks.Add(await BudgetAsync(tenant, current, ct));
        return new ConnectionReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task<ConnectionCheck> KeyAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        await providers.CheckKeyAsync(plan.Account, ct);
        return new(
            "key_accepted",
            Ok: true,
            $"{plan.Account.Endpoint.Host} {(plan.Account.Key is null ? "needs no key" : "accepts the key")}.");
    }

    private static async Task<ConnectionCheck> CheckAsync(string name, Func<Task<ConnectionCheck>> check)
    {
        try
        {
            return await check();
        }
        catch (SpeechException e)
        {
            return new(name, Ok: false, e.Message);
        }
    }

    private async Task<ConnectionCheck> ModelAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        const string Name = "model";
        if (plan.Model is null) return new(Name, Ok: true, "The provider's default model is used.");
        if (await providers.ModelsAsync(plan.Account, ct) is not { } models)
            return new(Name, Ok: true, $"{plan.Account.Endpoint.Host} does not list its models, so {plan.Model} can't be checked.");
        if (models.FirstOrDefault(model => model.Id == plan.Model) is not { } known)
            return new(
                Name,
                Ok: false,
                $"{plan.Account.Endpoint.Host} does not list the model {plan.Model}. Set speech.model to one that it lists.");
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return known.Ends switch
        {
            null => new(Name, Ok: true, $"The model {plan.Model} is available."),
            { } ends when ends <= today =>
                new(Name, Ok: false, $"The model {plan.Model} was shut down on {Day(ends)}. Choose another one (speech.model)."),
            { } ends => new(
                Name,
                Ok: true,
                $"The model {plan.Model} is available, but will be shut down on {Day(ends)}. Choose another one before then "
                + "(speech.model). Otherwise, visitors' browsers read aloud."),
        };
    }

    private async Task<ConnectionCheck> VoiceAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        const string Name = "voice";
        var host = plan.Account.Endpoint.Host;
        if (await providers.VoicesAsync(plan.Account, ct) is not { } voices)
            return new(Name, Ok: true, $"{host} does not list its voices, so {plan.Voice} can't be checked.");
        // A Kokoro blend combines several voices: af_heart(2)+af_bella.
        return voices.Any(voice => voice.Id == plan.Voice) || plan.Voice.Contains('+', StringComparison.Ordinal)
            ? new(Name, Ok: true, $"The voice {voices.FirstOrDefault(voice => voice.Id == plan.Voice)?.Name ?? plan.Voice} is available.")
            : new(
                Name,
                Ok: false,
                $"{host} has no voice {plan.Voice}. Set speech.voice to one of the voices that GET /api/speech/voices lists.");
    }

    private async Task<ConnectionCheck> QuotaAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        const string Name = "quota";
        var host = plan.Account.Endpoint.Host;
        return await providers.QuotaAsync(plan.Account, ct) switch
        {
            null => new(Name, Ok: true, $"{host} does not report the account's quota."),
            { } quota when quota.Used < quota.Limit =>
                new(
                    Name,
                    Ok: true,
                    $"The account has used {SpeechGaps.Format(quota.Used)} of {SpeechGaps.Format(quota.Limit)} characters."),
            { } quota => new(
                Name,
                Ok: false,
                $"All {SpeechGaps.Format(quota.Limit)} characters of the account at {host} are used. Upgrade its plan there, or wait for "
                + "its next month."),
        };
    }

    // Speaking is the only proof that the whole setup works.
    private async Task<ConnectionCheck> SpeaksAsync(TenantId tenant, SpeechVoicePlan plan, int? limit, CancellationToken ct)
    {
        const string Name = "speaks";
        var reference = Guid.CreateVersion7();
        if (!await budget.TryReserveAsync(tenant, reference, conversation: null, Sample.Length, limit, ct))
            return new(Name, Ok: false, "Not tried, because this month's characters are used up.");
        try
        {
            using var client = clients.Of(plan.Account);
            var sound = await client.GetAudioAsync(Sample, SpeechClients.Options(plan, before: null), ct);
            var bytes = sound.Contents.OfType<DataContent>().Sum(data => data.Data.Length);
            return bytes > 0
                ? new(Name, Ok: true, $"\"{Sample}\" was spoken.")
                : new(Name, Ok: false, $"{plan.Account.Endpoint.Host} sent no audio.");
        }
        catch (SpeechException)
        {
            await budget.ReleaseAsync(tenant, reference, Sample.Length, CancellationToken.None);
            throw;
        }
    }

    private async Task<ConnectionCheck> BudgetAsync(TenantId tenant, SpeechSettings current, CancellationToken ct)
    {
        var used = await usage.CharactersThisMonthAsync(tenant, UsageMeter.Speech, ct);
        return current.MonthlyCharacters switch
        {
            null =>
                new(
                    "budget",
                    Ok: true,
                    $"{SpeechGaps.Format(used)} characters used this month. There is no limit (speech.monthlyCharacters)."),
            { } limit when used < limit =>
                new("budget", Ok: true, $"{SpeechGaps.Format(used)} of {SpeechGaps.Format(limit)} characters used this month."),
            { } limit => new(
                "budget",
                Ok: false,
                $"All {SpeechGaps.Format(limit)} characters of this month are used, so visitors' browsers read aloud. Raise "
                + "speech.monthlyCharacters in the settings, or wait for the first of next month."),
        };
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
