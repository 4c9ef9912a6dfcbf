using System.Collections.Frozen;

namespace Widget.Api.Answers.SmallTalk;

/// <summary>
/// A phrase of a phrase book. It is matched against words, and takes time in proportion to their number, whatever a visitor writes.
/// A set of places between words is a bit mask: bit 0 is before the first word.
/// </summary>
internal abstract class PhrasePattern
{
    /// <summary>More words than this do not fit into the mask of places.</summary>
    public const int MaxWords = 120;

    /// <summary>Whether the phrase is all of the words.</summary>
    public bool IsMatch(ReadOnlySpan<string> words) => (Ends(words, UInt128.One) >> words.Length & 1) == 1;

    /// <summary>How many words the longest match at the start has; 0 when there is none.</summary>
    public int LongestPrefix(ReadOnlySpan<string> words)
    {
        var ends = Ends(words, UInt128.One);
        return ends == 0 ? 0 : (int)UInt128.Log2(ends);
    }

    /// <summary>Whether the phrase may be left out altogether.</summary>
    public virtual bool CanBeEmpty => false;

    /// <summary>The words that a match may begin with; null when it may begin with any.</summary>
    public abstract IReadOnlyCollection<string>? FirstWords { get; }

    /// <summary>The places where a match may end.</summary>
    /// <param name="words">At most <see cref="MaxWords"/>.</param>
    /// <param name="starts">The places where it may start.</param>
    public abstract UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts);

    private static HashSet<string>? FirstWordsOf(IEnumerable<PhrasePattern> patterns)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            if (pattern.FirstWords is not { } first) return null;
            words.UnionWith(first);
        }

        return words;
    }

    /// <summary>One word of a set.</summary>
    public sealed class OneOf(IEnumerable<string> known) : PhrasePattern
    {
        private readonly FrozenSet<string> _words = known.ToFrozenSet(StringComparer.Ordinal);

        public override IReadOnlyCollection<string> FirstWords => _words;

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            var ends = UInt128.Zero;
            for (var i = 0; i < words.Length; i++)
                if ((starts >> i & 1) == 1 && _words.Contains(words[i])) ends |= UInt128.One << (i + 1);
            return ends;
        }
    }

    /// <summary>A word that begins with some letters.</summary>
    public sealed class Beginning(string letters) : PhrasePattern
    {
        public override IReadOnlyCollection<string>? FirstWords => null;

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            var ends = UInt128.Zero;
            for (var i = 0; i < words.Length; i++)
            {
                if ((starts >> i & 1) == 1 && words[i].StartsWith(letters, StringComparison.Ordinal)) ends |= UInt128.One << (i + 1);
            }

            return ends;
        }
    }

    /// <summary>Any words, or none.</summary>
    public sealed class AnyWords : PhrasePattern
    {
        public override bool CanBeEmpty => true;

        public override IReadOnlyCollection<string>? FirstWords => null;

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            if (starts == 0) return 0;
            var first = (int)UInt128.TrailingZeroCount(starts);
            return (UInt128.One << (words.Length + 1)) - (UInt128.One << first);
        }
    }

    /// <summary>One after the other.</summary>
    public sealed class Sequence(IReadOnlyList<PhrasePattern> items) : PhrasePattern
    {
        public override bool CanBeEmpty => items.All(item => item.CanBeEmpty);

        public override IReadOnlyCollection<string>? FirstWords =>
            FirstWordsOf(items.Take(1 + items.TakeWhile(item => item.CanBeEmpty).Count()));

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            for (var i = 0; i < items.Count && starts != 0; i++) starts = items[i].Ends(words, starts);
            return starts;
        }
    }

    /// <summary>One of several.</summary>
    public sealed class Alternatives(IReadOnlyList<PhrasePattern> choices) : PhrasePattern
    {
        public override bool CanBeEmpty => choices.Any(choice => choice.CanBeEmpty);

        public override IReadOnlyCollection<string>? FirstWords => FirstWordsOf(choices);

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            var ends = UInt128.Zero;
            foreach (var choice in choices) ends |= choice.Ends(words, starts);
            return ends;
        }
    }

    /// <summary>A part that may be missing.</summary>
    public sealed class Optional(PhrasePattern part) : PhrasePattern
    {
        public override bool CanBeEmpty => true;

        public override IReadOnlyCollection<string>? FirstWords => part.FirstWords;

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts) => starts | part.Ends(words, starts);
    }

    /// <summary>A part once or several times.</summary>
    public sealed class Repeated(PhrasePattern part) : PhrasePattern
    {
        public override bool CanBeEmpty => part.CanBeEmpty;

        public override IReadOnlyCollection<string>? FirstWords => part.FirstWords;

        public override UInt128 Ends(ReadOnlySpan<string> words, UInt128 starts)
        {
            var (all, last) = (UInt128.Zero, starts);
            while (last != 0)
            {
                last = part.Ends(words, last) & ~all;
                all |= last;
            }

            return all;
        }
    }
}
