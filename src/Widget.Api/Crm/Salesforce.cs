using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Crm;

/// <summary>
/// Salesforce's REST API: access tokens by the OAuth client credentials flow, and leads that are identified by a field for external ids
/// ("SObject Rows by External ID").
/// </summary>
internal sealed class Salesforce(CrmHttp http) : ICrmSystem
{
    private const string Name = "Salesforce";
    private const string Version = "v61.0";

    // Both fields are required in Salesforce.
    private const string NoCompany = "Unknown";
    // The lengths of Salesforce's own fields. Longer values would be refused for good.
    private const int MaxFirstName = 40;
    private const int MaxLastName = 80;
    private const string NoName = "Unknown";

    // Access tokens live for hours. A refused one is replaced.
    private readonly ConcurrentDictionary<(string Domain, string ClientId, string Secret), Session> _sessions = [];

    public CrmKind Kind => CrmKind.Salesforce;

    public async Task<string> SaveAsync(CrmAccount account, Lead lead, string? remoteId, CancellationToken ct)
    {
        var connection = (SalesforceConnection)account.Settings;
        var path = $"/services/data/{Version}/sobjects/Lead/{connection.ExternalIdField}/{lead.Id}";
        var reply = await SendAsync(connection, HttpMethod.Patch, path, Properties(account, lead), ct);
        // Created: 201 with the id. Changed: 200 with the id, or 204 in older versions.
        if (reply.Status is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent)
        {
            return CrmMapping.Text(reply.Body, "id") ?? remoteId
                ?? CrmMapping.Text((await SendAsync(connection, HttpMethod.Get, $"{path}?fields=Id", content: null, ct)).Body, "Id")
                ?? throw Refused(reply, CrmHttp.SavedLead);
        }

        throw Refused(reply, CrmHttp.SavedLead);
    }

    public async Task TestAsync(CrmAccount account, CancellationToken ct)
    {
        var connection = (SalesforceConnection)account.Settings;
        var reply = await SendAsync(connection, HttpMethod.Get, $"/services/data/{Version}/sobjects/Lead/describe", content: null, ct);
        if (reply.Status != HttpStatusCode.OK
            || reply.Body.ValueKind != JsonValueKind.Object
            || !reply.Body.TryGetProperty("fields", out var fields))
            throw Refused(reply, CrmHttp.TestRequest);
        var isExternalId = fields.EnumerateArray().Any(field =>
            CrmMapping.Text(field, "name") == connection.ExternalIdField
            && field.TryGetProperty("externalId", out var external)
            && external.ValueKind == JsonValueKind.True);
        if (!isExternalId)
        {
            throw new CrmException(
                CrmFault.Access,
                $"The object Lead has no field {connection.ExternalIdField} that is marked as an external id. Create it as a text field.");
        }
    }

    private static Dictionary<string, string> Properties(CrmAccount account, Lead lead)
    {
        var (first, last) = CrmMapping.Names(lead.Name);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LastName"] = Truncation.Truncate(last ?? lead.Email?.Split('@')[0] ?? NoName, MaxLastName),
            ["Company"] = lead.Company ?? NoCompany,
            ["LeadSource"] = "Web",
        };
        CrmMapping.Add(properties, "FirstName", first is null ? null : Truncation.Truncate(first, MaxFirstName));
        CrmMapping.Add(properties, "Email", lead.Email);
        CrmMapping.Add(properties, "Phone", lead.Phone);
        CrmMapping.AddFields(properties, account.Settings, lead);
        return properties;
    }

    // Errors are a list of {message, errorCode, fields}.
    private static CrmException Refused(CrmReply reply, string what)
    {
        var error = reply.Body.ValueKind == JsonValueKind.Array && reply.Body.GetArrayLength() > 0 ? reply.Body[0] : default;
        var (code, message) = (CrmMapping.Text(error, "errorCode"), CrmMapping.Text(error, "message"));
        // Salesforce reports its limit on requests as 403.
        if (code == "REQUEST_LIMIT_EXCEEDED")
            return new CrmException(CrmFault.Temporary, "Salesforce's limit on requests is used up for today.");
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new CrmException(CrmFault.Access, $"Salesforce refuses access: {message ?? $"status {(int)reply.Status}"}");
        return new CrmException(
            CrmFault.Refused,
            reply.Status == HttpStatusCode.MultipleChoices
                ? "Salesforce has several leads with the same external id. Make the field unique."
                : $"Salesforce refused {what}: {message ?? $"status {(int)reply.Status}"}");
    }

    private async Task<CrmReply> SendAsync(
        SalesforceConnection connection,
        HttpMethod method,
        string path,
        object? content,
        CancellationToken ct)
    {
        for (var isRepeated = false; ; isRepeated = true)
        {
            var session = await SessionAsync(connection, ct);
            using var request = new HttpRequestMessage(method, new Uri(session.Instance, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", session.Token);
            if (content is not null) request.Content = JsonContent.Create(content);
            var reply = await http.SendAsync(Name, isTenantChosen: true, request, ct);
            if (reply.Status != HttpStatusCode.Unauthorized || isRepeated) return reply;
            _sessions.TryRemove(Key(connection), out _);
        }
    }

    private async Task<Session> SessionAsync(SalesforceConnection connection, CancellationToken ct)
    {
        if (_sessions.TryGetValue(Key(connection), out var known)) return known;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(connection.Domain), "/services/oauth2/token"))
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "client_credentials"),
                new("client_id", connection.ClientId),
                new("client_secret", connection.ClientSecret),
            ]),
        };
        var reply = await http.SendAsync(Name, isTenantChosen: true, request, ct);
        if (reply.Status != HttpStatusCode.OK
            || CrmMapping.Text(reply.Body, "access_token") is not { } token
            || !Uri.TryCreate(CrmMapping.Text(reply.Body, "instance_url"), UriKind.Absolute, out var instance))
        {
            var reason = CrmMapping.Text(reply.Body, "error_description") ?? $"status {(int)reply.Status}";
            throw new CrmException(CrmFault.Access, $"Salesforce refuses the connected app: {reason}");
        }

        // The token goes to the host that the tenant has named, whatever the response says: Salesforce's My Domain serves the API, too.
        if (instance.Host != new Uri(connection.Domain).Host) instance = new Uri(connection.Domain);
        return _sessions[Key(connection)] = new Session(token, instance);
    }

    private static (string, string, string) Key(SalesforceConnection connection) =>
        (connection.Domain, connection.ClientId, connection.ClientSecret);

    private sealed record Session(string Token, Uri Instance);
}
