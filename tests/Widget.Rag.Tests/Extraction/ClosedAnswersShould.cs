using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Questions and answers whose markup doesn't say that they are an accordion.</summary>
public sealed class ClosedAnswersShould
{
    public static TheoryData<string, string> Markup => new()
    {
        { "hidden definition", $"<dl>{Items((q, a, _) => $"<dt>{q}</dt><dd hidden>{a}</dd>")}</dl>" },
        { "hidden after a heading", Items((q, a, _) => $"<h3>{q}</h3><div hidden>{a}</div>") },
        { "aria-hidden after a heading", Items((q, a, _) => $"<h3>{q}</h3><div aria-hidden=true><p>{a}</p></div>") },
        { "no height after a heading", Items((q, a, _) => $"<h3>{q}</h3><div style='max-height:0;overflow:hidden'>{a}</div>") },
        { "hidden after a wrapped heading", Items((q, a, _) => $"<div><div><h3>{q}</h3></div><div hidden>{a}</div></div>") },
        {
            "within a closed wrapper without height",
            Items((q, a, i) => $"<h3><button aria-expanded=false aria-controls=c{i}>{q}</button></h3>"
                + $"<div style='height:0px;overflow:hidden'><div id=c{i}>{a}</div></div>")
        },
        {
            "within a hidden wrapper",
            Items((q, a, i) => $"<div><h3><button aria-expanded=false aria-controls=c{i}>{q}</button></h3>"
                + $"<div hidden><div aria-hidden=true><div id=c{i}>{a}</div></div></div></div>")
        },
        {
            "around a hidden panel",
            Items((q, a, _) => $"<h3><button aria-expanded=false>{q}</button></h3>"
                + $"<div style='height:0;overflow:hidden'><div hidden>{a}</div></div>")
        },
        {
            "heading in a plain button",
            Items((q, a, _) => $"<div><button class='flex w-full'><h3>{q}</h3><svg/></button>"
                + $"<div class='max-h-0 overflow-hidden'>{a}</div></div>")
        },
        {
            "question in a plain button",
            Items((q, a, _) => $"<div><button class='flex w-full'><span>{q}</span><svg><title>Expand</title></svg></button>"
                + $"<div class='max-h-0 overflow-hidden'>{a}</div></div>")
        },
        {
            "W3.CSS",
            Items((q, a, i) => $"<button onclick=\"show('Demo{i}')\" class='w3-button w3-block'>{q}</button>"
                + $"<div id=Demo{i} class='w3-container w3-hide'><p>{a}</p></div>")
        },
        {
            "Webflow",
            Items((q, a, _) => $"<div data-delay=0 class='faq w-dropdown'><div class='w-dropdown-toggle'><div>{q}</div></div>"
                + $"<nav class='w-dropdown-list'><p>{a}</p></nav></div>")
        },
        {
            "labels with signs",
            Items((q, a, i) => $"<button aria-expanded=false aria-controls=p{i}>{q}<span aria-hidden=true>+</span>"
                + $"<svg><title>Expand</title></svg></button><div id=p{i} hidden>{a}</div>")
        },
        {
            "Elementor",
            $"<div role=tablist>{Items((q, _, i) => $"<div id=t{i} role=tab aria-controls=p{i}>{q}</div>")}</div>"
                + Items((q, a, i) => $"<div class=mobile role=tab aria-controls=p{i} aria-expanded=false>{q}</div>"
                    + $"<div id=p{i} role=tabpanel aria-labelledby=t{i} hidden>{a}</div>")
        },
    };

    [Theory]
    [MemberData(nameof(Markup))]
    public void Stay_with_their_questions(string _, string markup)
    {
        var blocks = HtmlExtractor.Extract($"<body><h1>Help</h1><p>Welcome to our help.</p><div>{markup}</div></body>", null).Blocks;

        // A term of a definition list is a block of text.
        blocks.Select(block => block.Text).Where(text => text.Length > 0).ShouldBe(
        [
            "Help",
            "Welcome to our help.",
            "How long is the warranty?",
            "Five years on every frame.",
            "Do you deliver to Norway?",
            "Yes, within ten days.",
        ]);
    }

    [Fact]
    public void Become_a_passage_for_each_question()
    {
        foreach (var row in Markup.Where(row => row.Data.Item1 is not "hidden definition"))
        {
            new Chunker().Cut(HtmlExtractor.Extract($"<h1>Help</h1>{row.Data.Item2}", null))
                .Select(passage => (passage.Locator.Headings[^1], passage.Text)).ShouldBe(
                    [
                        ("How long is the warranty?", "Five years on every frame."),
                        ("Do you deliver to Norway?", "Yes, within ten days."),
                    ],
                    row.Data.Item1);
        }
    }

    [Fact]
    public void Lose_no_question_whose_answer_is_unknown() =>
        Texts("<button>How long is the warranty?</button><button><h3>Silver plan</h3><span>+</span></button>")
            .ShouldBe(["Help", "Welcome to our help.", "How long is the warranty?", "Silver plan"]);

    [Theory]
    [InlineData("<div role=dialog><h3>Newsletter</h3><div hidden>Join our club</div></div>")]
    [InlineData("<div role=dialog>Join our club</div>")]
    [InlineData("<div class='modal fade' id=m><div class=modal-body>Join our club</div></div>")]
    [InlineData("<nav><a href=/1>Join our club</a> <a href=/2>Bikes</a> now</nav>")]
    [InlineData("<nav><ul><li>Join our club<li>Bikes</ul></nav>")]
    [InlineData("<div class=w-nav><div class=w-dropdown><div class=w-dropdown-toggle>More</div><nav class=w-dropdown-list>"
        + "<a href=/1>Join our club</a></nav></div></div>")]
    [InlineData("<form><h3>Newsletter</h3><div hidden>Join our club</div></form>")]
    [InlineData("<h3>Menu</h3><div hidden class=mobile-menu>Join our club</div>")]
    [InlineData("<button>Open</button><div hidden>Join our club</div>")]
    [InlineData("<template><h3>Question?</h3><p>Join our club</p></template>")]
    [InlineData("<nav><button>Want to join our club?</button></nav>")]
    public void Not_be_confused_with_what_is_not_content(string markup) =>
        string.Join('\n', Texts(markup)).ShouldNotContain("oin our club");

    private static IEnumerable<string> Texts(string markup) =>
        HtmlExtractor.Extract($"<body><h1>Help</h1><p>Welcome to our help.</p>{markup}</body>", null).Blocks.Select(block => block.Text);

    private static string Items(Func<string, string, int, string> item) =>
        item("How long is the warranty?", "Five years on every frame.", 1) + item("Do you deliver to Norway?", "Yes, within ten days.", 2);
}
