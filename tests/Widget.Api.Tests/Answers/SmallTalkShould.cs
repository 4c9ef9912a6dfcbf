using Widget.Api.Answers;
using Widget.Api.Answers.SmallTalk;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

/// <summary>Messages that ask nothing about the company get a reply in kind; questions are searched for.</summary>
public sealed class SmallTalkShould
{
    [Theory]
    [InlineData("Hi there!", SmallTalkKind.Greeting)]
    [InlineData("Great, thanks a lot!", SmallTalkKind.Thanks)]
    [InlineData("ok bye then", SmallTalkKind.Goodbye)]
    [InlineData("👍", SmallTalkKind.Praise)]
    [InlineData("alles klar", SmallTalkKind.Praise)]
    [InlineData("are you a robot?", SmallTalkKind.AboutAssistant)]
    [InlineData("¿Hablo con una persona o con una máquina?", SmallTalkKind.AboutAssistant)]
    [InlineData("Kann mich bitte jemand zurückrufen?", SmallTalkKind.Person)]
    [InlineData("this bot is useless", SmallTalkKind.Person)]
    [InlineData("Rappelez-moi au 06 39 98 01 23", SmallTalkKind.Contact)]
    [InlineData("anna@example.org", SmallTalkKind.Contact)]
    [InlineData("estou muito decepcionado com vocês", SmallTalkKind.Complaint)]
    [InlineData("هل أنت روبوت؟", SmallTalkKind.AboutAssistant)]
    public void Be_recognised(string message, SmallTalkKind kind) => (SmallTalkReader.Read(message)?.Kind).ShouldBe(kind);

    [Theory]
    [InlineData("Hello, what does the Pro plan cost?")]
    [InlineData("Hi what does the Pro plan cost")]
    [InlineData("thanks, and what about refunds?")]
    [InlineData("can I talk to a person at your shop on Sundays?")]
    [InlineData("what happens to my personal data")]
    [InlineData("human resources")]
    [InlineData("do you sell robots?")]
    [InlineData("phone number of your branch?")]
    [InlineData("order number 4711-2299")]
    [InlineData("thank you card prices")]
    [InlineData("how do I make a complaint?")]
    [InlineData("are you a bot? I need to return a plant")]
    [InlineData("")]
    [InlineData("???")]
    public void Not_be_seen_in_a_question(string message) => SmallTalkReader.Read(message).ShouldBeNull();

    [Theory]
    [InlineData("Can you call me on 07700 900123?")]
    [InlineData("could you please text me back at 07700 900123")]
    [InlineData("Can someone reach us at 07700 900123?")]
    [InlineData("can be reached at 07700 900123")]
    [InlineData("Können Sie mich unter 030 1234567 erreichen?")]
    [InlineData("Rufen Sie mich unter 030 1234567 an?")]
    [InlineData("Kann mich jemand unter 030 1234567 zurückrufen?")]
    [InlineData("¿Me pueden llamar al 612 555 014?")]
    [InlineData("¿Podrían ustedes llamarme al 612 555 014?")]
    [InlineData("Pouvez-vous me rappeler au 06 39 98 01 23 ?")]
    [InlineData("Mi potete richiamare al 06 1234567?")]
    [InlineData("Vocês podem me ligar no 021 912345678?")]
    [InlineData("هل يمكنكم الاتصال بي على 0791234567؟")]
    public void See_the_visitors_contact_details_in_a_request(string message) =>
        (SmallTalkReader.Read(message)?.Kind).ShouldBe(SmallTalkKind.Contact);

    [Theory]
    [InlineData("Do you get back to me if I write to info@acme.com?")]
    [InlineData("Can I call you on 07700 900123?")]
    [InlineData("can you tell me when you can be reached on 07700 900123")]
    [InlineData("Can I reach my instructor on 07700 900123?")]
    [InlineData("Should I write to info@acme.com?")]
    [InlineData("Wann sind Sie unter 030 1234567 erreichbar?")]
    [InlineData("Kann ich Sie unter 030 1234567 erreichen?")]
    [InlineData("Kann ich unter 030 1234567 anrufen?")]
    [InlineData("Rufen Sie mich zurück wenn ich an info@acme.com schreibe?")]
    [InlineData("¿Puedo llamar al 612 555 014?")]
    [InlineData("¿Me responden si escribo a info@acme.com?")]
    [InlineData("Puis-je vous joindre au 01 39 98 01 23 ?")]
    [InlineData("Est-ce que vous me répondez si j'écris à info@acme.com ?")]
    [InlineData("Posso contattare il negozio al 06 1234567?")]
    [InlineData("Mi rispondete se scrivo a info@acme.com?")]
    [InlineData("Posso ligar para o 021 912345678?")]
    [InlineData("Vocês me respondem se eu escrever para info@acme.com?")]
    [InlineData("هل يمكنني الاتصال بكم على 0791234567؟")]
    public void Not_take_the_companys_contact_details_for_the_visitors(string message) => SmallTalkReader.Read(message).ShouldBeNull();

    [Theory]
    [InlineData("Schöne Grüße", "schoene gruesse")]
    [InlineData("HELLOOOO", "hello")]
    [InlineData("I'm happy with that", "im happy with that")]
    public void Be_the_same_in_every_spelling(string message, string other) => Plain(message).ShouldBe(Plain(other));

    [Fact]
    public void Need_a_kind_for_the_statements_around_it()
    {
        // A person who reads the conversation understands the rest. A greeting would leave it without an answer.
        (SmallTalkReader.Read("My invoice is wrong. Can I speak to someone?")?.Kind).ShouldBe(SmallTalkKind.Person);
        SmallTalkReader.Read("Hello. My invoice is wrong.").ShouldBeNull();
    }

    [Fact]
    public void Be_answered_in_the_widgets_language_or_else_the_messages()
    {
        Phrases.For("de-AT", "hello").SmallTalk("hello")!.Text.ShouldStartWith("Hallo!");
        Phrases.For(null, "Buenos días").SmallTalk("Buenos días")!.Text.ShouldStartWith("¡Hola!");
        Phrases.For("fr", "Danke!").SmallTalk("Danke!")!.Text.ShouldStartWith("Gern geschehen");
        Phrases.For(null, "Buongiorno").SmallTalk("Buongiorno")!.Text.ShouldStartWith("Hello!");
        Phrases.For("en-US", "Können wir das vor dem Kauf kostenlos ausprobieren?").Language.ShouldBe("de");
        Phrases.For("en-US", "¿Puedo pagar la bici a plazos?").Language.ShouldBe("es");
        Phrases.For("de", "What does the Lotse cost?").Language.ShouldBe("en");
        Phrases.For("de", "Lotse 5000?").Language.ShouldBe("de");
        Phrases.For("en-US", "Los Angeles delivery?").Language.ShouldBe("en");
        Phrases.For("de", "The North Face?").Language.ShouldBe("de");
    }

    [Fact]
    public void Offer_a_person_only_when_one_helps()
    {
        var phrases = Phrases.For("en", "");

        phrases.SmallTalk("human please")!.OffersPerson.ShouldBeTrue();
        phrases.SmallTalk("my number is 07700 900123")!.OffersPerson.ShouldBeTrue();
        phrases.SmallTalk("This is unacceptable!")!.OffersPerson.ShouldBeTrue();
        phrases.SmallTalk("Are you human?")!.OffersPerson.ShouldBeFalse();
        phrases.SmallTalk("thanks")!.OffersPerson.ShouldBeFalse();
    }

    [Theory]
    [InlineData("en", "AI assistant")]
    [InlineData("de", "KI-Assistent")]
    [InlineData("es", "asistente de IA")]
    [InlineData("ar", "بالذكاء الاصطناعي")]
    public void Say_that_a_machine_answers(string locale, string words) =>
        Phrases.For(locale, "").SmallTalk("Are you a robot?")!.Text.ShouldContain(words);

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("es")]
    [InlineData("ar")]
    public void Have_a_reply_of_every_kind(string locale) =>
        Enum.GetValues<SmallTalkKind>().Select(Phrases.For(locale, "").Replies.To).ShouldBeUnique();

    /// <summary>The phrases were made on these lines. docs/benchmarks.md has the result on lines that they were not made on.</summary>
    [Fact]
    public void Be_told_from_questions_in_the_lines_that_it_was_made_on()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "tests", "data", "visitors", "social.tsv")).Skip(1)
            .Select(line => line.Split('\t'))
            .ToList();

        lines.Count.ShouldBeGreaterThan(300);
        lines.Where(line => line[1] == "question" == SmallTalkReader.Read(line[2]) is not null).Select(line => line[2]).ShouldBeEmpty();
    }

    [Fact]
    public void Take_no_time_with_an_endless_message()
    {
        SmallTalkReader.Read(string.Concat(Enumerable.Repeat("thanks ", 10_000))).ShouldBeNull();
        QuestionParts.Split(string.Concat(Enumerable.Repeat("and what is it ", 500))).ShouldNotBeEmpty();
    }

    private static string Plain(string message) =>
        string.Join(' ', MessageText.Clauses(message).SelectMany(clause => clause.Texts));
}
