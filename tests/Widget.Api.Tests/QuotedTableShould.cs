using Widget.Api.Answers;

namespace Widget.Api.Tests;

public sealed class QuotedTableShould
{
    [Theory]
    [InlineData("Plan: Silver | Price: 149\nPlan: Gold | Price: 199", "Plan | Price\n---|---\nSilver | 149\nGold | 199")]
    [InlineData("Our plans:\nPlan: Silver | Price: 149\nWrite to us.", "Our plans:\n\nPlan | Price\n---|---\nSilver | 149\n\nWrite to us.")]
    [InlineData("Plan: Silver | Price: 149\nPlan: Gold", "| Plan | Price |\n---|---\n| Silver | 149 |\n| Gold |  |")]
    [InlineData(
        "Plan: Gold | Users: 5\nPlan: Silver | Price: 149 | Users: 1",
        "Plan | Price | Users\n---|---|---\nGold |  | 5\nSilver | 149 | 1")]
    [InlineData("Yearly | Plan: Silver | Price: 149", "|  | Plan | Price |\n---|---|---\n| Yearly | Silver | 149 |")]
    [InlineData("Weight | 3 kg\nColour | red", "Weight | 3 kg\n---|---\nColour | red")]
    [InlineData("Weight | 3 kg\nColour | red | blue", "| Weight | 3 kg |  |\n---|---|---\n| Colour | red | blue |")]
    [InlineData("No table: only text.", "No table: only text.")]
    public void Show_rows_as_a_table(string text, string markdown) => QuotedTable.Write(text).ShouldBe(markdown);
}
