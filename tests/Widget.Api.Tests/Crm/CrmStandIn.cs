using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Widget.Api.Tests.Crm;

/// <summary>
/// The parts of HubSpot's and Salesforce's APIs that we use, by their documentation. It refuses what they refuse, and can be told to fail.
/// </summary>
internal sealed class CrmStandIn : IAsyncDisposable
{
    public const string Token = "pat-eu1-token";
    public const string ClientId = "consumer-key";
    public const string ClientSecret = "consumer-secret";

    private readonly WebApplication _app;
    private int _tokens;
    private int _ids;

    private CrmStandIn(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>A status with which everything is answered; null to work.</summary>
    public int? Failing { get; set; }

    /// <summary>HubSpot's contacts by id.</summary>
    public ConcurrentDictionary<string, JsonObject> Contacts { get; } = [];

    /// <summary>Salesforce's leads by external id.</summary>
    public ConcurrentDictionary<string, (string Id, JsonObject Fields)> Leads { get; } = [];

    /// <summary>Ends the access tokens that Salesforce has given.</summary>
    public void EndSessions() => Interlocked.Increment(ref _tokens);

    public static async Task<CrmStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var standIn = new CrmStandIn(builder.Build());
        standIn._app.Use((http, next) =>
        {
            if (standIn.Failing is not { } status) return next();
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        standIn.MapHubSpot();
        standIn.MapSalesforce();
        await standIn._app.StartAsync();
        return standIn;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void MapHubSpot()
    {
        const string Path = "/crm/v3/objects/contacts";
        _app.MapGet(Path, (HttpRequest request) => Authorized(request) ? Results.Json(new { results = Array.Empty<object>() }) : Refusal());
        _app.MapPost($"{Path}/batch/upsert", async (HttpRequest request) =>
        {
            if (!Authorized(request)) return Refusal();
            var input = (await BodyAsync(request))["inputs"]!.AsArray().Single()!.AsObject();
            var (idProperty, id, properties) = ((string)input["idProperty"]!, (string)input["id"]!, input["properties"]!.AsObject());
            if (idProperty != "email" || !id.Contains('@', StringComparison.Ordinal)) return Invalid("idProperty must be email.");
            if (Unknown(properties) is { } unknown) return unknown;
            var known = Contacts.FirstOrDefault(contact =>
                string.Equals((string?)contact.Value["email"], id, StringComparison.OrdinalIgnoreCase));
            return Results.Json(
                new { status = "COMPLETE", results = new[] { Save(known.Key, properties) }, startedAt = Now, completedAt = Now },
                statusCode: known.Key is null ? 201 : 200);
        });
        _app.MapPost(Path, async (HttpRequest request) =>
        {
            if (!Authorized(request)) return Refusal();
            var properties = (await BodyAsync(request))["properties"]!.AsObject();
            return Unknown(properties) ?? Results.Json(Save(id: null, properties), statusCode: 201);
        });
        _app.MapPatch($"{Path}/{{id}}", async (string id, HttpRequest request) =>
        {
            if (!Authorized(request)) return Refusal();
            if (!Contacts.ContainsKey(id)) return Results.Json(new { status = "error", message = "resource not found" }, statusCode: 404);
            var properties = (await BodyAsync(request))["properties"]!.AsObject();
            return Unknown(properties) ?? Results.Json(Save(id, properties));
        });

        static bool Authorized(HttpRequest request) => request.Headers.Authorization == $"Bearer {Token}";
        static IResult Refusal() => Results.Json(
            new { status = "error", message = "Authentication credentials not found.", category = "INVALID_AUTHENTICATION" },
            statusCode: 401);
        static IResult Invalid(string message) =>
            Results.Json(new { status = "error", message, category = "VALIDATION_ERROR" }, statusCode: 400);
        static IResult? Unknown(JsonObject properties) => properties.FirstOrDefault(property =>
            property.Key is not ("email" or "firstname" or "lastname" or "phone" or "company" or "lifecyclestage"
                or "widget_score" or "widget_id")
                || property.Value!.GetValueKind() != JsonValueKind.String) is { Key: { } name }
            ? Invalid($"Property values were not valid: Property \"{name}\" does not exist")
            : null;
    }

    private static string Now => "2027-01-01T00:00:00Z";

    private object Save(string? id, JsonObject properties)
    {
        var isNew = id is null;
        id ??= $"{Interlocked.Increment(ref _ids) + 100}";
        var contact = Contacts.GetOrAdd(id, _ => []);
        foreach (var (name, value) in properties) contact[name] = value!.DeepClone();
        return new { id, properties = contact.DeepClone(), createdAt = Now, updatedAt = Now, archived = false, @new = isNew };
    }

    private void MapSalesforce()
    {
        _app.MapPost("/services/oauth2/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            return form["grant_type"] == "client_credentials" && form["client_id"] == ClientId && form["client_secret"] == ClientSecret
                ? Results.Json(new { access_token = AccessToken, instance_url = Address.ToString(), token_type = "Bearer", scope = "api" })
                : Results.Json(new { error = "invalid_client", error_description = "invalid client credentials" }, statusCode: 401);
        });
        _app.MapGet("/services/data/v61.0/sobjects/Lead/describe", (HttpRequest request) => Authorized(request) ?? Results.Json(new
        {
            name = "Lead",
            fields = new object[]
            {
                new { name = "Id", externalId = false },
                new { name = "Widget_Lead_Id__c", externalId = true },
                new { name = "Notes__c", externalId = false },
            },
        }));
        _app.MapPatch("/services/data/v61.0/sobjects/Lead/{field}/{id}", async (string field, string id, HttpRequest request) =>
        {
            if (Authorized(request) is { } refusal) return refusal;
            if (field != "Widget_Lead_Id__c") return Errors(404, "NOT_FOUND", "The requested resource does not exist");
            var fields = await BodyAsync(request);
            if (fields.ContainsKey(field) || fields.ContainsKey("Id"))
                return Errors(400, "INVALID_FIELD", "The id must not be in the body.");
            var missing = new[] { "LastName", "Company" }.Where(name => string.IsNullOrEmpty((string?)fields[name])).ToList();
            if (missing.Count > 0)
                return Errors(400, "REQUIRED_FIELD_MISSING", $"Required fields are missing: [{string.Join(", ", missing)}]");
            var isNew = !Leads.TryGetValue(id, out var known);
            var remote = isNew ? $"00Q{Interlocked.Increment(ref _ids):D12}" : known.Id;
            Leads[id] = (remote, fields);
            return Results.Json(
                new { id = remote, success = true, errors = Array.Empty<object>(), created = isNew },
                statusCode: isNew ? 201 : 200);
        });

        static IResult Errors(int status, string errorCode, string message) =>
            Results.Json(new[] { new { message, errorCode } }, statusCode: status);
        IResult? Authorized(HttpRequest request) => request.Headers.Authorization == $"Bearer {AccessToken}"
            ? null
            : Errors(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }

    private string AccessToken => $"00D-session-{_tokens}";

    private static async Task<JsonObject> BodyAsync(HttpRequest request) =>
        (await JsonNode.ParseAsync(request.Body))!.AsObject();
}
