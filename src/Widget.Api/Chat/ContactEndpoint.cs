using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Leads;
using Widget.Api.Mail;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>Where a visitor gives contact details, or declines to.</summary>
internal static class ContactEndpoint
{
    public static void MapContact(this IEndpointRouteBuilder visitor) =>
        visitor.MapPost("/conversations/{id:guid}/contact", GiveContact).UnlessBanned().LimitedByAddress().Validate<ContactRequest>()
            .ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Give contact details, which are kept as a lead, or decline to");

    private static async Task<Results<Ok<ConversationEvent>, ValidationProblem, ProblemHttpResult>> GiveContact(
        Guid id,
        ContactRequest request,
        HttpContext http,
        VisitorTokens tokens,
        TenantSettingsService settings,
        LeadService leads,
        CancellationToken ct)
    {
        var visitor = tokens.Read(http)!;
        string? phone = null;
        if (!request.Declined)
        {
            if (!string.IsNullOrWhiteSpace(request.Email) && !MailAddress.IsValid(request.Email))
                return Problems.Invalid("email", MailAddress.Invalid);
            if (!string.IsNullOrWhiteSpace(request.Phone))
            {
                var regions = PhoneRegions.For(await settings.ReadAsync(visitor.Tenant, ct), request.Locale);
                phone = PhoneFormat.ToE164(ContactText.Plain(request.Phone), regions);
                if (phone is null) return Problems.Invalid("phone", PhoneFormat.Invalid);
            }
        }

        var (given, refusal) = await leads.GiveContactAsync(visitor, new ConversationId(id), request, phone, ct);
        if (refusal is not null) return refusal.ToProblem(http);
        return given is not null ? TypedResults.Ok(given) : Problems.NotFound("conversation");
    }
}
