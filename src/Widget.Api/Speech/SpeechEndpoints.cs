using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Agents;
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
    private const long MaxRequestBytes = 16 * 1024;

    public static void MapSpeech(this IEndpointRouteBuilder routes)
    {
        var visitor = routes.MapGroup("/api/widget").RequireCors(Policies.AnyOrigin).WithTags("Widget")
            .RequireAuthorization(Policies.Visitor)
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(413).ProducesProblem(429);
        visitor.MapPost("/speech", Speak).Validate<SpeechRequest>().ProducesProblem(404).ProducesProblem(409)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes))
            .WithSummary("Read an answer aloud, even while it is being written. Streams text/event-stream: "
                + "sentence, audio, words, spoken, restart, done, error");
        visitor.MapPost("/transcription", DictationEndpoint.Transcribe)
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(415).ProducesProblem(502)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(DictationEndpoint.MaxRequestBytes)).DisableAntiforgery()
            .WithSummary("Transcribe a visitor's recording: a form with one file, or audio/webm, mp4, ogg or wav as the body");

        var speech = routes.MapGroup("/api/speech").ForStaff(StaffArea.Settings).ProducesProblem(401).WithTags("Speech")
            .WithRequestSizeLimit(MaxRequestBytes);
        speech.MapGet("/key", ReadKey).WithSummary("Get which key spoken replies use");
        speech.MapPut("/key", SaveKey).Validate<ProviderKeyRequest>()
            .WithSummary("Set the tenant's own key for spoken replies, if the provider accepts it");
        speech.MapDelete("/key", RemoveKey).ProducesProblem(404).WithSummary("Delete the tenant's own key for spoken replies");
        speech.MapGet("/test", Test).WithSummary("Check the setup of spoken replies, speak one word, and explain what is missing");
        speech.MapSpeechSample();
        speech.MapGet("/voices", Voices).ProducesProblem(404).ProducesProblem(409).ProducesProblem(502)
            .WithSummary("List the provider's voices, if it lists them");
    }

    private static async Task<Results<EventStreamResult<SpeechUpdate>, ProblemHttpResult>> Speak(
        SpeechRequest request,
        HttpContext http,
        VisitorTokens tokens,
        TenantDatabase database,
        ConversationAgents agents,
        SpeechAccounts accounts,
        SpeechStreamLimiter limiter,
        SpeechStream stream,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        var (conversation, message) = (new ConversationId(request.ConversationId), new MessageId(request.MessageId));
        if (await FindAnswerAsync(database, visitor, conversation, message, ct) is not { } after) return Problems.NotFound("answer");
        var current = (await agents.SettingsAsync(visitor.Tenant, conversation, ct)).Speech;
        if (!current.Enabled) return Problems.Create(StatusCodes.Status409Conflict, "Spoken replies are not enabled here.");
        var (plan, _) = await accounts.PlanAsync(visitor.Tenant, current, ct);
        if (plan is null) return Problems.Create(StatusCodes.Status409Conflict, "The browser reads answers aloud here.");
        if (limiter.Open(visitor.Visitor) is not { } slot)
        {
            return Problems.Create(
                StatusCodes.Status429TooManyRequests,
                "Too many answers are being read aloud at once. Stop one of them first.");
        }
        http.Response.RegisterForDispose(slot);
        var reply = new SpokenReply(Guid.CreateVersion7(), visitor.Tenant, conversation, plan, current.MonthlyCharacters);
        return new EventStreamResult<SpeechUpdate>(Named(stream.ReadAsync(reply, message, after, request.Skip, ct), ct));
    }

    private static async Task<int?> FindAnswerAsync(
        TenantDatabase database,
        VisitorTicket visitor,
        ConversationId conversation,
        MessageId message,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        return await ConversationQueries.SeqBeforeAnswerAsync(db, conversation, visitor.Visitor, message, ct);
    }

    private static async IAsyncEnumerable<SseItem<SpeechUpdate>> Named(
        IAsyncEnumerable<SpeechUpdate> updates,
        [EnumeratorCancellation] CancellationToken ct)
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

    private static async Task<Ok<ProviderKeyState>> ReadKey(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        SpeechOptions options,
        CancellationToken ct) =>
        TypedResults.Ok(
            await secrets.KeyStateAsync(tenants.Current().TenantId, TenantSecrets.SpeechKey, options.Endpoint is not null, ct));

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
            return Problems.Invalid(
                "key",
                $"{e.Message} Copy it again from the provider, or first set speech.provider and speech.endpoint to match the key.");
        }
        catch (SpeechException)
        {
            // This says nothing about the key. GET /api/speech/test checks it again.
        }

        await secrets.SaveAsync(tenant, TenantSecrets.SpeechKey, request.Key, ct);
        return TypedResults.Ok(await secrets.KeyStateAsync(tenant, TenantSecrets.SpeechKey, options.Endpoint is not null, ct));
    }

    private static Task<Results<Ok<ProviderKeyState>, ProblemHttpResult>> RemoveKey(
        IMultiTenantContextAccessor tenants,
        TenantSecrets secrets,
        SpeechOptions options,
        CancellationToken ct) =>
        secrets.RemoveKeyAsync(
            tenants.Current().TenantId,
            TenantSecrets.SpeechKey,
            options.Endpoint is not null,
            "The tenant has not set its own key for spoken replies.",
            ct);

    private static async Task<Ok<ConnectionReport>> Test(
        IMultiTenantContextAccessor tenants,
        SpeechConnectionTest test,
        CancellationToken ct) =>
        TypedResults.Ok(await test.RunAsync(tenants.Current().TenantId, ct));

    private static async Task<Results<Ok<IReadOnlyList<ProviderVoice>>, ProblemHttpResult>> Voices(
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        SpeechAccounts accounts,
        SpeechProviders providers,
        CancellationToken ct)
    {
        var tenant = tenants.Current().TenantId;
        var (account, gap) = await accounts.AccountAsync(tenant, (await settings.ReadAsync(tenant, ct)).Speech, ct);
        if (account is null) return Problems.Create(StatusCodes.Status409Conflict, SpeechGaps.AdviceOn(gap));
        try
        {
            return await providers.VoicesAsync(account, ct) is { } voices
                ? TypedResults.Ok(voices)
                : Problems.Create(
                    StatusCodes.Status404NotFound,
                    $"{account.Endpoint.Host} does not list its voices. See its documentation.");
        }
        catch (SpeechException e)
        {
            return Problems.Create(StatusCodes.Status502BadGateway, e.Message);
        }
    }
}
