using Microsoft.SemanticKernel;
using Widget.Api.Contacts;
using Widget.Api.Leads;
using Widget.Api.Mail;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Selling.Actions;

/// <summary>The tool that keeps a visitor's contact details.</summary>
internal sealed class ContactPlugin(TenantDatabase database, LeadService leads)
{
    private const string CaptureDescription =
        "Keeps the visitor's contact details, so that the company can get in touch. Use it only when the visitor has given the details "
        + "in this conversation and wants to be contacted. Never guess or complete a detail.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("contact",
    [
        Tool.DeclareForConversation(
            CaptureAsync,
            "capture_lead",
            CaptureDescription,
            Tool.Parameter("email", new { type = "string", maxLength = 320, description = "As the visitor wrote it." }, isRequired: false),
            Tool.Parameter("phone", new { type = "string", maxLength = 40, description = "As the visitor wrote it." }, isRequired: false),
            Tool.Parameter("name", new { type = "string", maxLength = 200, description = "As the visitor wrote it." }, isRequired: false),
            Tool.Parameter(
                "agreed",
                new { type = "boolean", description = "Whether the visitor has said that the company may contact them." })),
    ]);

    private async Task<ToolResult> CaptureAsync(
        KernelArguments call,
        bool agreed,
        string? email = null,
        string? phone = null,
        string? name = null,
        CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        if (!agreed) return ToolResult.Failed("Ask the visitor first whether the company may contact them.");
        (email, phone, name) = (GivenText.Of(email), GivenText.Of(phone), GivenText.Of(name));
        if (email is null && phone is null) return ToolResult.Failed("An e-mail address or a phone number is needed. Ask for one.");
        var words = await VisitorWords.ReadAsync(database, context.Tenant.TenantId, context.Conversation!.Value, ct);
        var regions = PhoneRegions.For(context.Settings, context.Locale);
        var number = phone is null ? null : PhoneFormat.ToE164(ContactText.Plain(phone), regions);
        if (FindError(words, email, phone, number, name, regions) is { } error) return ToolResult.Failed(error);
        var (given, refusal) = await leads.GiveContactAsync(
            new VisitorTicket(context.Tenant.TenantId, context.Visitor!.Value, Origin: null),
            context.Conversation.Value,
            new ContactRequest { ClientId = $"tool:{context.CallId}", Email = email, Phone = phone, Name = name, Locale = context.Locale },
            number,
            ct);
        if (refusal is not null) return ToolResult.Failed(refusal.Message);
        return given is null
            ? ToolResult.Failed("The conversation has been deleted.")
            : ToolResult.Of(new { kept = true, email, phone = number, name, note = "Thank the visitor and repeat the details once." });
    }

    private static string? FindError(
        VisitorWords words,
        string? email,
        string? phone,
        string? number,
        string? name,
        IReadOnlyList<string> regions)
    {
        if (email is not null && !MailAddress.IsValid(email)) return "email is not an e-mail address. Ask the visitor for it again.";
        if (phone is not null && number is null)
            return "phone is not a valid phone number. Ask the visitor for it again, with the country code.";
        var isSaid = (email is null || words.HasEmail(email)) && (number is null || words.HasPhone(number, regions));
        if (!isSaid)
        {
            return words.HasDeclined
                ? "The visitor has declined to have contact details kept. Do not ask again."
                : "The visitor has not said these details. Use only details that they wrote or said themselves.";
        }

        return name is null || words.HasName(name) ? null : "The visitor has not said this name. Leave it out, or ask for it.";
    }
}
