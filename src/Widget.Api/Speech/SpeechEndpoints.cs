using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Dictation;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

internal static class SpeechEndpoints
{
    private const long LargestRequest = 16 * 1024;

    public static void MapSpeech(this IEndpointRouteBuilder routes)
    {
        var visitor = routes.MapGroup("/api/widget").RequireCors(Policies.AnyOrigin).WithTags("Widget").RequireAuthorization(Policies.Visitor)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429);
        visitor.MapPost("/speech", Speak).Validate<SpeechRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(LargestRequest))
            .WithSummary("Have an answer read aloud, also while it is being written, as text/event-stream (sentence, audio, words, spoken, restart, done, error)");
        visitor.MapPost("/transcription", DictationEndpoint.Transcribe).ProducesProblem(400).ProducesProblem(409).ProducesProblem(415).ProducesProblem(502)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(DictationEndpoint.LargestRequest)).DisableAntiforgery()
            .WithSummary("Write down what a visitor has said: a form with a file, or audio/webm, mp4, ogg or wav as it is");

        var speech = routes.MapGroup("/api/speech").RequireAuthorization(Policies.Developer).ProducesProblem(401).WithTags("Speech").WithRequestSizeLimit(LargestRequest);
        speech.MapGet("/key", ReadKey).WithSummary("Whose key for spoken replies is used");
        speech.MapPut("/key", SaveKey).Validate<ProviderKeyRequest>().WithSummary("Set the tenant's own key for spoken replies, once the provider accepts it");
        speech.MapDelete("/key", RemoveKey).ProducesProblem(404).WithSummary("Forget the tenant's own key for spoken replies");
        speech.MapGet("/test", Test).WithSummary("Whether everything that spoken replies need is there, in words. Has one word spoken");
        speech.MapGet("/voices", Voices).ProducesProblem(404).ProducesProblem(409).ProducesProblem(502).WithSummary("The provider's voices, where it lists them");
    }

    private static async Task<Results<ServerSentEventsResult<SpeechUpdate>, ProblemHttpResult>> Speak(
        SpeechRequest request,
        HttpContext http,
        VisitorTokens tokens,
        SpokenAnswers answers,
        TenantSettingsService settings,
        SpeechAccounts accounts,
        SpeechStreams streams,
        SpeechStream stream,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        var (conversation, message) = (new ConversationId(request.ConversationId), new MessageId(request.MessageId));
        if (await answers.FindAsync(visitor, conversation, message, ct) is not { } after) return Problems.NotFound("answer");
        var wanted = (await settings.ReadAsync(visitor.Tenant, ct)).Speech;
        if (!wanted.Enabled) return Problems.Because(StatusCodes.Status409Conflict, "Answers are not read aloud here.");
        var (plan, _) = await accounts.PlanAsync(visitor.Tenant, wanted, ct);
        if (plan is null) return Problems.Because(StatusCodes.Status409Conflict, "Answers are read aloud by the browser here.");
        if (streams.Open(visitor.Visitor) is not { } slot) return Problems.Because(StatusCodes.Status429TooManyRequests, "Too many answers are being read aloud to this visitor at once. End one of them first.");
        http.Response.RegisterForDispose(slot);
        var reading = new SpeechReading(Guid.CreateVersion7(), visitor.Tenant, conversation, plan, wanted.MonthlyCharacters);
        return TypedResults.ServerSentEvents(Named(stream.ReadAsync(reading, message, after, request.Skip, ct), ct));
    }

    private static async IAsyncEnumerable<SseItem<SpeechUpdate>> Named(IAsyncEnumerable<SpeechUpdate> updates, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var update in updates.WithCancellation(ct))
        {
            yield return new SseItem<SpeechUpdate>(update, update switch
            {
                SpeechSentence => "sentence",
                SpeechAudio => "audio",
                SpeechWords => "words",
                SpeechSpoken => "spoken",
                SpeechRestart => "restart",
                SpeechDone => "done",
                _ => "error",
            });
        }
    }

    private static async Task<Ok<ProviderKeyState>> ReadKey(IMultiTenantContextAccessor tenants, TenantSecrets secrets, SpeechOptions options, CancellationToken ct) =>
        TypedResults.Ok(await StateAsync(tenants.Current().TenantId, secrets, options, ct));

    private static async Task<Results<Ok<ProviderKeyState>, ValidationProblem>> SaveKey(
        ProviderKeyRequest request,
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        TenantSettingsService settings,
        SpeechAccounts accounts,
        SpeechProviders providers,
        SpeechOptions options,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var account = accounts.WithKey((await settings.ReadAsync(tenant, ct)).Speech, request.Key);
        try
        {
            await providers.CheckKeyAsync(account, ct);
        }
        catch (SpeechException e) when (e is { Fault: SpeechFault.BadKey, LacksPermission: false })
        {
            return Problems.Invalid("key", $"{e.Message} Copy it again from the provider, or set speech.provider and speech.endpoint to those that the key is for, first.");
        }
        catch (SpeechException)
        {
            // It says nothing of the key; GET /api/speech/test checks it again.
        }

        await secrets.SaveAsync(tenant, TenantSecrets.SpeechKey, request.Key, ct);
        return TypedResults.Ok(await StateAsync(tenant, secrets, options, ct));
    }

    private static async Task<Results<Ok<ProviderKeyState>, ProblemHttpResult>> RemoveKey(
        IMultiTenantContextAccessor tenants, TenantSecrets secrets, SpeechOptions options, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        return await secrets.RemoveAsync(tenant, TenantSecrets.SpeechKey, ct)
            ? TypedResults.Ok(await StateAsync(tenant, secrets, options, ct))
            : Problems.Because(StatusCodes.Status404NotFound, "The tenant has no key of its own for spoken replies.");
    }

    private static async Task<Ok<ConnectionReport>> Test(IMultiTenantContextAccessor tenants, SpeechConnectionTest test, CancellationToken ct) =>
        TypedResults.Ok(await test.RunAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<IReadOnlyList<ProviderVoice>>, ProblemHttpResult>> Voices(
        IMultiTenantContextAccessor tenants, TenantSettingsService settings, SpeechAccounts accounts, SpeechProviders providers, CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (account, gap) = await accounts.AccountAsync(tenant, (await settings.ReadAsync(tenant, ct)).Speech, ct);
        if (account is null) return Problems.Because(StatusCodes.Status409Conflict, SpeechGaps.Words(gap));
        try
        {
            return await providers.VoicesAsync(account, ct) is { } voices
                ? TypedResults.Ok(voices)
                : Problems.Because(StatusCodes.Status404NotFound, $"{account.Endpoint.Host} does not list its voices; its documentation does.");
        }
        catch (SpeechException e)
        {
            return Problems.Because(StatusCodes.Status502BadGateway, e.Message);
        }
    }

    private static async Task<ProviderKeyState> StateAsync(TenantId tenant, TenantSecrets secrets, SpeechOptions options, CancellationToken ct) =>
        await secrets.FindAsync(tenant, TenantSecrets.SpeechKey, ct) is { } own
            ? new ProviderKeyState(TavusKeySource.Own, own.Hint, own.UpdatedAt)
            : new ProviderKeyState(options.Endpoint is null ? TavusKeySource.None : TavusKeySource.Platform, null, null);
}
