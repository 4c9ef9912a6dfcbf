using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Widget.Api.Platform;

/// <summary>The OpenAPI document and a page to read it.</summary>
internal static class ApiDescription
{
    private const string Document = "/openapi/v1.json";

    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Widget API",
            Version = "v1",
            Description =
                """
                Two kinds of callers. A tenant's own programs send an API key: `Authorization: Bearer sk_…`. The widget opens a session with the
                public site key and sends the visitor's token it gets: `Authorization: Bearer …`, from an allowed origin.

                Errors are problem details (RFC 9457): `title` says what is wrong in words, `errors` names the fields. Messages and events carry
                the sender's own `clientId`; sending one again is safe. Conversations are logs: events are numbered by `seq` without gaps, and
                whoever has seen n asks for what comes after n. The same over a WebSocket: the SignalR hub at `/hubs/conversation` with
                `Watch(conversationId, after)`, `Ask(conversationId, message)` and `Stop(conversationId, messageId)`.
                """,
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key (sk_…) or a visitor's token." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        return Task.CompletedTask;
    });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi(Document.Replace("v1", "{documentName}", StringComparison.Ordinal));
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "reference";
            page.DocumentTitle = "Widget API";
            page.SwaggerEndpoint(Document, "Widget API");
        });
    }
}
