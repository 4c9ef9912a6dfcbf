using System.Globalization;
using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; it is used by its name only.

namespace Widget.Api.Speech;

/// <summary>Looks at everything that a tenant's spoken replies need, has one word spoken, and says in words how it stands and what to do where it fails.</summary>
internal sealed class SpeechConnectionTest(
    SpeechAccounts accounts, SpeechProviders providers, SpeechClients clients, SpeechBudget budget, TenantSettingsService settings, UsageMeter usage, TimeProvider clock)
{
    private const string Sample = "Hello.";

    public async Task<ConnectionReport> RunAsync(TenantId tenant, CancellationToken ct)
    {
        var current = (await settings.ReadAsync(tenant, ct)).Speech;
        var checks = new List<ConnectionCheck>
        {
            current.Enabled ? new("enabled", Ok: true, "Spoken replies are on.") : new("enabled", Ok: false, "Spoken replies are off. Switch speech.enabled on in the settings."),
        };
        var (plan, gap) = await accounts.PlanAsync(tenant, current, ct);
        if (plan is null)
        {
            // The browser's voice is a choice; a voice that is set up half is not.
            checks.Add(new("voice", Ok: gap is SpeechGap.Browser or SpeechGap.NoEndpoint, $"Visitors' browsers read answers aloud. {SpeechGaps.Words(gap)}"));
        }
        else
        {
            var key = await AskAsync("key_accepted", async () =>
            {
                await providers.CheckKeyAsync(plan.Account, ct);
                return new("key_accepted", Ok: true, plan.Account.Key is null ? $"{plan.Account.Endpoint.Host} wants no key." : $"{plan.Account.Endpoint.Host} accepts the key.");
            });
            checks.Add(key);
            if (key.Ok)
            {
                checks.Add(await AskAsync("model", () => ModelAsync(plan, ct)));
                checks.Add(await AskAsync("voice", () => VoiceAsync(plan, ct)));
                checks.Add(await AskAsync("quota", () => QuotaAsync(plan, ct)));
                checks.Add(await AskAsync("speaks", () => SpeaksAsync(tenant, plan, current.MonthlyCharacters, ct)));
            }
        }

        checks.Add(await BudgetAsync(tenant, current, ct));
        return new ConnectionReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private static async Task<ConnectionCheck> AskAsync(string name, Func<Task<ConnectionCheck>> ask)
    {
        try
        {
            return await ask();
        }
        catch (SpeechException e)
        {
            return new(name, Ok: false, e.Message);
        }
    }

    private async Task<ConnectionCheck> ModelAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        const string Name = "model";
        if (plan.Model is null) return new(Name, Ok: true, "The provider's usual model speaks.");
        if (await providers.ModelsAsync(plan.Account, ct) is not { } models) return new(Name, Ok: true, $"{plan.Account.Endpoint.Host} does not list its models, so {plan.Model} cannot be looked up.");
        if (models.FirstOrDefault(model => model.Id == plan.Model) is not { } known)
            return new(Name, Ok: false, $"{plan.Account.Endpoint.Host} does not list the model {plan.Model}. Set speech.model to one that it has.");
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return known.Ends switch
        {
            null => new(Name, Ok: true, $"The model {plan.Model} is there."),
            { } ends when ends <= today => new(Name, Ok: false, $"The model {plan.Model} was shut down on {Day(ends)}. Choose another (speech.model)."),
            { } ends => new(Name, Ok: true, $"The model {plan.Model} is there, but is shut down on {Day(ends)}. Choose another before that (speech.model); browsers speak otherwise."),
        };
    }

    private async Task<ConnectionCheck> VoiceAsync(SpeechVoicePlan plan, CancellationToken ct)
    {
        const string Name = "voice";
        if (await providers.VoicesAsync(plan.Account, ct) is not { } voices) return new(Name, Ok: true, $"{plan.Account.Endpoint.Host} does not list its voices, so {plan.Voice} cannot be looked up.");
        // A blend of Kokoro's names several: af_heart(2)+af_bella.
        return voices.Any(voice => voice.Id == plan.Voice) || plan.Voice.Contains('+', StringComparison.Ordinal)
            ? new(Name, Ok: true, $"The voice {voices.FirstOrDefault(voice => voice.Id == plan.Voice)?.Name ?? plan.Voice} is there.")
            : new(Name, Ok: false, $"{plan.Account.Endpoint.Host} has no voice {plan.Voice}. GET /api/speech/voices lists those it has; set speech.voice to one of them.");
    }

    private async Task<ConnectionCheck> QuotaAsync(SpeechVoicePlan plan, CancellationToken ct) => await providers.QuotaAsync(plan.Account, ct) switch
    {
        null => new("quota", Ok: true, $"{plan.Account.Endpoint.Host} does not say what the account may still spend."),
        { } quota when quota.Used < quota.Limit => new("quota", Ok: true, $"The account has used {SpeechGaps.Number(quota.Used)} of {SpeechGaps.Number(quota.Limit)} characters."),
        { } quota => new("quota", Ok: false, $"All {SpeechGaps.Number(quota.Limit)} characters of the account at {plan.Account.Endpoint.Host} are used. Raise its plan there, or wait for its next month."),
    };

    // The only proof that all of it fits together.
    private async Task<ConnectionCheck> SpeaksAsync(TenantId tenant, SpeechVoicePlan plan, int? limit, CancellationToken ct)
    {
        const string Name = "speaks";
        var reference = Guid.CreateVersion7();
        if (!await budget.ReserveAsync(tenant, reference, conversation: null, Sample.Length, limit, ct)) return new(Name, Ok: false, "Not tried, since this month's characters are used up.");
        try
        {
            using var client = clients.Of(plan.Account);
            var sound = await client.GetAudioAsync(Sample, SpeechClients.Options(plan, before: null), ct);
            var bytes = sound.Contents.OfType<DataContent>().Sum(data => data.Data.Length);
            return bytes > 0 ? new(Name, Ok: true, $"\"{Sample}\" was spoken.") : new(Name, Ok: false, $"{plan.Account.Endpoint.Host} answers without any sound.");
        }
        catch (SpeechException)
        {
            await budget.ReturnAsync(tenant, reference, Sample.Length, CancellationToken.None);
            throw;
        }
    }

    private async Task<ConnectionCheck> BudgetAsync(TenantId tenant, SpeechSettings current, CancellationToken ct)
    {
        var used = await usage.CharactersThisMonthAsync(tenant, UsageMeter.Speech, ct);
        return current.MonthlyCharacters switch
        {
            null => new("budget", Ok: true, $"{SpeechGaps.Number(used)} characters read aloud this month; the tenant has no limit here (speech.monthlyCharacters)."),
            { } limit when used < limit => new("budget", Ok: true, $"{SpeechGaps.Number(used)} of {SpeechGaps.Number(limit)} characters read aloud this month."),
            { } limit => new("budget", Ok: false, $"All {SpeechGaps.Number(limit)} characters of this month are used; visitors' browsers speak. Raise speech.monthlyCharacters in the settings, or wait for the first of the next month."),
        };
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
