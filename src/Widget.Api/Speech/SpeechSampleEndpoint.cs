using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Api.Web;
using Widget.Contracts;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used.

namespace Widget.Api.Speech;

/// <summary>Speaks one sentence, so that staff can listen to a voice before they choose it.</summary>
internal static class SpeechSampleEndpoint
{
    public static void MapSpeechSample(this RouteGroupBuilder speech) => speech.MapPost("/sample", Speak).Validate<SpeechSampleRequest>()
        .Produces(200, contentType: "audio/mpeg").ProducesProblem(409).ProducesProblem(502)
        .WithSummary("Speak a sentence with one of the provider's voices");

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Speak(
        SpeechSampleRequest request,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        SpeechAccounts accounts,
        SpeechClients clients,
        CharacterBudget budget,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var saved = (await settings.ReadAsync(tenant, ct)).Speech;
        var (plan, gap) = await accounts.PlanAsync(tenant, saved with { Voice = request.Voice ?? saved.Voice }, ct);
        if (plan is null) return Problems.Create(StatusCodes.Status409Conflict, SpeechGaps.AdviceOn(gap));
        var reference = Guid.CreateVersion7();
        if (!await budget.TryReserveAsync(tenant, reference, conversation: null, request.Text.Length, saved.MonthlyCharacters, ct))
            return Problems.Create(StatusCodes.Status409Conflict, "This month's characters are used up.");
        try
        {
            using var client = clients.Of(plan.Account);
            var sound = await client.GetAudioAsync(request.Text, SpeechClients.Options(plan, before: null), ct);
            var parts = sound.Contents.OfType<DataContent>().ToList();
            return TypedResults.Bytes(
                parts.SelectMany(part => part.Data.ToArray()).ToArray(),
                parts.FirstOrDefault()?.MediaType ?? "audio/mpeg");
        }
        catch (SpeechException e)
        {
            await budget.ReleaseAsync(tenant, reference, request.Text.Length, CancellationToken.None);
            return Problems.Create(StatusCodes.Status502BadGateway, e.Message);
        }
    }
}
