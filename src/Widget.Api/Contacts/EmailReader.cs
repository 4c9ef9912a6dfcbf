using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Widget.Api.Contacts;

/// <summary>
/// Finds e-mail addresses in a message: as they are written ("jane.doe@example.com"), and as they are spelled ("jane dot doe at example dot
/// com", "jane (at) firma (punkt) de").
/// </summary>
internal static partial class EmailReader
{
    /// <summary>A word with one of these is rarely an ordinary word.</summary>
    private static readonly SearchValues<char> MailboxSigns = SearchValues.Create("._-+0123456789");

    private const int MaxLocalLength = 64;

    private static readonly FrozenSet<string> At = Words(
        "at ät aet @ arrobas aroba arroba arobase arobas arobaze klammeraffe chiocciola آت ات أت ايت");

    private static readonly FrozenSet<string> Dot = Words("dot punkt punto point ponto نقطة نقطه دوت");

    private static readonly FrozenDictionary<string, char> Signs = new Dictionary<string, char>
    {
        ["dash"] = '-',
        ["hyphen"] = '-',
        ["minus"] = '-',
        ["bindestrich"] = '-',
        ["guion"] = '-',
        ["guión"] = '-',
        ["tiret"] = '-',
        ["trattino"] = '-',
        ["شرطة"] = '-',
        ["underscore"] = '_',
        ["unterstrich"] = '_',
        ["plus"] = '+',
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // "I work at example dot com" is no address. These words stand before "at" without being a mailbox.
    private static readonly FrozenSet<string> NoMailbox = Words(
        "me us him her them you it this that there here work works worked working job is am are was be been look looks looking "
        + "find found meet "
        + "met live lives stay staying buy bought order ordered shop shopping study email e-mail mail address contact available "
        + "reach reached "
        + "someone somebody anyone people team site website page store office open closed arrive arrived start starts starting ends");

    // The endings that a spelled address may have. Others are more probably the next word of the sentence.
    private static readonly FrozenSet<string> Endings = Words(
        "com net org info biz edu gov int io co app dev ai me tv eu example test invalid online shop store site cloud tech agency studio "
        + "design email berlin hamburg koeln cologne wien tirol swiss paris bzh london scot wales irish cat gal eus quebec nyc "
        + "ad ae af ag al am ar at au az ba bd be bg bh bo br by ca ch cl cn cr cu cy cz de dk do dz ec ee eg es fi fr ge gr gt "
        + "hk hn hr hu "
        + "id ie il in iq ir is it jo jp ke kr kw kz lb li lt lu lv ly ma mc md mk mt mx my ng ni nl no nz om pa pe ph pk pl ps "
        + "pt py qa ro "
        + "rs ru sa sd se sg si sk sv sy th tn tr tw ua uk us uy ve vn ye za");

    /// <summary>The addresses in a text of <see cref="ContactText.Plain"/>, in order, in lower case.</summary>
    public static IReadOnlyList<FoundContact> Find(string text)
    {
        var tokens = Tokens(text);
        var found = new List<FoundContact>();
        var free = 0;
        for (var at = 1; at + 1 < tokens.Count; at++)
        {
            var isSign = tokens[at].Text == "@";
            if (at - 1 < free || (!isSign && !At.Contains(tokens[at].Text))) continue;
            var (domain, end, isSpelled) = Domain(tokens, at + 1, text);
            // "I'm at jane.doe@…": the address begins after this word.
            if (domain is null || (end + 1 < tokens.Count && (tokens[end + 1].Text == "@" || At.Contains(tokens[end + 1].Text)))) continue;
            var (local, start) = Local(tokens, at - 1, free, text);
            if (local.Length is 0 or > MaxLocalLength) continue;
            var isWord = !isSign && !IsBracketed(tokens[at], text);
            if (isWord && (At.Contains(local) || !IsSpelledMailbox(local, isSpelled, text, tokens[start].Start))) continue;
            found.Add(new FoundContact(tokens[start].Start..tokens[end].End, $"{local}@{domain}".ToLowerInvariant()));
            free = end + 1;
            at = end;
        }

        return found;
    }

    // Without a sign or brackets, "at" may be the preposition.
    private static bool IsSpelledMailbox(string local, bool isSpelled, string text, int start)
    {
        if (local.AsSpan().ContainsAny(MailboxSigns)) return true;
        if (NoMailbox.Contains(local)) return false;
        return isSpelled || MailWord().IsMatch(text[Math.Max(0, start - 40)..start]);
    }

    private static (string? Domain, int End, bool IsSpelled) Domain(List<Token> tokens, int first, string text)
    {
        if (!IsName(tokens[first])) return (null, 0, false);
        var (domain, end, isSpelled) = (tokens[first].Text, first, false);
        var (complete, ending) = ((Domain: (string?)null, End: 0, IsSpelled: false), "");
        for (var i = first + 1; i + 1 < tokens.Count && IsName(tokens[i + 1]); i += 2)
        {
            var (sign, label) = (tokens[i].Text, tokens[i + 1].Text);
            var isTight = IsTight(tokens[end], tokens[i], text) && IsTight(tokens[i], tokens[i + 1], text);
            (end, isSpelled) = (i + 1, isSpelled || !(sign == "." && isTight));
            if (!isTight && (sign == "-" || Signs.GetValueOrDefault(sign) == '-'))
            {
                domain = $"{domain}-{label}";
                continue;
            }

            var isPlainDot = sign == "." && isTight;
            // A full stop and a space end a sentence, unless the ending of an address follows.
            var isLooseDot = (sign == "." || (sign == "," && isTight)) && complete.Domain is null && Endings.Contains(label);
            if (!isPlainDot && !isLooseDot && !Dot.Contains(sign)) break;
            domain = $"{domain}.{label}";
            var ends = Endings.Contains(label) || (!isSpelled && !Endings.Contains(ending) && Ending().IsMatch(label));
            if (ends) (complete, ending) = ((domain, end, isSpelled), label);
        }

        return complete;
    }

    private static (string Local, int Start) Local(List<Token> tokens, int last, int free, string text)
    {
        if (!IsName(tokens[last])) return ("", 0);
        var (local, start) = (tokens[last].Text, last);
        while (start - 2 >= free && IsName(tokens[start - 2]))
        {
            var sign = tokens[start - 1];
            var isTight = IsTight(tokens[start - 2], sign, text) && IsTight(sign, tokens[start], text);
            char joined;
            if (sign.Text is "." or "-" or "_" or "+")
            {
                var isLoose = !IsTight(tokens[start - 2], sign, text) && !IsTight(sign, tokens[start], text);
                if (!isTight && !isLoose) break;
                joined = sign.Text[0];
            }
            else if (Dot.Contains(sign.Text)) joined = '.';
            else if (!Signs.TryGetValue(sign.Text, out joined)) break;
            (local, start) = ($"{tokens[start - 2].Text}{joined}{local}", start - 2);
        }

        return (local.Trim('\'', '-', '.'), start);
    }

    private static bool IsName(Token token) => char.IsLetterOrDigit(token.Text[0]) || (token.Text.Length > 1 && token.Text[0] == '_');

    // Whether a word is in brackets or between signs that set it apart: "(at)", "[at]", "-at-".
    private static bool IsBracketed(Token token, string text)
    {
        var (before, after) = (Last(text.AsSpan(0, token.Start)), First(text.AsSpan(token.End)));
        return "([{<|*".Contains(before, StringComparison.Ordinal) && ")]}>|*".Contains(after, StringComparison.Ordinal);

        static char Last(ReadOnlySpan<char> rest) => rest.TrimEnd() is { Length: > 0 } trimmed ? trimmed[^1] : ' ';
        static char First(ReadOnlySpan<char> rest) => rest.TrimStart() is { Length: > 0 } trimmed ? trimmed[0] : ' ';
    }

    private static bool IsTight(Token before, Token after, string text) =>
        before.End == after.Start || text.AsSpan(before.End, after.Start - before.End).IndexOf(' ') < 0;

    private static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        foreach (Match match in TokenForm().Matches(text)) tokens.Add(new Token(match.Value, match.Index, match.Index + match.Length));
        // "guion bajo" is one sign.
        foreach (Match sign in SignOfSeveralWords().Matches(text))
        {
            var first = tokens.FindIndex(token => token.Start == sign.Index);
            var last = tokens.FindIndex(token => token.End == sign.Index + sign.Length);
            if (first < 0 || last < first) continue;
            var name = sign.Groups.Cast<Group>().First(group => group.Success && group.Name is "underscore" or "dash" or "at").Name;
            tokens[first] = new Token(name, sign.Index, sign.Index + sign.Length);
            tokens.RemoveRange(first + 1, last - first);
        }

        return tokens;
    }

    private static FrozenSet<string> Words(string list) =>
        list.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly record struct Token(string Text, int Start, int End);

    // Words of Latin letters may be parts of an address. Arabic words may be "at" and "dot".
    [GeneratedRegex(
        @"[a-zA-Z0-9À-ɏ_](?:[a-zA-Z0-9À-ɏ_+%'\-]*[a-zA-Z0-9À-ɏ_+%])?|[\u0600-\u06FF]+|[^\s()\[\]{}<>|*]",
        RegexOptions.None,
        1000)]
    private static partial Regex TokenForm();

    [GeneratedRegex(
        @"\b((?<underscore>gui[oó]n bajo|barra baja|raya baja|tiret (du )?bas|sous tiret|under score|unter strich|"
        + @"tiefstrich|شرطة (سفلية|سفليه|تحتية)|"
        + @"أندرسكور|اندرسكور)|(?<dash>gui[oó]n medio|gui[oó]n normal|trait d'union|شرطة (وسط|عادية))|"
        + @"(?<at>at[ \-]zeichen|at sign|klammer affe))\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex SignOfSeveralWords();

    [GeneratedRegex(@"^[a-zA-ZÀ-ɏ]{2,24}$", RegexOptions.None, 1000)]
    private static partial Regex Ending();

    [GeneratedRegex(@"mail|address|adresse|correo|courriel|direcci|بريد|ايميل|إيميل", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex MailWord();
}
