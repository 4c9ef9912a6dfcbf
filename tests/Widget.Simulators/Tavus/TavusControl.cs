using System.Text.Json;

namespace Widget.Simulators.Tavus;

/// <summary>The visitor says something.</summary>
public sealed record SayRequest(string Text);

/// <summary>The avatar calls a tool.</summary>
/// <param name="Arguments">An object, or a string that is sent unchanged.</param>
/// <param name="ToolCallId">Repeats a tool call that has this id.</param>
/// <param name="Signature">An invalid signature to send.</param>
public sealed record ToolCallRequest(string Name, JsonElement Arguments, string? ToolCallId = null, string? Signature = null);

/// <summary>A document changes by itself.</summary>
public sealed record DocumentStateRequest(string Status, string? Error = null);

/// <summary>Endpoints with which tests control the simulated Tavus and read its state.</summary>
internal static class TavusControl
{
    public static void MapTavusControl(this IEndpointRouteBuilder routes)
    {
        var control = routes.MapGroup("/control/tavus");
        control.MapPut("/behavior", (TavusSimulation behavior, SimulatedTavus tavus) => tavus.Behave(behavior));
        control.MapPut("/accounts/{key}", (string key, AccountTerms terms, SimulatedTavus tavus) => Describe(tavus.SetAccount(key, terms)));
        control.MapGet(
            "/accounts/{key}",
            (string key, SimulatedTavus tavus) =>
                tavus.FindAccount(key) is { } account ? Results.Json(Describe(account)) : Results.NotFound());
        control.MapPost("/faults", (TavusFailure failure, SimulatedTavus tavus) => tavus.Fail(failure));
        control.MapDelete("/faults", (SimulatedTavus tavus) => tavus.FailNoMore());
        control.MapGet(
            "/api",
            (string? account, SimulatedTavus tavus) => tavus.Requests.Where(request => account is null || request.Account == account));
        control.MapGet("/conversations", (string? account, SimulatedTavus tavus) =>
            (account is null
                ? tavus.Conversations
                : [
                    .. tavus.Conversations.Where(
                        conversation => tavus.FindAccount(account)?.Conversations.ContainsKey(conversation.Id) == true),
                ]).Select(Describe));
        control.MapGet(
            "/conversations/{id}",
            (string id, SimulatedTavus tavus) =>
                tavus.FindConversation(id) is { } conversation ? Results.Json(Details(conversation)) : Results.NotFound());
        control.MapPost("/conversations/{id}/say", SayAsync);
        control.MapPost("/conversations/{id}/tool-call", CallToolAsync);
        control.MapPost(
            "/conversations/{id}/join",
            (string id, string? token, SimulatedTavus tavus) => tavus.FindConversation(id)?.ParticipantJoined("control", token) ?? false);
        control.MapPost(
            "/conversations/{id}/leave",
            (string id, SimulatedTavus tavus) => tavus.FindConversation(id)?.ParticipantLeft("control"));
        control.MapPost(
            "/conversations/{id}/message",
            (string id, JsonElement message, SimulatedTavus tavus) => tavus.FindConversation(id)?.Received(message));
        control.MapPost(
            "/conversations/{id}/shutdown",
            (string id, string reason, SimulatedTavus tavus) => tavus.FindConversation(id)?.End(reason) ?? false);
        control.MapGet(
            "/documents/{id}/content",
            (string id, SimulatedTavus tavus) =>
                tavus.FetchedDocuments.TryGetValue(id, out var content) ? Results.Text(content) : Results.NotFound());
        control.MapPost("/documents/{id}/state", (string id, DocumentStateRequest state, SimulatedTavus tavus) =>
            tavus.Accounts.Any(account => DocumentReading.Set(account, id, state.Status, null, state.Error))
                ? Results.Ok()
                : Results.NotFound());
    }

    private static async Task<IResult> SayAsync(string id, SayRequest request, SimulatedTavus tavus, CancellationToken ct)
    {
        if (tavus.FindConversation(id) is not { IsActive: true } conversation) return Results.NotFound();
        return Results.Json(new { reply = await conversation.Turns.SayAsync(request.Text, ct) });
    }

    private static async Task<IResult> CallToolAsync(string id, ToolCallRequest request, SimulatedTavus tavus)
    {
        if (tavus.FindConversation(id) is not { IsActive: true } conversation) return Results.NotFound();
        var account = tavus.Accounts.First(owner => owner.Conversations.ContainsKey(id));
        var arguments = request.Arguments.ValueKind switch
        {
            JsonValueKind.String => request.Arguments.GetString()!,
            JsonValueKind.Undefined => "{}",
            _ => request.Arguments.GetRawText(),
        };
        var call = await ToolCalls.CallAsync(tavus, account, conversation, request.Name, arguments, request.ToolCallId, request.Signature);
        return call is null ? Results.NotFound(new { error = "the persona has no such tool" }) : Results.Json(call);
    }

    private static object Describe(SimulatedAccount account) => new
    {
        account.Key,
        account.Terms.Slots,
        account.Active,
        account.CreditsLeft,
        account.Terms.Family,
        account.Terms.Drafts,
        Documents = account.Documents.All().Count,
        Tools = account.Tools.All().Count,
        Attached = account.Attached.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()),
    };

    private static object Describe(SimulatedConversation conversation) => new
    {
        conversation.Id,
        conversation.Name,
        Status = conversation.IsActive ? "active" : "ended",
        conversation.EndedBy,
        conversation.EndCalls,
        conversation.Seconds,
        Created = conversation.CreatedAt,
        Ended = conversation.EndedAt,
        RequestBody = conversation.Request,
    };

    private static object Details(SimulatedConversation conversation) => new
    {
        conversation.Id,
        conversation.Name,
        Status = conversation.IsActive ? "active" : "ended",
        conversation.EndedBy,
        conversation.EndCalls,
        conversation.Seconds,
        RequestBody = conversation.Request,
        conversation.ReplicaIsIn,
        conversation.Participants,
        conversation.WasVisited,
        conversation.MeetingToken,
        Callbacks = conversation.Callbacks.Delivered,
        Transcript = conversation.Turns.Transcript.Select(entry => new { entry.Role, entry.Content }),
        conversation.Turns.Context,
        conversation.Turns.ToolCalls,
        conversation.FromRoom,
        conversation.ToRoom,
    };
}
