namespace Widget.Benchmarks;

/// <summary>Generated texts: words follow Zipf's law, and each text has a topic, so that it is near some texts and far from most.</summary>
internal sealed class GeneratedText(int seed, int vocabulary)
{
    private readonly Random _random = new(seed);

    // More than half of a text's words belong to its topic.
    private const int TopicWords = 150;
    private readonly int _topics = Math.Max(10, vocabulary / 100);

    public IReadOnlyList<(string Id, string Title, string Text)> Documents(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var topic = _random.Next(_topics);
        return (
            $"d{i}",
            $"{Word(topic)} {Word(topic)} {i}",
            $"{string.Join(' ', Enumerable.Range(0, _random.Next(40, 120)).Select(_ => Word(topic)))}.");
    })];

    public IReadOnlyList<string> Questions(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var topic = _random.Next(_topics);
        return $"how {string.Join(' ', Enumerable.Range(0, _random.Next(4, 8)).Select(_ => Word(topic)))}";
    })];

    private string Word(int topic) => _random.NextDouble() < 0.4
        ? Spell(Zipf(vocabulary))
        // A topic's words are spread over the vocabulary, and some belong to several topics.
        : Spell((int)(((topic * 7919L) + (Zipf(TopicWords) * 104_729L)) % vocabulary));

    // The word of rank r occurs in proportion to 1/r.
    private int Zipf(int words) => (int)Math.Exp(_random.NextDouble() * Math.Log(words));

    private static string Spell(int rank)
    {
        const string Consonants = "bdfgklmnprstvz", Vowels = "aeiou";
        var word = "";
        for (var rest = rank + 70; rest > 0; rest /= 70) word += $"{Consonants[rest % 14]}{Vowels[rest / 14 % 5]}";
        return word + "k";
    }
}
