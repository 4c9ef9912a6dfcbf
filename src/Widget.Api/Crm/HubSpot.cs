using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Widget.Contracts;

namespace Widget.Api.Crm;

/// <summary>
/// HubSpot's CRM API (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3). Leads are contacts: those with an e-mail address
/// are identified by it, others by the id that HubSpot gave them.
/// </summary>
internal sealed class HubSpot(CrmHttp http, CrmOptions options) : ICrmSystem
{
    private const string Name = "HubSpot";
    private const string Contacts = "/crm/v3/objects/contacts";

    public CrmKind Kind => CrmKind.HubSpot;

    public async Task<string> SaveAsync(CrmAccount account, Lead lead, string? remoteId, CancellationToken ct)
    {
        var properties = Properties(account, lead);
        if (lead.Email is { } email)
        {
            var input = new { id = email.ToLowerInvariant(), idProperty = "email", properties };
            var batch = await SendAsync(account, HttpMethod.Post, $"{Contacts}/batch/upsert", new { inputs = new[] { input } }, ct);
            return IdOf(batch) ?? throw Refused(batch, CrmHttp.SavedLead);
        }

        var reply = remoteId is null
            ? await SendAsync(account, HttpMethod.Post, Contacts, new { properties }, ct)
            : await SendAsync(account, HttpMethod.Patch, $"{Contacts}/{Uri.EscapeDataString(remoteId)}", new { properties }, ct);
        // Somebody has deleted the contact in HubSpot.
        if (reply.Status == HttpStatusCode.NotFound && remoteId is not null) return await SaveAsync(account, lead, remoteId: null, ct);
        return CrmMapping.Text(reply.Body, "id") ?? throw Refused(reply, CrmHttp.SavedLead);
    }

    public async Task TestAsync(CrmAccount account, CancellationToken ct)
    {
        var reply = await SendAsync(account, HttpMethod.Get, $"{Contacts}?limit=1", content: null, ct);
        if ((int)reply.Status >= 300) throw Refused(reply, CrmHttp.TestRequest);
    }

    private static Dictionary<string, string> Properties(CrmAccount account, Lead lead)
    {
        var (first, last) = CrmMapping.Names(lead.Name);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["lifecyclestage"] = "lead" };
        CrmMapping.Add(properties, "email", lead.Email);
        CrmMapping.Add(properties, "firstname", first);
        CrmMapping.Add(properties, "lastname", last);
        CrmMapping.Add(properties, "phone", lead.Phone);
        CrmMapping.Add(properties, "company", lead.Company);
        CrmMapping.AddFields(properties, account.Settings, lead);
        return properties;
    }

    // A batch of which parts failed has status 207 and the errors beside the results.
    private static string? IdOf(CrmReply batch) =>
        batch.Body.ValueKind == JsonValueKind.Object
        && batch.Body.TryGetProperty("results", out var results)
        && results.ValueKind == JsonValueKind.Array
        && results.GetArrayLength() > 0
            ? CrmMapping.Text(results[0], "id")
            : null;

    private static CrmException Refused(CrmReply reply, string what)
    {
        var message = CrmMapping.Text(reply.Body, "message");
        if (message is null
            && reply.Body.ValueKind == JsonValueKind.Object
            && reply.Body.TryGetProperty("errors", out var errors)
            && errors.ValueKind == JsonValueKind.Array
            && errors.GetArrayLength() > 0)
        {
            message = CrmMapping.Text(errors[0], "message");
        }

        return new CrmException(CrmFault.Refused, $"HubSpot refused {what}: {message ?? $"status {(int)reply.Status}"}");
    }

    private async Task<CrmReply> SendAsync(CrmAccount account, HttpMethod method, string path, object? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.HubSpotEndpoint, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ((HubSpotConnection)account.Settings).Token);
        if (content is not null) request.Content = JsonContent.Create(content, options: JsonSerializerOptions.Web);
        var reply = await http.SendAsync(Name, isTenantChosen: false, request, ct);
        return reply.Status switch
        {
            HttpStatusCode.Unauthorized => throw new CrmException(
                CrmFault.Access,
                "HubSpot refuses the access token. Create a new one in the private app."),
            HttpStatusCode.Forbidden => throw new CrmException(
                CrmFault.Access,
                "The private app may not do this. Give it the scopes crm.objects.contacts.read and crm.objects.contacts.write."),
            _ => reply,
        };
    }
}
