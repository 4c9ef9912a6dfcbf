using Microsoft.Extensions.Localization;
using Widget.Contracts;

namespace Widget.Admin.Inbox;

/// <summary>What to call a visitor. Without a name or an e-mail address, it is the last four characters of the id.</summary>
public sealed class VisitorNames(IStringLocalizer<InboxTexts> texts)
{
    public string Of(InboxVisitor visitor) =>
        visitor.Name ?? visitor.Email ?? string.Format(texts["visitor"], visitor.Id.ToString("N")[^4..].ToUpperInvariant());

    public static string Initials(string name) =>
        string.Concat(
            name.Split([' ', '.', '@'], StringSplitOptions.RemoveEmptyEntries).Take(2).Select(word => char.ToUpperInvariant(word[0])));
}
