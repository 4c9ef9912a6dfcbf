using Widget.Platform.Text;

namespace Widget.Api.Tests.Boundary;

public sealed class GivenTextShould
{
    [Theory]
    [InlineData("  Ada Lovelace\n", "Ada Lovelace")]
    [InlineData("Ada\u202Efdp.exe", "Adafdp.exe")]
    [InlineData("\u2067Ada\u2069 \u202A", "Ada")]
    // Letters of Persian and emoji are joined or not by invisible characters, which stay.
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    [InlineData(" \u202E ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Keep_words_without_what_turns_their_direction(string? written, string? kept) => GivenText.Of(written).ShouldBe(kept);
}
