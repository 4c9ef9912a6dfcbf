using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tests.Chat;
using Widget.Contracts;

namespace Widget.Api.Tests.Leads;

/// <summary>Leads as visitors make them and callers of the API see them.</summary>
internal static class LeadWorld
{
    public static async Task GiveAsync(this TestVisitor visitor, object body)
    {
        var response = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/contact", body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    /// <summary>A new visitor who gives contact details.</summary>
    public static async Task<TestVisitor> VisitAndGiveAsync(
        this TestTenant tenant,
        string? email = null,
        string? name = null,
        string? phone = null,
        string? locale = null)
    {
        var visitor = await tenant.VisitAsync();
        await visitor.GiveAsync(new { clientId = "1", email, name, phone, locale });
        return visitor;
    }

    public static async Task<IReadOnlyList<Lead>> LeadsAsync(this TestTenant tenant, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<LeadPage>($"/api/leads{query}", TestTenant.Json))!.Items;

    public static async Task<Lead> LeadAsync(this TestTenant tenant, Guid id) =>
        (await tenant.Developer.GetFromJsonAsync<Lead>($"/api/leads/{id}", TestTenant.Json))!;

    /// <summary>The lead with this name or address in the list.</summary>
    public static async Task<Lead> LeadAsync(this TestTenant tenant, string text) =>
        (await tenant.LeadsAsync()).Single(lead => lead.Name == text || lead.Email == text || lead.Phone == text);

    public static async Task<Lead> PatchLeadAsync(this TestTenant tenant, Guid id, object changes) =>
        await (await tenant.TryPatchLeadAsync(id, changes)).ToLeadAsync();

    public static Task<HttpResponseMessage> TryPatchLeadAsync(this TestTenant tenant, Guid id, object changes) =>
        tenant.Developer.PatchAsJsonAsync($"/api/leads/{id}", changes);

    public static Task<HttpResponseMessage> TryMergeAsync(this TestTenant tenant, Guid lead, Guid into, Guid? repId = null) =>
        tenant.Developer.PostAsJsonAsync($"/api/leads/{lead}/merge", new { into, repId });

    public static async Task<Lead> MergeAsync(this TestTenant tenant, Guid lead, Guid into) =>
        await (await tenant.TryMergeAsync(lead, into)).ToLeadAsync();

    public static async Task<Lead> UndoMergeAsync(this TestTenant tenant, Guid lead) =>
        await (await tenant.Developer.PostAsync($"/api/leads/{lead}/merge/undo", content: null)).ToLeadAsync();

    public static async Task<Lead> ToLeadAsync(this HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Lead>(TestTenant.Json))!;
    }

    public static async Task QualifyAsync(this TestTenant tenant, object qualification)
    {
        var response = await tenant.Developer.PutAsJsonAsync("/api/leads/qualification", qualification);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    public static Task<HttpResponseMessage> TryAnswerAsync(this TestVisitor visitor, object answers, string clientId = "answers") =>
        visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/qualification", new { clientId, answers });

    public static async Task<QualificationAnswered> AnswerAsync(this TestVisitor visitor, object answers, string clientId = "answers")
    {
        var response = await visitor.TryAnswerAsync(answers, clientId);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<QualificationAnswered>(TestTenant.Json))!;
    }

    public static async Task<LeadTimeline> TimelineAsync(this TestTenant tenant, Guid lead, string query = "") =>
        (await tenant.Developer.GetFromJsonAsync<LeadTimeline>($"/api/leads/{lead}/timeline{query}", TestTenant.Json))!;

    /// <summary>A rep who takes leads.</summary>
    public static async Task<Guid> AddOwnerAsync(this TestTenant tenant, string name, object? changes = null)
    {
        var created = await tenant.Developer.PostAsJsonAsync(
            "/api/reps",
            new { name, email = $"{name.ToLowerInvariant()}@shop.example", timeZone = "Europe/Berlin" });
        var rep = (await created.Content.ReadFromJsonAsync<Rep>(TestTenant.Json))!;
        if (changes is not null) await tenant.PatchRepAsync(rep.Id, changes);
        return rep.Id;
    }

    public static async Task<Rep> PatchRepAsync(this TestTenant tenant, Guid rep, object changes)
    {
        var response = await tenant.Developer.PatchAsJsonAsync($"/api/reps/{rep}", changes);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<Rep>(TestTenant.Json))!;
    }

    public static async Task<string> IdentitySecretAsync(this TestTenant tenant)
    {
        var response = await tenant.Developer.PostAsync("/api/settings/identity-secret", content: null);
        return (await response.Content.ReadFromJsonAsync<CreatedIdentitySecret>())!.Secret;
    }

    /// <summary>A visitor in a new conversation whose identity the site proves.</summary>
    public static Task<TestVisitor> VisitAsAsync(
        this TestTenant tenant,
        ApiNode node,
        string secret,
        string id,
        Guid? visitorId = null,
        string? name = null)
    {
        var hash = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(id)));
        return node.OpenAsync(tenant, new { visitorId, newConversation = visitorId is null, identity = new { id, hash, name } });
    }

    /// <summary>Deletes a row as the owner of the tables, as an operator who erases a visitor does.</summary>
    public static async Task EraseAsync(this ApiFixture api, string table, Guid id) =>
        await api.Database.OwnerSource.ExecuteAsync($"delete from {table} where id = $1", id);
}
