using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Api.Answers;
using Widget.Api.Contacts;
using Widget.Api.Offers;
using Widget.Contracts;
using Widget.Rag.Classification;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>How well it is told what visitors' messages call for, and the fitting of the classifier's weights.</summary>
internal static class OffersBenchmark
{
    private static readonly TrainingSettings Settings = new()
    {
        WordWeights = OfferModel.WordWeights,
        MaxPasses = 40,
    };

    private static readonly string WeightsFile = Path.Combine(Repository.Root, "src", "Widget.Api", "Offers", "offer-weights.bin");

    /// <summary>Measures the shipped weights on messages that they were not fitted on. Prints totals only.</summary>
    public static void Run()
    {
        using var sentences = OpenModels();
        var messages = OfferMessage.HeldOut();
        // Any author writes the shortest messages, such as "agent".
        var fitted = OfferMessage.Fit().SelectMany(part => part.Messages).Concat(OfferMessage.FitMore())
            .Select(Normalized)
            .ToHashSet(StringComparer.Ordinal);
        (string, OfferReader)[] readers =
            [("with the sentence models", new OfferReader(sentences)), ("by words alone", new OfferReader())];
        foreach (var (name, reader) in readers)
        {
            var watch = Stopwatch.StartNew();
            OfferReading[] read = [.. messages.Select(message => reader.Read(message.Text, Regions(message), SignOf(message)))];
            var elapsed = watch.Elapsed.TotalMilliseconds / messages.Count;
            Report($"held-out messages, {name}", messages, read);
            var isNew = messages.Select(message => !fitted.Contains(Normalized(message))).ToList();
            var news = messages.Zip(read).Where((_, i) => isNew[i]).ToList();
            Console.WriteLine($"  exactly right without the {messages.Count - news.Count} that were fitted on, too: "
                + Share(news.Count(one => IsRight(one.First, one.Second)), news.Count));
            Console.WriteLine($"  {elapsed:0.00} ms a message, with its sentence vector if it has one");
            var refusals = OfferMessage.HeldOutRefusals();
            Report(
                $"held-out refusals, {name}",
                refusals,
                [.. refusals.Select(message => reader.Read(message.Text, Regions(message), SignOf(message)))]);
        }
    }

    /// <summary>
    /// Measures each author's messages with weights that are fitted on those of the others, fits the weights on all of them, and writes the
    /// weights' file.
    /// </summary>
    public static void Fit(bool shows)
    {
        using var sentences = OpenModels();
        var vectors = new KeptVectors(sentences);
        var parts = OfferMessage.Fit().Select(part => (part.Name, Examples: Read(part.Messages, vectors))).ToList();
        var more = Read(OfferMessage.FitMore(), vectors);
        var validation = Read(OfferMessage.Validation(), vectors);
        vectors.Save();

        var measured = new List<(OfferExample Example, float[] Scores)>();
        foreach (var (name, examples) in parts)
        {
            var others = parts.Where(part => part.Name != name).SelectMany(part => part.Examples);
            measured.AddRange(Measure($"{name}, fitted on the other authors", examples, Train([.. others, .. more]), shows));
        }

        var weights = Train([.. parts.SelectMany(part => part.Examples), .. more]);
        measured.AddRange(Measure("validation", validation, weights, shows));
        ReportThresholds(measured);
        using (var file = File.Create(WeightsFile)) weights.Write(file);
        Console.WriteLine($"{new FileInfo(WeightsFile).Length:N0} bytes written to {WeightsFile}. Build again to use them.");
    }

    /// <summary>Lists the messages to fit on whose contact details are read wrongly.</summary>
    public static void Contacts()
    {
        var messages = OfferMessage.Contacts();
        var reader = new OfferReader();
        var wrong = 0;
        foreach (var message in messages)
        {
            var read = reader.Read(message.Text, Regions(message), SignOf(message));
            if (IsNormalized(message, read)) continue;
            wrong++;
            var found = ContactReader.Read(message.Text, Regions(message));
            Console.WriteLine($"{message.Language} {message.Region} expected {message.Email} {message.Phone}; "
                + $"told {read.Recognized?.Email} {read.Recognized?.Phone}; found {found.Email} {found.Phone}: {message.Text}");
        }

        Console.WriteLine(Share(messages.Count - wrong, messages.Count));
    }

    /// <summary>What other thresholds would do on the messages for validation.</summary>
    public static void Thresholds()
    {
        using var sentences = OpenModels();
        var examples = Read(OfferMessage.Validation(), new KeptVectors(sentences));
        foreach (var raise in new[] { -0.2f, 0f, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.8f })
        {
            var read = examples.Select(example => (
                example.Message,
                Told: OfferReader.Decide(OfferModel.Weights.Scores(example.Words, example.Vector), example.Contact, example.Sign, raise)))
                .ToList();
            var ordinary = read.Where(one => one.Message.Offers.Count == 0).ToList();
            var right = Share(read.Count(one => IsRight(one.Message, one.Told)), read.Count);
            Console.WriteLine($"thresholds {raise:+0.0;-0.0;0.0}: exactly right {right}; "
                + $"ordinary messages with an offer {Share(ordinary.Count(one => one.Told.Offers.Count > 0), ordinary.Count)}");
        }
    }

    private static OfferExample[] Read(IReadOnlyList<OfferMessage> messages, KeptVectors vectors) =>
        [.. messages.Select(message => OfferExample.Of(message, vectors))];

    private static ClassifierWeights Train(IReadOnlyList<OfferExample> examples) =>
        ClassifierTraining.Fit([.. examples.Select(example => example.AsText())], Settings);

    private static IEnumerable<(OfferExample, float[])> Measure(
        string name,
        OfferExample[] examples,
        ClassifierWeights weights,
        bool shows)
    {
        float[][] scores = [.. examples.Select(example => weights.Scores(example.Words, example.Vector))];
        OfferReading[] read = [.. examples.Zip(scores, (example, score) => OfferReader.Decide(score, example.Contact, example.Sign))];
        OfferMessage[] messages = [.. examples.Select(example => example.Message)];
        Report($"{name}, with the sentence models", messages, read);
        Report(
            "the same, by words alone",
            messages,
            [
                .. examples.Select(example =>
                    OfferReader.Decide(weights.Scores(example.Words, vector: null), example.Contact, example.Sign)),
            ]);
        if (shows)
        {
            var wrong = messages.Zip(read).Zip(scores).Where(one => !IsRight(one.First.First, one.First.Second));
            foreach (var ((message, told), score) in wrong)
            {
                Console.WriteLine($"{message.Language} [{string.Join(',', message.Offers)}] told [{string.Join(',', Names(told))}] "
                    + $"{string.Join(' ', score.Select(value => value.ToString("0.0")))}: {message.Text}");
            }
        }

        return examples.Zip(scores);
    }

    // What each threshold would give, if a label came alone.
    private static void ReportThresholds(IReadOnlyList<(OfferExample Example, float[] Scores)> measured)
    {
        for (var label = 0; label < OfferModel.Labels.Count; label++)
        {
            var name = Name(OfferModel.Labels[label]);
            foreach (var threshold in new[] { -1.6f, -1.3f, -1f, -0.7f, -0.4f, -0.2f, 0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f, 1.3f })
            {
                var told = measured.Select(one => (one.Example.Message, Told: one.Scores[label] > threshold)).ToList();
                var (missed, wrong) = (
                    told.Count(one => !one.Told && one.Message.Offers.Contains(name)),
                    told.Count(one => one.Told && !one.Message.Offers.Contains(name)));
                var ordinary = told.Count(one => one.Told && one.Message.Offers.Count == 0);
                Console.WriteLine($"{name,-8} {threshold,5:0.0}: {missed} missed, {wrong} wrong, {ordinary} of them ordinary");
            }
        }
    }

    private static void Report(string name, IReadOnlyList<OfferMessage> messages, IReadOnlyList<OfferReading> read)
    {
        var all = messages.Zip(read).ToList();
        Console.WriteLine();
        Console.WriteLine($"{messages.Count} {name}");
        Console.WriteLine($"  exactly right {Share(all.Count(one => IsRight(one.First, one.Second)), all.Count)}");
        var ordinary = all.Where(one => one.First.Offers.Count == 0).ToList();
        Console.WriteLine($"  ordinary messages with an offer {Share(ordinary.Count(one => one.Second.Offers.Count > 0), ordinary.Count)}");
        var contacts = all.Where(one => one.First.Email is not null || one.First.Phone is not null).ToList();
        Console.WriteLine($"  contact details right {Share(contacts.Count(one => IsNormalized(one.First, one.Second)), contacts.Count)}");
        Console.WriteLine($"  contact details where there are none {all.Except(contacts).Count(one => one.Second.Recognized is not null)}");
        foreach (var label in OfferModel.Labels)
        {
            var labelName = Name(label);
            var (has, told) = (all.Count(one => one.First.Offers.Contains(labelName)), all.Count(one => one.Second.Offers.Contains(label)));
            var right = all.Count(one => one.First.Offers.Contains(labelName) && one.Second.Offers.Contains(label));
            Console.WriteLine(
                $"  {labelName,-8} {has,4} of the messages, "
                    + $"precision {(double)right / told:0.0 %}, recall {(double)right / has:0.0 %}");
        }

        var languages = all.GroupBy(one => one.First.Language).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, All: group.Count(), Right: group.Count(one => IsRight(one.First, one.Second))))
            .Select(group => $"{group.Key} {(double)group.Right / group.All:0.0 %} of {group.All}");
        Console.WriteLine($"  {string.Join(", ", languages)}");
    }

    private static string Normalized(OfferMessage message) => string.Join(' ', Rag.Text.Words.Of(message.Text));

    private static bool IsRight(OfferMessage message, OfferReading read) => Names(read).SequenceEqual(message.Offers);

    private static bool IsNormalized(OfferMessage message, OfferReading read) =>
        (read.Recognized?.Email, read.Recognized?.Phone) == (message.Email, message.Phone);

    private static IEnumerable<string> Names(OfferReading read) => read.Offers.Select(Name).Order(StringComparer.Ordinal);

    private static string Name(Offer offer) => offer.ToString().ToLowerInvariant();

    private static string Share(int part, int all)
    {
        var measured = new Confusion(part, all - part, 0, 0);
        return $"{part} of {all}: {measured.Accuracy:0.0 %} [{measured.Interval.Low:0.0 %}, {measured.Interval.High:0.0 %}]";
    }

    internal static IReadOnlyList<string> Regions(OfferMessage message) =>
        PhoneRegions.For(new TenantSettings { PhoneRegion = message.Region }, message.Language);

    internal static SocialSign SignOf(OfferMessage message) => MessageOffers.SignOf(message.Text, message.Language);

    private static SentenceEmbedder OpenModels()
    {
        var sentences = new SentenceEmbedder(Path.Combine(Repository.Root, ".local", "models"), NullLogger<SentenceEmbedder>.Instance);
        return sentences.IsAvailable ? sentences : throw new InvalidOperationException("The sentence models cannot be used.");
    }

    /// <summary>A message as the classifier reads it.</summary>
    private sealed record OfferExample(
        OfferMessage Message,
        ContactReading Contact,
        SocialSign Sign,
        IReadOnlyList<Feature> Words,
        float[]? Vector)
    {
        public static OfferExample Of(OfferMessage message, KeptVectors vectors)
        {
            var (contact, sign) = (ContactReader.Read(message.Text, Regions(message)), SignOf(message));
            return new OfferExample(message, contact, sign, OfferReader.Features(contact, sign), vectors.Of(message.Text));
        }

        public TrainingText AsText() => new(
            Words,
            Vector,
            Message.Language == "en",
            [.. OfferModel.Labels.Select(label => Message.Offers.Contains(Name(label)))]);
    }
}
