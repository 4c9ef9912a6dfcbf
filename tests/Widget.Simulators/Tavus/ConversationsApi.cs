namespace Widget.Simulators.Tavus;

internal static class ConversationsApi
{
    public static void MapConversations(this IEndpointRouteBuilder v2)
    {
        v2.On("POST", "/conversations", Create);
        v2.On("GET", "/conversations", List);
        v2.On("GET", "/conversations/{id}", call => call.Allow("verbose").Ok(Find(call).Describe(call.Query("verbose") == "true")));
        v2.On("POST", "/conversations/{id}/end", End);
        v2.On("DELETE", "/conversations/{id}", Delete);
    }

    private static IResult Create(ApiCall call)
    {
        var body = call.Allow().Body(new ConversationShapes(call.Tavus).Create);
        if (body.TryGetProperty("persona_id", out var persona) && !call.Account.Personas.Has(persona.GetString()!))
            throw new Refusal(400, "Invalid persona_id");
        if (body.TryGetProperty("replica_id", out var replica) && !call.Account.Replicas.Has(replica.GetString()!))
            throw new Refusal(400, "Invalid replica_id");
        if (body.TryGetProperty("document_ids", out var documents)
            && documents.EnumerateArray().Any(document => !call.Account.Documents.Has(document.GetString()!)))
            throw new Refusal(400, "Invalid document_ids");

        var host = $"{call.Http.Request.Scheme}://{call.Http.Request.Host}";
        var conversation = new SimulatedConversation(call.Tavus, call.Account, body, host);
        if (conversation.IsTest) call.Account.Conversations[conversation.Id] = conversation;
        else if (call.Account.Admit(conversation) is var (status, message)) throw new Refusal(status, message, "message");
        call.Tavus.Journal.Created(call.Account.Key, conversation, host);
        conversation.Start();
        var answer = conversation.Describe(verbose: false);
        foreach (var field in new[] { "replica_id", "persona_id", "updated_at" }) answer.Remove(field);
        if (conversation.MeetingToken is { } token) answer["meeting_token"] = token;
        return call.Ok(answer);
    }

    private static IResult List(ApiCall call)
    {
        call.Allow("limit", "page", "status");
        var status = call.Query("status");
        if (status is not (null or "active" or "ended")) throw Refusal.Invalid("status: Must be one of: active, ended.");
        return call.Page([.. call.Account.Conversations.Values
            .Where(conversation => status is null || conversation.IsActive == (status == "active"))
            .OrderByDescending(conversation => conversation.CreatedAt)
            .Select(conversation => conversation.Describe(verbose: false))]);
    }

    private static IResult End(ApiCall call)
    {
        var conversation = Find(call.Allow());
        conversation.CountEndCall();
        conversation.End("end_conversation_endpoint_hit");
        return Results.Ok();
    }

    private static IResult Delete(ApiCall call)
    {
        var conversation = Find(call.Allow("hard"));
        conversation.End("daily_room_has_been_deleted");
        call.Account.Conversations.TryRemove(conversation.Id, out _);
        return Results.NoContent();
    }

    private static SimulatedConversation Find(ApiCall call) =>
        call.Account.Conversations.GetValueOrDefault(call.Id) ?? throw new Refusal(400, "Invalid conversation_id", "message");
}
