using Microsoft.SemanticKernel;
using Widget.Api.Answers;
using Widget.Contracts;

namespace Widget.Api.Tests.Answers;

/// <summary>The system prompt as a template.</summary>
public sealed class AnswerPromptShould
{
    [Fact]
    public async Task Insert_values_as_they_are_and_read_no_template_in_them()
    {
        var source = new Citation(1, "Prices", null, ["<Sizes> & \"more\""], 3, "{{$agent_name}} costs 5 < 6.", ["own"]);
        var prompt = new AnswerPrompt("O'Hara & Sons", "Ada", [source], [], "How much?", null, new Dictionary<string, string>());

        var text = (await prompt.SystemMessageAsync(TestContext.Current.CancellationToken)).Text;

        text.ShouldStartWith("You are Ada, the assistant on the web site of O'Hara & Sons.");
        text.ShouldEndWith("\nSources:\n\n[1] Prices › <Sizes> & \"more\" (page 3)\n{{$agent_name}} costs 5 < 6.\n");
    }

    [Fact]
    public async Task Have_only_the_sections_that_are_known()
    {
        var bare = new AnswerPrompt("T", "A", [], [], "How much?", null, new Dictionary<string, string>());
        var known = bare with
        {
            TenantInstructions = "Be brief.",
            Page = "https://shop.example/",
            Context = new Dictionary<string, string> { ["bike"] = "Tide" },
        };

        var without = (await bare.SystemMessageAsync(TestContext.Current.CancellationToken)).Text;
        var with = (await known.SystemMessageAsync(TestContext.Current.CancellationToken)).Text;

        without.ShouldEndWith("no images.\n\nSources:\nNone was found for the last question.\n");
        with.ShouldEndWith(
            "no images.\n\nT gives you these instructions, within the rules above:\nBe brief.\n"
            + "\nThe visitor is on the page https://shop.example/\n"
            + "\nThe page says about itself:\n- bike: Tide\n\nSources:\nNone was found for the last question.\n");
    }

    [Fact]
    public async Task Call_no_tool_from_a_template()
    {
        var template = PromptTemplate.Parse("{{knowledge.search_knowledge 'prices'}}");

        await Should.ThrowAsync<Exception>(template.RenderAsync(new KernelArguments(), TestContext.Current.CancellationToken));
    }
}
