using Widget.Api.Answers;

namespace Widget.Api.Tests.Answers;

/// <summary>A question with several parts is searched for part by part; a simple one stays whole.</summary>
public sealed class QuestionPartsShould
{
    [Theory]
    [InlineData("How much is a nurse appointment, and where can I park?", "How much is a nurse appointment", "where can I park?")]
    [InlineData("Can I pay cash? When are the tours?", "Can I pay cash?", "When are the tours?")]
    [InlineData("Was kostet der Versand und wie oft gieße ich eine Aloe?", "Was kostet der Versand", "wie oft gieße ich eine Aloe?")]
    [InlineData("¿Cuánto cuesta la mesa fija y hay duchas?", "¿Cuánto cuesta la mesa fija", "hay duchas?")]
    [InlineData("Combien coûte la livraison et quand ouvrez-vous ?", "Combien coûte la livraison", "quand ouvrez-vous")]
    [InlineData("Quanto costa il corso e dove posso parcheggiare?", "Quanto costa il corso", "dove posso parcheggiare?")]
    [InlineData("Quanto custa o curso e onde posso estacionar?", "Quanto custa o curso", "onde posso estacionar?")]
    [InlineData("كم سعر التوصيل ومتى تفتحون المتجر؟", "كم سعر التوصيل", "متى تفتحون المتجر؟")]
    [InlineData(
        "How much is parking, when do you open the shop and do you sell bread?",
        "How much is parking",
        "when do you open the shop",
        "do you sell bread?")]
    public void Be_found(string question, params string[] parts) => QuestionParts.Split(question).ShouldBe(parts);

    [Theory]
    [InlineData("Do you sell bread and butter?")]
    [InlineData("Are you open Monday and Tuesday?")]
    [InlineData("What are the pros and cons of the Pro plan?")]
    [InlineData("Which carrier do you use, Royal Mail or DPD?")]
    [InlineData("If I cancel a room four days before, how much do I get back?")]
    [InlineData("Is there a food truck and on which days?")]
    [InlineData("I'm driving in from Leeds, any idea where to put the van?")]
    public void Not_be_made_of_a_simple_question(string question) => QuestionParts.Split(question).ShouldBe([question]);

    [Theory]
    [InlineData("Do you have parking and is it free?", "is it free?", "parking is it free?")]
    [InlineData(
        "Who shows the offices, and how long is the notice period for them?",
        "how long is the notice period for them?",
        "shows offices how long is the notice period for them?")]
    [InlineData(
        "What does the Canopy plan cost and how often does it come?",
        "how often does it come?",
        "canopy plan how often does it come?")]
    [InlineData(
        "What does the rabies jab cost, and what about the microchip?",
        "what about the microchip?",
        "rabies jab cost what about the microchip?")]
    [InlineData(
        "nehmt ihr pakete für mich an und wie schwer dürfen die sein",
        "wie schwer dürfen die sein",
        "nehmt pakete wie schwer dürfen die sein")]
    public void Be_searched_with_the_subject_that_they_refer_back_to(string question, string second, string searched)
    {
        var parts = QuestionParts.Read(question);

        parts.Count.ShouldBe(2);
        (parts[1].Text, parts[1].Searched, parts[1].SearchedInContext).ShouldBe((second, searched, null));
    }

    [Fact]
    public void Be_searched_alone_first_when_they_are_complete()
    {
        var parts = QuestionParts.Read("How much is the evening hire and when does the music have to stop?");

        parts.Select(part => part.Searched).ShouldBe(["How much is the evening hire", "when does the music have to stop?"]);
        parts.Select(part => part.SearchedInContext).ShouldBe([null, "evening hire when does the music have to stop?"]);
    }

    [Theory]
    [InlineData("My cat is fourteen. How much is a check-up?")]
    [InlineData("She has a bump where the needle went in. Is that serious?")]
    public void Keep_what_belongs_together(string question) => QuestionParts.Split(question).ShouldBe([question]);

    [Theory]
    [InlineData("Hello, what does the Pro plan cost?", "what does the Pro plan cost?")]
    [InlineData("Hi what does the Pro plan cost", "what does the Pro plan cost")]
    [InlineData("Good morning! Do you ship to Norway? Thanks a lot!", "Do you ship to Norway?")]
    public void Leave_out_greetings_and_thanks(string question, string part) => QuestionParts.Split(question).ShouldBe([part]);

    [Fact]
    public void Be_three_at_most_and_lose_nothing()
    {
        var parts = QuestionParts.Split("What is coffee? What is tea? What is bread? What is butter? What is jam?");

        parts.ShouldBe(["What is coffee?", "What is tea?", "What is bread? What is butter? What is jam?"]);
    }

    [Theory]
    [InlineData("Thanks!")]
    [InlineData("")]
    [InlineData("你们几点开门？")]
    public void Be_the_whole_text_when_there_is_nothing_to_split(string text) => QuestionParts.Split(text).ShouldBe([text]);
}
