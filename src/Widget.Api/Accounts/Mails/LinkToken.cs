using System.Buffers.Text;
using System.Text;

namespace Widget.Api.Accounts.Mails;

/// <summary>
/// The token in the link of an e-mail: the account, and Identity's own token, which is bound to the account's security stamp.
/// </summary>
internal static class LinkToken
{
    public static string Create(Guid account, string token) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{account:N}{token}"));

    /// <summary>Returns the parts of a token. Null if it is not one.</summary>
    public static (Guid Account, string Token)? Parse(string link)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(link.Trim()));
            return text.Length > 32 && Guid.TryParseExact(text[..32], "N", out var account) ? (account, text[32..]) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
