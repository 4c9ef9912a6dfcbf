using System.Text;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading;

/// <summary>The language that a document is stored with.</summary>
public sealed class LanguagesShould
{
    // Its words "de", "en" and "te" are French, too.
    private const string Dutch = "De fiets en de bel, te koop of te huur bij de winkel met de meeste keuze voor jong en oud.";

    [Theory]
    [InlineData("nl", Dutch, "nl")]
    [InlineData("nl-BE", Dutch, "nl")]
    [InlineData("sv", "Garantin är två år. Du kan köpa en cykel i butiken, och de som har en kan få den lagad om den är sönder.", "sv")]
    // A language that is recognised by its words is often declared wrongly by a template.
    [InlineData("en", "Die Garantie gilt zwei Jahre, und wenn das Rad nicht mehr fährt, kommen Sie mit dem Rad in die Werkstatt.", "de")]
    [InlineData("de", "The warranty is two years. If the bike does not run any more, come to the shop with it.", "en")]
    [InlineData("us", "The warranty is two years. If the bike does not run any more, come to the shop with it.", "en")]
    // A script tells more than a declaration.
    [InlineData("nl", "电池充满需要多长时间？电池充满需要四个小时。", "zh")]
    [InlineData("", Dutch, "fr")]
    public async Task Be_what_the_page_declares_if_its_words_cannot_tell(string declared, string text, string language)
    {
        var page = Encoding.UTF8.GetBytes(
            $"<html lang='{declared}'><head><meta charset=utf-8></head><body><main><p>{text}</p></main></body></html>");
        var reader = new DocumentReader(Readers.Shared, new Chunker());

        var (document, _) = await reader.ReadAsync(
            "x",
            new RawDocument(page, MediaTypes.Html),
            new DocumentDescription(),
            TestContext.Current.CancellationToken);

        document.Language.ShouldBe(language);
    }
}
