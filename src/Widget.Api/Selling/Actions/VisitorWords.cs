using System.Text.RegularExpressions;
using Widget.Api.Contacts;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Text;

namespace Widget.Api.Selling.Actions;

/// <summary>
/// What a visitor has said in a conversation. A model may mishear or invent contact details, so a tool keeps only details that the visitor
/// has said.
/// </summary>
internal sealed partial class VisitorWords
{
    private const int MaxEvents = 500;

    private readonly List<string> _texts;
    private readonly HashSet<string> _emails;
    private readonly HashSet<string> _words;

    private VisitorWords(IReadOnlyList<ConversationEvent> events)
    {
        var lastContact = events.LastOrDefault(entry => entry is ContactGiven or ContactDeclined);
        HasDeclined = lastContact is ContactDeclined;
        // After declining, only later messages count.
        var since = HasDeclined ? lastContact!.Seq : 0;
        _texts = [.. events.Where(entry => entry.Seq > since).Select(TextOf).OfType<string>().Select(ContactText.Plain)];
        _emails = [.. _texts.SelectMany(EmailReader.Find).Select(found => found.Value)];
        _emails.UnionWith(events.OfType<ContactGiven>()
            .Where(given => given.Seq > since)
            .Select(given => given.Email?.ToLowerInvariant())
            .OfType<string>());
        _words = [.. _texts.SelectMany(Words.Of)];
    }

    /// <summary>Whether the visitor has declined to have contact details kept. Then only what was said after that counts.</summary>
    public bool HasDeclined { get; }

    /// <summary>Reads a conversation. What was said long ago, before the last 500 events, does not count.</summary>
    public static async Task<VisitorWords> ReadAsync(TenantDatabase database, TenantId tenant, ConversationId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var snapshot = await ConversationQueries.SnapshotAsync(db, id, MaxEvents, ct);
        return new VisitorWords(snapshot?.LatestEvents ?? []);
    }

    internal static VisitorWords Of(params IReadOnlyList<ConversationEvent> events) => new(events);

    public bool HasEmail(string email) =>
        _emails.Contains(email.ToLowerInvariant())
        || _texts.Exists(text => Words.Of(email).Any() && ContainsWhole(text, email));

    /// <param name="number">The number as E.164.</param>
    /// <param name="regions">Where a number without a country code may be.</param>
    public bool HasPhone(string number, IReadOnlyList<string> regions) => _texts.Exists(text =>
        PhoneReader.Find(text, regions, []).Any(found => found.Value == number)
        // The model may know the country, and the visitor may have left out its code.
        || DigitGroups().Matches(text).Any(match => IsEndOf(number, match.Value)));

    /// <summary>Whether each word of a name was said.</summary>
    public bool HasName(string name) => Words.Of(name).All(_words.Contains);

    private static string? TextOf(ConversationEvent entry) => entry switch
    {
        VisitorMessage message => message.Text,
        Utterance { Speaker: Speaker.Visitor } said => said.Text,
        _ => null,
    };

    // "a@b.example" is not a part of "ada@b.example".
    private static bool ContainsWhole(string text, string email)
    {
        for (var at = 0; (at = text.IndexOf(email, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var (before, end) = (at == 0 ? ' ' : text[at - 1], at + email.Length);
            var after = end == text.Length ? ' ' : text[end];
            var next = end + 1 < text.Length ? text[end + 1] : ' ';
            if (!IsPart(before) && !IsPart(after) && !(after == '.' && char.IsLetterOrDigit(next))) return true;
        }

        return false;
    }

    private static bool IsPart(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '+' or '@';

    private static bool IsEndOf(string number, string written)
    {
        const int MinDigits = 7;
        var digits = string.Concat(written.Where(char.IsAsciiDigit)).TrimStart('0');
        return digits.Length >= MinDigits && number.EndsWith(digits, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"[0-9][0-9\s()/.\-]{5,}[0-9]", RegexOptions.None, 1000)]
    private static partial Regex DigitGroups();
}
