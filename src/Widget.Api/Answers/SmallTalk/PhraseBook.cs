namespace Widget.Api.Answers.SmallTalk;

/// <summary>
/// Recognises small talk and questions in one language by their phrases. <c>Languages/{language}.txt</c> lists the phrases in sections, one
/// per line; <see cref="PhraseNotation"/> describes the notation. The phrases in <c>international.txt</c> apply to all languages.
/// </summary>
internal sealed class PhraseBook
{
    private static readonly string[] KnownLanguages = ["en", "de", "es", "fr", "it", "pt", "ar"];

    private static readonly (string Section, SmallTalkKind? Kind)[] CourtesySections =
    [
        ("greeting", SmallTalkKind.Greeting),
        ("praise", SmallTalkKind.Praise),
        ("thanks", SmallTalkKind.Thanks),
        ("goodbye", SmallTalkKind.Goodbye),
        ("filler", null),
    ];

    private static readonly (string Section, SmallTalkKind Kind)[] SentenceSections =
    [
        ("complaint", SmallTalkKind.Complaint),
        ("contact", SmallTalkKind.Contact),
        ("person", SmallTalkKind.Person),
        ("assistant", SmallTalkKind.AboutAssistant),
    ];

    private static readonly string[] OtherSections =
    [
        "outrage",
        "question",
        "joined question",
        "conjunction",
        "request",
        "visitor",
        "company",
    ];

    private static readonly Lazy<IReadOnlyList<PhraseBook>> Books = new(() => [.. KnownLanguages.Select(Load)]);

    private readonly Dictionary<string, PhraseSection> _sections;

    private PhraseBook(string language, Dictionary<string, PhraseSection> sections) => (Language, _sections) = (language, sections);

    public static IReadOnlyList<PhraseBook> All => Books.Value;

    /// <summary>ISO 639-1.</summary>
    public string Language { get; }

    /// <summary>The kind of small talk in a sentence; null if the sentence is not small talk.</summary>
    public SmallTalkKind? SentenceKind(ReadOnlySpan<string> words)
    {
        foreach (var (section, kind) in SentenceSections)
            if (Is(section, words)) return kind;
        return null;
    }

    /// <summary>Whether a statement contains words that only an angry visitor uses.</summary>
    public bool IsOutraged(ReadOnlySpan<string> words) => Is("outrage", words);

    /// <summary>Whether the words begin like a question.</summary>
    public bool IsQuestion(ReadOnlySpan<string> words) => Is("question", words);

    /// <summary>Whether the words begin like a question whose first word includes "and", as in Arabic.</summary>
    public bool IsJoinedQuestion(ReadOnlySpan<string> words) => Is("joined question", words);

    /// <summary>
    /// Whether contact details in a question belong to the visitor ("Can you call me at 555-867-5309?") and not to the company ("Can I call
    /// you at 555-867-5309?").
    /// </summary>
    public bool IsAboutVisitor(ReadOnlySpan<string> words)
    {
        // Skips the request ("can you"), whose "you" does not refer to the company's contact details.
        var rest = words[_sections["request"].LongestPrefix(Limited(words))..];
        return Is("visitor", rest) && !Is("company", rest);
    }

    /// <summary>Whether words join two questions: "and", "and also".</summary>
    public bool IsConjunction(ReadOnlySpan<string> words) => Is("conjunction", words);

    /// <summary>Reads all greetings, thanks and other courtesies at the start of a clause.</summary>
    /// <param name="words">The words of a clause.</param>
    /// <param name="kinds">Receives the kinds that were read.</param>
    /// <returns>The number of words that were read.</returns>
    public int SkipCourtesies(ReadOnlySpan<string> words, ISet<SmallTalkKind> kinds)
    {
        var read = 0;
        while (LongestCourtesy(words[read..]) is { Length: > 0 } courtesy)
        {
            if (courtesy.Kind is { } kind) kinds.Add(kind);
            read += courtesy.Length;
        }

        return read;
    }

    private (int Length, SmallTalkKind? Kind) LongestCourtesy(ReadOnlySpan<string> words)
    {
        var longest = (Length: 0, Kind: (SmallTalkKind?)null);
        foreach (var (section, kind) in CourtesySections)
        {
            var length = _sections[section].LongestPrefix(Limited(words));
            if (length > longest.Length) longest = (length, kind);
        }

        return longest;
    }

    private bool Is(string section, ReadOnlySpan<string> words) => _sections[section].IsMatch(Limited(words));

    private static ReadOnlySpan<string> Limited(ReadOnlySpan<string> words) => words[..Math.Min(words.Length, PhrasePattern.MaxWords)];

    private static PhraseBook Load(string language)
    {
        var sections = CourtesySections.Select(known => known.Section)
            .Concat(SentenceSections.Select(known => known.Section))
            .Concat(OtherSections)
            .ToDictionary(section => section, _ => new List<PhrasePattern>(), StringComparer.Ordinal);
        Read("international", sections);
        Read(language, sections);
        return new PhraseBook(
            language,
            sections.ToDictionary(section => section.Key, section => new PhraseSection(section.Value), StringComparer.Ordinal));
    }

    // Adds a file's phrases to the sections.
    private static void Read(string file, Dictionary<string, List<PhrasePattern>> sections)
    {
        var (parts, section) = (new Dictionary<string, PhrasePattern>(StringComparer.Ordinal), (List<PhrasePattern>?)null);
        foreach (var line in Lines(file))
        {
            if (line is ['[', .. var name, ']']) section = sections[name];
            else if (line.Split(" = ", 2) is [var part, var definition]) parts[part] = PhraseNotation.Parse(definition, parts);
            else if (section is not null) section.Add(PhraseNotation.Parse(line, parts));
            else throw new FormatException($"{file}.txt has a phrase before its first section.");
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        var resource = $"{typeof(PhraseBook).Namespace}.Languages.{file}.txt";
        using var stream = typeof(PhraseBook).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no phrase book named {file}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine()?.Trim() is { } line)
            if (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)) yield return line;
    }
}
