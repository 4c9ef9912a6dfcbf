using System.Diagnostics;
using Widget.Api.Answers;
using Widget.Api.Answers.SmallTalk;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// How well small talk is told from questions, and questions with several parts from simple ones, on the visitors' messages in
/// tests/data/visitors. The phrases were made on "fit"; "heldout" is the result.
/// </summary>
internal static class SocialBenchmark
{
    public static void Run(string part)
    {
        var questions = Visitors.Questions(part);
        List<SocialLine> lines = [.. questions.Select(SocialLine.Of)];
        if (part == "fit") lines.AddRange(SocialLine.Load());
        // The first pass loads the phrases and compiles the code.
        lines.ForEach(line => SmallTalkReader.Read(line.Text));
        var watch = Stopwatch.StartNew();
        List<(SocialLine Line, SmallTalkReading? Reading)> read = [.. lines.Select(line => (line, SmallTalkReader.Read(line.Text)))];
        Console.WriteLine($"{watch.Elapsed.TotalMicroseconds / lines.Count:0} µs a message");

        Console.WriteLine($"{"",-16} {"lines",6} {"told",6} {"precision",10} {"recall",8}   (of small talk, whatever its kind)");
        Report("all", read);
        foreach (var language in read.GroupBy(one => one.Line.Language).OrderBy(group => group.Key, StringComparer.Ordinal))
            Report(language.Key, [.. language]);
        Console.WriteLine();
        Console.WriteLine($"{"",-16} {"lines",6} {"told",6} {"precision",10} {"recall",8}   (of the kind)");
        foreach (var kind in Enum.GetValues<SmallTalkKind>()) ReportKind(kind, read);
        Console.WriteLine();
        foreach (var (line, reading) in read.Where(one => one.Reading?.Kind != one.Line.Kind))
            Console.WriteLine(
                $"wrong: [{line.Language}] \"{line.Text}\" is {line.Kind?.ToString() ?? "a question"}, "
                    + $"told {reading?.Kind.ToString() ?? "a question"}");
        ReportParts(questions);
        ReportOtherQuestions();
    }

    private static void Report(string name, IReadOnlyList<(SocialLine Line, SmallTalkReading? Reading)> read) => Print(
        name,
        read.Count(one => one.Line.Kind is not null),
        read.Count(one => one.Reading is not null),
        read.Count(one => one.Line.Kind is not null && one.Reading is not null));

    private static void ReportKind(SmallTalkKind kind, IReadOnlyList<(SocialLine Line, SmallTalkReading? Reading)> read) => Print(
        kind.ToString(),
        read.Count(one => one.Line.Kind == kind),
        read.Count(one => one.Reading?.Kind == kind),
        read.Count(one => one.Line.Kind == kind && one.Reading?.Kind == kind));

    private static void ReportParts(IReadOnlyList<VisitorQuestion> questions)
    {
        List<(VisitorQuestion Question, IReadOnlyList<string> Parts)> split =
            [.. questions.Where(question => question.Kind != "social").Select(question => (question, QuestionParts.Split(question.Text)))];
        Console.WriteLine();
        Console.WriteLine($"{"",-16} {"lines",6} {"split",6} {"precision",10} {"recall",8}   (of questions with several parts)");
        foreach (var language in split.GroupBy(one => one.Question.Language).Prepend(split.GroupBy(_ => "all").Single()))
        {
            Print(
                language.Key,
                language.Count(one => one.Question.Kind == "parts"),
                language.Count(one => one.Parts.Count > 1),
                language.Count(one => one.Question.Kind == "parts" && one.Parts.Count > 1));
        }

        foreach (var (question, parts) in split.Where(one => one.Parts.Count > 1 || one.Question.Kind == "parts"))
            Console.WriteLine($"{(question.Kind == "parts" == parts.Count > 1 ? "" : "wrong: ")}{string.Join(" | ", parts)}");
    }

    // Questions of other data sets, none of which is small talk. They were not looked at for the phrases.
    private static void ReportOtherQuestions()
    {
        List<string> questions =
        [
            .. Column("router-questions.tsv", 2),
            .. Column("git-questions.tsv", 0),
            .. Column("postgresql-questions.tsv", 0),
            .. Column("python-questions.tsv", 0),
        ];
        Console.WriteLine();
        Console.WriteLine($"{questions.Count} questions of other data sets");
        foreach (var question in questions)
        {
            if (SmallTalkReader.Read(question) is { } reading) Console.WriteLine($"wrong: \"{question}\" is told {reading.Kind}");
            if (QuestionParts.Split(question) is { Count: > 1 } parts) Console.WriteLine($"split: {string.Join(" | ", parts)}");
        }
    }

    private static IEnumerable<string> Column(string file, int column) =>
        File.ReadLines(Path.Combine(Repository.Root, "tests", "data", file)).Select(line => line.Split('\t')[column]);

    private static void Print(string name, int lines, int told, int right) => Console.WriteLine(
        $"{name,-16} {lines,6} {told,6} {Share(right, told),10} {Share(right, lines),8}");

    private static string Share(int part, int all) => all == 0 ? "–" : $"{part / (double)all:0.0 %}";

    /// <param name="Language">ISO 639-1.</param>
    /// <param name="Kind">Null for a question.</param>
    /// <param name="Text">The message.</param>
    private sealed record SocialLine(string Language, SmallTalkKind? Kind, string Text)
    {
        public static SocialLine Of(VisitorQuestion question) =>
            new(question.Language, question.Kind == "social" ? KindOf(question.Facts[0]) : null, question.Text);

        /// <summary>Lines of language, kind and text. The kind of a question is "question".</summary>
        public static IEnumerable<SocialLine> Load() =>
            File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "visitors", "social.tsv")).Skip(1).Select(line =>
            {
                var fields = line.Split('\t');
                return new SocialLine(fields[0], fields[1] == "question" ? null : KindOf(fields[1]), fields[2]);
            });

        private static SmallTalkKind KindOf(string name) => name switch
        {
            "robot" => SmallTalkKind.AboutAssistant,
            "phone" => SmallTalkKind.Contact,
            _ => Enum.Parse<SmallTalkKind>(name, ignoreCase: true),
        };
    }
}
