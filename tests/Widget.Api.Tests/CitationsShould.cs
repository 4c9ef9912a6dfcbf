using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Rag.Embeddings;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>An answer cites and links to existing sources only, whatever the model writes and in whatever pieces it arrives.</summary>
public sealed partial class CitationsShould(ApiFixture api)
{
    private static readonly Citation[] Sources =
    [
        Source(1, "The fast charger needs two hours. See https://shop.example/manual?part=2.", "https://shop.example/charging#fast"),
        Source(2, "Write to service@shop.example or call +49 431 123456.", null),
        Source(3, "The frame is covered for five years.", "https://shop.example/warranty"),
    ];

    [Theory]
    [InlineData("Two hours [1].", "Two hours [1].", "1")]
    [InlineData("Two hours [9].", "Two hours.", "")]
    [InlineData("Two hours [0].", "Two hours.", "")]
    [InlineData("Two hours [1, 2].", "Two hours [1][2].", "1,2")]
    [InlineData("Two hours [1,17;3].", "Two hours [1][3].", "1,3")]
    [InlineData("Two hours [1][17].", "Two hours [1].", "1")]
    [InlineData("Two hours [17][18] and more [2].", "Two hours and more [2].", "2")]
    [InlineData("Two hours [¹].", "Two hours [1].", "1")]
    [InlineData("Two hours [⁹].", "Two hours.", "")]
    [InlineData("Two hours [^3].", "Two hours [3].", "3")]
    [InlineData("Two hours [1-3].", "Two hours [1][2][3].", "1,2,3")]
    [InlineData("Two hours [Source 2].", "Two hours [2].", "2")]
    [InlineData("Two hours 【1†source】.", "Two hours [1].", "1")]
    [InlineData("Two hours [1](https://evil.example/x).", "Two hours [1].", "1")]
    [InlineData("Two hours [1] (with the fast charger).", "Two hours [1] (with the fast charger).", "1")]
    [InlineData("ساعتان [١].", "ساعتان [1].", "1")]
    [InlineData("Founded in [2017], see [a].", "Founded in [2017], see [a].", "")]
    [InlineData("- [ ] charge\n- [x] ride [3]", "- [ ] charge\n- [x] ride [3]", "3")]
    [InlineData("Write `items[0]` or [3].", "Write `items[0]` or [3].", "3")]
    [InlineData("```\nitems[9]\n```\nSo [9] it is [3].", "```\nitems[9]\n```\nSo it is [3].", "3")]
    [InlineData("A lone ` and then [9] it goes on.", "A lone ` and then it goes on.", "")]
    [InlineData("Escaped \\[9\\] stays.", "Escaped \\[9\\] stays.", "")]
    [InlineData("It ends [", "It ends [", "")]
    [InlineData("It ends [1", "It ends [1", "")]
    public void Cite_only_sources_that_exist(string written, string shown, string cited) => Hold(written, shown, cited);

    [Theory]
    [InlineData("See [charging](https://shop.example/charging).", "See [charging](https://shop.example/charging).")]
    [InlineData("See [the shop](https://shop.example/).", "See [the shop](https://shop.example/).")]
    [InlineData("See [the manual](https://shop.example/manual?part=2).", "See [the manual](https://shop.example/manual?part=2).")]
    [InlineData("See [the sale](https://shop.example/sale).", "See the sale.")]
    [InlineData("See [our page](https://evil.example/x \"Win\").", "See our page.")]
    [InlineData("See [our page](https://shop.example@evil.example/).", "See our page.")]
    [InlineData("See [our page](javascript:alert(1)).", "See our page).")]
    [InlineData("See ![a picture](https://evil.example/p.png)!", "See a picture!")]
    [InlineData("See ![a picture](https://shop.example/charging)!", "See a picture!")]
    [InlineData("See https://evil.example/x, or https://shop.example/warranty.", "See, or https://shop.example/warranty.")]
    [InlineData("See <https://evil.example/x> or <https://shop.example/warranty>.", "See or <https://shop.example/warranty>.")]
    [InlineData("See www.evil.example now.", "See now.")]
    [InlineData(
        "See [https://evil.example](https://shop.example/charging).",
        "See [https://shop.example/charging](https://shop.example/charging).")]
    [InlineData("See [[3] the page](https://evil.example).", "See [[3] the page] (", "3")]
    [InlineData("See [a\\]b](https://evil.example).", "See a\\]b.")]
    [InlineData(
        "Mail [us](mailto:service@shop.example) or [them](mailto:x@evil.example).",
        "Mail [us](mailto:service@shop.example) or them.")]
    [InlineData("Call [us](tel:+49431123456) or [them](tel:+4900000000).", "Call [us](tel:+49431123456) or them.")]
    [InlineData("Two hours [1].\n\n[1]: https://evil.example/x\n[2]: Charging", "Two hours [1].\n\n[1]\n[2] Charging", "1,2")]
    [InlineData("See [this][here].\n\n[here]: https://evil.example", "See [this][here].\n\nhere:")]
    [InlineData("See [contact](https://shop.example/contact).", "See [contact](https://shop.example/contact).")]
    [InlineData("See ht[99]tps://evil.example/ now.", "See ht tps://evil.example/ now.")]
    [InlineData("See https: [99]//evil.example/ now.", "See https: //evil.example/ now.")]
    [InlineData("See https://shop.example [9].evil.example/ now.", "See https://shop.example .evil.example/ now.")]
    [InlineData("See ht[tps://evil.example/](javascript:x) now.", "See ht tps://evil.example/ now.")]
    [InlineData("See [call us]<https://x.y>(mailto:a@evil.example).", "See [call us] (mailto:a@evil.example).")]
    [InlineData("See **[our page](https://evil.example)**.", "See **our page**.")]
    [InlineData("See [our page](https://evil.example)www.evil.example now.", "See our page now.")]
    [InlineData("- ```\n  x\n  ```\nSee [win](https://evil.example).", "- ```\n  x\n  ```\nSee win.")]
    [InlineData("> ```\n> x\n\n```\ny\n```\nSee [win](https://evil.example).", "> ```\n> x\n\n```\ny\n```\nSee win.")]
    [InlineData("\u00A0```\nx\n```\nSee [win](https://evil.example).", "\u00A0```\nx\n```\nSee win.")]
    [InlineData("[99]```\nx\n```\nSee [win](https://evil.example).", "```\nx\n```\nSee win.")]
    [InlineData("a | b\n- | -\n```|\n[win](https://evil.example)|", "a | b\n- | -\n```|\nwin |")]
    [InlineData("**a `b** [win](https://evil.example) c`", "**a `b** win c`")]
    [InlineData("`a\r[win](https://evil.example)\rb`", "`a\nwin\nb`")]
    [InlineData(
        "```sh\ncurl http://localhost:3000\n```\nSee [win](https://evil.example).",
        "```sh\ncurl http://localhost:3000\n```\nSee win.")]
    [InlineData("Two\0 ho\0urs\r\nor so.\0", "Two hours\nor so.")]
    public void Contain_only_known_links(string written, string shown, string cited = "") =>
        Hold(written, shown.EndsWith('(') ? shown + ")." : shown, cited);

    [Fact]
    public async Task Be_the_same_in_the_stream_and_the_log_when_the_model_invents_some()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(
            new
            {
                reply = "Four hours [1, 9] and a half [9]. More at [our shop](https://evil.example/win) or "
                    + "https://evil.example/x [0] today [¹].",
            });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();

        var asked = await visitor.SendAsync("How long does charging take?");
        var updates = await asked.ReadEventsAsync<AnswerUpdate>().Select(item => item.Data).ToListAsync();

        var answer = updates[^1].ShouldBeOfType<AnswerCompleted>().Message;
        answer.Text.ShouldBe("Four hours [1] and a half. More at our shop or today [1].");
        string.Concat(updates.OfType<AnswerDelta>().Select(delta => delta.Text)).ShouldBe(answer.Text);
        updates.OfType<AnswerDelta>().ShouldAllBe(delta => delta.Attempt == 1);
        var sent = updates.OfType<AnswerSources>().ShouldHaveSingleItem().Sources;
        answer.Citations.ShouldAllBe(citation => sent.Any(source => source.Number == citation.Number));
    }

    [Fact]
    public async Task Not_be_copied_from_earlier_answers()
    {
        var earlier = new AssistantMessage
        {
            MessageId = Guid.CreateVersion7(),
            ReplyTo = 1,
            Text = "Two hours [1][2], not \\[3] four.",
            Outcome = AnswerOutcome.Answered,
            Citations = [],
        };
        var bare = earlier with { Text = "[1]" };

        var prompt = new AnswerPrompt("T", "A", [], [earlier, bare], "And slowly?", null, new Dictionary<string, string>());
        var turns = await prompt.MessagesAsync(TestContext.Current.CancellationToken);

        turns.Skip(1).Select(turn => turn.Text).ShouldBe(["Two hours, not \\[3] four.", "And slowly?"]);
    }

    [Fact]
    public async Task Be_quoted_instead_when_no_part_of_the_answer_can_be_verified()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.BehaveAsync(new { reply = "https://evil.example/win [9]" });
        await using var node = await ApiNode.StartAsync(api.Database, simulator.Chat);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api, node)).VisitAsync();

        (await visitor.AskAsync("How long does charging take?")).Outcome.ShouldBe(AnswerOutcome.Quoted);
    }

    [Fact]
    public void Follow_sentences_that_are_literally_in_their_source()
    {
        var passages = DemoPassages();
        var random = new Random(5);
        var (asked, answered, sentences) = (0, 0, 0);
        var answerable = File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "answerable.tsv"));
        foreach (var question in answerable.Select(line => line.Split('\t')[2]))
        {
            for (var round = 0; round < 5; round++)
            {
                asked++;
                var sources = random.GetItems(passages, 6).Distinct().Select(
                    (passage, index) => Source(index + 1, passage, null)).ToArray();
                RatedPassage[] rated = [.. sources.Select(source => Rated(question, source, 1.0 / source.Number))];
                if (QuotedAnswer.From("", question, question, rated) is not { IsSuggestion: false } answer) continue;
                answered++;
                sentences += HoldAgainst(answer.Text, [.. answer.Citations]);
            }
        }

        asked.ShouldBeGreaterThan(600);
        answered.ShouldBeGreaterThan(400);
        sentences.ShouldBeGreaterThan(800);
    }

    private static RatedPassage Rated(string question, Citation source, double probability)
    {
        var asked = HashedEmbedder.Embed(question);
        return new RatedPassage(source, probability, [.. Sentences.Of(source.Text).Select(sentence => new RatedSentence(
            sentence, TensorPrimitives.Dot<float>(asked, HashedEmbedder.Embed(sentence))))]);
    }

    // Every sentence before a marker must be in the source that the marker names. No text may follow the last marker.
    private static int HoldAgainst(string answer, Citation[] sources)
    {
        var count = 0;
        var start = 0;
        foreach (var marker in Marker().Matches(answer).Cast<Match>())
        {
            var source = sources.Single(candidate => candidate.Number == int.Parse(marker.Groups[1].Value));
            var quote = answer[start..marker.Index].Replace("\\[", "[", StringComparison.Ordinal);
            foreach (var sentence in Sentences.Of(quote).Where(sentence => !Divider().IsMatch(sentence)))
            {
                count++;
                source.Text.ShouldContain(sentence, Case.Sensitive);
            }

            start = marker.Index + marker.Length;
        }

        answer[start..].Trim().ShouldBeEmpty();
        CitationNumbers.CitedBy(answer, sources).Count.ShouldBe(Marker().Count(answer));
        return count;
    }

    // Sentences of the demo companies, and texts that are hard to quote: with their own markers, tables, lists, links or no end.
    private static string[] DemoPassages()
    {
        var passages = new List<string>
        {
            "As shown in [2], charging takes long. The battery [1] is new! See [3]: it costs 5 euros.",
            "Model | Price\nTide Step [1] | 2,890 euros\nTide Cargo | 4,650 euros",
            "- one bike\n- two bikes [4]\n- see [the plan](https://shop.example/plan)",
            "No end of a sentence about the price of a bike and the warranty and the frame and the delivery and more",
            "z.B. 3.5 kg. E.g. 2. Step [10] [11]. What? Yes… No!",
        };
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "demo"), "*.html", SearchOption.AllDirectories))
        {
            var texts = Text().Matches(File.ReadAllText(file)).Select(match => match.Groups["text"].Value).ToList();
            passages.AddRange(texts);
            passages.AddRange(texts.Chunk(4).Select(few => string.Join('\n', few)));
        }

        return [.. passages];
    }

    // Checks the text in one piece, in pieces of a few characters, and character by character.
    private static void Hold(string written, string shown, string cited)
    {
        foreach (var size in new[] { 1, 2, 3, 7, written.Length })
        {
            var text = new VerifiedText(
                Sources,
                new KnownLinks(Sources, new TenantSettings { ContactUrl = "https://shop.example/contact" }));
            var streamed = string.Concat(written.Chunk(size).Select(piece => text.Append(new string(piece)))) + text.Complete();
            streamed.ShouldBe(shown, $"in pieces of {size}");
            text.Text.ShouldBe(streamed);
            string.Join(',', text.Cited.Select(citation => citation.Number)).ShouldBe(cited);
        }
    }

    private static Citation Source(int number, string text, string? url) => new(number, $"Page {number}", url, [], null, text, ["own"]);

    [GeneratedRegex(@"(?<!\\)\[(\d+)\]")]
    private static partial Regex Marker();

    [GeneratedRegex(@"<(?:p|li|td|h\d)[^>]*>(?<text>[^<]{20,})<")]
    private static partial Regex Text();

    [GeneratedRegex(@"^[-|\s]+$")]
    private static partial Regex Divider();
}
