using Widget.Api.Speech.Script;

namespace Widget.Api.Tests.Speech;

/// <summary>The spoken sentences of an answer, and their positions in its Markdown.</summary>
public sealed class SpeechScriptShould
{
    [Theory]
    [InlineData("It takes two hours. Then it is full.", "It takes two hours.|Then it is full.")]
    [InlineData(
        "The price is 2.890 euros, i.e. 10 percent less. Ask Dr. Meyer at approx. noon.",
        "The price is 2.890 euros, i.e. 10 percent less.|Ask Dr. Meyer at approx. noon.")]
    [InlineData("Wir öffnen am 5. Mai um 9 Uhr. Bis dann!", "Wir öffnen am 5. Mai um 9 Uhr.|Bis dann!")]
    [InlineData("Wir haben z. B. drei Räder, u. a. eines aus Holz.", "Wir haben z. B. drei Räder, u. a. eines aus Holz.")]
    [InlineData("Das gilt lt. unserer Satzung für alle. Gut so.", "Das gilt lt. unserer Satzung für alle.|Gut so.")]
    [InlineData("Is it fast? Yes! \"Very,\" he said.", "Is it fast?|Yes!|\"Very,\" he said.")]
    [InlineData("يستغرق ذلك ساعتين. هل يكفي؟ نعم.", "يستغرق ذلك ساعتين.|هل يكفي؟|نعم.")]
    public void Split_sentences_where_they_end(string text, string expected) => Spoken(text).ShouldBe(expected.Split('|'));

    [Theory]
    [InlineData("It takes **two** hours [1]. The *frame* lasts [2][3], `fully`.", "It takes two hours.|The frame lasts, fully.")]
    [InlineData(
        "See [our *prices* page](https://shop.example/prices?x=1#a) or <https://www.help.example/a>.",
        "See our prices page or help.example.")]
    [InlineData("Go to https://www.shop.example/a/b?c=d. Then pay.", "Go to shop.example.|Then pay.")]
    [InlineData("Write to service@shop.example, please.", "Write to service@shop.example, please.")]
    [InlineData("## Charging ##\nTwo hours.", "Charging|Two hours.")]
    [InlineData("- One thing\n- [x] Another. And more\n\n1. First\n2. Second", "One thing|Another.|And more|1. First|2. Second")]
    [InlineData("> It is\n> good\n\n---\nReally.", "It is|good|Really.")]
    [InlineData("Before.\n\n```csharp\nvar x = 1. Really.\n```\nAfter.", "Before.|After.")]
    [InlineData("| Model | Price |\n|---|---:|\n| Tide | **10** euros |\n\nThat is all.", "Model, Price|Tide, 10 euros|That is all.")]
    [InlineData("This line is\nbroken only. The next\nIs not.", "This line is broken only.|The next|Is not.")]
    [InlineData("snake_case and 3 * 4 \\* 5 &amp; 6 ~~not~~ ~7 \U0001F6B2 done.", "snake_case and 3 * 4 * 5 & 6 not ~7 done.")]
    [InlineData("Use <b>this</b> if a < b.", "Use this if a < b.")]
    [InlineData("![A bike](https://shop.example/a.png) is shown.", "A bike is shown.")]
    [InlineData("***\n**—**\n...", "")]
    [InlineData("An [open bracket and a `tick. So it goes.", "An [open bracket and a tick.|So it goes.")]
    public void Speak_markdown_sensibly(string text, string expected) =>
        Spoken(text).ShouldBe(expected.Split('|', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [MemberData(nameof(Answers))]
    public void Say_the_same_however_the_answer_arrives(string answer)
    {
        var whole = Whole(answer);
        foreach (var size in (int[])[1, 3, 7, 40])
        {
            var script = new SpeechScript();
            var arrived = answer.Chunk(size).SelectMany(piece => script.Append(new string(piece))).ToList();
            arrived.AddRange(script.Complete());

            arrived.Select(sentence => (sentence.Index, sentence.Start, sentence.End, sentence.Text)).ShouldBe(
                whole.Select(sentence => (sentence.Index, sentence.Start, sentence.End, sentence.Text)),
                $"in pieces of {size}");
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Know_the_position_of_each_word(string answer)
    {
        var sentences = Whole(answer);

        sentences.Select(sentence => sentence.Index).ShouldBe(Enumerable.Range(0, sentences.Count));
        sentences.Zip(sentences.Skip(1)).ShouldAllBe(pair => pair.First.End <= pair.Second.Start);
        foreach (var sentence in sentences)
        {
            sentence.Places.Count.ShouldBe(sentence.Text.Length);
            // Text that is spoken as written is at its stated position.
            var asWritten = sentence.Text.Zip(sentence.Places)
                .Where(unit => unit.Second.End - unit.Second.Start == 1 && char.IsLetter(unit.First));
            foreach (var (letter, place) in asWritten)
                answer[place.Start].ShouldBe(letter);
        }
    }

    [Fact]
    public void Return_a_sentence_before_the_next_is_complete()
    {
        var script = new SpeechScript();

        script.Append("It takes two hours. Then").ShouldBeEmpty();
        script.Append(" it").ShouldHaveSingleItem().Text.ShouldBe("It takes two hours.");
        script.Append(" is full").ShouldBeEmpty();
        script.Complete().ShouldHaveSingleItem().Text.ShouldBe("Then it is full");
    }

    [Fact]
    public void Keep_sentences_short()
    {
        var answer = string.Join(", ", Enumerable.Range(1, 300).Select(number => $"item number {number}"));

        var sentences = Whole(answer);

        sentences.ShouldAllBe(sentence => sentence.Text.Length <= 401);
        string.Join(' ', sentences.Select(sentence => sentence.Text)).ShouldBe(answer);
    }

    [Fact]
    public void Not_be_slow_on_unusual_input()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        foreach (var odd in (string[])["[", "*", "`", "<a ", "|", "-", "_ ", "!["]) Whole(string.Concat(Enumerable.Repeat(odd, 3_000)));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    public static TheoryData<string> Answers() =>
    [
        "From what I found: **The fast charger needs two hours.** [1] The standard one, e.g. at home, takes 4.5 hours [2].\n\n"
            + "- Plug it in. Wait.\n- See [the manual](https://shop.example/manual.pdf).\n\nAnything else?",
        "# Prices\n\n| Model | Price |\n|-------|------:|\n| Tide Step | 2,890 euros |\n| Tide *Max* | 3,490 euros |\n\n"
            + "All at https://shop.example/prices. `Code` is said; blocks are not:\n\n```\nlet x = 1.\n```\nThe end",
        "Am 5. Mai und am 12. Juni öffnen wir z. B. um 9 Uhr. Bitte\nrufen Sie an!\n1. Erstens\n2) Zweitens \U0001F600\n\n> Zitat **fett",
        "Sure!\nOne [1], two [2][3]. _Three_ snake_case __four__ ~~five~~ & six &lt; seven \\[8\\] <br/> nine",
    ];

    private static List<ScriptSentence> Whole(string answer)
    {
        var script = new SpeechScript();
        return [.. script.Append(answer), .. script.Complete()];
    }

    private static IEnumerable<string> Spoken(string answer) => Whole(answer).Select(sentence => sentence.Text);
}
