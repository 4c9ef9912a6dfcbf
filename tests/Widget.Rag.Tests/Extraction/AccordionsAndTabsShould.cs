using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Extraction;

public sealed class AccordionsAndTabsShould
{
    // Each asks two questions. The page goes on after them.
    public static TheoryData<string, string> Markup => new()
    {
        {
            "button in a heading",
            Items((q, a, i) => $"<h3><button aria-expanded=false aria-controls=p{i} id=b{i}>{q}</button></h3>"
                + $"<div id=p{i} role=region aria-labelledby=b{i} hidden><p>{a}</p></div>")
        },
        {
            "hidden until found",
            Items((q, a, i) => $"<h3><button aria-controls=p{i}>{q}</button></h3><div id=p{i} hidden=until-found>{a}</div>")
        },
        {
            "aria-hidden without ids",
            Items((q, a, _) => $"<div><h3><button aria-expanded=false><span>{q}</span><svg/></button></h3></div>"
                + $"<div aria-hidden=true>{a}</div>")
        },
        {
            "role of a heading",
            Items((q, a, i) => $"<div role=heading aria-level=3><button aria-expanded=false aria-controls=p{i}>{q}</button></div>"
                + $"<div id=p{i} hidden>{a}</div>")
        },
        { "button alone", Items((q, a, _) => $"<button class=accordion>{q}</button><div class=panel hidden>{a}</div>") },
        {
            "element as a button",
            Items((q, a, i) => $"<div role=button tabindex=0 aria-expanded=false aria-controls=p{i}>{q}</div><div id=p{i} hidden>{a}</div>")
        },
        { "heading in a button", Items((q, a, i) => $"<button aria-controls=p{i}><h3>{q}</h3></button><div id=p{i} hidden>{a}</div>") },
        {
            "definition list",
            $"<dl>{Items((q, a, i) => $"<dt><button aria-expanded=false aria-controls=p{i}>{q}</button></dt>"
                + $"<dd id=p{i} hidden>{a}</dd>")}</dl>"
        },
        {
            "Bootstrap",
            Items((q, a, i) => $"<div class=accordion-item><h2 class=accordion-header><button class='accordion-button collapsed' "
                + $"data-bs-toggle=collapse data-bs-target=#p{i}>{q}</button></h2>"
                + $"<div id=p{i} class='accordion-collapse collapse'>{a}</div></div>")
        },
        { "details", Items((q, a, _) => $"<details><summary>{q}</summary><p>{a}</p></details>") },
        { "details with a heading", Items((q, a, _) => $"<details><summary><h3>{q}</h3></summary>{a}</details>") },
        {
            "tabs",
            $"<div role=tablist>{Items((q, _, i) => $"<button role=tab id=t{i} aria-controls=p{i} aria-selected=false>{q}</button>")}</div>"
                + Items((_, a, i) => $"<div role=tabpanel id=p{i} aria-labelledby=t{i} hidden>{a}</div>")
        },
        {
            "tabs as links",
            $"<ul role=tablist>{Items((q, _, i) => $"<li><a role=tab id=t{i} href=#p{i}>{q}</a></li>")}</ul>"
                + Items((_, a, i) => $"<section role=tabpanel id=p{i} aria-hidden=true>{a}</section>")
        },
        {
            "tabs that only their panels name",
            $"<ul>{Items((q, _, i) => $"<li><span id=t{i}>{q}</span></li>")}</ul>"
                + Items((_, a, i) => $"<div role=tabpanel aria-labelledby=t{i} hidden>{a}</div>")
        },
    };

    [Theory]
    [MemberData(nameof(Markup))]
    public void Become_a_passage_for_each_question(string _, string markup)
    {
        var passages = Read($"<h1>Help</h1><p>Welcome to our help.</p><div>{markup}</div>");

        passages.Select(passage => (passage.Locator.Headings[^1], passage.Text)).ShouldBe(
        [
            ("Help", "Welcome to our help."),
            ("How long is the warranty?", "Five years on every frame."),
            ("Do you deliver to Norway?", "Yes, within ten days."),
        ]);
    }

    [Fact]
    public void Leave_what_follows_in_its_section()
    {
        var passages = Read(
            "<h1>Help</h1><h2>Orders</h2><details><summary>Can I cancel?</summary>Within a day.</details><p>Write to us for the rest.</p>"
                + "<details><summary>Outer</summary>First.<details><summary>Inner</summary>Second.</details>Third.</details>"
                + "<h2>Returns</h2><p>Free.</p>");

        passages.Select(passage => (string.Join('/', passage.Locator.Headings), passage.Text)).ShouldBe(
        [
            ("Help/Orders/Can I cancel?", "Within a day."),
            ("Help/Orders", "Write to us for the rest."),
            ("Help/Orders/Outer", "First."),
            ("Help/Orders/Outer/Inner", "Second."),
            ("Help/Orders/Outer", "Third."),
            ("Help/Returns", "Free."),
        ]);
    }

    [Fact]
    public void Not_name_the_page() =>
        HtmlExtractor.Extract("<title>Help</title><details><summary>Can I cancel?</summary>Yes.</details>", null).Title.ShouldBe("Help");

    [Fact]
    public void Lead_to_their_place_in_the_page() =>
        Read("<h1>Help</h1><details id=cancel><summary>Can I cancel?</summary>Yes.</details>").Single().Locator.Fragment
            .ShouldBe("#cancel");

    [Fact]
    public void Not_lead_to_the_answer_of_another_question()
    {
        var passages = Read(
            "<h1>Help</h1><h3><button aria-controls=p1>Can I cancel?</button></h3><div id=p1 hidden>Yes.</div>"
                + "<h3>Do you deliver?</h3><p>To Norway.</p><section id=s><div></div><h3>Is it free?</h3><p>Always.</p></section>");

        passages.Select(passage => passage.Locator.Fragment).ShouldBe([null, "#:~:text=To%20Norway.", "#s"]);
    }

    [Theory]
    [InlineData("<dialog>Join our club</dialog>")]
    [InlineData("<button aria-controls=d aria-expanded=false>Open</button><dialog id=d>Join our club</dialog>")]
    [InlineData("<div role=dialog hidden>Join our club</div>")]
    [InlineData("<button aria-haspopup=dialog aria-controls=d>Open</button><div role=dialog id=d aria-hidden=true>Join our club</div>")]
    [InlineData("<div role=dialog aria-modal=true>Join our club</div>")]
    [InlineData("<template><p>Join our club</p></template>")]
    [InlineData("<nav><button aria-expanded=false aria-controls=m>Products</button><ul id=m hidden><li>Join our club</ul></nav>")]
    [InlineData("<button aria-expanded=false aria-controls=mobile-menu>Menu</button><div id=mobile-menu hidden>Join our club</div>")]
    [InlineData(
        "<button aria-expanded=false aria-controls=x>Menu</button>"
            + "<div id=x hidden><a href=/a>Join our club</a> <a href=/b>Bikes</a> <a href=/c>News</a></div>")]
    [InlineData("<header><button aria-expanded=false aria-controls=x>Search</button><div id=x hidden>Join our club</div></header>")]
    [InlineData("<button popovertarget=x>More</button><div id=x popover>Join our club</div>")]
    [InlineData("<p hidden>Join our club</p>")]
    [InlineData("<div aria-hidden=true>Join our club</div>")]
    [InlineData("<button>Join our club</button>")]
    public void Not_open_dialogs_menus_and_templates(string markup)
    {
        var text = string.Join('\n', Read($"<h1>Help</h1><p>Welcome to our help.</p>{markup}").Select(passage => passage.Text));

        text.ShouldContain("Welcome to our help.");
        text.ShouldNotContain("Join our club");
    }

    [Fact]
    public void Read_an_open_dialog() =>
        Read("<p>Welcome.</p><dialog open><p>Closed on Monday.</p></dialog>").Single().Text.ShouldContain("Monday");

    private static string Items(Func<string, string, int, string> item) =>
        item("How long is the warranty?", "Five years on every frame.", 1) + item("Do you deliver to Norway?", "Yes, within ten days.", 2);

    private static IReadOnlyList<Passage> Read(string body) => new Chunker().Cut(HtmlExtractor.Extract($"<body>{body}</body>", null));
}
