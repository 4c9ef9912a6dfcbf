using Widget.Rag.Text;

namespace Widget.Api.Answers.SmallTalk;

/// <param name="Kind">What was said.</param>
/// <param name="Language">The language it was said in, ISO 639-1.</param>
public readonly record struct SmallTalkReading(SmallTalkKind Kind, string Language);

/// <summary>
/// Recognises messages that ask nothing about the company. A message that also asks something is a question: "Hello, what does it cost?".
/// The rules look at the words alone, so they need no model and always give the same result. They are measured on
/// <c>tests/data/visitors</c> (docs/benchmarks.md).
/// </summary>
public static class SmallTalkReader
{
    /// <summary>In characters. Longer messages are stories with a question in them.</summary>
    private const int MaxLength = 600;

    /// <summary>In words: "please, thank you very much in advance".</summary>
    private const int MaxLastCourtesies = 8;

    /// <param name="message">The visitor's message.</param>
    /// <param name="language">The language to try first, ISO 639-1.</param>
    /// <returns>Null for a question, and for anything else that needs an answer from the pages.</returns>
    public static SmallTalkReading? Read(string message, string? language = null)
    {
        if (message.Length > MaxLength) return null;
        var clauses = MessageText.Clauses(message);
        foreach (var book in Books(message, language))
            if (Read(clauses, book) is { } kind) return new SmallTalkReading(kind, book.Language);
        return null;
    }

    // A sentence shows its language. A word or two may belong to any.
    private static IEnumerable<PhraseBook> Books(string message, string? language) =>
        LanguageDetector.Detect(message) is { } detected && PhraseBook.All.FirstOrDefault(book => book.Language == detected) is { } known
            ? [known]
            : PhraseBook.All.OrderByDescending(book => book.Language == language);

    private static SmallTalkKind? Read(IReadOnlyList<MessageClause> clauses, PhraseBook book)
    {
        var kinds = new HashSet<SmallTalkKind>();
        var hasOtherStatement = false;
        foreach (var clause in clauses)
        {
            if (IsSmallTalk(clause, book, kinds)) continue;
            if (clause.HasQuestionMark || AsksAfterCourtesies(clause, book)) return null;
            if (book.IsOutraged(clause.Texts)) kinds.Add(SmallTalkKind.Complaint);
            else hasOtherStatement = true;
        }

        if (kinds.Count == 0) return null;
        var kind = kinds.Max();
        // A person understands the other statements. Without the offer of one, they need an answer.
        return hasOtherStatement && !OffersPerson(kind) ? null : kind;
    }

    /// <summary>Whether a person helps with what was said.</summary>
    internal static bool OffersPerson(SmallTalkKind kind) =>
        kind is SmallTalkKind.Person or SmallTalkKind.Contact or SmallTalkKind.Complaint;

    // Whether the whole clause is small talk. Adds its kinds.
    private static bool IsSmallTalk(MessageClause clause, PhraseBook book, HashSet<SmallTalkKind> kinds)
    {
        ReadOnlySpan<string> words = clause.Texts;
        var courtesies = new HashSet<SmallTalkKind>();
        var rest = words[book.SkipCourtesies(words, courtesies)..];
        // "Thanks for nothing" begins as thanks do, so the whole clause is read before the rest of it.
        if (rest.Length > 0)
        {
            // A question with contact details is usually about the company's.
            var mayBeContact = !(clause.HasQuestionMark || book.IsQuestion(rest)) || book.IsAboutVisitor(rest);
            if (AddSentence(words, mayBeContact, book, kinds)) return true;
            if (!AddSentence(rest, mayBeContact, book, kinds) && !AddSentence(WithoutLastCourtesies(rest, book), mayBeContact, book, kinds))
                return false;
        }

        kinds.UnionWith(courtesies);
        return true;
    }

    private static bool AddSentence(ReadOnlySpan<string> words, bool mayBeContact, PhraseBook book, HashSet<SmallTalkKind> kinds)
    {
        if (book.SentenceKind(words) is not { } kind || (kind == SmallTalkKind.Contact && !mayBeContact)) return false;
        kinds.Add(kind);
        return true;
    }

    private static ReadOnlySpan<string> WithoutLastCourtesies(ReadOnlySpan<string> words, PhraseBook book)
    {
        var ignored = new HashSet<SmallTalkKind>();
        var length = Math.Max(1, words.Length - MaxLastCourtesies);
        while (length < words.Length && book.SkipCourtesies(words[length..], ignored) < words.Length - length) length++;
        return words[..length];
    }

    private static bool AsksAfterCourtesies(MessageClause clause, PhraseBook book) =>
        book.IsQuestion(clause.Texts.AsSpan(book.SkipCourtesies(clause.Texts, new HashSet<SmallTalkKind>())));
}
