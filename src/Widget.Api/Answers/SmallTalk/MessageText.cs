using System.Globalization;
using System.Text;

namespace Widget.Api.Answers.SmallTalk;

/// <param name="Text">The word without case and accents (<see cref="MessageText.Fold"/>).</param>
/// <param name="Start">Where it starts in the message.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct MessageWord(string Text, int Start, int End);

/// <param name="Words">At least one.</param>
/// <param name="Mark">The punctuation mark or line break after it; a space at the end of the message.</param>
internal sealed record MessageClause(IReadOnlyList<MessageWord> Words, char Mark)
{
    /// <summary>The words' texts, as a <see cref="PhraseBook"/> reads them.</summary>
    public string[] Texts { get; } = [.. Words.Select(word => word.Text)];

    public bool HasQuestionMark => Mark is '?' or '؟' or '？';

    /// <summary>Whether a sentence ends here that asks nothing.</summary>
    public bool EndsStatement => Mark is '.' or '!' or '…' or '。' or '！';

    /// <summary>Whether a sentence ends here, not just a clause.</summary>
    public bool EndsSentence => HasQuestionMark || EndsStatement || Mark is '\n' or '¿';
}

/// <summary>Reads a message as clauses of plain words, so that its spelling and punctuation do not matter.</summary>
internal static class MessageText
{
    // Written out, because normalization needs culture data, which the server runs without. Each letter's plain form is below it.
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿأإآؤئىة";
    private const string Plain = "aaaaaaceeeeiiiinooooouuuuyyاااوييه";

    private const string Marks = "!?؟¿¡;؛،…\n()–—？！。，";

    // Other emoji say nothing that a reply depends on.
    private static readonly HashSet<string> SpeakingEmoji = ["👍", "👌", "👋", "🙏"];

    /// <summary>The message's clauses: what stands between punctuation marks.</summary>
    public static IReadOnlyList<MessageClause> Clauses(string text)
    {
        var (clauses, words) = (new List<MessageClause>(), new List<MessageWord>());
        var details = new Queue<(Range Place, string Word)>(ContactDetails.Find(text));
        for (var i = 0; i < text.Length;)
        {
            if (details.TryPeek(out var detail) && detail.Place.Start.Value == i)
            {
                details.Dequeue();
                words.Add(new MessageWord(detail.Word, i, detail.Place.End.Value));
                i = detail.Place.End.Value;
                continue;
            }

            var end = EndOfWord(text, i);
            if (end > i) words.Add(new MessageWord(Fold(text[i..end]), i, end));
            else if (words.Count > 0 && IsMark(text, i))
            {
                clauses.Add(new MessageClause(words, text[i]));
                words = [];
            }

            i = Math.Max(end, i + 1);
        }

        if (words.Count > 0) clauses.Add(new MessageClause(words, ' '));
        return clauses;
    }

    /// <summary>
    /// A word in small letters, without accents and apostrophes, and in one of its spellings: "schoene" and "schöne" are both "schone",
    /// "hiii" is "hi".
    /// </summary>
    public static string Fold(string word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var character in word.ToLowerInvariant())
        {
            if (char.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark || IsApostrophe(character) || character == 'ـ') continue;
            if (Accented.IndexOf(character, StringComparison.Ordinal) is >= 0 and var accented) folded.Append(Plain[accented]);
            else if (character == 'ß') folded.Append("ss");
            else if (character == 'œ') folded.Append("oe");
            else folded.Append(character);
        }

        // Who types without umlauts writes ae, oe and ue. Words that are spelt so anyway lose the e in the phrases, too.
        folded.Replace("ae", "a").Replace("oe", "o").Replace("ue", "u");
        return WithoutStretching(folded.ToString());
    }

    // "helloooo" is "hello".
    private static string WithoutStretching(string word)
    {
        var plain = new StringBuilder(word.Length);
        for (var i = 0; i < word.Length;)
        {
            var end = i + 1;
            while (end < word.Length && word[end] == word[i]) end++;
            plain.Append(word[i], char.IsLetter(word[i]) && end - i > 2 ? 1 : end - i);
            i = end;
        }

        return plain.ToString();
    }

    // The start itself when no word starts there.
    private static int EndOfWord(string text, int start)
    {
        if (start + 1 < text.Length && SpeakingEmoji.Contains(text.Substring(start, 2))) return start + 2;
        var end = start;
        while (end < text.Length && (IsLetterOrDigit(text[end]) || (end > start && IsInsideWord(text, end)))) end++;
        return end;
    }

    private static bool IsInsideWord(string text, int at) =>
        IsApostrophe(text[at]) && at + 1 < text.Length && IsLetterOrDigit(text[at + 1]);

    private static bool IsLetterOrDigit(char character) =>
        char.IsLetterOrDigit(character) || char.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark || character == 'ـ';

    private static bool IsApostrophe(char character) => character is '\'' or '’' or '‘' or '`' or '´';

    private static bool IsMark(string text, int at)
    {
        if (Marks.Contains(text[at], StringComparison.Ordinal)) return true;
        // Within a number or an abbreviation these end nothing.
        return text[at] is '.' or ',' or ':' && (at + 1 == text.Length || !IsLetterOrDigit(text[at + 1]));
    }
}
