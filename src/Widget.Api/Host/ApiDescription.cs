using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Widget.Contracts;

namespace Widget.Api.Host;

/// <summary>The OpenAPI document and a page to read it.</summary>
internal static class ApiDescription
{
    private const string Document = "/openapi/v1.json";

    // In the order of the page: endpoints for visitors, then knowledge and settings, then outside services.
    private static readonly (string Name, string Description)[] Groups =
    [
        ("Widget", "What the widget does for a visitor: sessions, conversations, answers."),
        ("Leads", "Visitors who asked for a person."),
        ("Inbox", "Conversations that people answer: the queue, replies, notes, and who is online."),
        ("Meetings", "Reps, their free times, and what is booked with them."),
        ("Knowledge", "What answers are drawn from: sources, documents, typed answers and demos."),
        ("Search", "The search behind the answers, with its trace."),
        ("Accounts", "People who sign in: passwords, second factors, passkeys, sessions, invitations."),
        ("Team", "A tenant's members and their roles."),
        ("Agents", "Personas of the assistant, which visitors may choose, and catalogues to import them from."),
        ("Settings", "A tenant's settings, origins and ways to talk."),
        ("Keys", "Keys for a tenant's own programs."),
        ("Tools", "Actions that the assistant can take."),
        ("Evaluation", "Test questions and how well they are answered."),
        ("Speech", "Spoken replies and dictation."),
        ("Voice", "Realtime voice."),
        ("Tavus", "The video avatar, its persona, its calls and its knowledge."),
        ("Operator", "The installation's operator: companies, jobs, health and providers."),
        ("OpenAI", "Answers over OpenAI's chat completions protocol."),
    ];

    public static void Configure(OpenApiOptions options) => options
        .AddDocumentTransformer(DescribeApi)
        .AddSchemaTransformer(SetStringTypes)
        .AddOperationTransformer(DescribeStreams);

    private static Task DescribeApi(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Widget API",
            Version = "v1",
            Description =
                """
                There are three kinds of callers. A tenant's own programs send an API key: `Authorization: Bearer sk_…`. People who sign in
                send their session and the company: `Authorization: Bearer ss_…` and `X-Tenant: slug`. The widget opens a session with the
                public site key and then sends the visitor's token: `Authorization: Bearer …`, from an allowed origin.

                Errors are problem details (RFC 9457): `title` says what is wrong, and `errors` names the fields. A request over a limit
                gets 429 and `Retry-After` in seconds. Messages and events carry the sender's own `clientId`, so sending one again is safe.
                A conversation is a log: its events are numbered by `seq` without gaps, and a client that has seen event n asks for the
                events after n. The SignalR hub at `/hubs/conversation` offers the same over a WebSocket: `Watch(conversationId, after)`,
                `Ask(conversationId, message)`, `Stop(conversationId, messageId)`, `Typing(conversationId)` and `Read(conversationId, seq)`.
                Staff follow their inbox at `/hubs/inbox`.
                """,
        };
        document.Tags = Groups.Select(group => new OpenApiTag { Name = group.Name, Description = group.Description }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        var schemas = document.Components.Schemas;
        foreach (var envelope in schemas?.Keys.Where(name => name.StartsWith("SseItem", StringComparison.Ordinal)).ToList() ?? [])
            schemas!.Remove(envelope);
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key (sk_…), a person's session (ss_…, with the header X-Tenant) or a visitor's token.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        return Task.CompletedTask;
    }

    // The generator does not know that a string is a string, because our own converter reads it (StorableStringConverter).
    private static Task SetStringTypes(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        if (context.JsonTypeInfo.Type == typeof(string) && schema.Type is null)
        {
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true }
                ? JsonSchemaType.String | JsonSchemaType.Null
                : JsonSchemaType.String;
        }

        var isArray = schema.Type?.HasFlag(JsonSchemaType.Array) == true;
        if (isArray && schema.Items is null && context.JsonTypeInfo.ElementType == typeof(string))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        return Task.CompletedTask;
    }

    // The generator describes an envelope type for events that is never sent, and it leaves out the JSON response.
    private static async Task DescribeStreams(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var streams = (operation.Responses ?? []).Values
            .Select(response => response.Content)
            .OfType<IDictionary<string, OpenApiMediaType>>()
            .Where(content => content.ContainsKey("text/event-stream"));
        foreach (var content in streams)
        {
            var isQuestion = context.Description.HttpMethod == HttpMethods.Post;
            content["text/event-stream"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = isQuestion
                        ? "Server-sent events: sources, delta …, completed; error when the stream ends without the answer; "
                            + "delivered when a person answers. "
                            + "The data of each is an AnswerUpdate as JSON."
                        : "Server-sent events: event (its id is the seq), answer, voice, presence, ping. "
                            + "The data of each is a ConversationUpdate as JSON.",
                },
            };
            content["application/json"] = new OpenApiMediaType
            {
                Schema = await context.GetOrCreateSchemaAsync(
                    isQuestion ? typeof(AssistantMessage) : typeof(IReadOnlyList<ConversationEvent>),
                    null,
                    ct),
            };
        }
    }

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi(Document.Replace("v1", "{documentName}", StringComparison.Ordinal));
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "reference";
            page.DocumentTitle = "Widget API";
            // Without it, phones show the page in desktop width, too small to read.
            page.HeadContent = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
            page.SwaggerEndpoint(Document, "Widget API");
        });
    }
}
