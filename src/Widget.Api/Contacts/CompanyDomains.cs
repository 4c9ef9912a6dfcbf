using System.Collections.Frozen;

namespace Widget.Api.Contacts;

/// <summary>Tells a visitor's company from the e-mail address.</summary>
internal static class CompanyDomains
{
    // Providers of mailboxes. Their domains say nothing about where somebody works. A label without a dot stands for all its endings.
    private static readonly FrozenSet<string> Mailboxes = new[]
    {
        "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail", "aol", "gmx", "proton", "protonmail",
        "icloud.com", "me.com", "mac.com", "pm.me", "web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "posteo.net",
        "mailbox.org", "tutanota", "tuta", "mail.com", "mail.ru", "yandex", "fastmail", "hey.com", "zoho", "orange.fr", "wanadoo.fr",
        "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "terra.es", "telefonica.net", "ono.com", "libero.it", "virgilio.it",
        "tiscali.it", "bluewin.ch", "hispeed.ch", "sunrise.ch", "aon.at", "chello.at", "btinternet.com", "sky.com", "virginmedia.com",
        "ntlworld.com", "talktalk.net", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net",
        "shaw.ca", "rogers.com", "bell.net", "sympatico.ca", "videotron.ca", "telenet.be", "skynet.be", "ziggo.nl", "kpnmail.nl",
        "qq.com", "163.com", "126.com", "naver.com", "maktoob.com",
    }.ToFrozenSet(StringComparer.Ordinal);

    // What stands before a company's name in the addresses of its servers.
    private static readonly string[] Servers = ["www.", "mail.", "email.", "smtp."];

    /// <summary>The domain of the visitor's company. Null if the address is at a provider of mailboxes, or is none.</summary>
    /// <param name="email">An e-mail address.</param>
    public static string? Of(string email)
    {
        var domain = email[(email.LastIndexOf('@') + 1)..].Trim().ToLowerInvariant();
        if (!email.Contains('@', StringComparison.Ordinal) || !domain.Contains('.', StringComparison.Ordinal)) return null;
        if (Mailboxes.Contains(domain) || Mailboxes.Contains(domain[..domain.IndexOf('.', StringComparison.Ordinal)])) return null;
        var server = Array.Find(Servers, prefix =>
            domain.StartsWith(prefix, StringComparison.Ordinal) && domain.AsSpan(prefix.Length).Contains('.'));
        return server is null ? domain : domain[server.Length..];
    }
}
